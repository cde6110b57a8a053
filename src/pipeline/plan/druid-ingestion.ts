/** How Druid takes in the rows of a sink, as the plan has checked it. */

export interface DruidIngestion {
  readonly datasource: string;
  /** Null: the file names none. May hold a login. */
  readonly overlord: string | null;
  readonly topic: string;
  /** Of Kafka's client, those that say where the brokers are and no secret. */
  readonly consumerProperties: Readonly<Record<string, string>>;
  readonly timestamp: { readonly column: string; readonly format: 'auto' | 'millis' };
  readonly dimensions: readonly DruidDimension[];
  /** None without rollup. */
  readonly metrics: readonly DruidMetric[];
  readonly isRollup: boolean;
  /** As in the file: `hour`, `five_minute`. */
  readonly segmentGranularity: string;
  readonly queryGranularity: string;
  readonly lateMessageMs: number | null;
  readonly earlyMessageMs: number | null;
  readonly taskCount: number;
  readonly taskDurationMs: number;
}

export interface DruidDimension {
  readonly name: string;
  readonly type: 'string' | 'long' | 'double';
}

export type DruidMetric =
  | { readonly kind: 'count'; readonly name: string }
  | {
      readonly kind: 'sum';
      readonly name: string;
      readonly column: string;
      readonly isWhole: boolean;
    }
  | {
      readonly kind: 'sketch';
      readonly name: string;
      readonly column: string;
      readonly type: 'theta' | 'hll' | 'hyper-unique';
    };
