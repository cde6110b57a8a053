import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { WindowKind } from '../../../src/engine/window/window-spec.ts';
import type { Value } from '../../../src/expression/value.ts';
import {
  harnessModes,
  rescaledModes,
  rowText,
  runOperator,
} from '../../support/operator-harness.ts';
import { runs } from '../../support/property-runs.ts';
import {
  aggregate,
  bigint,
  eventsOf,
  harnessOf,
  nanos,
  run,
  sorted,
  specOf,
  text,
  type Row,
} from './window-runs.ts';

const hop = (sizeMs: number, slideMs: number, offsetMs = 0): WindowKind => ({
  kind: 'hop',
  sizeMs,
  slideMs,
  offsetMs,
});
const cumulate = (sizeMs: number, stepMs: number, offsetMs = 0): WindowKind => ({
  kind: 'cumulate',
  sizeMs,
  stepMs,
  offsetMs,
  leavesOutUnchanged: false,
});

/** Bounds and aggregates of each row, without window_time. */
function resultsOf(window: WindowKind, rows: readonly Row[], delayMs = 0): Value[][] {
  const { main } = run(specOf([], [aggregate('COUNT')], { window }), rows, delayMs);
  return main.map(([start, end, count]) => [
    Number(start) / 1_000_000,
    Number(end) / 1_000_000,
    Number(count),
  ]);
}

describe('a hopping window', () => {
  test('counts a row in each window that it is in', () => {
    expect(resultsOf(hop(3000, 1000), [{ time: 500 }, { time: 1500 }])).toEqual([
      [-2000, 1000, 1],
      [-1000, 2000, 2],
      [0, 3000, 2],
      [1000, 4000, 1],
    ]);
  });

  test('counts a row that is late for some of its windows in the others', () => {
    // The third row comes when the watermark is 3000: windows up to 3000 have fired.
    const rows = [{ time: 500 }, { time: 3000 }, { time: 1500 }];
    expect(resultsOf(hop(3000, 1000), rows)).toEqual([
      [-2000, 1000, 1],
      [-1000, 2000, 1],
      [0, 3000, 1],
      [1000, 4000, 2],
      [2000, 5000, 1],
      [3000, 6000, 1],
    ]);
  });

  test('drops a row that is late for all of its windows', () => {
    const { main, sides } = run(specOf([], [aggregate('COUNT')], { window: hop(2000, 1000) }), [
      { time: 0 },
      { time: 2999 },
      { time: 999 },
    ]);
    expect(main).toHaveLength(4);
    expect(sides['late']).toHaveLength(1);
  });

  test('fires nothing while it holds nothing', () => {
    const windows = resultsOf(hop(2000, 1000), [{ time: 0 }, { time: 100_000 }]);
    expect(windows.map(([start]) => start)).toEqual([-1000, 0, 99_000, 100_000]);
  });
});

describe('a cumulating window', () => {
  test('may leave out groups that have not changed since the step before', () => {
    const window = { ...cumulate(4000, 1000), leavesOutUnchanged: true };
    expect(resultsOf(window, [{ time: 1500 }, { time: 3500 }])).toEqual([
      [0, 2000, 1],
      [0, 4000, 2],
    ]);
  });

  test('gives all so far at each step, also where nothing has come', () => {
    expect(resultsOf(cumulate(4000, 1000), [{ time: 1500 }, { time: 3500 }])).toEqual([
      [0, 2000, 1],
      [0, 3000, 1],
      [0, 4000, 2],
    ]);
  });

  test('counts a late row from the next step on', () => {
    const rows = [{ time: 500 }, { time: 2500 }, { time: 700 }];
    expect(resultsOf(cumulate(4000, 1000), rows)).toEqual([
      [0, 1000, 1],
      [0, 2000, 1],
      [0, 3000, 3],
      [0, 4000, 3],
    ]);
  });
});

const aggregates = [
  aggregate('COUNT'),
  aggregate('COUNT', 'device', { distinct: true, filter: 'isClick' }),
  aggregate('SUM', 'amount'),
  aggregate('SUM', 'amount', { distinct: true }),
  aggregate('MIN', 'device', { type: text }),
  aggregate('AVG', 'amount', { type: bigint }),
];

test.each(['hop', 'cumulate', 'changing'] as const)(
  'random rows and %s windows give what a naive program gives',
  (kind) => {
    const row = fc.record({
      time: fc.integer({ min: -3000, max: 6000 }),
      province: fc.constantFrom(null, '', 'a', 'b', '\u{1F43F}'),
      city: fc.constantFrom(null, 'x', 'a name of more than twenty bytes'),
      device: fc.option(fc.constantFrom('a', 'b', 'c', 'd', 'e')),
      amount: fc.option(fc.bigInt({ min: -5n, max: 5n })),
      isClick: fc.option(fc.boolean()),
    });
    const lengths = fc.record({
      partMs: fc.constantFrom(100, 250, 700),
      parts: fc.integer({ min: 1, max: 7 }),
      offsetMs: fc.integer({ min: 0, max: 90 }),
    });
    fc.assert(
      fc.property(
        fc.array(row, { maxLength: 60, size: 'max' }),
        fc.nat({ max: 3000 }),
        lengths,
        fc.boolean(),
        (drawn, delayMs, { partMs, parts, offsetMs }, isSorted) => {
          const rows = isSorted ? drawn.toSorted((a, b) => a.time - b.time) : drawn;
          const window =
            kind === 'hop'
              ? hop(partMs * parts, partMs, offsetMs)
              : {
                  ...cumulate(partMs * parts, partMs, offsetMs),
                  leavesOutUnchanged: kind === 'changing',
                };
          const { main, sides } = run(
            specOf(['province', 'city'], aggregates, { window }),
            rows,
            delayMs,
          );
          const expected = naive(window, rows, delayMs);
          expect(sorted(main)).toEqual(sorted(expected.rows));
          expect(sides['late']!.length).toBe(expected.lateCount);
        },
      ),
      { numRuns: runs(25) },
    );
  },
);

