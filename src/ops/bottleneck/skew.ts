/**
 * Whether one subtask of a vertex works much more than the others, and why: because it gets more
 * records, or although it does not.
 */
import type { SubtaskLoad, VertexLoad } from './job-load.ts';

export interface Skew {
  readonly subtask: SubtaskLoad;
  readonly busy: number;
  readonly medianBusy: number;
  /** Its part of the records of all subtasks; null when it is not known. */
  readonly recordShare: number | null;
  /** It gets clearly more records than the others. */
  readonly isByRecords: boolean;
}

/** One that works less than half of its time holds up nobody. */
const BUSY_MIN = 0.5;
const BUSY_ABOVE_MEDIAN_MIN = 0.3;
const TIMES_MEDIAN_MIN = 2;
/** Times the even share of the records. */
const RECORDS_TIMES_MIN = 1.5;

/** Null: evenly busy, or too few subtasks to say. */
export function skewOf({ subtasks }: VertexLoad): Skew | null {
  const byBusy = subtasks
    .flatMap((subtask) => (subtask.busy === null ? [] : [{ subtask, busy: subtask.busy }]))
    .toSorted((left, right) => left.busy - right.busy);
  const top = byBusy.at(-1);
  // The lower one of two: of two subtasks it is the other one.
  const median = byBusy[Math.floor((byBusy.length - 1) / 2)];
  if (top === undefined || median === undefined || byBusy.length < 2) return null;
  const isSkewed =
    top.busy >= BUSY_MIN &&
    top.busy - median.busy >= BUSY_ABOVE_MEDIAN_MIN &&
    top.busy >= median.busy * TIMES_MEDIAN_MIN;
  if (!isSkewed) return null;
  const recordShare = recordShareOf(top.subtask, subtasks);
  return {
    subtask: top.subtask,
    busy: top.busy,
    medianBusy: median.busy,
    recordShare,
    isByRecords: recordShare === null || recordShare * subtasks.length >= RECORDS_TIMES_MIN,
  };
}

function recordShareOf(
  { readRecords }: SubtaskLoad,
  subtasks: readonly SubtaskLoad[],
): number | null {
  const all = subtasks.reduce((sum, subtask) => sum + (subtask.readRecords ?? 0), 0);
  return readRecords === null || all === 0 ? null : readRecords / all;
}
