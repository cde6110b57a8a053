/** The parts that window operators write: what they lead to, and what is refused. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Batch } from '../../../src/engine/batch/batch.ts';
import { writeValue } from '../../../src/engine/batch/write-value.ts';
import type { Operator, Output } from '../../../src/engine/operator/contract.ts';
import { NodeCounters } from '../../../src/engine/operator/node-counters.ts';
import type { StatePart } from '../../../src/engine/state/state-part.ts';
import { RunningAggregateOperator } from '../../../src/engine/window/running-aggregate.ts';
import { SessionWindowOperator } from '../../../src/engine/window/session-window.ts';
import { UpdatingWindowOperator } from '../../../src/engine/window/updating-window.ts';
import { WindowAggregateOperator } from '../../../src/engine/window/window-aggregate.ts';
import type { WindowKind } from '../../../src/engine/window/window-spec.ts';
import { DreyError } from '../../../src/errors/drey-error.ts';
import { restoreInto, stateOf } from '../../support/operator-state.ts';
import { runs } from '../../support/property-runs.ts';
import { roomyTestMemory } from '../../support/test-memory.ts';
import { aggregate, inputSchema, nanos, specOf, text, type Row } from './window-runs.ts';

const WINDOW_MS = 1000;
/** Cuts between the values of a word are alike. */
const CUT_EVERY = 3;
const aggregates = [
  aggregate('COUNT'),
  aggregate('COUNT', 'device', { distinct: true }),
  aggregate('SUM', 'amount'),
  aggregate('SUM', 'amount', { distinct: true }),
  aggregate('MAX', 'device', { type: text }),
  aggregate('AVG', 'amount'),
];
const evaluation = { timeZone: 'UTC', nowMs: () => 0, random: () => 0 };

/** Operators with the same rows and groups, by what they do with them. */
const operators: Readonly<Record<string, () => Operator>> = {
  tumble: () => windowed({ kind: 'tumble', sizeMs: WINDOW_MS, offsetMs: 0 }),
  counting: () =>
    windowed({ kind: 'tumble', sizeMs: WINDOW_MS, offsetMs: 0 }, [
      ...aggregates.slice(0, 3),
      ...aggregates.slice(4),
    ]),
  hop: () => windowed({ kind: 'hop', sizeMs: WINDOW_MS, slideMs: 250, offsetMs: 0 }),
  cumulate: () => windowed({ ...cumulate, leavesOutUnchanged: false }),
  changing: () => windowed({ ...cumulate, leavesOutUnchanged: true }),
  session: () =>
    new SessionWindowOperator(
      { ...specOf(['province', 'city'], aggregates), window: { kind: 'session', gapMs: 200 } },
      { evaluation, memory: roomyTestMemory() },
      new NodeCounters(),
    ),
  updating: () =>
    new UpdatingWindowOperator(
      {
        ...specOf(['province', 'city'], aggregates),
        window: { kind: 'tumble', sizeMs: WINDOW_MS, offsetMs: 0 },
        emit: { earlyMs: 50, allowedLatenessMs: 300 },
      },
      { evaluation, memory: roomyTestMemory() },
      new NodeCounters(),
    ),
  running: () => running(false),
  retracting: () => running(true),
};
const cumulate = { kind: 'cumulate', sizeMs: WINDOW_MS, stepMs: 250, offsetMs: 0 } as const;

function windowed(window: WindowKind, computed = aggregates): Operator {
  return new WindowAggregateOperator(
    specOf(['province', 'city'], computed, { window }),
    { evaluation, memory: roomyTestMemory() },
    new NodeCounters(),
  );
}

function running(takesUpdates: boolean): Operator {
  const { outputSchema, ...spec } = specOf(['province', 'city'], aggregates);
  return new RunningAggregateOperator(
    { ...spec, outputSchema: outputSchema.slice(2, -1), ttlMs: 1000, takesUpdates },
    { evaluation, memory: roomyTestMemory() },
  );
}

class RowCounter implements Output {
  readonly isFull = false;
  rowCount = 0;

  emit(batch: Batch): void {
    this.rowCount += batch.rowCount;
  }

  emitWatermark(): void {
    // Rows are all that matters here.
  }

  emitIdleness(): void {
    // Rows are all that matters here.
  }
}

interface Opened {
  readonly operator: Operator;
  readonly main: RowCounter;
  readonly late: RowCounter;
}

