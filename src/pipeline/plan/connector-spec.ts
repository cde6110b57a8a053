/** Where rows come from and go to, and how they are written there. */
import type { FormatSpec } from './format-spec.ts';
import type { KafkaSinkSpec } from './kafka-sink-spec.ts';
import type { KafkaSourceSpec } from './kafka-source-spec.ts';

export type { CsvFormatSpec, FormatSpec, JsonFormatSpec } from './format-spec.ts';

export type SourceConnector =
  | {
      readonly kind: 'filesystem';
      /** Absolute file, folder or glob. */
      readonly path: string;
      readonly format: FormatSpec;
      /** New files are looked for this often; left out: never, and the source ends. */
      readonly monitorIntervalMs?: number;
    }
  | KafkaSourceSpec
  | { readonly kind: 'stdin'; readonly format: FormatSpec }
  | { readonly kind: 'datagen'; readonly options: DatagenSpec };

/** Flink's datagen options, per column where they are per field. */
export interface DatagenSpec {
  /** Null: as fast as possible. Flink's default is 10,000. */
  readonly rowsPerSecond: number | null;
  /** Null: unbounded. */
  readonly numberOfRows: number | null;
  /** Null: a fresh one each run. */
  readonly seed: number | null;
  readonly fields: readonly DatagenField[];
}

export interface DatagenField {
  readonly column: string;
  readonly generator: 'random' | 'sequence';
  /** Numeric bounds, inclusive, as exact decimal text; sequence: first and last value. */
  readonly min: string | null;
  readonly max: string | null;
  /** Characters of STRING, bytes of BYTES, elements of ARRAY and MAP. */
  readonly length: number | null;
  readonly varLen: boolean;
  /** Random timestamps lie at most this far in the past. */
  readonly maxPastMs: number | null;
  /** 0 to 1: share of NULLs. */
  readonly nullRate: number;
}

export type SinkConnector =
  | KafkaSinkSpec
  | { readonly kind: 'print'; readonly style: 'json' | 'table' }
  | {
      readonly kind: 'filesystem';
      /** Absolute folder. */
      readonly path: string;
      readonly format: FormatSpec;
      readonly existing: 'refuse' | 'append' | 'replace';
    }
  | { readonly kind: 'blackhole' }
  | {
      /** Its columns are key, then member and score, or the fields. */
      readonly kind: 'redis';
      readonly address: RedisAddress;
      readonly mode: 'hash' | 'zset' | 'string';
      /** Null: keys stay. */
      readonly ttlMs: number | null;
    };

export interface RedisAddress {
  readonly host: string;
  readonly port: number;
  readonly isTls: boolean;
  readonly username: string | null;
  readonly password: string | null;
  readonly database: number;
}
