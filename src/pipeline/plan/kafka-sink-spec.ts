/**
 * A Kafka sink as the engine takes it. Positions are those of the columns that the sink writes.
 */
import type { FormatSpec } from './format-spec.ts';

export interface KafkaSinkSpec {
  readonly kind: 'kafka';
  readonly topic: string;
  /** Kafka's client properties, without `properties.` before their names. May hold secrets. */
  readonly properties: Readonly<Record<string, string>>;
  readonly guarantee: KafkaGuarantee;
  readonly value: KafkaFields;
  readonly key: KafkaFields | null;
  readonly timestampColumn: number | null;
  readonly headersColumn: number | null;
  readonly partitioner: KafkaPartitioner;
  readonly changes: 'append' | 'upsert';
}

export interface KafkaFields {
  readonly format: FormatSpec;
  readonly columns: readonly { readonly index: number; readonly name: string }[];
}

export type KafkaPartitioner =
  | { readonly kind: 'default' | 'fixed' | 'round-robin' }
  | { readonly kind: 'columns'; readonly columns: readonly number[] };

export type KafkaGuarantee =
  | { readonly kind: 'none' | 'at-least-once' }
  | {
      readonly kind: 'exactly-once';
      readonly transactionalIdPrefix: string;
      readonly expiredMarker: 'refuse' | 'resend' | 'skip';
      readonly markerTopic: string | null;
    };
