/** A Kafka source as it is written: its columns are names, which the plan looks for. */
import type { FormatSpec } from '../plan/format-spec.ts';
import type { KafkaBounds, KafkaStartup, KafkaTopics } from '../plan/kafka-source-spec.ts';
import type { Located } from '../spec/field.ts';

export interface KafkaSourceDraft {
  readonly kind: 'kafka-draft';
  readonly topics: KafkaTopics;
  readonly properties: Readonly<Record<string, string>>;
  readonly startup: KafkaStartup;
  readonly bounded: KafkaBounds;
  readonly discoveryIntervalMs: number | null;
  readonly format: FormatSpec;
  readonly key: {
    readonly format: FormatSpec;
    readonly fields: Located<readonly Located<string>[]>;
  } | null;
  readonly keyPrefix: string;
  /** The columns of the key are in the value, too. */
  readonly includesKey: boolean;
}
