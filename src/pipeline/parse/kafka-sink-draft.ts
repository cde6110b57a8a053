/** A Kafka sink as it is written: its columns are names, which the plan looks for. */
import type { FormatSpec } from '../plan/connector-spec.ts';
import type { KafkaGuarantee } from '../plan/kafka-sink-spec.ts';
import type { Located } from '../spec/field.ts';

export interface KafkaSinkDraft {
  readonly kind: 'kafka-draft';
  readonly topic: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly guarantee: KafkaGuarantee;
  readonly format: FormatSpec;
  /** `fields` of an upsert sink: its primary key. */
  readonly key: {
    readonly format: FormatSpec;
    readonly fields: Located<readonly Located<string>[]>;
  } | null;
  readonly keyPrefix: string;
  /** The columns of the key are in the value, too. */
  readonly includesKey: boolean;
  readonly timestamp: Located<string> | null;
  readonly headers: Located<string> | null;
  readonly partitioner: 'default' | 'fixed' | 'round-robin';
  readonly partitionBy: Located<readonly Located<string>[]> | null;
  readonly changes: 'append' | 'upsert';
}
