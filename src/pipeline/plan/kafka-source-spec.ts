/** A Kafka source as the engine takes it; positions are those of the physical columns. */
import type { FormatSpec } from './format-spec.ts';

export interface KafkaSourceSpec {
  readonly kind: 'kafka';
  readonly topics: KafkaTopics;
  /** Kafka's client properties, without `properties.` before their names. May hold secrets. */
  readonly properties: Readonly<Record<string, string>>;
  readonly startup: KafkaStartup;
  readonly bounded: KafkaBounds;
  /** Null: new partitions are not looked for. */
  readonly discoveryIntervalMs: number | null;
  readonly value: { readonly format: FormatSpec; readonly columns: readonly number[] };
  readonly key: {
    readonly format: FormatSpec;
    /** With the names that the columns have in the key. */
    readonly columns: readonly { readonly index: number; readonly name: string }[];
  } | null;
  readonly metadata: readonly { readonly index: number; readonly key: KafkaMetadataKey }[];
  readonly changes: 'append' | 'upsert';
}

export type KafkaTopics =
  | { readonly kind: 'list'; readonly names: readonly string[] }
  | { readonly kind: 'pattern'; readonly pattern: string };

export type KafkaStartup =
  { readonly kind: 'earliest-offset' | 'latest-offset' | 'group-offsets' } | KafkaPlace;

export type KafkaBounds =
  { readonly kind: 'unbounded' | 'latest-offset' | 'group-offsets' } | KafkaPlace;

export type KafkaPlace =
  | { readonly kind: 'timestamp'; readonly atMs: number }
  /** By partition. */
  | { readonly kind: 'specific-offsets'; readonly offsets: Readonly<Record<string, number>> };

export type KafkaMetadataKey =
  'topic' | 'partition' | 'headers' | 'leader-epoch' | 'offset' | 'timestamp' | 'timestamp-type';
