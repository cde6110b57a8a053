import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { zoneClockOf } from '../../../src/expression/zone-clock.ts';
import type { Value } from '../../../src/expression/value.ts';
import type { AggregateSpec } from '../../../src/engine/window/window-spec.ts';
import { runs } from '../../support/property-runs.ts';
import { aggregate, ltz, nanos, run, sorted, specOf, text, type Row } from './window-runs.ts';

describe('a tumbling window', () => {
  test('gives one row a group with bounds, keys, aggregates and its time', () => {
    const { main } = run(
      specOf(['province'], [aggregate('COUNT')]),
      [
        { time: 100, province: 'a' },
        { time: 999, province: 'a' },
        { time: 1000, province: 'a' },
        { time: 200, province: null },
      ],
      5000,
    );
    expect(sorted(main)).toEqual(
      sorted([
        [0n, nanos(1000), 'a', 2n, nanos(999)],
        [0n, nanos(1000), null, 1n, nanos(999)],
        [nanos(1000), nanos(2000), 'a', 1n, nanos(1999)],
      ]),
    );
  });

  test('without group columns counts the whole window', () => {
    const { main } = run(specOf([], [aggregate('COUNT')]), [{ time: 1 }, { time: 2 }]);
    expect(main).toEqual([[0n, nanos(1000), 2n, nanos(999)]]);
  });

  test('starts at its offset, before 1970 too', () => {
    const spec = specOf([], [aggregate('COUNT')], { offsetMs: 300 });
    const { main } = run(spec, [{ time: -800 }, { time: 299 }, { time: 300 }], 10_000);
    expect(sorted(main)).toEqual(
      sorted([
        [nanos(-1700), nanos(-700), 1n, nanos(-701)],
        [nanos(-700), nanos(300), 1n, nanos(299)],
        [nanos(300), nanos(1300), 1n, nanos(1299)],
      ]),
    );
  });

  test('of a day is a local day of the zone', () => {
    const day = 86_400_000;
    const spec = specOf([], [aggregate('COUNT')], {
      sizeMs: day,
      zone: zoneClockOf('Asia/Shanghai'),
    });
    const midnight = Date.parse('2023-11-14T16:00:00Z');
    const { main } = run(spec, [{ time: midnight - 1 }, { time: midnight }]);
    const start = Date.parse('2023-11-15T00:00:00Z');
    expect(sorted(main)).toEqual(
      sorted([
        [nanos(start - day), nanos(start), 1n, nanos(midnight - 1)],
        [nanos(start), nanos(start + day), 1n, nanos(midnight + day - 1)],
      ]),
    );
  });

  test('fires when the watermark reaches its last millisecond; what comes then is late', () => {
    const spec = specOf([], [aggregate('COUNT')]);
    const { main, sides } = run(spec, [
      { time: 0 },
      { time: 998 },
      { time: 5 },
      { time: 999 },
      { time: 6 },
    ]);
    expect(main).toEqual([[0n, nanos(1000), 4n, nanos(999)]]);
    expect(sides['late']).toEqual([
      [nanos(6), null, null, null, null, null, 'window fired', nanos(999)],
    ]);
  });
});

describe('aggregates', () => {
  const rows: readonly Row[] = [
    { time: 1, device: 'x', amount: 5n, isClick: true },
    { time: 2, device: 'y', amount: null, isClick: false },
    { time: 3, device: 'x', amount: -2n, isClick: null },
    { time: 4, device: null, amount: 4n, isClick: true },
  ];
  const one = (spec: AggregateSpec): Value => run(specOf([], [spec]), rows).main[0]![2]!;

  test.each([
    ['COUNT(*)', aggregate('COUNT'), 4n],
    ['COUNT(x) skips NULL', aggregate('COUNT', 'amount'), 3n],
    ['COUNT(DISTINCT x) skips NULL', aggregate('COUNT', 'device', { distinct: true }), 2n],
    ['SUM', aggregate('SUM', 'amount'), 7n],
    ['SUM(DISTINCT x)', aggregate('SUM', 'amount', { distinct: true }), 7n],
    ['AVG divides towards zero', aggregate('AVG', 'amount'), 2n],
    ['MIN', aggregate('MIN', 'amount'), -2n],
    ['MAX', aggregate('MAX', 'amount'), 5n],
    ['MIN of text', aggregate('MIN', 'device', { type: text }), 'x'],
    ['MAX of times', aggregate('MAX', 'time', { type: ltz }), nanos(4)],
    ['FIRST_VALUE skips NULL', aggregate('FIRST_VALUE', 'amount'), 5n],
    ['LAST_VALUE skips NULL', aggregate('LAST_VALUE', 'device', { type: text }), 'x'],
    ['APPROX_COUNT_DISTINCT', aggregate('APPROX_COUNT_DISTINCT', 'device'), 2n],
    ['FILTER takes only TRUE', aggregate('COUNT', undefined, { filter: 'isClick' }), 2n],
    ['FILTER of a sum', aggregate('SUM', 'amount', { filter: 'isClick' }), 9n],
  ])('%s', (_name, spec, expected) => {
    expect(one(spec)).toEqual(expected);
  });

  test('SUM and AVG of DISTINCT take each value of a group once', () => {
    const spec = specOf(
      ['province'],
      [
        aggregate('SUM', 'amount', { distinct: true }),
        aggregate('AVG', 'amount', { distinct: true }),
      ],
    );
    const amounts: readonly [string, bigint | null][] = [
      ['a', 5n],
      ['a', 5n],
      ['a', null],
      ['b', 5n],
      ['a', 2n],
      ['a', 5n],
    ];
    const rows = amounts.map(([province, amount], index) => ({ time: index, province, amount }));
    const { main } = run(spec, rows, 1000);
    expect(sorted(main.map((row) => row.slice(2, 5)))).toEqual(
      sorted([
        ['a', 7n, 3n],
        ['b', 5n, 5n],
      ]),
    );
  });

  test('a group without values has NULL for all but counts', () => {
    const spec = specOf(
      [],
      [
        aggregate('SUM', 'amount'),
        aggregate('AVG', 'amount'),
        aggregate('MIN', 'amount'),
        aggregate('LAST_VALUE', 'amount'),
        aggregate('COUNT', 'amount'),
      ],
    );
    expect(run(spec, [{ time: 1 }]).main[0]!.slice(2, 7)).toEqual([null, null, null, null, 0n]);
  });

  test('sums stay exact beyond 2^53 and wrap at 64 bits', () => {
    const spec = specOf([], [aggregate('SUM', 'amount'), aggregate('MAX', 'amount')]);
    const big = 9_223_372_036_854_775_807n;
    const sum = (...amounts: bigint[]): readonly Value[] =>
      run(
        spec,
        amounts.map((amount, index) => ({ time: index, amount })),
      ).main[0]!.slice(2, 4);
    expect(sum(9_007_199_254_740_991n, 2n)).toEqual([
      9_007_199_254_740_993n,
      9_007_199_254_740_991n,
    ]);
    expect(sum(1n, big)).toEqual([-big - 1n, big]);
  });
});

