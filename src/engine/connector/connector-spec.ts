/** What a source or sink of a stream graph is connected to, as data; options have Flink's meaning. */
import type { FormatOptions } from './format-options.ts';
import type { RedisAddress } from '../../platform/redis.ts';
import type { DatagenOptions } from './datagen/datagen-options.ts';
import type { KafkaSinkSpec } from './kafka/sink/kafka-sink-spec.ts';
import type { KafkaSourceSpec } from './kafka/source/kafka-source-spec.ts';

export type {
  CsvFormatOptions,
  FormatOptions,
  JsonFormatOptions,
  RawFormatOptions,
} from './format-options.ts';

export type SourceConnectorSpec =
  | {
      readonly kind: 'filesystem';
      /** Absolute file, folder or glob. */
      readonly path: string;
      readonly format: FormatOptions;
      /** New files are looked for this often; left out: never, and the source ends. */
      readonly monitorIntervalMs?: number;
    }
  | KafkaSourceSpec
  | { readonly kind: 'stdin'; readonly format: FormatOptions }
  | { readonly kind: 'datagen'; readonly options: DatagenOptions };

export type SinkConnectorSpec =
  /** `sinkName`: added to each row when a job has several print sinks, else null. */
  | { readonly kind: 'print'; readonly style: 'json' | 'table'; readonly sinkName: string | null }
  | {
      readonly kind: 'filesystem';
      /** Absolute folder. */
      readonly path: string;
      readonly format: FormatOptions;
      readonly existing: 'refuse' | 'append' | 'replace';
    }
  | KafkaSinkSpec
  | { readonly kind: 'blackhole' }
  | {
      /** Its columns are key, then member and score, or the fields. */
      readonly kind: 'redis';
      readonly address: RedisAddress;
      readonly mode: 'hash' | 'zset' | 'string';
      /** Null: keys stay. */
      readonly ttlMs: number | null;
    };
