/**
 * How far an operator of one subtask has come: its watermark, and how many rows were late. A union
 * list: at the same parallelism each subtask goes on with its own, at another one with the least
 * watermark, and what was counted goes on in the first subtask, so that the sum stays.
 * As Flink's SQL windows, which restore the least watermark.
 */
import { WATERMARK_MIN } from '../batch/batch.ts';
import { corruptState } from './corrupt-state.ts';
import type { RestoredState, SnapshotWriter } from './operator-snapshot.ts';
import type { StateReader } from './state-reader.ts';

const NAME = 'progress';
const VERSION = 1;

export interface SubtaskProgress {
  readonly watermarkMs: number;
  readonly lateRecords: number;
}

const START: SubtaskProgress = { watermarkMs: WATERMARK_MIN, lateRecords: 0 };

export function writeProgress(snapshot: SnapshotWriter, progress: SubtaskProgress): void {
  const writer = snapshot.unionList(NAME);
  writer.uint8(VERSION);
  writer.float64(progress.watermarkMs);
  writer.float64(progress.lateRecords);
}

export function readProgress(restored: RestoredState): SubtaskProgress {
  const all = restored.unionList(NAME).map(({ subtask, reader }) => ({
    subtask,
    progress: readOne(reader),
  }));
  if (all.length === 0) return START;
  if (restored.parallelism === restored.oldParallelism) {
    return all.find(({ subtask }) => subtask === restored.subtask)?.progress ?? START;
  }
  return {
    watermarkMs: Math.min(...all.map(({ progress }) => progress.watermarkMs)),
    lateRecords:
      restored.subtask === 0 ? all.reduce((sum, { progress }) => sum + progress.lateRecords, 0) : 0,
  };
}

function readOne(reader: StateReader): SubtaskProgress {
  const version = reader.uint8();
  if (version !== VERSION) throw corruptState(`progress of unknown version ${version}`);
  const watermarkMs = readTime(reader);
  const lateRecords = reader.float64();
  if (!Number.isSafeInteger(lateRecords) || lateRecords < 0) {
    throw corruptState(`it counts ${lateRecords} late rows`);
  }
  reader.end();
  return { watermarkMs, lateRecords };
}

/** Milliseconds, or one of the two infinities. */
export function readTime(reader: StateReader): number {
  const timeMs = reader.float64();
  if (Number.isNaN(timeMs)) throw corruptState('a time is no number');
  return timeMs;
}
