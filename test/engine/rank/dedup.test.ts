import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Operator } from '../../../src/engine/operator/contract.ts';
import { NodeCounters } from '../../../src/engine/operator/node-counters.ts';
import type { DedupSpec } from '../../../src/engine/rank/dedup-spec.ts';
import { FirstRowByTimeOperator } from '../../../src/engine/rank/first-row-by-time.ts';
import { FirstRowOperator } from '../../../src/engine/rank/first-row.ts';
import { LastRowOperator } from '../../../src/engine/rank/last-row.ts';
import { BARRIER_IDS_MAX } from '../../../src/engine/state/later-slots.ts';
import type { Value } from '../../../src/expression/value.ts';
import {
  modesOf,
  rowText,
  runInAllModes,
  runOperator,
  type HarnessEvent,
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
  { name: 'time', type: types.instant },
  { name: 'id', type: types.text },
  { name: 'kind', type: types.int },
  { name: 'words', type: types.text },
];

type Create = (spec: DedupSpec, barrierIdsMax?: number) => Operator;
const context = (barrierIdsMax = BARRIER_IDS_MAX) => ({
  evaluation,
  memory: roomyTestMemory(),
  barrierIdsMax,
});
const firstRow: Create = (spec, idsMax) => new FirstRowOperator(spec, context(idsMax));
const firstByTime: Create = (spec, idsMax) =>
  new FirstRowByTimeOperator(spec, context(idsMax), new NodeCounters());
const lastRow: Create = (spec, idsMax) => new LastRowOperator(spec, context(idsMax));

function harnessOf(create: Create, more: Partial<DedupSpec> = {}): HarnessSpec {
  const spec: DedupSpec = { schema, keys: [1, 2], timeIndex: null, ttlMs: 0, ...more };
  return {
    create: (barrierIdsMax) => create(spec, barrierIdsMax),
    writesLater: true,
    schemas: [schema],
    keyColumns: [spec.keys],
    setNow: moveClock,
  };
}

interface Row {
  readonly time: number;
  readonly id: string | null;
  readonly kind: number | null;
  readonly words: string;
}

const valuesOf = ({ time, id, kind, words }: Row): Value[] => [
  BigInt(time) * 1_000_000n,
  id,
  kind,
  words,
];

const row = fc.record<Row>({
  time: fc.integer({ min: 0, max: 30 }),
  id: fc.constantFrom('a', 'b', '', null),
  kind: fc.constantFrom(1, 2, null),
  words: fc.string({ maxLength: 12 }),
});
const rows = fc.array(row, { maxLength: 50 });
const keyOf = ({ id, kind }: Row): string => JSON.stringify([id, kind]);
const event = (input: readonly Row[]): HarnessEvent =>
  rowsEvent(input.map((each) => ({ values: valuesOf(each) })));

function byKey(input: readonly Row[]): Row[][] {
  const groups = new Map<string, Row[]>();
  for (const each of input) groups.set(keyOf(each), [...(groups.get(keyOf(each)) ?? []), each]);
  return [...groups.values()];
}

describe('the first row as rows arrive', () => {
  test('passes, and no other', () => {
    fc.assert(
      fc.property(rows, (input) => {
        const { main, kinds } = runInAllModes(harnessOf(firstRow), [event(input)]);
        const expected = byKey(input).map((group) => valuesOf(group[0]!));
        expect(main.map(rowText).sort()).toEqual(sortedTexts(expected));
        expect(kinds.every((kind) => kind === '+I')).toBe(true);
      }),
      { numRuns: runs(50) },
    );
  });

  test('keeps its watermark', () => {
    const values = valuesOf({ time: 1, id: 'a', kind: 1, words: '' });
    const events: HarnessEvent[] = [
      rowsEvent([{ values, watermarkMs: 5 }, { values }]),
      { kind: 'watermark', input: 0, watermarkMs: 7 },
    ];
    expect(runInAllModes(harnessOf(firstRow), events).watermarks).toEqual([7]);
  });

  test('a key whose time to live is over is new, counted from the row that passed', () => {
    const each = { time: 1, id: 'a', kind: 1, words: '' };
    const steps: HarnessEvent[] = [
      event([each, each]),
      { kind: 'time', nowMs: 600 },
      event([{ ...each, words: 'again' }]),
      { kind: 'time', nowMs: 1000 },
      event([{ ...each, words: 'new' }]),
    ];
    const results = modesOf(harnessOf(firstRow)).map((mode) => {
      moveClock(0);
      return runOperator(harnessOf(firstRow, { ttlMs: 1000 }), steps, mode).main.map(
        ([, , , words]) => words,
      );
    });
    for (const result of results) expect(result).toEqual(['', 'new']);
  });
});

