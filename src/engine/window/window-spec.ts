/** What a window aggregation computes; the plan's answer, the operator's input. */
import type { AggregateExpression, TypedExpression } from '../../expression/tree.ts';
import type { RowSchema } from '../batch/batch.ts';

export interface WindowAggregateSpec {
  readonly inputSchema: RowSchema;
  /** window_start, window_end, the group columns, the aggregates, window_time. */
  readonly outputSchema: RowSchema;
  /** Position of the time attribute in the input: TIMESTAMP or TIMESTAMP_LTZ. */
  readonly timeIndex: number;
  readonly sizeMs: number;
  readonly offsetMs: number;
  /** Zone of window bounds when the time attribute is TIMESTAMP_LTZ; null: UTC. */
  readonly zone: LocalZone | null;
  readonly groupBy: readonly TypedExpression[];
  /** Positions in `groupBy`; several sets are computed in one pass. */
  readonly groupingSets: readonly (readonly number[])[];
  readonly aggregates: readonly AggregateSpec[];
}

export type AggregateSpec =
  | { readonly kind: 'aggregate'; readonly aggregate: AggregateExpression }
  /** GROUPING(...): a number whose bits say which of the columns are rolled up. */
  | { readonly kind: 'grouping'; readonly groupByIndexes: readonly number[] };

/** Local date and time of a zone as milliseconds since 1970-01-01 00:00:00 on its own clocks. */
export interface LocalZone {
  toLocalMs(epochMs: number): number;
  /**
   * The last moment at which the zone's clocks show `localMs`; the moment after the gap where they
   * never do. As Flink's toEpochMillsForTimer.
   */
  toEpochMs(localMs: number): number;
}
