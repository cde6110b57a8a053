/**
 * How far an operator of one subtask has come: its watermark, and how many rows were late. At another
 * parallelism all go on with the least watermark, as Flink's SQL windows.
 */
import { WATERMARK_MIN } from '../batch/batch.ts';
import { corruptState } from './corrupt-state.ts';
import type { RestoredState, SnapshotWriter } from './operator-snapshot.ts';
import type { StateReader } from './state-reader.ts';
import { readSubtaskValues, writeSubtaskValues } from './subtask-values.ts';

export interface SubtaskProgress {
  readonly watermarkMs: number;
  readonly lateRecords: number;
}

export function writeProgress(snapshot: SnapshotWriter, progress: SubtaskProgress): void {
  writeSubtaskValues(snapshot, [progress.watermarkMs, progress.lateRecords]);
}

export function readProgress(restored: RestoredState): SubtaskProgress {
  const [watermarkMs = WATERMARK_MIN, lateRecords = 0] =
    readSubtaskValues(restored, ['least', 'sum']) ?? [];
  return { watermarkMs, lateRecords };
}

/** Milliseconds, or one of the two infinities. */
export function readTime(reader: StateReader): number {
  const timeMs = reader.float64();
  if (Number.isNaN(timeMs)) throw corruptState('a time is no number');
  return timeMs;
}
