/** A Kafka source of a stream graph, as data; options have Flink's meaning. */
import type { FormatOptions } from '../../format-options.ts';

export interface KafkaSourceSpec {
  readonly kind: 'kafka';
  readonly topics: TopicSelection;
  /** Kafka's client properties, without `properties.` before their names. May hold secrets. */
  readonly properties: Readonly<Record<string, string>>;
  /** Where partitions start that are there when the job starts; others start at their beginning. */
  readonly startup: StartupMode;
  readonly bounded: BoundedMode;
  /** New partitions are looked for this often; null: never. */
  readonly discoveryIntervalMs: number | null;
  readonly value: KafkaValueSpec;
  /** Null: keys are not read. */
  readonly key: KafkaKeySpec | null;
  readonly metadata: readonly MetadataColumn[];
  /**
   * `append`: every record is a row, and one without a value is none. `upsert`: the current row of
   * its key, and one without a value takes that row away.
   */
  readonly changes: 'append' | 'upsert';
}

export type TopicSelection =
  | { readonly kind: 'list'; readonly names: readonly string[] }
  /** A whole name matches, as Java's `matches`. */
  | { readonly kind: 'pattern'; readonly pattern: string };

export type StartupMode =
  | { readonly kind: 'earliest-offset' | 'latest-offset' | 'group-offsets' }
  | { readonly kind: 'timestamp'; readonly atMs: number }
  | { readonly kind: 'specific-offsets'; readonly offsets: Readonly<Record<string, number>> };

/** Evaluated once, when the job starts. */
export type BoundedMode =
  | { readonly kind: 'unbounded' | 'latest-offset' | 'group-offsets' }
  | { readonly kind: 'timestamp'; readonly atMs: number }
  | { readonly kind: 'specific-offsets'; readonly offsets: Readonly<Record<string, number>> };

export interface KafkaValueSpec {
  readonly format: FormatOptions;
  /** Positions in the physical schema. */
  readonly columns: readonly number[];
}

export interface KafkaKeySpec {
  readonly format: FormatOptions;
  /** Positions in the physical schema, and the names in the key's format. */
  readonly columns: readonly { readonly index: number; readonly name: string }[];
}

export interface MetadataColumn {
  /** Position in the physical schema. */
  readonly index: number;
  readonly key: MetadataKey;
}

export type MetadataKey =
  'topic' | 'partition' | 'headers' | 'leader-epoch' | 'offset' | 'timestamp' | 'timestamp-type';
