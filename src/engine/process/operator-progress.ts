/**
 * How far a process function's operator has come in event time, in snapshots: an element of union
 * list state for each subtask. At the same parallelism each subtask goes on from its own; else all
 * go on from the least watermark, and the first one takes over the counts.
 */
import { WATERMARK_MIN } from '../batch/batch.ts';
import { corruptState } from '../state/corrupt-state.ts';
import type { RestoredState, SnapshotWriter } from '../state/operator-snapshot.ts';

export interface OperatorProgress {
  readonly watermarkMs: number;
  /** The watermark that the outputs have seen. */
  readonly emittedWatermarkMs: number;
  readonly lateRecords: number;
}

const NAME = 'progress';
/** Version of an element; its first word. */
const VERSION = 1;

export function writeProgress(snapshot: SnapshotWriter, progress: OperatorProgress): void {
  const writer = snapshot.unionList(NAME);
  writer.uint32(VERSION);
  writer.float64(progress.watermarkMs);
  writer.float64(progress.emittedWatermarkMs);
  writer.float64(progress.lateRecords);
}

export function readProgress(restored: RestoredState): OperatorProgress {
  const { subtask, parallelism, oldParallelism } = restored;
  const all = restored.unionList(NAME).map(({ subtask: writer, reader }) => {
    const version = reader.uint32();
    if (version !== VERSION) throw corruptState(`progress of unknown version ${version}`);
    const watermarkMs = reader.float64();
    const emittedWatermarkMs = reader.float64();
    return { writer, watermarkMs, emittedWatermarkMs, lateRecords: reader.float64() };
  });
  const own = all.find(({ writer }) => writer === subtask);
  if (own !== undefined && parallelism === oldParallelism) return own;
  if (all.length === 0) {
    return { watermarkMs: WATERMARK_MIN, emittedWatermarkMs: WATERMARK_MIN, lateRecords: 0 };
  }
  return {
    watermarkMs: Math.min(...all.map((each) => each.watermarkMs)),
    emittedWatermarkMs: Math.min(...all.map((each) => each.emittedWatermarkMs)),
    lateRecords: subtask === 0 ? all.reduce((sum, { lateRecords }) => sum + lateRecords, 0) : 0,
  };
}
