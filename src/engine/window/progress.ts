/**
 * What a window operator knows that belongs to no key: how far event time has come, and counters.
 * After a restore at the same parallelism each subtask goes on with its own; else the watermark is
 * the lowest of all, as in Flink, and rows are judged by the highest that any were judged by: all
 * that follow in the input come later.
 */
import { corruptState } from '../state/corrupt-state.ts';
import type { RestoredState, SnapshotWriter } from '../state/operator-snapshot.ts';
import type { StateReader } from '../state/state-reader.ts';

export interface Progress {
  /** The watermark that consumers have seen last. */
  readonly watermarkMs: number;
  /** Rows were judged by this watermark, and what it makes fire within batches has fired. */
  readonly judgedMs: number;
  readonly lateRecords: number;
  /** When a timer is due, processing time; Infinity: none is set. */
  readonly timerMs: number;
}

const NAME = 'progress';
const VERSION = 1;

export function writeProgress(snapshot: SnapshotWriter, progress: Progress): void {
  const writer = snapshot.unionList(NAME);
  writer.uint8(VERSION);
  writer.float64(progress.watermarkMs);
  writer.float64(progress.judgedMs);
  writer.float64(progress.lateRecords);
  writer.float64(progress.timerMs);
}

/** Null: the operator has left no state. */
export function readProgress(restored: RestoredState): Progress | null {
  const all = restored.unionList(NAME).map(({ subtask, reader }) => ({
    subtask,
    progress: readElement(reader),
  }));
  if (all.length === 0) {
    for (const { group } of restored.keyGroupParts()) {
      throw corruptState(`there is key group ${group}, but no progress of a subtask`);
    }
    return null;
  }
  const own = all.find(({ subtask }) => subtask === restored.subtask);
  if (own !== undefined && restored.parallelism === restored.oldParallelism) return own.progress;
  const merged = all
    .map(({ progress }) => progress)
    .reduce((left, right) => ({
      watermarkMs: Math.min(left.watermarkMs, right.watermarkMs),
      judgedMs: Math.max(left.judgedMs, right.judgedMs),
      lateRecords: left.lateRecords + right.lateRecords,
      timerMs: Math.min(left.timerMs, right.timerMs),
    }));
  // The job's sum stays what it was.
  return { ...merged, lateRecords: restored.subtask === 0 ? merged.lateRecords : 0 };
}

function readElement(reader: StateReader): Progress {
  const version = reader.uint8();
  if (version !== VERSION) throw corruptState(`its version is ${version}, not ${VERSION}`);
  const progress = {
    watermarkMs: reader.float64(),
    judgedMs: reader.float64(),
    lateRecords: reader.float64(),
    timerMs: reader.float64(),
  };
  if (Object.values(progress).some((value) => Number.isNaN(value)) || reader.remaining > 0) {
    throw corruptState('the progress of a subtask is none');
  }
  return progress;
}
