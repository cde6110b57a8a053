import { expect, test } from 'vitest';
import { SaidTime } from '../../../src/engine/task/said-time.ts';
import type { SubtaskState } from '../../../src/engine/state/state-part.ts';
import { RestoredParts } from '../../../src/engine/state/restored-parts.ts';
import { SnapshotParts } from '../../../src/engine/state/snapshot-parts.ts';

const order = { checkpointId: 1, isSavepoint: false, maxParallelism: 128 };

/** What each of the old subtasks had said: its watermark, or that it was idle after it. */
function statesOf(said: readonly (readonly [watermarkMs: number, isIdle: boolean])[]) {
  return said.map(([watermarkMs, isIdle], subtask): SubtaskState => {
    const time = new SaidTime();
    time.watermarkMs = watermarkMs;
    time.isIdle = isIdle;
    const parts = new SnapshotParts(order);
    time.snapshotState(parts, 'main');
    return { subtask, parts: parts.finish() };
  });
}

function restored(old: readonly SubtaskState[], subtask: number, parallelism: number): SaidTime {
  const time = new SaidTime();
  const now = { subtask, parallelism, maxParallelism: 128 };
  time.restoreState(new RestoredParts(old, now), 'main');
  return time;
}

const NOTHING = [-Infinity, false] as const;

test('a subtask says again what it had said itself', () => {
  const old = statesOf([
    [10, false],
    [20, true],
  ]);
  expect(restored(old, 0, 2)).toMatchObject({ watermarkMs: 10, isIdle: false });
  expect(restored(old, 1, 2)).toMatchObject({ watermarkMs: 20, isIdle: true });
});

test('at another parallelism it says the lowest that any had said', () => {
  const old = statesOf([
    [10, true],
    [20, true],
  ]);
  expect(restored(old, 2, 3)).toMatchObject({ watermarkMs: 10, isIdle: true });
});

test('when one had said nothing nobody says anything at another parallelism', () => {
  const old = statesOf([[10, false], NOTHING]);
  expect(restored(old, 0, 1).isAnything).toBe(false);
});

test('a stream without event time writes nothing', () => {
  expect(statesOf([NOTHING])).toEqual([{ subtask: 0, parts: [] }]);
});