function open(name: string, parts: readonly StatePart[] | null = null): Opened {
  const operator = operators[name]!();
  if (parts !== null) restoreInto(operator, parts);
  const main = new RowCounter();
  const late = new RowCounter();
  operator.open({ main, side: () => late });
  return { operator, main, late };
}

function send(operator: Operator, rows: readonly Row[], watermarkMs = -Infinity): void {
  const batch = new Batch(inputSchema);
  for (const [index, row] of rows.entries()) {
    for (const [position, { name }] of inputSchema.entries()) {
      const value = name === 'time' ? nanos(row.time) : (row[name as keyof Row] ?? null);
      writeValue(batch.columns[position]!, index, typeof value === 'number' ? null : value);
    }
  }
  batch.rowCount = rows.length;
  batch.watermarksBefore = new Float64Array(rows.length).fill(watermarkMs);
  operator.processBatch(batch, 0);
}

const someRows = fc.array(
  fc.record({
    time: fc.integer({ min: 0, max: 3000 }),
    province: fc.constantFrom(null, '', 'a', 'b', 'c'),
    city: fc.constantFrom(null, 'x', 'a name of more than twenty bytes'),
    device: fc.constantFrom(null, 'd', 'e', 'a device of more than twelve bytes'),
    amount: fc.option(fc.bigInt({ min: -9n, max: 9n })),
  }),
  { minLength: 1, maxLength: 40, size: 'max' },
);

/** The others keep tables of ids, which are written in the order of the table. */
const inEqualOrder = ['session', 'counting'];

describe.each(Object.keys(operators))('%s', (name) => {
  test('a snapshot taken right after a restore has the parts that were restored', () => {
    fc.assert(
      fc.property(someRows, fc.integer({ min: 0, max: 2000 }), (rows, watermarkMs) => {
        const { operator } = open(name);
        send(operator, rows);
        operator.processWatermark(watermarkMs, 0);
        const parts = stateOf(operator);
        const again = stateOf(open(name, parts).operator);
        expect(again.map(({ kind, bytes }) => [kind, bytes?.length])).toEqual(
          parts.map(({ kind, bytes }) => [kind, bytes?.length]),
        );
        if (inEqualOrder.includes(name)) expect(again).toEqual(parts);
      }),
      { numRuns: runs(10) },
    );
  });

  test('state with a byte flipped or cut is refused, or read as some state', () => {
    const { operator } = open(name);
    const rows = Array.from({ length: 7 }, (_, index) => ({
      time: index * 300,
      province: index % 3 === 0 ? null : 'a',
      city: index % 4 === 0 ? 'x' : 'a name of more than twenty bytes',
      device: `device ${index % 5}`,
      amount: BigInt(index),
    }));
    send(operator, rows);
    operator.processWatermark(600, 0);
    const parts = stateOf(operator);
    for (const [index, part] of parts.entries()) {
      const bytes = part.bytes!;
      for (let at = 0; at < bytes.length; at++) {
        const flipped = bytes.slice();
        flipped[at]! ^= 1 << (at % 8);
        readDamaged(name, parts.with(index, { ...part, bytes: flipped }));
        if (at % CUT_EVERY === 0) {
          readDamaged(name, parts.with(index, { ...part, bytes: bytes.slice(0, at) }));
        }
      }
    }
  });
});

/** Reads the state and lets all windows fire; only errors that say what is wrong may come of it. */
function readDamaged(name: string, parts: readonly StatePart[]): void {
  try {
    const { operator } = open(name, parts);
    operator.processWatermark(9000, 0);
    stateOf(operator);
  } catch (error) {
    expect(error).toBeInstanceOf(DreyError);
    expect(error).toMatchObject({ code: 'DREY_STATE_CORRUPT' });
  }
}

describe('a row whose windows have fired is late after a restore, too', () => {
  test.each(['tumble', 'hop', 'cumulate', 'session', 'updating'])(
    '%s, whatever watermark it comes under',
    (name) => {
      const first = open(name);
      send(first.operator, [{ time: 100, province: 'a' }]);
      first.operator.processWatermark(2500, 0);
      expect(first.main.rowCount).toBeGreaterThan(0);
      const second = open(name, stateOf(first.operator));
      send(second.operator, [{ time: 150, province: 'b' }]);
      second.operator.processWatermark(2600, 0);
      expect(second.late.rowCount).toBe(1);
      expect(second.main.rowCount).toBe(0);
    },
  );
});
