/** Which splits of a source are read side by side, and which of them are waited for. */
import type { Source, SplitReader } from '../connector/contract.ts';

/**
 * Splits that are read side by side. The others wait, in order, for one of these to end, and hold
 * the watermark back until then: what they contain is not known. Not above the number of files
 * that a source keeps open, or the job would wait for ever.
 */
const ACTIVE_SPLITS_MAX = 64;

export interface Split {
  /** In SourceRows. */
  readonly index: number;
  readonly reader: SplitReader;
  /** True while the reader has said `waiting` and its `ready` has not resolved. */
  isWaiting: boolean;
  /** Monotonic milliseconds since when it has had no rows; null: it has not been seen without. */
  silentSinceMs: number | null;
  isIdle: boolean;
}

/** An endless split never makes room for one that waits. */
export function activeSplitCount({ hasEndlessSplits }: Source, splitCount: number): number {
  return hasEndlessSplits === true ? splitCount : Math.min(splitCount, ACTIVE_SPLITS_MAX);
}

/** Whether splits may come that are not there yet. */
export function isDiscovered({ discovery }: Source): boolean {
  return discovery !== undefined && discovery !== null;
}

/** Rows of a split that says `waiting` come for certain, as those of a file. */
export function hasBoundedSplits(source: Source): boolean {
  return source.isBounded || (isDiscovered(source) && source.hasEndlessSplits !== true);
}
