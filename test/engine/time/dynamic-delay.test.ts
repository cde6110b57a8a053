import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { StateReader } from '../../../src/engine/state/state-reader.ts';
import { StateWriter } from '../../../src/engine/state/state-writer.ts';
import { DynamicDelay, ObservedDelays } from '../../../src/engine/time/dynamic-delay.ts';
import { SplitWatermarks } from '../../../src/engine/time/split-watermarks.ts';
import { runs } from '../../support/property-runs.ts';

interface Arrival {
  readonly nowMs: number;
  readonly split: number;
  readonly millis: readonly number[];
}

interface Spec {
  readonly samples: number;
  readonly factor: number;
  readonly minDelayMs: number;
}

/** The watermark before each row; `restores`: from a snapshot of its own after each batch. */
function watermarksOf(spec: Spec, arrivals: readonly Arrival[], restores = false): number[] {
  let nowMs = 0;
  const create = (): SplitWatermarks =>
    new SplitWatermarks(2, new DynamicDelay({ kind: 'dynamic', ...spec }, () => nowMs));
  let watermarks = create();
  const result: number[] = [];
  for (const { split, millis, nowMs: arrivedMs } of arrivals) {
    nowMs = arrivedMs;
    const before = new Float64Array(millis.length);
    watermarks.advance(
      { split, millis: Float64Array.from(millis), rowCount: millis.length },
      before,
    );
    result.push(...before, watermarks.watermarkMs);
    if (!restores) continue;
    const writer = new StateWriter();
    for (const each of [0, 1]) watermarks.snapshotSplit(each, writer);
    const { watermarkMs } = watermarks;
    watermarks = create();
    const reader = new StateReader(writer.finish());
    for (const each of [0, 1]) watermarks.restoreSplit(each, reader);
    watermarks.restoreCombined(watermarkMs);
  }
  return result;
}

/** The same by the words of the contract: everything is kept, and looked at again for each row. */
function naive({ samples, factor, minDelayMs }: Spec, arrivals: readonly Arrival[]): number[] {
  const seen: { split: number; eventMs: number; delayMs: number }[] = [];
  const own = [-Infinity, -Infinity];
  let combined = -Infinity;
  const result: number[] = [];
  for (const { split, millis, nowMs } of arrivals) {
    for (const eventMs of millis) {
      result.push(combined);
      seen.push({ split, eventMs, delayMs: Math.max(0, nowMs - eventMs) });
      const rows = seen.filter((row) => row.split === split);
      const last = rows.slice(-samples);
      const mean = last.reduce((sum, { delayMs }) => sum + delayMs, 0) / last.length;
      const delayMs = Math.max(minDelayMs, Math.ceil(mean * factor));
      const highest = Math.max(...rows.map((row) => row.eventMs));
      own[split] = Math.max(own[split]!, highest - delayMs);
      combined = Math.max(combined, Math.min(...own));
    }
    result.push(combined);
  }
  return result;
}

describe('the delays that are observed', () => {
  const cases: readonly {
    readonly delays: readonly number[];
    readonly samples: number;
    readonly factor: number;
    readonly minDelayMs: number;
    readonly expected: number;
  }[] = [
    { delays: [10], samples: 100, factor: 1.5, minDelayMs: 0, expected: 15 },
    { delays: [10, 30], samples: 100, factor: 1.5, minDelayMs: 0, expected: 30 },
    { delays: [1000, 10, 30], samples: 2, factor: 1, minDelayMs: 0, expected: 20 },
    { delays: [1, 2], samples: 100, factor: 1, minDelayMs: 0, expected: 2 },
    { delays: [10], samples: 100, factor: 1.5, minDelayMs: 5000, expected: 5000 },
    { delays: [-70, 0], samples: 100, factor: 2, minDelayMs: 0, expected: 0 },
    { delays: [10], samples: 1, factor: 0, minDelayMs: 7, expected: 7 },
  ];
  test.each(cases)('$delays give a delay of $expected', ({ delays, samples, ...rest }) => {
    const observed = new ObservedDelays(samples);
    for (const delayMs of delays) observed.add(1_000_000 - delayMs, 1_000_000);
    expect(observed.delayMs(rest.factor, rest.minDelayMs)).toBe(rest.expected);
  });
});

