/** Rows and numbers by key that are written while rows go on, against those written at the barrier. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DictionaryOperator } from '../../../src/engine/operator/dictionary.ts';
import { IntervalJoinOperator } from '../../../src/engine/operator/join/interval-join.ts';
import { NodeCounters } from '../../../src/engine/operator/node-counters.ts';
import { FirstRowByTimeOperator } from '../../../src/engine/rank/first-row-by-time.ts';
import { FirstRowOperator } from '../../../src/engine/rank/first-row.ts';
import { LastRowOperator } from '../../../src/engine/rank/last-row.ts';
import type { TopNSpec } from '../../../src/engine/rank/top-n-spec.ts';
import { TopNOperator } from '../../../src/engine/rank/top-n.ts';
import { WindowTopNOperator } from '../../../src/engine/rank/window-top-n.ts';
import type { HarnessEvent, HarnessRow, RowKindName } from '../../support/operator-harness.ts';
import { runs } from '../../support/property-runs.ts';
import { playTwins, type TwinSpec, type TwinStep } from '../../support/snapshot-twins.ts';
import { roomyTestMemory } from '../../support/test-memory.ts';
import { types } from '../batch/nullable-types.ts';

const TTL_MS = 50;
const WINDOW_MS = 20;
const schema = [
  { name: 'time', type: types.instant },
  { name: 'key', type: types.text },
  { name: 'tag', type: types.text },
  { name: 'count', type: types.bigint },
  { name: 'window_end', type: { root: 'TIMESTAMP', precision: 3, nullable: false } },
] as const;
const keys = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
const tags = ['x', 'y', 'z'];
let nowMs = 0;
const evaluation = { timeZone: 'UTC', nowMs: () => nowMs, random: () => 0 };
const memory = roomyTestMemory();
const contextOf = (barrierIdsMax = Infinity) => ({ evaluation, memory, barrierIdsMax });
const nanos = (millis: number): bigint => BigInt(millis) * 1_000_000n;

interface Given {
  readonly key: string;
  readonly tag: string;
  readonly count: number;
  readonly timeMs: number;
}

const rowOf = ({ key, tag, count, timeMs }: Given, kind?: RowKindName): HarnessRow => {
  const endMs = (Math.floor(timeMs / WINDOW_MS) + 1) * WINDOW_MS;
  const values = [nanos(timeMs), key, tag, BigInt(count), nanos(endMs)];
  return kind === undefined ? { values } : { values, kind };
};
const rowsOf = (rows: readonly HarnessRow[], input = 0): HarnessEvent => ({
  kind: 'rows',
  input,
  rows,
});
const each = (timeMs: number, tag = 'probe'): HarnessEvent =>
  rowsOf(keys.map((key) => rowOf({ key, tag, count: 1000, timeMs })));
const end = (input = 0): HarnessEvent => ({ kind: 'watermark', input, watermarkMs: Infinity });
const twinsOf = (create: TwinSpec['create'], probe: readonly HarnessEvent[]): TwinSpec => ({
  create,
  schemas: [schema, schema],
  setNow: (atMs) => {
    nowMs = atMs;
  },
  probe,
});

const byKey = { schema, keys: [1], timeIndex: 0, ttlMs: TTL_MS };
const ranking = (more: Partial<TopNSpec>): TwinSpec['create'] => {
  const spec: TopNSpec = {
    inputSchema: schema,
    outputSchema: schema,
    hasRank: false,
    partitionBy: [1],
    orderBy: [{ index: 3, isDescending: true }],
    n: 2,
    input: null,
    window: null,
    ttlMs: 0,
    ...more,
  };
  return (idsMax) => new TopNOperator(spec, contextOf(idsMax));
};
/** Two rows in front of all: what was among the first two leaves. */
const best: readonly HarnessEvent[] = [each(1000, 'first'), each(1000, 'second')];
/** Takes back the rows one by one. */
const takenBack: readonly HarnessEvent[] = keys.flatMap((key) =>
  tags.map((tag) => rowsOf([rowOf({ key, tag, count: 0, timeMs: 0 }, '-D')])),
);
/** All rows expire, some of them late enough to see which. */
const expired: readonly HarnessEvent[] = [
  { kind: 'time', nowMs: TTL_MS / 2 },
  each(1000, 'between'),
  { kind: 'time', nowMs: 2 * TTL_MS },
];
const numbering: TwinSpec['create'] = (idsMax) =>
  new DictionaryOperator(
    {
      columnIndex: 1,
      outputSchema: [...schema, { name: 'number', type: types.int }],
      ttlMs: TTL_MS,
    },
    contextOf(idsMax),
  );
const window = { endIndex: 4, zone: null, latenessMs: 0 };
const inWindows = { partitionBy: [4, 1], window };

