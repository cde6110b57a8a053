import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NodeCounters } from '../../../src/engine/operator/node-counters.ts';
import { SessionWindowOperator } from '../../../src/engine/window/session-window.ts';
import type { AggregateSpec } from '../../../src/engine/window/window-spec.ts';
import { zoneClockOf, type ZoneClock } from '../../../src/expression/zone-clock.ts';
import type { Value } from '../../../src/expression/value.ts';
import {
  runInAllModes,
  runOperator,
  type HarnessMode,
  type HarnessResult,
  type HarnessSpec,
} from '../../support/operator-harness.ts';
import { runs } from '../../support/property-runs.ts';
import { roomyTestMemory } from '../../support/test-memory.ts';
import {
  aggregate,
  eventsOf,
  inputSchema,
  keyColumnsOf,
  nanos,
  sorted,
  specOf,
  text,
  type Row,
} from './window-runs.ts';

const evaluation = { timeZone: 'UTC', nowMs: () => 0, random: () => 0 };

interface SessionRun {
  readonly aggregates?: readonly AggregateSpec[];
  readonly delayMs?: number;
  readonly gapMs?: number;
  readonly zone?: ZoneClock;
}

const ROW_BY_ROW: HarnessMode = {
  rowsPerBatch: 1,
  outputCapacity: 'unlimited',
  snapshots: 'none',
};

function run(rows: readonly Row[], options: SessionRun = {}): HarnessResult {
  return runInAllModes(harnessOf(options), eventsOf(rows, options.delayMs ?? 0));
}

function harnessOf(options: SessionRun): HarnessSpec {
  const { aggregates = [aggregate('COUNT')], gapMs = 100, zone } = options;
  const spec = {
    ...specOf(['province'], aggregates, zone === undefined ? {} : { zone }),
    window: { kind: 'session', gapMs } as const,
  };
  const context = { evaluation, memory: roomyTestMemory() };
  return {
    create: (barrierIdsMax) =>
      new SessionWindowOperator(
        spec,
        barrierIdsMax === undefined ? context : { ...context, barrierIdsMax },
        new NodeCounters(),
      ),
    writesLater: true,
    schemas: [inputSchema],
    sides: ['late'],
    ...keyColumnsOf(spec),
  };
}

/** Bounds, province and count of each session. */
function sessionsOf(rows: readonly Row[], options: SessionRun = {}): readonly unknown[] {
  return run(rows, options).main.map(([start, end, province, count]) => [
    Number(start) / 1_000_000,
    Number(end) / 1_000_000,
    province,
    Number(count),
  ]);
}

describe('sessions', () => {
  test('last until the gap behind their last row', () => {
    expect(sessionsOf([{ time: 0 }, { time: 60 }, { time: 400 }])).toEqual([
      [0, 160, null, 2],
      [400, 500, null, 1],
    ]);
  });

  test('take in a row exactly at the end of their gap, as Flink', () => {
    expect(sessionsOf([{ time: 0 }, { time: 100 }], { delayMs: 10 })).toEqual([[0, 200, null, 2]]);
    expect(sessionsOf([{ time: 0 }, { time: 101 }], { delayMs: 10 })).toHaveLength(2);
  });

  test('are kept apart by key', () => {
    const rows = [
      { time: 0, province: 'a' },
      { time: 10, province: 'b' },
      { time: 50, province: 'a' },
    ];
    expect(sessionsOf(rows)).toEqual([
      [10, 110, 'b', 1],
      [0, 150, 'a', 2],
    ]);
  });

  test('grow together when a row closes the gap between them', () => {
    const rows = [{ time: 0 }, { time: 150 }, { time: 80 }];
    expect(sessionsOf(rows, { delayMs: 1000 })).toEqual([[0, 250, null, 3]]);
  });

  test('take in a row that alone would be late', () => {
    const rows = [{ time: 200 }, { time: 290 }, { time: 120 }];
    expect(sessionsOf(rows, { delayMs: 0 })).toEqual([[120, 390, null, 3]]);
  });

  test('that have fired take nothing in; such a row is late', () => {
    const { main, sides } = run([{ time: 0 }, { time: 500 }, { time: 50 }]);
    expect(main).toHaveLength(2);
    expect(sides['late']).toHaveLength(1);
  });

  test('have bounds on the clocks of a zone', () => {
    const zone = zoneClockOf('Asia/Shanghai');
    const hours = 8 * 3_600_000;
    expect(sessionsOf([{ time: 0 }], { zone })).toEqual([[hours, hours + 100, null, 1]]);
  });

  test('leave room behind that is used again', () => {
    // Far more sessions than are open at a time.
    const rows = Array.from({ length: 5000 }, (_, index) => ({ time: index * 200, province: 'a' }));
    expect(runOperator(harnessOf({}), eventsOf(rows, 0), ROW_BY_ROW).main).toHaveLength(5000);
  });
});