test('grouping sets are computed in one pass, GROUPING tells a rolled-up NULL from a real one', () => {
  const spec = specOf(
    ['province', 'city'],
    [aggregate('COUNT'), { kind: 'grouping', groupByIndexes: [0, 1] }],
    { groupingSets: [[0, 1], [0], []] },
  );
  const { main } = run(spec, [
    { time: 1, province: 'a', city: 'x' },
    { time: 2, province: 'a', city: null },
    { time: 3, province: 'b', city: 'x' },
  ]);
  expect(sorted(main.map((row) => row.slice(2, 6)))).toEqual(
    sorted([
      ['a', 'x', 1n, 0n],
      ['a', null, 1n, 0n],
      ['b', 'x', 1n, 0n],
      ['a', null, 2n, 1n],
      ['b', null, 1n, 1n],
      [null, null, 3n, 3n],
    ]),
  );
});

test('random rows, windows and lateness give what a naive program gives', () => {
  const row = fc.record({
    time: fc.integer({ min: -3000, max: 3000 }),
    province: fc.constantFrom(null, '', 'a', 'b', '\u{1F43F}'),
    city: fc.constantFrom(null, 'x', 'a name of more than twenty bytes'),
    device: fc.option(fc.string({ maxLength: 3 })),
    amount: fc.option(fc.bigInt({ min: -5n, max: 5n })),
    isClick: fc.option(fc.boolean()),
  });
  const spec = specOf(
    ['province', 'city'],
    [
      aggregate('COUNT'),
      aggregate('COUNT', 'device', { distinct: true, filter: 'isClick' }),
      aggregate('SUM', 'amount'),
      aggregate('MIN', 'device', { type: text }),
    ],
    { offsetMs: 100 },
  );
  fc.assert(
    fc.property(fc.array(row, { maxLength: 60 }), fc.nat({ max: 2000 }), (rows, delayMs) => {
      const { main, sides } = run(spec, rows, delayMs);
      const expected = naive(rows, delayMs);
      expect(sorted(main)).toEqual(sorted(expected.rows));
      expect(sides['late']!.length).toBe(expected.lateCount);
    }),
    { numRuns: runs(60) },
  );
});

/** The same aggregation over objects and Maps, row by row, written from the definition. */
function naive(rows: readonly Row[], delayMs: number): { rows: Value[][]; lateCount: number } {
  const groups = new Map<string, Row[]>();
  let watermark = -Infinity;
  let lateCount = 0;
  for (const row of rows) {
    const start = Math.floor((row.time - 100) / 1000) * 1000 + 100;
    if (watermark >= start + 999) lateCount++;
    else {
      const key = JSON.stringify([start, row.province, row.city]);
      groups.set(key, [...(groups.get(key) ?? []), row]);
    }
    watermark = Math.max(watermark, row.time - delayMs);
  }
  const result = [...groups].map(([key, members]): Value[] => {
    const [start, province, city] = JSON.parse(key) as [number, string | null, string | null];
    const amounts = members.flatMap(({ amount }) => amount ?? []);
    const devices = members.flatMap(({ device }) => device ?? []);
    const clicked = members.filter(({ isClick }) => isClick === true);
    const byBytes = devices.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    return [
      nanos(start),
      nanos(start + 1000),
      province,
      city,
      BigInt(members.length),
      BigInt(new Set(clicked.flatMap(({ device }) => device ?? [])).size),
      amounts.length === 0 ? null : amounts.reduce((sum, amount) => sum + amount, 0n),
      byBytes[0] ?? null,
      nanos(start + 999),
    ];
  });
  return { rows: result, lateCount };
}
