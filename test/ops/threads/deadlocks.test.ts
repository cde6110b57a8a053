import { expect, test } from 'vitest';
import { readThread, type ThreadState } from '../../../src/flink/model/thread-text.ts';
import { findDeadlocks } from '../../../src/ops/threads/deadlocks.ts';

/** `id` waits for what `holder` has; null: it waits for nobody. */
function thread(id: number, holder: number | null): ThreadState {
  const owned = holder === null ? '' : ` on a.B@1 owned by "t${holder}" Id=${holder}`;
  return readThread({ name: `t${id}`, text: `"t${id}" Id=${id} BLOCKED${owned}\n\n` });
}

const circles = (...threads: readonly ThreadState[]): readonly string[] =>
  findDeadlocks(threads).map((circle) => circle.map(({ name }) => name).join(' '));

test('threads that wait for one that runs are no deadlock', () => {
  expect(circles(thread(1, 2), thread(2, null), thread(3, 2))).toEqual([]);
});

test('a circle is found once, wherever one begins to look', () => {
  expect(circles(thread(1, 2), thread(2, 3), thread(3, 1))).toEqual(['t1 t2 t3']);
  expect(circles(thread(9, 1), thread(1, 2), thread(2, 1))).toEqual(['t1 t2']);
});

test('two circles are two', () => {
  expect(circles(thread(1, 2), thread(2, 1), thread(3, 4), thread(4, 3))).toEqual([
    't1 t2',
    't3 t4',
  ]);
});

test('one that waits for a thread outside of the dump is no circle', () => {
  expect(circles(thread(1, 99))).toEqual([]);
});
