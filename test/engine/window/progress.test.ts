import { expect, test } from 'vitest';
import { RestoredParts } from '../../../src/engine/state/restored-parts.ts';
import type { RestoredState, SnapshotWriter } from '../../../src/engine/state/operator-snapshot.ts';
import { readProgress, writeProgress, type Progress } from '../../../src/engine/window/progress.ts';
import { stateOf } from '../../support/operator-state.ts';

const first: Progress = { watermarkMs: 10, judgedMs: 15, lateRecords: 3, timerMs: Infinity };
const second: Progress = { watermarkMs: 12, judgedMs: 12, lateRecords: 4, timerMs: 70 };

/** What each of so many subtasks reads of what the two above have written. */
function progressAt(parallelism: number): readonly (Progress | null)[] {
  const states = [first, second].map((progress, subtask) => ({
    subtask,
    parts: stateOf({
      snapshotState: (snapshot: SnapshotWriter) => {
        writeProgress(snapshot, progress);
      },
    }),
  }));
  return Array.from({ length: parallelism }, (_, subtask) => {
    const restored: RestoredState = new RestoredParts(states, {
      subtask,
      parallelism,
      maxParallelism: 128,
    });
    return readProgress(restored);
  });
}

test('each subtask goes on with its own progress at the same parallelism', () => {
  expect(progressAt(2)).toEqual([first, second]);
});

test('at another one: the lowest watermark, the highest that rows were judged by, late rows once', () => {
  const all = { watermarkMs: 10, judgedMs: 15, timerMs: 70 };
  expect(progressAt(1)).toEqual([{ ...all, lateRecords: 7 }]);
  expect(progressAt(3)).toEqual([
    { ...all, lateRecords: 7 },
    { ...all, lateRecords: 0 },
    { ...all, lateRecords: 0 },
  ]);
});