/** Rows with the watermark before each, as a source of one split gives them. */
function timed(input: readonly Row[], delayMs: number): HarnessEvent[] {
  let watermarkMs = -Infinity;
  const events = input.map((each): HarnessEvent => {
    const before = watermarkMs;
    watermarkMs = Math.max(watermarkMs, each.time - delayMs);
    return rowsEvent([{ values: valuesOf(each), watermarkMs: before }]);
  });
  return [...events, { kind: 'watermark', input: 0, watermarkMs: Infinity }];
}

/** The same rows in fewer batches, with a watermark behind each. */
function batched(events: readonly HarnessEvent[], size: number): HarnessEvent[] {
  const all = events.flatMap((each) => (each.kind === 'rows' ? each.rows : []));
  const batches: HarnessEvent[] = [];
  for (let at = 0; at < all.length; at += size) {
    const next = all[at + size]?.watermarkMs ?? Infinity;
    batches.push(rowsEvent(all.slice(at, at + size)));
    if (next > -Infinity) batches.push({ kind: 'watermark', input: 0, watermarkMs: next });
  }
  return batches;
}

/** Row by row: those behind the watermark are dropped; a key is decided when it comes to its row. */
function naiveFirstByTime(input: readonly Row[], delayMs: number): Row[] {
  const waiting = new Map<string, Row>();
  const out: Row[] = [];
  const decided = new Set<string>();
  let watermarkMs = -Infinity;
  const advance = (toMs: number): void => {
    watermarkMs = Math.max(watermarkMs, toMs);
    for (const [key, each] of waiting) {
      if (each.time > watermarkMs) continue;
      waiting.delete(key);
      decided.add(key);
      out.push(each);
    }
  };
  for (const each of input) {
    const known = waiting.get(keyOf(each));
    const isLate = each.time < watermarkMs;
    if (!isLate && !decided.has(keyOf(each)) && (known === undefined || each.time < known.time)) {
      waiting.set(keyOf(each), each);
    }
    advance(each.time - delayMs);
  }
  advance(Infinity);
  return out;
}

describe('the first row by event time', () => {
  test('comes when the watermark has come to it; late rows are dropped', () => {
    const cases = fc.record({
      input: rows,
      delayMs: fc.integer({ min: 0, max: 10 }),
      size: fc.integer({ min: 1, max: 7 }),
    });
    fc.assert(
      fc.property(cases, ({ input, delayMs, size }) => {
        const spec = harnessOf(firstByTime, { timeIndex: 0 });
        const events = timed(input, delayMs);
        const expected = sortedTexts(naiveFirstByTime(input, delayMs).map(valuesOf));
        expect(runInAllModes(spec, events).main.map(rowText).sort()).toEqual(expected);
        const inBatches = runInAllModes(spec, batched(events, size));
        expect(inBatches.main.map(rowText).sort()).toEqual(expected);
      }),
      { numRuns: runs(50) },
    );
  });

  test('rows come in the order of their times, before the watermark', () => {
    const input = [3, 1, 2].map((time) => ({ time, id: 'a', kind: time, words: '' }));
    const { main, watermarks } = runInAllModes(harnessOf(firstByTime, { timeIndex: 0 }), [
      event(input),
      { kind: 'watermark', input: 0, watermarkMs: 2 },
    ]);
    expect(main.map(([, , kind]) => kind)).toEqual([1, 2]);
    expect(watermarks).toEqual([2]);
  });

  test('what waits does not expire, and a key is known from when its row is out', () => {
    const each = { time: 5, id: 'a', kind: 1, words: '' };
    const steps: HarnessEvent[] = [
      event([each]),
      { kind: 'time', nowMs: 5000 },
      { kind: 'watermark', input: 0, watermarkMs: 5 },
      event([{ ...each, time: 6, words: 'known' }]),
      { kind: 'time', nowMs: 6000 },
      event([{ ...each, time: 7, words: 'new' }]),
      { kind: 'watermark', input: 0, watermarkMs: Infinity },
    ];
    for (const mode of modesOf(harnessOf(lastRow))) {
      moveClock(0);
      const spec = harnessOf(firstByTime, { timeIndex: 0, ttlMs: 1000 });
      expect(runOperator(spec, steps, mode).main.map(([, , , words]) => words)).toEqual([
        '',
        'new',
      ]);
    }
  });
});

