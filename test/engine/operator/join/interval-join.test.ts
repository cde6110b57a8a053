import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Batch } from '../../../../src/engine/batch/batch.ts';
import { BATCH_ROWS } from '../../../../src/engine/batch/column.ts';
import type { Output } from '../../../../src/engine/operator/contract.ts';
import { IntervalJoinOperator } from '../../../../src/engine/operator/join/interval-join.ts';
import type { JoinKind } from '../../../../src/engine/operator/join/interval-join-spec.ts';
import { NodeCounters } from '../../../../src/engine/operator/node-counters.ts';
import { sizeOf, stateOf } from '../../../support/operator-state.ts';
import type { Value } from '../../../../src/expression/value.ts';
import { batchOf, field } from '../../batch/batch-of.ts';
import { types } from '../../batch/nullable-types.ts';
import { drawFrom } from '../../batch/random-values.ts';
import {
  rowText,
  runInAllModes,
  runOperator,
  type HarnessEvent,
  type HarnessSpec,
} from '../../../support/operator-harness.ts';
import { checkStates } from '../../../support/stored-states.ts';
import { runs } from '../../../support/property-runs.ts';
import { BARRIER_IDS_MAX } from '../../../../src/engine/state/later-slots.ts';
import { roomyTestMemory } from '../../../support/test-memory.ts';

const leftSchema = [field('l', types.int), field('lk', types.text), field('lt', types.instant)];
const rightSchema = [field('rt', types.instant), field('rk', types.text), field('r', types.int)];

interface Join {
  readonly lowerMs: number;
  readonly upperMs: number;
  readonly kind: JoinKind;
}

function operatorOf(
  join: Join,
  counters = new NodeCounters(),
  barrierIdsMax = BARRIER_IDS_MAX,
): IntervalJoinOperator {
  const evaluation = { timeZone: 'UTC', nowMs: () => 0, random: () => 0 };
  return new IntervalJoinOperator(
    {
      ...join,
      left: { schema: leftSchema, keys: [1], timeIndex: 2 },
      right: { schema: rightSchema, keys: [1], timeIndex: 0 },
      outputSchema: [...leftSchema, ...rightSchema],
    },
    { evaluation, memory: roomyTestMemory(), barrierIdsMax },
    counters,
  );
}

const harnessOf = (join: Join): HarnessSpec => ({
  create: (barrierIdsMax) => operatorOf(join, new NodeCounters(), barrierIdsMax),
  writesLater: 'one',
  schemas: [leftSchema, rightSchema],
  keyColumns: [[1], [1]],
});

/** A row of the left (0) or right (1) input; the watermark of its input before it. */
interface Seen {
  readonly input: number;
  readonly key: string | null;
  readonly timeMs: number;
  readonly watermarkMs: number;
}

const nanos = (timeMs: number): Value => BigInt(timeMs) * 1_000_000n;

function valuesOf({ input, key, timeMs }: Seen, id: number): readonly Value[] {
  return input === 0 ? [id, key, nanos(timeMs)] : [nanos(timeMs), key, id];
}

const NULLS = [null, null, null];

/**
 * What must come out, pair by pair: the later of two rows meets the earlier when that is kept, which
 * is as long as the combined watermark has not passed the last row in time that it could meet.
 */
function nestedLoop(
  seen: readonly Seen[],
  combined: readonly number[],
  { lowerMs, upperMs, kind }: Join,
): readonly string[] {
  const rows: Value[][] = [];
  const matched = new Set<number>();
  const lastMs = ({ input, timeMs }: Seen): number =>
    input === 0 ? timeMs + upperMs : timeMs - lowerMs;
  for (const [l, left] of seen.entries()) {
    if (left.input !== 0) continue;
    for (const [r, right] of seen.entries()) {
      if (right.input !== 1 || left.key === null || left.key !== right.key) continue;
      const apartMs = right.timeMs - left.timeMs;
      if (apartMs < lowerMs || apartMs > upperMs) continue;
      const first = Math.min(l, r);
      const endMs = lastMs(seen[first]!);
      if (combined[first]! >= endMs || combined[Math.max(l, r)]! > endMs) continue;
      rows.push([...valuesOf(left, l), ...valuesOf(right, r)]);
      matched.add(l).add(r);
    }
  }
  for (const [id, row] of seen.entries()) {
    if (matched.has(id)) continue;
    if (row.input === 0 && (kind === 'left' || kind === 'full')) {
      rows.push([...valuesOf(row, id), ...NULLS]);
    }
    if (row.input === 1 && (kind === 'right' || kind === 'full')) {
      rows.push([...NULLS, ...valuesOf(row, id)]);
    }
  }
  return rows.map(rowText).sort();
}

