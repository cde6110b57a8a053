import { describe, expect, test } from 'vitest';
import { vertexIdOf } from '../../../src/flink/model/identifiers.ts';
import type { ResourceRequirement } from '../../../src/flink/model/job-config.ts';
import {
  areInForce,
  isChange,
  planRescale,
  type RescaleWish,
} from '../../../src/ops/job/plan-rescale.ts';

const [a, b] = ['a', 'b'].map((digit) => vertexIdOf(digit.repeat(32))) as [
  ReturnType<typeof vertexIdOf>,
  ReturnType<typeof vertexIdOf>,
];
const bounds = (
  vertexId: typeof a,
  lowerBound: number,
  upperBound: number,
): ResourceRequirement => ({
  vertexId,
  lowerBound,
  upperBound,
});
const before = [bounds(a, 1, 4), bounds(b, 3, 4)];

function check(wish: RescaleWish, ...after: readonly ResourceRequirement[]): void {
  expect(planRescale(before, wish).map((step) => step.after)).toEqual(after);
}

describe('the bounds', () => {
  test('of all vertices get another upper one', () => {
    check({ kind: 'all', parallelism: 8 }, bounds(a, 1, 8), bounds(b, 3, 8));
  });

  test('have no lower one above the upper one', () => {
    check({ kind: 'all', parallelism: 2 }, bounds(a, 1, 2), bounds(b, 2, 2));
  });

  test('of one vertex leave the others as they are', () => {
    const wish = { kind: 'vertices', bounds: new Map([[b, { lower: 1, upper: 2 }]]) } as const;
    check(wish, bounds(a, 1, 4), bounds(b, 1, 2));
    expect(planRescale(before, wish).map(isChange)).toEqual([false, true]);
  });

  test('are in force when all of them are, in any order', () => {
    expect(areInForce([bounds(b, 3, 4), bounds(a, 1, 4)], before)).toBe(true);
    expect(areInForce([bounds(b, 3, 5), bounds(a, 1, 4)], before)).toBe(false);
    expect(areInForce([bounds(a, 1, 4)], before)).toBe(false);
  });
});
