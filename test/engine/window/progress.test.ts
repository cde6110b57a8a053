import { expect, test } from 'vitest';
import { RestoredParts } from '../../../src/engine/state/restored-parts.ts';
import type { RestoredState, SnapshotWriter } from '../../../src/engine/state/operator-snapshot.ts';
import type { StatePart } from '../../../src/engine/state/state-part.ts';
import {
  hasComeApart,
  readProgress,
  writeProgress,
  type Progress,
} from '../../../src/engine/window/progress.ts';
import { stateOf } from '../../support/operator-state.ts';

const first: Progress = { watermarkMs: 10, judgedMs: 15, lateRecords: 3, timerMs: Infinity };
const second: Progress = { watermarkMs: 12, judgedMs: 12, lateRecords: 4, timerMs: 70 };

const inFlight: StatePart = {
  kind: 'input-channel',
  input: 0,
  fromSubtask: 0,
  bytes: new Uint8Array(0),
};

/** What each of so many subtasks starts from of what the two above have written. */
function restoredAt(parallelism: number, others: readonly StatePart[] = []): RestoredState[] {
  const states = [first, second].map((progress, subtask) => ({
    subtask,
    parts: [
      ...stateOf({
        snapshotState: (snapshot: SnapshotWriter) => {
          writeProgress(snapshot, progress);
        },
      }),
      ...(subtask === 1 ? others : []),
    ],
  }));
  return Array.from(
    { length: parallelism },
    (_, subtask) => new RestoredParts(states, { subtask, parallelism, maxParallelism: 128 }),
  );
}

function progressAt(
  parallelism: number,
  others: readonly StatePart[] = [],
): readonly (Progress | null)[] {
  return restoredAt(parallelism, others).map(readProgress);
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

test('rows in flight are judged by the lowest, since they come before what was judged last', () => {
  const all = { watermarkMs: 10, judgedMs: 12, timerMs: 70 };
  expect(progressAt(1, [inFlight])).toEqual([{ ...all, lateRecords: 7 }]);
  expect(progressAt(2, [inFlight])).toEqual([first, second]);
});

test('subtasks that have fired other windows are apart when rows were in flight', () => {
  expect(restoredAt(1, [inFlight]).map(hasComeApart)).toEqual([true]);
  expect(restoredAt(1).map(hasComeApart)).toEqual([false]);
  expect(restoredAt(2, [inFlight]).map(hasComeApart)).toEqual([false, false]);
});