test('random rows give the sessions that a naive program gives', () => {
  const aggregates = [
    aggregate('COUNT'),
    aggregate('COUNT', 'device', { distinct: true, filter: 'isClick' }),
    aggregate('SUM', 'amount'),
    aggregate('MIN', 'device', { type: text }),
  ];
  const row = fc.record({
    time: fc.integer({ min: 0, max: 2000 }),
    province: fc.constantFrom(null, '', 'a'),
    device: fc.option(fc.constantFrom('a', 'b', 'c')),
    amount: fc.option(fc.bigInt({ min: -5n, max: 5n })),
    isClick: fc.option(fc.boolean()),
  });
  fc.assert(
    fc.property(
      fc.array(row, { maxLength: 40, size: 'max' }),
      fc.nat({ max: 600 }),
      fc.constantFrom(1, 40, 150),
      fc.boolean(),
      (drawn, delayMs, gapMs, isSorted) => {
        const rows = isSorted ? drawn.toSorted((a, b) => a.time - b.time) : drawn;
        const { main, sides } = run(rows, { aggregates, delayMs, gapMs });
        const expected = naive(rows, delayMs, gapMs);
        expect(sorted(main)).toEqual(sorted(expected.rows));
        expect(sides['late']!.length).toBe(expected.lateCount);
      },
    ),
    { numRuns: runs(40) },
  );
});

interface NaiveSession {
  readonly start: number;
  readonly end: number;
  readonly rows: readonly Row[];
}

/** Row by row over a list of sessions for each key. */
function naive(
  rows: readonly Row[],
  delayMs: number,
  gapMs: number,
): { readonly rows: Value[][]; readonly lateCount: number } {
  const open = new Map<string | null, NaiveSession[]>();
  const fired: Value[][] = [];
  let watermark = -Infinity;
  let lateCount = 0;
  const fire = (): void => {
    for (const [province, sessions] of open) {
      const due = sessions.filter(({ end }) => end - 1 <= watermark);
      fired.push(...due.map((session) => resultRow(province, session)));
      open.set(
        province,
        sessions.filter((session) => !due.includes(session)),
      );
    }
  };
  for (const row of rows) {
    const province = row.province ?? null;
    const own = { start: row.time, end: row.time + gapMs, rows: [row] };
    const sessions = open.get(province) ?? [];
    const joined = sessions.filter(({ start, end }) => start <= own.end && end >= own.start);
    if (joined.length === 0 && own.end - 1 <= watermark) lateCount++;
    else {
      const all = [...joined, own];
      const grown = {
        start: Math.min(...all.map(({ start }) => start)),
        end: Math.max(...all.map(({ end }) => end)),
        rows: all.flatMap((each) => each.rows),
      };
      open.set(province, [...sessions.filter((session) => !joined.includes(session)), grown]);
    }
    watermark = Math.max(watermark, row.time - delayMs);
    fire();
  }
  watermark = Infinity;
  fire();
  return { rows: fired, lateCount };
}

function resultRow(province: string | null, { start, end, rows }: NaiveSession): Value[] {
  const amounts = rows.flatMap(({ amount }) => amount ?? []);
  const devices = rows.flatMap(({ device }) => device ?? []);
  const clicked = rows.filter(({ isClick }) => isClick === true);
  return [
    nanos(start),
    nanos(end),
    province,
    BigInt(rows.length),
    BigInt(new Set(clicked.flatMap(({ device }) => device ?? [])).size),
    amounts.length === 0 ? null : amounts.reduce((a, b) => a + b, 0n),
    devices.toSorted()[0] ?? null,
    nanos(end - 1),
  ];
}
