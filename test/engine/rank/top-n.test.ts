import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TopNOperator } from '../../../src/engine/rank/top-n.ts';
import type { TopNSpec } from '../../../src/engine/rank/top-n-spec.ts';
import type { Value } from '../../../src/expression/value.ts';
import {
  runOperator,
  type HarnessEvent,
  type HarnessRow,
  type HarnessSpec,
} from '../../support/operator-harness.ts';
import { checkStates } from '../../support/stored-states.ts';
import { runs } from '../../support/property-runs.ts';
import { roomyTestMemory } from '../../support/test-memory.ts';
import { types } from '../batch/nullable-types.ts';
import { drawFrom } from '../batch/random-values.ts';
import {
  currentInAllModes,
  evaluation,
  moveClock,
  rowsEvent,
  sortedTexts,
} from './changelog-runs.ts';

const schema = [
  { name: 'place', type: types.text },
  { name: 'tag', type: types.text },
  { name: 'count', type: types.bigint },
];
const rank = { name: 'rank', type: { root: 'BIGINT', nullable: false } } as const;

function harnessOf(more: Partial<TopNSpec>): HarnessSpec {
  const hasRank = more.hasRank ?? false;
  const spec: TopNSpec = {
    inputSchema: schema,
    outputSchema: hasRank ? [...schema, rank] : schema,
    partitionBy: [0],
    orderBy: [
      { index: 2, isDescending: true },
      { index: 1, isDescending: false },
    ],
    n: 2,
    input: null,
    window: null,
    ttlMs: 0,
    ...more,
    hasRank,
  };
  const context = { evaluation, memory: roomyTestMemory() };
  return {
    create: (barrierIdsMax) =>
      new TopNOperator(spec, barrierIdsMax === undefined ? context : { ...context, barrierIdsMax }),
    writesLater: true,
    schemas: [schema],
    keyColumns: [spec.partitionBy],
    setNow: moveClock,
  };
}

const whole = { rowsPerBatch: 2048, outputCapacity: 'unlimited', snapshots: 'none' } as const;
const single = { ...whole, rowsPerBatch: 1 };

/** Kind and values of each change. */
function changesOf(
  more: Partial<TopNSpec>,
  rows: readonly (readonly [HarnessRow['kind'], ...Value[]])[],
): readonly string[] {
  const event = rowsEvent(rows.map(([kind, ...values]) => ({ kind: kind!, values })));
  const { main, kinds } = runOperator(harnessOf(more), [event], single);
  return main.map((row, index) => [kinds[index], ...row.map(String)].join(' '));
}

describe('an input that only appends', () => {
  const rows: Parameters<typeof changesOf>[1] = [
    ['+I', 'x', 'a', 1n],
    ['+I', 'x', 'b', 2n],
    ['+I', 'y', 'c', 1n],
    ['+I', 'x', 'd', 0n],
    ['+I', 'x', 'e', 3n],
  ];

  test('a row that comes in puts out the last one', () => {
    expect(changesOf({}, rows)).toEqual([
      '+I x a 1',
      '+I x b 2',
      '+I y c 1',
      '-D x a 1',
      '+I x e 3',
    ]);
  });

  test('with the rank each place is updated', () => {
    expect(changesOf({ hasRank: true }, rows)).toEqual([
      '+I x a 1 1',
      '-U x a 1 1',
      '+U x b 2 1',
      '+I x a 1 2',
      '+I y c 1 1',
      '-U x b 2 1',
      '+U x e 3 1',
      '-U x a 1 2',
      '+U x b 2 2',
    ]);
  });

  test('what comes and goes within a batch is not said', () => {
    const event = rowsEvent(rows.map(([, ...values]) => ({ values })));
    const { main, kinds } = runOperator(harnessOf({}), [event], whole);
    expect(main.map(([, tag]) => tag)).toEqual(['e', 'b', 'c']);
    expect(new Set(kinds)).toEqual(new Set(['+I']));
  });

  test('the earlier of two equal rows comes first', () => {
    const equal: Parameters<typeof changesOf>[1] = [
      ['+I', 'x', 'a', 1n],
      ['+I', 'x', 'b', 1n],
      ['+I', 'x', 'c', 1n],
    ];
    const orderBy = [{ index: 2, isDescending: true }];
    expect(changesOf({ orderBy }, equal)).toEqual(['+I x a 1', '+I x b 1']);
  });
});

