import { expect, test } from 'vitest';
import { skewOf } from '../../../src/ops/bottleneck/skew.ts';
import { vertexOf, type SubtaskShape } from './job-shape.ts';

const skewedSubtask = (...subtasks: readonly SubtaskShape[]): number | null =>
  skewOf(vertexOf({ name: 'v', subtasks }))?.subtask.index ?? null;

test.each<[string, SubtaskShape[], number | null]>([
  [
    'one of two',
    [
      [0.1, 0],
      [1, 0],
    ],
    1,
  ],
  [
    'one of three',
    [
      [0.2, 0],
      [0.9, 0],
      [0.1, 0],
    ],
    1,
  ],
  [
    'all alike',
    [
      [0.9, 0],
      [0.95, 0],
      [1, 0],
    ],
    null,
  ],
  [
    'half of them',
    [
      [0.1, 0],
      [0.1, 0],
      [1, 0],
      [1, 0],
    ],
    3,
  ],
  [
    'less than twice the median',
    [
      [0.6, 0],
      [0.6, 0],
      [1, 0],
    ],
    null,
  ],
  [
    'one that has time left',
    [
      [0.05, 0],
      [0.4, 0],
    ],
    null,
  ],
  ['a single subtask', [[1, 0]], null],
  [
    'those that are not known',
    [
      [null, 0],
      [1, 0],
    ],
    null,
  ],
  ['none', [], null],
])('%s', (_, subtasks, expected) => {
  expect(skewedSubtask(...subtasks)).toBe(expected);
});

test('the even share of the records is no reason', () => {
  const vertex = vertexOf({
    name: 'v',
    subtasks: [
      [0.1, 0, 500],
      [1, 0, 600],
    ],
  });
  expect(skewOf(vertex)).toMatchObject({ isByRecords: false, recordShare: 600 / 1100 });
});

test('unknown counts of records leave the common reason', () => {
  const vertex = vertexOf({
    name: 'v',
    subtasks: [
      [0.1, 0, 0],
      [1, 0, 0],
    ],
  });
  expect(skewOf(vertex)).toMatchObject({ isByRecords: true, recordShare: null });
});