describe('the last row', () => {
  const naive = (input: readonly Row[], isByTime: boolean): string[] =>
    sortedTexts(
      byKey(input).map((group) => {
        const latest = Math.max(...group.map(({ time }) => time));
        const last = group.findLast(({ time }) => !isByTime || time === latest);
        return valuesOf(last!);
      }),
    );

  test.each([true, false])('is the current one of its key (by event time: %s)', (isByTime) => {
    fc.assert(
      fc.property(fc.array(rows, { maxLength: 4 }), (batches) => {
        const spec = harnessOf(lastRow, { timeIndex: isByTime ? 0 : null });
        const current = currentInAllModes(spec, batches.map(event));
        expect(current).toEqual(naive(batches.flat(), isByTime));
      }),
      { numRuns: runs(50) },
    );
  });

  test('updates what was said, and says nothing twice', () => {
    const each = { time: 1, id: 'a', kind: 1, words: 'x' };
    const input = [each, each, { ...each, words: 'y' }];
    const { main, kinds } = runOperator(harnessOf(lastRow), [event(input)], {
      rowsPerBatch: 1,
      outputCapacity: 'unlimited',
      snapshots: 'none',
    });
    expect(main.map(([, , , words], index) => [kinds[index], words])).toEqual([
      ['+I', 'x'],
      ['-U', 'x'],
      ['+U', 'y'],
    ]);
  });

  test('a key whose time to live is over is new', () => {
    const each = { time: 1, id: 'a', kind: 1, words: 'x' };
    const steps: HarnessEvent[] = [
      event([each]),
      { kind: 'time', nowMs: 600 },
      event([{ ...each, words: 'y' }]),
      { kind: 'time', nowMs: 1599 },
      event([{ ...each, words: 'z' }]),
      { kind: 'time', nowMs: 2599 },
      event([{ ...each, words: 'new' }]),
    ];
    for (const mode of modesOf(harnessOf(lastRow))) {
      moveClock(0);
      const { main, kinds } = runOperator(harnessOf(lastRow, { ttlMs: 1000 }), steps, mode);
      expect(main.map(([, , , words], index) => `${kinds[index]} ${String(words)}`)).toEqual([
        '+I x',
        '-U x',
        '+U y',
        '-U y',
        '+U z',
        '+I new',
      ]);
    }
  });
});

test.each<[string, Create, Partial<DedupSpec>]>([
  ['first row', firstRow, {}],
  ['first row by event time', firstByTime, { timeIndex: 0 }],
  ['last row', lastRow, {}],
  ['last row by event time', lastRow, { timeIndex: 0 }],
])('state of the %s is read back equal; corrupt state is refused', (_name, create, more) => {
  fc.assert(
    fc.property(fc.integer(), rows, fc.constantFrom(0, 100), (seed, input, ttlMs) => {
      const events: HarnessEvent[] = [
        event(input.slice(0, 20)),
        { kind: 'watermark', input: 0, watermarkMs: 15 },
        { kind: 'time', nowMs: 60 },
        event(input.slice(20)),
        { kind: 'time', nowMs: 100 },
      ];
      checkStates(harnessOf(create, { ...more, ttlMs }), events, drawFrom(seed));
    }),
    { numRuns: runs(20) },
  );
});

const step = fc.oneof(
  // Few keys, so that they come back.
  fc
    .array(
      row.map((each) => ({ ...each, kind: 1 })),
      { minLength: 1, maxLength: 2 },
    )
    .map(event),
  fc.integer({ min: 1, max: 6 }).map((hundreds) => hundreds * 100),
);

test.each([
  ['the first row', firstRow, {}],
  ['the first row by event time', firstByTime, { timeIndex: 0 }],
  ['the last row', lastRow, {}],
] as const)('%s of keys that expire and come back is the same in every mode', (_, create, more) => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 25 }), (drawn) => {
      let nowMs = 0;
      const events = drawn.map((each): HarnessEvent => {
        if (typeof each !== 'number') return each;
        nowMs += each;
        return { kind: 'time', nowMs };
      });
      const closing: HarnessEvent = { kind: 'watermark', input: 0, watermarkMs: Infinity };
      currentInAllModes(harnessOf(create, { ...more, ttlMs: 1000 }), [...events, closing]);
    }),
    { numRuns: runs(100) },
  );
});
