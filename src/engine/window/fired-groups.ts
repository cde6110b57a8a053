/** What a window gives when it fires: its groups and their results, a column at a time. */
import type { Column } from '../batch/column.ts';

export interface FiredGroups {
  readonly slotCount: number;
  /** Key ids of the slots [from, to). */
  keysOf(from: number, to: number): Int32Array;
  /** Writes the results of an aggregate for the slots [from, to) to the rows from 0 on. */
  writeResult(aggregateIndex: number, from: number, to: number, column: Column): void;
}