/** Events of chunks of rows, each chunk followed by the watermark of its input. */
function eventsOf(seen: readonly Seen[], afterMs: readonly number[]): readonly HarnessEvent[] {
  const events: HarnessEvent[] = [];
  for (let at = 0; at < seen.length;) {
    const { input } = seen[at]!;
    let end = at;
    while (end < seen.length && seen[end]!.input === input) end++;
    const rows = seen.slice(at, end).map((row, index) => ({
      values: valuesOf(row, at + index),
      watermarkMs: row.watermarkMs,
    }));
    events.push({ kind: 'rows', input, rows });
    events.push({ kind: 'watermark', input, watermarkMs: afterMs[end - 1]! });
    at = end;
  }
  for (const input of [0, 1]) {
    events.push({ kind: 'watermark', input, watermarkMs: Infinity }, { kind: 'end', input });
  }
  return events;
}

interface Arrival {
  readonly input: number;
  readonly key: string | null;
  readonly timeMs: number;
}

/** Watermarks of each input, 3 ms behind its highest time, and the lower of both before each row. */
function watched(arrivals: readonly Arrival[]): {
  readonly seen: readonly Seen[];
  readonly combined: readonly number[];
  readonly afterMs: readonly number[];
} {
  const own = [-Infinity, -Infinity];
  const combined: number[] = [];
  const afterMs: number[] = [];
  const seen = arrivals.map((arrival): Seen => {
    const watermarkMs = own[arrival.input]!;
    combined.push(Math.min(...own));
    own[arrival.input] = Math.max(watermarkMs, arrival.timeMs - 3);
    afterMs.push(own[arrival.input]!);
    return { ...arrival, watermarkMs };
  });
  return { seen, combined, afterMs };
}

const kinds = ['inner', 'left', 'right', 'full'] as const;

describe('an interval join', () => {
  test('equals a nested loop, whatever comes and whenever', () => {
    const arrival = fc.record({
      input: fc.nat({ max: 1 }),
      key: fc.constantFrom('a', 'b', null),
      ahead: fc.integer({ min: -12, max: 8 }),
    });
    const join = fc
      .record({
        kind: fc.constantFrom(...kinds),
        a: fc.integer({ min: -8, max: 8 }),
        b: fc.integer({ min: -8, max: 8 }),
      })
      .map(({ kind, a, b }): Join => ({ kind, lowerMs: Math.min(a, b), upperMs: Math.max(a, b) }));
    fc.assert(
      fc.property(fc.array(arrival, { maxLength: 40 }), join, (steps, spec) => {
        const arrivals = steps.map(({ input, key, ahead }, index) => ({
          input,
          key,
          timeMs: 2 * index + ahead,
        }));
        const { seen, combined, afterMs } = watched(arrivals);
        const { main } = runInAllModes(harnessOf(spec), eventsOf(seen, afterMs));
        expect(main.map(rowText).sort()).toEqual(nestedLoop(seen, combined, spec));
      }),
      { numRuns: runs(30) },
    );
  });

  test('meets rows at both bounds, and none beyond them', () => {
    const { seen, afterMs } = watched([
      { input: 0, key: 'a', timeMs: 100 },
      ...[79, 80, 110, 111].map((timeMs) => ({ input: 1, key: 'a', timeMs })),
    ]);
    const spec = { kind: 'inner', lowerMs: -20, upperMs: 10 } as const;
    const { main } = runInAllModes(harnessOf(spec), eventsOf(seen, afterMs));
    expect(main.map((row) => row[3])).toEqual([nanos(80), nanos(110)]);
  });

  test('holds the watermark back by the greater bound', () => {
    const events: HarnessEvent[] = [
      { kind: 'watermark', input: 0, watermarkMs: 50 },
      { kind: 'watermark', input: 1, watermarkMs: 40 },
      { kind: 'watermark', input: 1, watermarkMs: Infinity },
      { kind: 'watermark', input: 0, watermarkMs: Infinity },
    ];
    const run = (lowerMs: number, upperMs: number): readonly number[] =>
      runInAllModes(harnessOf({ kind: 'inner', lowerMs, upperMs }), events).watermarks;
    expect(run(-20, 10)).toEqual([20, 30, Infinity]);
    expect(run(-5, 30)).toEqual([10, 20, Infinity]);
    expect(run(-30, -20)).toEqual([10, 20, Infinity]);
  });

  test('joins many rows, and keeps no more of them than the interval holds', () => {
    const spec = { kind: 'left', lowerMs: -5, upperMs: 5 } as const;
    const arrivals = Array.from({ length: 60_000 }, (_, index) => ({
      input: Math.floor(index / 1000) % 2,
      key: `k${index % 7}`,
      timeMs: Math.floor(index / 2000) * 1000 + (index % 1000),
    }));
    const { seen, afterMs } = watched(arrivals);
    const events = eventsOf(seen, afterMs);
    const mode = { rowsPerBatch: BATCH_ROWS, outputCapacity: 1, snapshots: 'restored' } as const;
    const { main } = runOperator(harnessOf(spec), events, mode);
    expect(main).toHaveLength(countByTime(seen, spec));
    const operator = operatorOf(spec);
    runOperator(
      { create: () => operator, schemas: [leftSchema, rightSchema] },
      events.slice(0, -4),
      {
        rowsPerBatch: BATCH_ROWS,
        outputCapacity: 'unlimited',
        snapshots: 'none',
      },
    );
    expect(sizeOf(stateOf(operator))).toBeLessThan(2000);
  });

  test('counts a row that comes too late to be kept and meets nothing', () => {
    const counters = new NodeCounters();
    const spec = { kind: 'inner', lowerMs: 0, upperMs: 5 } as const;
    const { seen, afterMs } = watched([
      { input: 0, key: 'a', timeMs: 100 },
      { input: 1, key: 'a', timeMs: 100 },
      { input: 0, key: 'a', timeMs: 80 },
      { input: 0, key: 'a', timeMs: 95 },
    ]);
    runOperator(
      { create: () => operatorOf(spec, counters), schemas: [leftSchema, rightSchema] },
      eventsOf(seen, afterMs),
      { rowsPerBatch: 1, outputCapacity: 1, snapshots: 'none' },
    );
    expect(counters.lateRecords).toBe(1);
  });

  test('counts no row in time, even when all that it could meet has passed', () => {
    const counters = new NodeCounters();
    const spec = { kind: 'inner', lowerMs: -50, upperMs: -20 } as const;
    const { seen, afterMs } = watched([
      { input: 1, key: 'a', timeMs: 100 },
      { input: 0, key: 'a', timeMs: 100 },
      { input: 0, key: 'b', timeMs: 100 },
      { input: 0, key: 'b', timeMs: 99 },
    ]);
    runOperator(
      { create: () => operatorOf(spec, counters), schemas: [leftSchema, rightSchema] },
      eventsOf(seen, afterMs),
      { rowsPerBatch: 1, outputCapacity: 1, snapshots: 'none' },
    );
    expect(counters.lateRecords).toBe(0);
  });

  test.each(kinds)('gives rows out no later than its watermark says (%s)', (kind) => {
    const spec = { kind, lowerMs: -7, upperMs: 4 };
    const output = new WatchingOutput();
    const operator = operatorOf(spec);
    operator.open({ main: output, side: () => null });
    // In order, so that no row is late; 3 ms apart, so that some meet none.
    for (let at = 0; at < 3000; at += 100) {
      for (const [input, schema] of [leftSchema, rightSchema].entries()) {
        const times = Array.from({ length: 33 }, (_, index) => at + 3 * index + input);
        const batch = batchOf(
          schema,
          times.map((timeMs) =>
            valuesOf({ input, key: `${timeMs % 5}`, timeMs, watermarkMs: 0 }, timeMs),
          ),
        );
        batch.watermarksBefore = Float64Array.from(times, (timeMs) => timeMs - 3);
        operator.processBatch(batch, input);
        operator.processWatermark(times.at(-1)!, input);
      }
    }
    expect(output.rowCount).toBeGreaterThan(400);
  });
});