const appending: Readonly<Record<string, TwinSpec>> = {
  'first row': twinsOf((idsMax) => new FirstRowOperator(byKey, contextOf(idsMax)), [each(0)]),
  'first row by time': twinsOf(
    (idsMax) => new FirstRowByTimeOperator(byKey, contextOf(idsMax), new NodeCounters()),
    [each(2000), end()],
  ),
  'last row': twinsOf((idsMax) => new LastRowOperator(byKey, contextOf(idsMax)), [each(2000)]),
  'top-n': twinsOf(ranking({}), best),
  'top-n that expires': twinsOf(ranking({ ttlMs: TTL_MS }), expired),
  'top-n of windows': twinsOf(
    ranking(inWindows),
    Array.from({ length: 60 }, (_, index) => each(index * WINDOW_MS)),
  ),
  'window top-n': twinsOf(
    (idsMax) =>
      new WindowTopNOperator(
        {
          inputSchema: schema,
          outputSchema: schema,
          hasRank: false,
          orderBy: [{ index: 3, isDescending: true }],
          n: 2,
          ...inWindows,
        },
        contextOf(idsMax),
        new NodeCounters(),
      ),
    [end()],
  ),
  dictionary: twinsOf(numbering, [
    each(0),
    rowsOf([rowOf({ key: 'other', tag: '', count: 0, timeMs: 0 })]),
  ]),
  'dictionary that forgets': twinsOf(numbering, [{ kind: 'time', nowMs: TTL_MS }, each(0)]),
};
const changing: Readonly<Record<string, TwinSpec>> = {
  'top-n of a changelog': twinsOf(ranking({ input: { key: [1, 2] } }), takenBack),
  'top-n of a changelog that expires': twinsOf(
    ranking({ input: { key: [1, 2] }, ttlMs: TTL_MS }),
    expired,
  ),
  // A row may be in another partition than the one whose place it takes.
  'top-n of a changelog by tag': twinsOf(ranking({ input: { key: [2] } }), takenBack),
};
const sideOf = { schema, keys: [1], timeIndex: 0 };
const join = twinsOf(
  (idsMax) =>
    new IntervalJoinOperator(
      {
        kind: 'full',
        lowerMs: -10,
        upperMs: 15,
        left: sideOf,
        right: sideOf,
        outputSchema: [...schema, ...schema],
      },
      contextOf(idsMax),
      new NodeCounters(),
    ),
  [
    ...Array.from({ length: 60 }, (_, index) => ({ ...each(index * 20), input: index % 2 })),
    end(0),
    end(1),
  ],
);

const given = fc.record({
  key: fc.constantFrom(...keys),
  tag: fc.constantFrom(...tags),
  count: fc.integer({ min: 0, max: 9 }),
  offsetMs: fc.integer({ min: -20, max: 20 }),
  kind: fc.constantFrom<RowKindName>('+I', '+U', '-D', '-U'),
  isAhead: fc.boolean(),
});

/** Times go on by up to 25 ms at a step; the clock with them, the watermark 20 ms behind. */
function stepsOf(options: { readonly inputs: number; readonly hasKinds: boolean }) {
  const act = fc.oneof(
    { weight: 4, arbitrary: fc.array(given, { minLength: 1, maxLength: 4 }) },
    {
      weight: 6,
      arbitrary: fc.constantFrom('watermark', 'time', 'take', 'write', 'finish', 'give up'),
    },
  );
  const step = fc.tuple(fc.nat(25), act, fc.nat(options.inputs - 1));
  return fc.array(step, { maxLength: 60, size: 'max' }).map((all) => {
    let atMs = 0;
    return all.map(([laterMs, what, input]): TwinStep => {
      atMs += laterMs;
      switch (what) {
        case 'take':
        case 'write':
        case 'finish':
        case 'give up':
          return { do: what };
        case 'watermark':
          return { do: 'event', event: { kind: 'watermark', input, watermarkMs: atMs - 20 } };
        case 'time':
          return { do: 'event', event: { kind: 'time', nowMs: atMs } };
        default: {
          const rows = what.map(({ offsetMs, kind, isAhead, ...values }) => ({
            ...rowOf(
              { ...values, timeMs: Math.max(0, atMs + offsetMs) },
              options.hasKinds ? kind : undefined,
            ),
            ...(isAhead ? { watermarkMs: atMs - 25 } : {}),
          }));
          return { do: 'event', event: rowsOf(rows, input) };
        }
      }
    });
  });
}

const cases = [
  ...Object.entries(appending).map(([name, spec]) => [name, spec, 1, false] as const),
  ...Object.entries(changing).map(([name, spec]) => [name, spec, 1, true] as const),
  ['interval join', join, 2, false] as const,
];

test.each(cases)(
  '%s is written later as it was at the barrier',
  (_name, spec, inputs, hasKinds) => {
    let compared = 0;
    fc.assert(
      fc.property(stepsOf({ inputs, hasKinds }), (steps) => {
        compared += playTwins(spec, steps);
      }),
      { numRuns: runs(100) },
    );
    expect(compared).toBeGreaterThan(0);
  },
);

test('a dictionary that has given numbers since the barrier gives them again', () => {
  const valuesFrom = (first: number): HarnessEvent =>
    rowsOf(
      Array.from({ length: 500 }, (_, index) =>
        rowOf({ key: `value ${first + index}`, tag: '', count: 0, timeMs: 0 }),
      ),
    );
  const compared = playTwins(twinsOf(numbering, [valuesFrom(1000)]), [
    { do: 'event', event: valuesFrom(0) },
    { do: 'take' },
    { do: 'event', event: valuesFrom(500) },
    { do: 'finish' },
  ]);
  expect(compared).toBe(1);
});
