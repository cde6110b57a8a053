/**
 * How many checkpoints in a row have failed, and whether the job outlives that.
 * As Flink, CheckpointFailureManager: only some reasons count, and only failures of checkpoints
 * that are newer than the last complete one.
 */
import { failureReasons, type FailureReason } from './failure-reason.ts';

export interface FailureCount {
  readonly consecutive: number;
  readonly lastCompletedId: number;
}

export const NO_FAILURES: FailureCount = { consecutive: 0, lastCompletedId: 0 };

export function afterCompleted(count: FailureCount, checkpointId: number): FailureCount {
  if (checkpointId <= count.lastCompletedId) return count;
  return { consecutive: 0, lastCompletedId: checkpointId };
}

/** `isExceeded`: the job is to fail; the count starts again, for the attempt after it. */
export function afterFailed(
  count: FailureCount,
  failed: { readonly checkpointId: number; readonly reason: FailureReason },
  tolerableFailed: number,
): { readonly count: FailureCount; readonly isExceeded: boolean } {
  const isCounted =
    failureReasons[failed.reason].isCounted && failed.checkpointId > count.lastCompletedId;
  if (!isCounted) return { count, isExceeded: false };
  const consecutive = count.consecutive + 1;
  if (consecutive <= tolerableFailed)
    return { count: { ...count, consecutive }, isExceeded: false };
  return { count: { ...count, consecutive: 0 }, isExceeded: true };
}