/** Rows of a left join when none is late. */
function countByTime(seen: readonly Seen[], { lowerMs, upperMs }: Join): number {
  const rights = new Set(
    seen.filter(({ input }) => input === 1).map(({ key, timeMs }) => `${key} ${timeMs}`),
  );
  let count = 0;
  for (const { input, key, timeMs } of seen) {
    if (input !== 0) continue;
    let matches = 0;
    for (let at = timeMs + lowerMs; at <= timeMs + upperMs; at++) {
      if (rights.has(`${key} ${at}`)) matches++;
    }
    count += Math.max(matches, 1);
  }
  return count;
}

/** Expects watermarks that never fall and rows that are not behind them. */
class WatchingOutput implements Output {
  readonly isFull = false;
  rowCount = 0;
  private watermarkMs = -Infinity;

  emit(batch: Batch): void {
    for (let row = 0; row < batch.rowCount; row++) {
      const before = batch.watermarksBefore![row]!;
      expect(before).toBeGreaterThanOrEqual(this.watermarkMs);
      this.watermarkMs = before;
      for (const index of [2, 3]) {
        const column = batch.columns[index]!;
        if (column.kind !== 'timestamp' || column.nulls[row] === 1) continue;
        expect(column.millis[row]).toBeGreaterThanOrEqual(before);
      }
    }
    this.rowCount += batch.rowCount;
  }

  emitWatermark(watermarkMs: number): void {
    expect(watermarkMs).toBeGreaterThanOrEqual(this.watermarkMs);
    this.watermarkMs = watermarkMs;
  }

  emitIdleness(): void {
    // Says nothing of rows.
  }
}

test('state is divided by key group and read back equal; corrupt state is refused', () => {
  const arrival = fc.record({
    input: fc.nat({ max: 1 }),
    key: fc.option(fc.string({ maxLength: 2 }), { freq: 8 }),
    timeMs: fc.nat({ max: 40 }),
  });
  fc.assert(
    fc.property(fc.integer(), fc.array(arrival, { maxLength: 25 }), (seed, arrivals) => {
      const { seen, afterMs } = watched(arrivals);
      const spec = harnessOf({ kind: 'full', lowerMs: -5, upperMs: 8 });
      checkStates(spec, eventsOf(seen, afterMs), drawFrom(seed));
    }),
    { numRuns: runs(20) },
  );
});
