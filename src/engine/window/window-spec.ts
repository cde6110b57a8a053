/** What a window aggregation computes; the plan's answer, the operator's input. */
import type { AggregateExpression, TypedExpression } from '../../expression/tree.ts';
import type { ZoneClock } from '../../expression/zone-clock.ts';
import type { RowSchema } from '../batch/batch.ts';

/** What all aggregations have in common, with a window or without one. */
export interface AggregationSpec {
  readonly inputSchema: RowSchema;
  /** The group columns, the aggregates; what a window adds stands around them. */
  readonly outputSchema: RowSchema;
  readonly groupBy: readonly TypedExpression[];
  /** Positions in `groupBy`; several sets are computed in one pass. */
  readonly groupingSets: readonly (readonly number[])[];
  readonly aggregates: readonly AggregateSpec[];
}

/** What the aggregations of all kinds of windows have in common. */
export interface WindowAggregateSpecBase extends AggregationSpec {
  /** window_start, window_end, the group columns, the aggregates, window_time. */
  readonly outputSchema: RowSchema;
  /** Position of the time attribute in the input: TIMESTAMP or TIMESTAMP_LTZ. */
  readonly timeIndex: number;
  /** Zone of window bounds when the time attribute is TIMESTAMP_LTZ; null: UTC. */
  readonly zone: ZoneClock | null;
}

/** Of groups without a window. */
export interface RunningAggregateSpec extends AggregationSpec {
  /** How long a group without rows is kept, processing time; 0: for ever. */
  readonly ttlMs: number;
  /** The input carries updates and deletes. */
  readonly takesUpdates: boolean;
}

export interface WindowAggregateSpec extends WindowAggregateSpecBase {
  readonly window: WindowKind;
}

/** Of a window whose output is a changelog. */
export interface UpdatingWindowSpec extends WindowAggregateSpec {
  readonly window: Extract<WindowKind, { kind: 'tumble' }>;
  readonly emit: EmitSpec;
}

export interface SessionWindowSpec extends WindowAggregateSpecBase {
  readonly window: SessionWindow;
}

export interface EmitSpec {
  /** Results before the end of a window at most this long after a change; null: none. */
  readonly earlyMs: number | null;
  /** Rows late by no more than this correct their window; 0: none does. */
  readonly allowedLatenessMs: number;
}

/** Rows of a key that follow each other within the gap. */
export interface SessionWindow {
  readonly kind: 'session';
  readonly gapMs: number;
}

/** Lengths in milliseconds; `sizeMs` is a whole multiple of `slideMs` and of `stepMs`. */
export type WindowKind =
  | { readonly kind: 'tumble'; readonly sizeMs: number; readonly offsetMs: number }
  | {
      readonly kind: 'hop';
      readonly sizeMs: number;
      readonly slideMs: number;
      readonly offsetMs: number;
    }
  | {
      readonly kind: 'cumulate';
      readonly sizeMs: number;
      readonly stepMs: number;
      readonly offsetMs: number;
      /** No row for a group whose results are those of the step before. */
      readonly leavesOutUnchanged: boolean;
    };

export type AggregateSpec =
  | { readonly kind: 'aggregate'; readonly aggregate: AggregateExpression }
  /** GROUPING(...): a number whose bits say which of the columns are rolled up. */
  | { readonly kind: 'grouping'; readonly groupByIndexes: readonly number[] };
