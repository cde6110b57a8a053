/**
 * How far a process function's operator has come in event time, in snapshots. At another parallelism
 * all subtasks go on from the least watermark.
 */
import { WATERMARK_MIN } from '../batch/batch.ts';
import type { RestoredState, SnapshotWriter } from '../state/operator-snapshot.ts';
import { readSubtaskValues, writeSubtaskValues } from '../state/subtask-values.ts';

export interface OperatorProgress {
  readonly watermarkMs: number;
  /** The watermark that the outputs have seen. */
  readonly emittedWatermarkMs: number;
  readonly lateRecords: number;
}

export function writeProgress(snapshot: SnapshotWriter, progress: OperatorProgress): void {
  const { watermarkMs, emittedWatermarkMs, lateRecords } = progress;
  writeSubtaskValues(snapshot, [watermarkMs, emittedWatermarkMs, lateRecords]);
}

export function readProgress(restored: RestoredState): OperatorProgress {
  const [watermarkMs = WATERMARK_MIN, emittedWatermarkMs = WATERMARK_MIN, lateRecords = 0] =
    readSubtaskValues(restored, ['least', 'least', 'sum']) ?? [];
  return { watermarkMs, emittedWatermarkMs, lateRecords };
}