describe('an input that takes rows back', () => {
  const rows: Parameters<typeof changesOf>[1] = [
    ['+I', 'x', 'a', 3n],
    ['+I', 'x', 'b', 2n],
    ['+I', 'x', 'c', 1n],
    ['-D', 'x', 'a', 3n],
    ['-U', 'x', 'b', 2n],
    ['+U', 'x', 'b', 5n],
  ];

  test('the next row comes in when one goes', () => {
    expect(changesOf({ input: { key: [1] } }, rows)).toEqual([
      '+I x a 3',
      '+I x b 2',
      '-D x a 3',
      '+I x c 1',
      '-D x b 2',
      '+I x b 5',
    ]);
  });

  test('a new row with the key of an old one in one batch is an update', () => {
    const both = rowsEvent(rows.slice(4).map(([kind, ...values]) => ({ kind: kind!, values })));
    const before = rowsEvent(
      rows.slice(0, 4).map(([kind, ...values]) => ({ kind: kind!, values })),
    );
    const { kinds } = runOperator(harnessOf({ input: { key: [1] } }), [before, both], whole);
    expect(kinds).toEqual(['+I', '+I', '-U', '+U']);
  });

  test('a row with a known key takes the place of the old one also without its retraction', () => {
    const upserts: Parameters<typeof changesOf>[1] = [
      ['+I', 'x', 'a', 3n],
      ['+U', 'x', 'a', 4n],
      ['+I', 'y', 'a', 5n],
      ['-D', 'y', 'unknown', 5n],
    ];
    expect(changesOf({ input: { key: [1] } }, upserts).slice(-2)).toEqual(['-D x a 4', '+I y a 5']);
  });
});

interface Step {
  readonly place: string | null;
  readonly tag: string | null;
  readonly count: bigint | null;
  /** Takes a row back in place of adding one: which of the current ones. */
  readonly removes: number | null;
}

const step = fc.record<Step>({
  place: fc.constantFrom('x', 'y', null),
  tag: fc.constantFrom('a', 'ab', 'b', '\u0000', '日', '\u{1f600}', null),
  count: fc.option(fc.bigInt({ min: -3n, max: 3n })),
  removes: fc.option(fc.nat({ max: 30 })),
});
const steps = fc.array(step, { maxLength: 60 });
const kindsOfSpec = fc.record({ n: fc.integer({ min: 1, max: 4 }), hasRank: fc.boolean() });

type Row = readonly Value[];

/** Order by count DESC (NULLs last), tag ASC (NULLs first, by bytes), arrival. */
function naive(rows: readonly Row[], n: number, hasRank: boolean): string[] {
  const places = [...new Set(rows.map(([place]) => place))];
  return sortedTexts(
    places.flatMap((place) =>
      rows
        .filter(([other]) => other === place)
        .toSorted((left, right) => descending(left[2]!, right[2]!) || byBytes(left[1]!, right[1]!))
        .slice(0, n)
        .map((row, index) => (hasRank ? [...row, BigInt(index + 1)] : row)),
    ),
  );
}

function descending(left: Value, right: Value): number {
  if (left === right) return 0;
  if (left === null) return 1;
  if (right === null) return -1;
  return left > right ? -1 : 1;
}

function byBytes(left: Value, right: Value): number {
  if (left === null || right === null) return Number(left !== null) - Number(right !== null);
  return Buffer.compare(Buffer.from(String(left)), Buffer.from(String(right)));
}

describe('the current rows are the first of the sorted input', () => {
  test('of rows that are appended', () => {
    fc.assert(
      fc.property(steps, kindsOfSpec, (input, more) => {
        const rows = input.map(({ place, tag, count }): Row => [place, tag, count]);
        const events = [rowsEvent(rows.map((values) => ({ values })))];
        const current = currentInAllModes(harnessOf(more), events);
        expect(current).toEqual(naive(rows, more.n, more.hasRank));
      }),
      { numRuns: runs(60) },
    );
  });

  test('of rows that come and go, without a key', () => {
    fc.assert(
      fc.property(steps, kindsOfSpec, (input, more) => {
        const rows: Row[] = [];
        const changes = input.map(({ place, tag, count, removes }): HarnessRow => {
          const values: Row = [place, tag, count];
          if (removes === null || removes >= rows.length) {
            rows.push(values);
            return { kind: '+I', values };
          }
          const old = rows[removes]!;
          // The earliest of those that are equal.
          rows.splice(
            rows.findIndex((row) => row.every((value, index) => value === old[index])),
            1,
          );
          return { kind: '-D', values: old };
        });
        const spec = harnessOf({ ...more, input: { key: null } });
        expect(currentInAllModes(spec, [rowsEvent(changes)])).toEqual(
          naive(rows, more.n, more.hasRank),
        );
      }),
      { numRuns: runs(60) },
    );
  });

  test('of a row a key that is updated, in several batches', () => {
    fc.assert(
      fc.property(fc.array(steps, { maxLength: 4 }), kindsOfSpec, (batches, more) => {
        const rows = new Map<Value, Row>();
        const events = batches.map((batch): HarnessEvent => {
          const changes = batch.flatMap(({ place, tag, count, removes }): HarnessRow[] => {
            const old = rows.get(tag);
            rows.delete(tag);
            if (old !== undefined && removes !== null) return [{ kind: '-D', values: old }];
            const values: Row = [place, tag, count];
            rows.set(tag, values);
            if (old === undefined) return [{ kind: '+I', values }];
            return [
              { kind: '-U', values: old },
              { kind: '+U', values },
            ];
          });
          return rowsEvent(changes);
        });
        const spec = harnessOf({ ...more, input: { key: [1] } });
        expect(currentInAllModes(spec, events)).toEqual(
          naive([...rows.values()], more.n, more.hasRank),
        );
      }),
      { numRuns: runs(60) },
    );
  });
});

