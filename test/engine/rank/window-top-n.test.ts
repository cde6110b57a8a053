import fc from 'fast-check';
import { expect, test } from 'vitest';
import { NodeCounters } from '../../../src/engine/operator/node-counters.ts';
import type { WindowTopNSpec } from '../../../src/engine/rank/top-n-spec.ts';
import { WindowTopNOperator } from '../../../src/engine/rank/window-top-n.ts';
import { zoneClockOf, type ZoneClock } from '../../../src/expression/zone-clock.ts';
import type { Value } from '../../../src/expression/value.ts';
import {
  rowText,
  runInAllModes,
  type HarnessEvent,
  type HarnessSpec,
} from '../../support/operator-harness.ts';
import { checkStates } from '../../support/stored-states.ts';
import { runs } from '../../support/property-runs.ts';
import { roomyTestMemory } from '../../support/test-memory.ts';
import { types } from '../batch/nullable-types.ts';
import { drawFrom } from '../batch/random-values.ts';
import { evaluation, rowsEvent, sortedTexts } from './changelog-runs.ts';

const schema = [
  { name: 'window_end', type: { root: 'TIMESTAMP', precision: 3, nullable: false } },
  { name: 'place', type: types.text },
  { name: 'count', type: types.int },
] as const;

function harnessOf(n: number, hasRank: boolean, zone: ZoneClock | null = null): HarnessSpec {
  const rank = { name: 'rank', type: { root: 'BIGINT', nullable: false } } as const;
  const spec: WindowTopNSpec = {
    inputSchema: schema,
    outputSchema: hasRank ? [...schema, rank] : schema,
    partitionBy: [0, 1],
    orderBy: [{ index: 2, isDescending: true }],
    n,
    hasRank,
    window: { endIndex: 0, zone, latenessMs: 0 },
  };
  const context = { evaluation, memory: roomyTestMemory() };
  const create = (barrierIdsMax?: number) =>
    new WindowTopNOperator(
      spec,
      barrierIdsMax === undefined ? context : { ...context, barrierIdsMax },
      new NodeCounters(),
    );
  return { create, writesLater: true, schemas: [schema], keyColumns: [spec.partitionBy] };
}

const rowOf = (endMs: number, place: string | null, count: number | null): Value[] => [
  BigInt(endMs) * 1_000_000n,
  place,
  count,
];
const watermark = (watermarkMs: number): HarnessEvent => ({
  kind: 'watermark',
  input: 0,
  watermarkMs,
});

test('rows come out when their window has ended, and are forgotten', () => {
  const events = [
    rowsEvent([
      { values: rowOf(10, 'x', 1) },
      { values: rowOf(20, 'x', 9) },
      { values: rowOf(10, 'x', 3) },
      { values: rowOf(10, 'x', null) },
    ]),
    watermark(8),
    watermark(9),
    rowsEvent([{ values: rowOf(20, 'x', 7), watermarkMs: 9 }]),
    watermark(Infinity),
  ];
  const { main, kinds, watermarks } = runInAllModes(harnessOf(2, true), events);
  expect(main).toEqual([
    [...rowOf(10, 'x', 3), 1n],
    [...rowOf(10, 'x', 1), 2n],
    [...rowOf(20, 'x', 9), 1n],
    [...rowOf(20, 'x', 7), 2n],
  ]);
  expect(kinds.every((kind) => kind === '+I')).toBe(true);
  expect(watermarks).toEqual([8, 9, Infinity]);
});

test('a window ends on the clocks of its zone', () => {
  const hourMs = 3_600_000;
  const spec = harnessOf(1, false, zoneClockOf('Asia/Shanghai'));
  const rows = rowsEvent([{ values: rowOf(9 * hourMs, 'x', 1) }]);
  expect(runInAllModes(spec, [rows, watermark(hourMs - 2)]).main).toEqual([]);
  expect(runInAllModes(spec, [rows, watermark(hourMs - 1)]).main).toHaveLength(1);
});

test('gives the first rows of each window and partition', () => {
  const row = fc.record({
    window: fc.integer({ min: 1, max: 4 }),
    place: fc.constantFrom('x', 'y', null),
    count: fc.option(fc.integer({ min: 0, max: 4 })),
  });
  const cases = fc.record({
    rows: fc.array(row, { maxLength: 60 }),
    n: fc.integer({ min: 1, max: 3 }),
    hasRank: fc.boolean(),
  });
  fc.assert(
    fc.property(cases, ({ rows, n, hasRank }) => {
      const sorted = rows.toSorted((left, right) => left.window - right.window);
      const events = [1, 2, 3, 4].flatMap((window) => [
        rowsEvent(
          sorted
            .filter((each) => each.window === window)
            .map(({ place, count }) => ({
              values: rowOf(window * 10, place, count),
              watermarkMs: window * 10 - 2,
            })),
        ),
        watermark(window * 10 - 1),
      ]);
      const expected = [1, 2, 3, 4].flatMap((window) =>
        ['x', 'y', null].flatMap((place) =>
          sorted
            .filter((each) => each.window === window && each.place === place)
            .toSorted((left, right) => (right.count ?? -1) - (left.count ?? -1))
            .slice(0, n)
            .map(({ count }, index) => [
              ...rowOf(window * 10, place, count),
              ...(hasRank ? [BigInt(index + 1)] : []),
            ]),
        ),
      );
      const { main } = runInAllModes(harnessOf(n, hasRank), events);
      expect(main.map(rowText).sort()).toEqual(sortedTexts(expected));
    }),
    { numRuns: runs(50) },
  );
});

test.each([null, zoneClockOf('Asia/Shanghai')])(
  'state is divided by key group and read back equal; corrupt state is refused',
  (zone) => {
    const row = fc.tuple(fc.integer({ min: 1, max: 4 }), fc.string({ maxLength: 2 }), fc.nat(9));
    fc.assert(
      fc.property(fc.integer(), fc.array(row, { maxLength: 60 }), (seed, rows) => {
        const events = [
          rowsEvent(rows.map(([end, place, count]) => ({ values: rowOf(end, place, count) }))),
          watermark(2),
        ];
        checkStates(harnessOf(2, true, zone), events, drawFrom(seed));
      }),
      { numRuns: runs(20) },
    );
  },
);
