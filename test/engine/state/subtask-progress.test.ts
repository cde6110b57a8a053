import { expect, test } from 'vitest';
import { RestoredParts } from '../../../src/engine/state/restored-parts.ts';
import { SnapshotParts } from '../../../src/engine/state/snapshot-parts.ts';
import {
  readProgress,
  writeProgress,
  type SubtaskProgress,
} from '../../../src/engine/state/subtask-progress.ts';

const maxParallelism = 128;

function restored(old: readonly SubtaskProgress[], parallelism: number): SubtaskProgress[] {
  const states = old.map((progress, subtask) => {
    const parts = new SnapshotParts({ checkpointId: 1, isSavepoint: false, maxParallelism });
    writeProgress(parts, progress);
    return { subtask, parts: parts.finish() };
  });
  return Array.from({ length: parallelism }, (_, subtask) =>
    readProgress(new RestoredParts(states, { subtask, parallelism, maxParallelism })),
  );
}

const two = [
  { watermarkMs: 7, lateRecords: 3 },
  { watermarkMs: -Infinity, lateRecords: 2 },
];

test('at the same parallelism each subtask goes on with its own', () => {
  expect(restored(two, 2)).toEqual(two);
});

test('at another one all have the least watermark, and the first has counted for all', () => {
  const [first, second] = [two[0]!, { watermarkMs: 9, lateRecords: 4 }];
  expect(restored([first, second], 1)).toEqual([{ watermarkMs: 7, lateRecords: 7 }]);
  expect(restored([first, second], 3)).toEqual([
    { watermarkMs: 7, lateRecords: 7 },
    { watermarkMs: 7, lateRecords: 0 },
    { watermarkMs: 7, lateRecords: 0 },
  ]);
});

test('without an element it is at its start', () => {
  expect(restored([], 1)).toEqual([{ watermarkMs: -Infinity, lateRecords: 0 }]);
});
