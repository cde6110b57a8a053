import fc from 'fast-check';
import { expect, test } from 'vitest';
import { summarize } from '../../../../src/engine/checkpoint/statistics/measure-summary.ts';
import { runs } from '../../../support/property-runs.ts';

test('quantiles are those of Apache Commons Math, which Flink uses', () => {
  // Percentile.evaluate over 1..10: position p * 11, interpolated between its neighbours.
  expect(summarize([7, 1, 9, 2, 10, 4, 3, 8, 6, 5])).toEqual({
    min: 1,
    max: 10,
    avg: 5,
    p50: 5.5,
    p90: 9.9,
    p95: 10,
    p99: 10,
    p999: 10,
  });
  expect(summarize([4])).toEqual({
    min: 4,
    max: 4,
    avg: 4,
    p50: 4,
    p90: 4,
    p95: 4,
    p99: 4,
    p999: 4,
  });
  expect(summarize([])).toBeNull();
});

test('quantiles rise and lie between the bounds', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(), { minLength: 1, maxLength: 60 }), (values) => {
      const found = summarize(values);
      if (found === null) throw new Error('there are values');
      const rising = [found.min, found.p50, found.p90, found.p95, found.p99, found.p999, found.max];
      expect(rising).toEqual(rising.toSorted((one, other) => one - other));
      expect(found.min).toBe(Math.min(...values));
      expect(found.max).toBe(Math.max(...values));
    }),
    { numRuns: runs(100) },
  );
});

test('quantiles forget what is older than 10,000 values, bounds and mean do not', () => {
  const values = [1_000_000, ...Array.from({ length: 10_000 }, () => 5)];
  expect(summarize(values)).toMatchObject({ max: 1_000_000, avg: 104, p999: 5 });
});
