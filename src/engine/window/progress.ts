/**
 * What a window operator knows that belongs to no key: how far event time has come, and counters.
 * After a restore at the same parallelism each subtask goes on with its own; else the watermark is
 * the lowest of all, as in Flink, and rows are judged by the highest that any were judged by: all
 * that follow in the input come later. Rows in flight do not: with them it is the lowest, too.
 */
import { corruptState } from '../state/corrupt-state.ts';
import type { RestoredState, SnapshotWriter } from '../state/operator-snapshot.ts';
import { readSubtaskValues, writeSubtaskValues } from '../state/subtask-values.ts';

export interface Progress {
  /** The watermark that consumers have seen last. */
  readonly watermarkMs: number;
  /** Rows were judged by this watermark, and what it makes fire within batches has fired. */
  readonly judgedMs: number;
  readonly lateRecords: number;
  /** When a timer is due, processing time; Infinity: none is set. */
  readonly timerMs: number;
}

export function writeProgress(snapshot: SnapshotWriter, progress: Progress): void {
  const { watermarkMs, judgedMs, lateRecords, timerMs } = progress;
  writeSubtaskValues(snapshot, [watermarkMs, judgedMs, lateRecords, timerMs]);
}

/** Null: the operator has left no state. */
export function readProgress(restored: RestoredState): Progress | null {
  const judged = restored.hasRowsInFlight ? 'least' : 'greatest';
  const values = readSubtaskValues(restored, ['least', judged, 'sum', 'least']);
  if (values === null) {
    for (const { group } of restored.keyGroupParts()) {
      throw corruptState(`there is key group ${group}, but no progress of a subtask`);
    }
    return null;
  }
  const [watermarkMs, judgedMs, lateRecords, timerMs] = values;
  return {
    watermarkMs: watermarkMs!,
    judgedMs: judgedMs!,
    lateRecords: lateRecords!,
    timerMs: timerMs!,
  };
}

/**
 * Subtasks had fired other windows than others, and rows for these were in flight to those: once
 * divided anew, their windows would need to be kept apart until the last of these rows has come.
 */
export function hasComeApart(restored: RestoredState): boolean {
  if (!restored.hasRowsInFlight || restored.parallelism === restored.oldParallelism) return false;
  const lowest = readSubtaskValues(restored, ['least', 'least', 'sum', 'least']);
  const highest = readSubtaskValues(restored, ['least', 'greatest', 'sum', 'least']);
  return lowest?.[1] !== highest?.[1];
}
