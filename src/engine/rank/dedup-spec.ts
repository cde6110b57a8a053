/** What the operators that keep one row of each key are told. */
import type { RowSchema } from '../batch/batch.ts';

export interface DedupSpec {
  readonly schema: RowSchema;
  /** Positions of the columns that make the key; at least one. */
  readonly keys: readonly number[];
  /** Position of the event time that rows are ordered by; null: as they arrive. */
  readonly timeIndex: number | null;
  /** 0: keys are known for ever. */
  readonly ttlMs: number;
}