test('rows of a window are forgotten when nothing can come for it any more', () => {
  const timed = [
    { name: 'end', type: { root: 'TIMESTAMP', precision: 3, nullable: true } },
  ] as const;
  const inputSchema = [...timed, ...schema];
  const spec = harnessOf({
    inputSchema,
    outputSchema: inputSchema,
    partitionBy: [0],
    orderBy: [{ index: 3, isDescending: true }],
    input: { key: [0, 2] },
    window: { endIndex: 0, zone: null, latenessMs: 5 },
  });
  const row = (endMs: number, tag: string, count: bigint): HarnessRow => ({
    values: [BigInt(endMs) * 1_000_000n, 'x', tag, count],
  });
  const watermark = (watermarkMs: number): HarnessEvent => ({
    kind: 'watermark',
    input: 0,
    watermarkMs,
  });
  const correction = { ...row(10, 'a', 1n), kind: '-D' } as const;
  const events = [rowsEvent([row(10, 'a', 1n), row(20, 'a', 2n)]), watermark(13)];
  const early = [...events, rowsEvent([correction])];
  const windowed = { ...spec, schemas: [inputSchema] };
  expect(currentInAllModes(windowed, early)).toEqual(sortedTexts([row(20, 'a', 2n).values]));
  // Too late: what was said of the window stays.
  const late = [...events, watermark(14), rowsEvent([correction])];
  expect(currentInAllModes(windowed, late)).toEqual(
    sortedTexts([row(10, 'a', 1n).values, row(20, 'a', 2n).values]),
  );
});

describe('time to live', () => {
  const at = (nowMs: number): HarnessEvent => ({ kind: 'time', nowMs });
  const rows = rowsEvent([
    { values: ['x', 'a', 3n] },
    { values: ['x', 'b', 2n] },
    { values: ['x', 'c', 1n] },
  ]);

  test('a row that expires leaves, and the next one comes in', () => {
    const spec = harnessOf({ input: { key: [1] }, hasRank: true, ttlMs: 1000 });
    const update = rowsEvent([
      { kind: '-U', values: ['x', 'c', 1n] },
      { kind: '+U', values: ['x', 'c', 2n] },
    ]);
    const events = [rows, at(600), update, at(999)];
    expect(currentInAllModes(spec, events)).toEqual(
      sortedTexts([
        ['x', 'a', 3n, 1n],
        ['x', 'b', 2n, 2n],
      ]),
    );
    expect(currentInAllModes(spec, [...events, at(1000)])).toEqual(
      sortedTexts([['x', 'c', 2n, 1n]]),
    );
    expect(currentInAllModes(spec, [...events, at(1000), at(1600)])).toEqual([]);
  });

  test('of an input that only appends', () => {
    const spec = harnessOf({ ttlMs: 1000 });
    const events = [rows, at(500), rowsEvent([{ values: ['x', 'd', 2n] }]), at(1000)];
    expect(currentInAllModes(spec, events)).toEqual([]);
    const better = [rows, at(500), rowsEvent([{ values: ['x', 'd', 4n] }]), at(1000)];
    expect(currentInAllModes(spec, better)).toEqual(sortedTexts([['x', 'd', 4n]]));
  });
});

test('state is divided by key group and read back equal; corrupt state is refused', () => {
  const inputs = fc.constantFrom<TopNSpec['input']>(null, { key: null }, { key: [1] });
  const cases = fc.record({ seed: fc.integer(), ttlMs: fc.constantFrom(0, 100), input: inputs });
  fc.assert(
    fc.property(cases, steps, ({ seed, ttlMs, input }, rows) => {
      const events = [rows.slice(0, 20), rows.slice(20)].flatMap((some, index): HarnessEvent[] => [
        rowsEvent(some.map(({ place, tag, count }) => ({ values: [place, tag, count] }))),
        { kind: 'time', nowMs: 60 * (index + 1) },
      ]);
      checkStates(harnessOf({ input, ttlMs }), events, drawFrom(seed));
    }),
    { numRuns: runs(30) },
  );
});

test('of equal rows the earlier one stays first over changes of parallelism', () => {
  const orderBy = [{ index: 2, isDescending: true }];
  const tags = Array.from({ length: 12 }, (_, index) => `t${index}`);
  const events = tags.map((tag) => rowsEvent([{ values: ['x', tag, 1n] }]));
  const goes = tags.slice(0, 9).map((tag) => rowsEvent([{ kind: '-D', values: ['x', tag, 1n] }]));
  const spec = harnessOf({ orderBy, input: { key: null }, hasRank: true });
  expect(currentInAllModes(spec, [...events, ...goes])).toEqual(
    sortedTexts([
      ['x', 't9', 1n, 1n],
      ['x', 't10', 1n, 2n],
    ]),
  );
});
