import { expect, test } from 'vitest';
import { capacityOf } from '../../../src/ops/bottleneck/capacity.ts';
import { jobOf, vertex } from './job-shape.ts';

/** Of the second vertex: its parallelism, its load, and how long the first one waits. */
function capacity(parallelism: number, busy: number | null, pressure: number) {
  const load = jobOf(
    vertex('source', 0.1, pressure),
    vertex('count < source', busy, 0, { parallelism }),
  );
  const [, count] = load.vertices;
  return count === undefined ? null : capacityOf(load, count);
}

test.each<[string, [number, number | null, number], object | null]>([
  ['busy all the time', [8, 1, 0], { atLeast: 10, forDemand: 10 }],
  ['just at the target it still gets one more', [4, 0.8, 0], { atLeast: 5, forDemand: 5 }],
  [
    'who waits half of the time could send twice as much',
    [4, 1, 0.5],
    { atLeast: 5, forDemand: 10 },
  ],
  ['who waits all the time has no known wish', [1, 1, 0.99], { atLeast: 2, forDemand: null }],
  ['rounding errors are no subtasks', [16, 0.9, 0], { atLeast: 18, forDemand: 18 }],
  ['an unknown load has no answer', [1, null, 0.5], null],
])('%s', (_, shape, expected) => {
  expect(capacity(...shape)).toEqual(expected);
});