test('delays beyond exact sums leave no trace once they are forgotten', () => {
  const observed = new ObservedDelays(3);
  for (const delayMs of [2 ** 60, 2 ** 60, 1, 7, 7, 7, 8]) observed.add(-delayMs, 0);
  expect(observed.delayMs(1, 0)).toBe(8);
});

describe('a dynamic watermark', () => {
  const spec = { samples: 2, factor: 1, minDelayMs: 0 };

  test('follows the mean of the last delays', () => {
    const arrivals = [
      { nowMs: 1100, split: 0, millis: [1000] },
      { nowMs: 1100, split: 1, millis: [1000] },
      { nowMs: 2300, split: 1, millis: [2000] },
      { nowMs: 2010, split: 0, millis: [2000] },
    ];
    // The delays: 100 in each; 200 in the second; 55 in the first.
    expect(watermarksOf(spec, arrivals)).toEqual([
      -Infinity,
      -Infinity,
      -Infinity,
      900,
      900,
      900,
      900,
      1800,
    ]);
  });

  test('does not fall when the delay grows', () => {
    const only = (nowMs: number, eventMs: number): Arrival => ({
      nowMs,
      split: 0,
      millis: [eventMs],
    });
    const watermarks = new SplitWatermarks(
      1,
      new DynamicDelay({ kind: 'dynamic', samples: 1, factor: 1, minDelayMs: 0 }, () => clockMs),
    );
    let clockMs = 0;
    const after = [only(1000, 1000), only(9000, 1001), only(9000, 5000), only(9000, 9000)].map(
      ({ nowMs, millis }) => {
        clockMs = nowMs;
        watermarks.advance(
          { split: 0, millis: Float64Array.from(millis), rowCount: 1 },
          new Float64Array(1),
        );
        return watermarks.watermarkMs;
      },
    );
    expect(after).toEqual([1000, 1000, 1000, 9000]);
  });

  test('rises with a row that is not the latest when that makes the delay shorter', () => {
    const watermarks = watermarksOf({ samples: 1, factor: 1, minDelayMs: 0 }, [
      { nowMs: 5000, split: 1, millis: [5000] },
      { nowMs: 5000, split: 0, millis: [4000] },
      { nowMs: 5000, split: 0, millis: [3999] },
      { nowMs: 3999, split: 0, millis: [3999] },
    ]);
    expect(watermarks).toEqual([-Infinity, -Infinity, -Infinity, 3000, 3000, 3000, 3000, 4000]);
  });

  test('is as the contract says, and goes on from a snapshot', () => {
    const arrival = fc.record({
      nowMs: fc.nat({ max: 500 }),
      split: fc.nat({ max: 1 }),
      millis: fc.array(fc.nat({ max: 400 }), { minLength: 1, maxLength: 5 }),
    });
    const specs = fc.record({
      samples: fc.integer({ min: 1, max: 4 }),
      factor: fc.constantFrom(0, 0.5, 1, 1.5, 3),
      minDelayMs: fc.constantFrom(0, 5, 50),
    });
    fc.assert(
      fc.property(specs, fc.array(arrival, { maxLength: 20 }), (drawn, arrivals) => {
        const expected = naive(drawn, arrivals);
        expect(watermarksOf(drawn, arrivals)).toEqual(expected);
        expect(watermarksOf(drawn, arrivals, true)).toEqual(expected);
        for (const [index, watermarkMs] of expected.entries()) {
          expect(watermarkMs).toBeGreaterThanOrEqual(expected[index - 1] ?? -Infinity);
        }
      }),
      { numRuns: runs(100) },
    );
  });
});
