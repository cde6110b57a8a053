/** A Kafka sink of a stream graph, as data; options have Flink's meaning. */
import type { FormatOptions } from '../../format-options.ts';

export interface KafkaSinkSpec {
  readonly kind: 'kafka';
  readonly topic: string;
  /** Kafka's client properties, without `properties.` before their names. May hold secrets. */
  readonly properties: Readonly<Record<string, string>>;
  readonly guarantee: DeliveryGuarantee;
  readonly value: KafkaFieldsSpec;
  /** Null: records have no key. */
  readonly key: KafkaFieldsSpec | null;
  /** Position of the column with the record's time; null: the time at which it is written. */
  readonly timestampColumn: number | null;
  /** Position of a column of MAP<STRING, BYTES>; null: there are no headers. */
  readonly headersColumn: number | null;
  readonly partitioner: PartitionerSpec;
  /**
   * `append`: every row is a record. `upsert`: rows of a key follow each other; the old row of an
   * update is left out, and a deleted one is a record without a value.
   */
  readonly changes: 'append' | 'upsert';
}

export type DeliveryGuarantee =
  | { readonly kind: 'none' | 'at-least-once' }
  | {
      readonly kind: 'exactly-once';
      readonly transactionalIdPrefix: string;
      /** What becomes of restored rows when nothing tells any more whether they were committed. */
      readonly expiredMarker: 'refuse' | 'resend' | 'skip';
      /** A compacted topic that keeps the markers for ever; null: there is none. */
      readonly markerTopic: string | null;
    };

/** Which columns of the sink a key or value holds. */
export interface KafkaFieldsSpec {
  readonly format: FormatOptions;
  /** Positions among the sink's columns, and the names under which they are written. */
  readonly columns: readonly { readonly index: number; readonly name: string }[];
}

export type PartitionerSpec =
  /** By the key as Kafka's own clients; without one, a batch to each partition in turn. */
  | { readonly kind: 'default' }
  /** All rows of a subtask go to one partition. */
  | { readonly kind: 'fixed' }
  | { readonly kind: 'round-robin' }
  /** Rows with equal values of these columns go to one partition. */
  | { readonly kind: 'columns'; readonly columns: readonly number[] };
