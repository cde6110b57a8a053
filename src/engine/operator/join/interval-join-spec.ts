/** An interval join, as the stream graph describes it. */
import type { RowSchema } from '../../batch/batch.ts';

export type JoinKind = 'inner' | 'left' | 'right' | 'full';

/** What an interval join knows of one of its inputs. */
export interface JoinInputSpec {
  readonly schema: RowSchema;
  /** Positions of the key columns; those of the other side have the same types, pair by pair. */
  readonly keys: readonly number[];
  /** Position of the time attribute. */
  readonly timeIndex: number;
}

export interface IntervalJoinSpec {
  readonly left: JoinInputSpec;
  readonly right: JoinInputSpec;
  /** Columns of the left input, then those of the right one. */
  readonly outputSchema: RowSchema;
  /** Bounds of the right row's time minus the left row's, milliseconds, both inclusive. */
  readonly lowerMs: number;
  readonly upperMs: number;
  readonly kind: JoinKind;
}
