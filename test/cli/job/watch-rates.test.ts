import { expect, test } from 'vitest';
import { CounterRates } from '../../../src/cli/job/watch-rates.ts';

/** The rates that come out of what a counter shows, every so often. */
function rates(counts: readonly (number | null)[], everyMs = 5000): readonly (number | null)[] {
  const counters = new CounterRates();
  return counts.map((count, index) => counters.add('c', count, index * everyMs));
}

test('the first count has no known age, and the first change begins the measuring', () => {
  expect(rates([1000, 5000, 6000])).toEqual([null, null, 200]);
});

test('a counter that is refreshed every second time has an even rate', () => {
  expect(rates([0, 10, 10, 20, 20, 30, 30])).toEqual([null, null, null, 1, 1, 1, 1]);
});

test('the rate is that of the last half minute', () => {
  const slowThenFast = [0, 5, 10, 15, 20, 25, 30, 80, 130, 180, 230, 280, 330, 380];
  expect(rates(slowThenFast).at(-1)).toBe(10);
});

test('a counter that has not changed for long stands still', () => {
  expect(rates([0, 10, 20, 20, 20, 20, 20, 20])).toEqual([null, null, 2, 2, 2, 2, 0, 0]);
});

test('a counter that falls begins anew', () => {
  expect(rates([0, 100, 200, 5, 15, 25])).toEqual([null, null, 20, null, 2, 2]);
  expect(rates([500, 5, 15])).toEqual([null, null, 2]);
});

test('a counter that comes late has a rate after two changes too', () => {
  expect(rates([null, null, 0, 10, 20])).toEqual([null, null, null, null, 2]);
});

test('looks that are far apart are compared all the same', () => {
  expect(rates([0, 60, 120, 180], 60_000)).toEqual([null, null, 1, 1]);
});

test('counters do not mix', () => {
  const counters = new CounterRates();
  for (const [atMs, count] of [
    [0, 0],
    [1000, 10],
    [2000, 20],
  ] as const) {
    counters.add('a', count, atMs);
    counters.add('b', count * 2, atMs);
  }
  expect(counters.add('a', 30, 3000)).toBe(10);
  expect(counters.add('b', 60, 3000)).toBe(20);
});