test('hopping windows that overlap a lot are the same at any parallelism', () => {
  const rows = fc.array(
    fc.record({
      time: fc.integer({ min: 0, max: 2500 }),
      province: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
      device: fc.constantFrom('x', 'y'),
    }),
    { minLength: 20, maxLength: 60, size: 'max' },
  );
  const kept = [
    aggregate('COUNT'),
    aggregate('MAX', 'device', { type: text }),
    aggregate('COUNT', 'device', { distinct: true }),
  ];
  const spec = specOf(['province'], kept, { window: hop(1000, 100) });
  const modes = [...harnessModes.slice(0, 1), ...rescaledModes.slice(0, 1)];
  fc.assert(
    fc.property(rows, fc.constantFrom(0, 150), fc.boolean(), (drawn, delayMs, isSorted) => {
      const events = eventsOf(
        isSorted ? drawn.toSorted((a, b) => a.time - b.time) : drawn,
        delayMs,
      );
      const [plain, rescaled] = modes.map((mode) => runOperator(harnessOf(spec), events, mode));
      expect(sorted(rescaled!.main)).toEqual(sorted(plain!.main));
    }),
    { numRuns: runs(40) },
  );
});

/** Starts and ends of all windows that a moment is in. */
function windowsOf(window: WindowKind, time: number): (readonly [start: number, end: number])[] {
  const { sizeMs, offsetMs } = window;
  const start = (partMs: number): number =>
    Math.floor((time - offsetMs) / partMs) * partMs + offsetMs;
  switch (window.kind) {
    case 'tumble':
      return [[start(sizeMs), start(sizeMs) + sizeMs]];
    case 'hop':
      return Array.from({ length: sizeMs / window.slideMs }, (_, back) => {
        const startMs = start(window.slideMs) - back * window.slideMs;
        return [startMs, startMs + sizeMs];
      });
    case 'cumulate': {
      const ends = Array.from(
        { length: sizeMs / window.stepMs },
        (_, step) => start(sizeMs) + (step + 1) * window.stepMs,
      );
      return ends.filter((end) => end > time).map((end) => [start(sizeMs), end]);
    }
  }
}

/** Each row in each of its windows that has not fired, over plain arrays. */
function naive(
  window: WindowKind,
  rows: readonly Row[],
  delayMs: number,
): { rows: Value[][]; lateCount: number } {
  const groups = new Map<string, Row[]>();
  let watermark = -Infinity;
  let lateCount = 0;
  for (const row of rows) {
    const open = windowsOf(window, row.time).filter(([, end]) => watermark < end - 1);
    if (open.length === 0) lateCount++;
    for (const [start, end] of open) {
      const key = JSON.stringify([start, end, row.province, row.city]);
      groups.set(key, [...(groups.get(key) ?? []), row]);
    }
    watermark = Math.max(watermark, row.time - delayMs);
  }
  const results = Array.from(groups, ([key, members]) => resultRow(key, members));
  const isLeftOut = window.kind === 'cumulate' && window.leavesOutUnchanged;
  return { rows: isLeftOut ? withoutUnchanged(results) : results, lateCount };
}

/** Without rows whose results are those of the step before of their window and group. */
function withoutUnchanged(rows: readonly Value[][]): Value[][] {
  const bySteps = rows.toSorted(([, a], [, b]) => Number(a) - Number(b));
  const before = new Map<string, string>();
  return bySteps.filter(([start, , province, city, ...results]) => {
    const group = rowText([start!, province!, city!]);
    const text = rowText(results.slice(0, -1));
    const isNew = before.get(group) !== text;
    before.set(group, text);
    return isNew;
  });
}

function resultRow(key: string, members: readonly Row[]): Value[] {
  const [start, end, province, city] = JSON.parse(key) as [
    number,
    number,
    string | null,
    string | null,
  ];
  const amounts = members.flatMap(({ amount }) => amount ?? []);
  const devices = members.flatMap(({ device }) => device ?? []);
  const clicked = members.filter(({ isClick }) => isClick === true);
  const sum = (values: readonly bigint[]): bigint => values.reduce((a, b) => a + b, 0n);
  const isEmpty = amounts.length === 0;
  return [
    nanos(start),
    nanos(end),
    province,
    city,
    BigInt(members.length),
    BigInt(new Set(clicked.flatMap(({ device }) => device ?? [])).size),
    isEmpty ? null : sum(amounts),
    isEmpty ? null : sum([...new Set(amounts)]),
    devices.toSorted()[0] ?? null,
    isEmpty ? null : sum(amounts) / BigInt(amounts.length),
    nanos(end - 1),
  ];
}
