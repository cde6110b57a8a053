/** Windows whose groups are written while rows go on, against those written at the barrier. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Batch } from '../../../src/engine/batch/batch.ts';
import { BATCH_ROWS } from '../../../src/engine/batch/column.ts';
import { writeValue } from '../../../src/engine/batch/write-value.ts';
import { LinearMemory } from '../../../src/engine/memory/linear-memory.ts';
import { NodeCounters } from '../../../src/engine/operator/node-counters.ts';
import { RunningAggregateOperator } from '../../../src/engine/window/running-aggregate.ts';
import { SessionWindowOperator } from '../../../src/engine/window/session-window.ts';
import { UpdatingWindowOperator } from '../../../src/engine/window/updating-window.ts';
import { WindowAggregateOperator } from '../../../src/engine/window/window-aggregate.ts';
import type { AggregateSpec, WindowKind } from '../../../src/engine/window/window-spec.ts';
import type { HarnessEvent } from '../../support/operator-harness.ts';
import { StateTaken } from '../../support/operator-state.ts';
import { runs } from '../../support/property-runs.ts';
import { playTwins, type TwinSpec, type TwinStep } from '../../support/snapshot-twins.ts';
import { roomyTestMemory } from '../../support/test-memory.ts';
import { aggregate, inputSchema, nanos, specOf, text } from './window-runs.ts';

const SIZE_MS = 100;
const aggregates = [
  aggregate('COUNT'),
  aggregate('COUNT', 'device', { distinct: true }),
  aggregate('SUM', 'amount'),
  aggregate('SUM', 'amount', { distinct: true }),
  aggregate('MAX', 'device', { type: text }),
  aggregate('AVG', 'amount'),
  aggregate('FIRST_VALUE', 'device', { type: text }),
  aggregate('LAST_VALUE', 'amount'),
  aggregate('APPROX_COUNT_DISTINCT', 'device'),
];
const groupBy = ['province', 'city'];
const cumulate = { kind: 'cumulate', sizeMs: SIZE_MS, stepMs: 25, offsetMs: 0 } as const;
let nowMs = 0;
const evaluation = { timeZone: 'UTC', nowMs: () => nowMs, random: () => 0 };
const memory = roomyTestMemory();
const contextOf = (barrierIdsMax = Infinity) => ({ evaluation, memory, barrierIdsMax });

/** All windows fire, early results first. */
const probe: readonly HarnessEvent[] = [
  { kind: 'time', nowMs: 1000 },
  { kind: 'watermark', input: 0, watermarkMs: Infinity },
];
const twinsOf = (create: TwinSpec['create'], more: readonly HarnessEvent[] = probe): TwinSpec => ({
  create,
  schemas: [inputSchema],
  setNow: (atMs) => {
    nowMs = atMs;
  },
  probe: more,
});
const windowed = (window: WindowKind, computed: readonly AggregateSpec[] = aggregates): TwinSpec =>
  twinsOf(
    (idsMax) =>
      new WindowAggregateOperator(
        specOf(groupBy, computed, { window }),
        contextOf(idsMax),
        new NodeCounters(),
      ),
  );

const provinces = ['a', 'b', 'c', 'd', 'e', 'f'];
const rowOf = (time: number, province: string, device: number): HarnessEvent => ({
  kind: 'rows',
  input: 0,
  rows: [rowValues(time, province, device)],
});
const rowValues = (time: number, province: string, device: number) => ({
  values: [
    nanos(time),
    province,
    `city ${device % 3}`,
    `device ${device}`,
    BigInt(device % 7),
    device % 2 === 0,
  ],
});
/** One row each, in the same moment: they have nothing but their group in common with a snapshot. */
const oneOfEach: readonly HarnessEvent[] = provinces.flatMap((province) =>
  [0, 1, 2].map((device) => rowOf(0, province, device)),
);

const running = (takesUpdates: boolean): TwinSpec => {
  const { outputSchema, ...spec } = specOf(groupBy, aggregates.slice(0, 6));
  return twinsOf(
    (idsMax) =>
      new RunningAggregateOperator(
        { ...spec, outputSchema: outputSchema.slice(2, -1), ttlMs: 50, takesUpdates },
        contextOf(idsMax),
      ),
    oneOfEach,
  );
};

const operators: Readonly<Record<string, TwinSpec>> = {
  tumble: windowed({ kind: 'tumble', sizeMs: SIZE_MS, offsetMs: 0 }),
  hop: windowed({ kind: 'hop', sizeMs: SIZE_MS, slideMs: 25, offsetMs: 0 }),
  cumulate: windowed({ ...cumulate, leavesOutUnchanged: false }),
  changing: windowed({ ...cumulate, leavesOutUnchanged: true }),
  session: twinsOf(
    (idsMax) =>
      new SessionWindowOperator(
        { ...specOf(groupBy, aggregates), window: { kind: 'session', gapMs: 10 } },
        contextOf(idsMax),
        new NodeCounters(),
      ),
  ),
  updating: twinsOf(
    (idsMax) =>
      new UpdatingWindowOperator(
        {
          ...specOf(groupBy, aggregates),
          window: { kind: 'tumble', sizeMs: SIZE_MS, offsetMs: 0 },
          emit: { earlyMs: 5, allowedLatenessMs: 60 },
        },
        contextOf(idsMax),
        new NodeCounters(),
      ),
  ),
  running: running(false),
  retracting: running(true),
};

/** Times go on by up to 40 ms at a step, as do the watermark and the clock behind them. */
const step: fc.Arbitrary<(atMs: number) => TwinStep> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc
      .array(
        fc.tuple(
          fc.integer({ min: -60, max: 60 }),
          fc.constantFrom(...provinces),
          fc.integer({ min: 0, max: 20 }),
        ),
        { minLength: 1, maxLength: 5 },
      )
      .map((rows) => (atMs: number): TwinStep => ({
        do: 'event',
        event: {
          kind: 'rows',
          input: 0,
          rows: rows.map(([offset, province, device]) =>
            rowValues(atMs + offset, province, device),
          ),
        },
      })),
  },
  fc.constantFrom<(atMs: number) => TwinStep>(
    (atMs) => ({ do: 'event', event: { kind: 'watermark', input: 0, watermarkMs: atMs - 30 } }),
    (atMs) => ({ do: 'event', event: { kind: 'time', nowMs: atMs } }),
    () => ({ do: 'take' }),
    () => ({ do: 'write' }),
    () => ({ do: 'finish' }),
    () => ({ do: 'give up' }),
  ),
);
const steps = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 25 }), step), { maxLength: 50, size: 'max' })
  .map(stepsAt);

function stepsAt(all: readonly (readonly [number, (atMs: number) => TwinStep])[]): TwinStep[] {
  let atMs = 0;
  return all.map(([laterMs, make]) => make((atMs += laterMs)));
}

describe.each(Object.entries(operators))('%s', (_name, spec) => {
  test('is written later as it was at the barrier', () => {
    let compared = 0;
    fc.assert(
      fc.property(steps, (all) => {
        compared += playTwins(spec, all);
      }),
      { numRuns: runs(60) },
    );
    expect(compared).toBeGreaterThan(0);
  });
});

/** Sets of so many ids are written in pieces of their own. */
const bulk = fc
  .tuple(
    fc.integer({ min: -60, max: 60 }),
    fc.constantFrom('a', 'b'),
    fc.integer({ min: 0, max: 1500 }),
    fc.integer({ min: 200, max: 1000 }),
  )
  .map(([offset, province, from, count]) => (atMs: number): TwinStep => ({
    do: 'event',
    event: {
      kind: 'rows',
      input: 0,
      rows: Array.from({ length: count }, (_, index) =>
        rowValues(atMs + offset, province, from + index),
      ),
    },
  }));

test.each(['tumble', 'hop', 'cumulate'])('large sets of a %s window go in pieces', (kind) => {
  const all = fc
    .array(
      fc.tuple(fc.integer({ min: 0, max: 25 }), fc.oneof({ weight: 2, arbitrary: bulk }, step)),
      { maxLength: 25, size: 'max' },
    )
    .map(stepsAt);
  fc.assert(
    fc.property(all, (drawn) => {
      playTwins(operators[kind]!, drawn);
    }),
    { numRuns: runs(25) },
  );
});

test('slices of a hopping window go on as copies when one takes in the next', () => {
  const event = (each: HarnessEvent): TwinStep => ({ do: 'event', event: each });
  const watermark = (watermarkMs: number): TwinStep =>
    event({ kind: 'watermark', input: 0, watermarkMs });
  const from = (startMs: number): TwinStep[] =>
    [0, 25, 50, 75].flatMap((offset) =>
      provinces.map((province) => event(rowOf(startMs + offset, province, offset % 4))),
    );
  const compared = playTwins(operators['hop']!, [
    ...from(0),
    watermark(100),
    { do: 'take' },
    watermark(125),
    { do: 'finish' },
    // What was given back is used again.
    ...from(125),
    ...from(225),
    watermark(400),
  ]);
  expect(compared).toBe(1);
});

test('late rows of a cumulating window follow it when it is copied for a step', () => {
  const event = (each: HarnessEvent): TwinStep => ({ do: 'event', event: each });
  const watermark = (watermarkMs: number): TwinStep =>
    event({ kind: 'watermark', input: 0, watermarkMs });
  const compared = playTwins(operators['cumulate']!, [
    event(rowOf(0, 'a', 1)),
    watermark(25),
    event(rowOf(60, 'a', 1)),
    event(rowOf(5, 'a', 4)),
    { do: 'take' },
    watermark(50),
    event(rowOf(6, 'a', 7)),
    watermark(100),
    { do: 'finish' },
  ]);
  expect(compared).toBe(1);
});

test('no part holds a large set as a whole', () => {
  const { create } = windowed({ kind: 'tumble', sizeMs: SIZE_MS, offsetMs: 0 }, [
    aggregate('COUNT', 'device', { distinct: true }),
  ]);
  const operator = create(0);
  const batch = new Batch(inputSchema);
  const feed = (first: number): void => {
    batch.reset();
    for (let row = 0; row < BATCH_ROWS; row++) {
      const { values } = rowValues(0, 'a', (first + row) * 3);
      for (const [index, value] of values.entries()) writeValue(batch.columns[index]!, row, value);
    }
    batch.rowCount = BATCH_ROWS;
    operator.processBatch(batch, 0);
  };
  for (let first = 0; first < 40 * BATCH_ROWS; first += BATCH_ROWS) feed(first);
  const taken = new StateTaken(operator);
  feed(0);
  const sizes = taken.finish().map(({ bytes }) => bytes?.length ?? 0);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  expect(Math.max(...sizes)).toBeLessThan(total / 2);
  expect(total).toBeGreaterThan(40 * BATCH_ROWS * 'device 1000'.length);
});

test('snapshots that are given up leave nothing behind', () => {
  const own = new LinearMemory();
  const operator = new WindowAggregateOperator(
    specOf(groupBy, [aggregate('COUNT', 'device', { distinct: true })], { sizeMs: SIZE_MS }),
    { evaluation, memory: own, barrierIdsMax: 0 },
    new NodeCounters(),
  );
  const batch = new Batch(inputSchema);
  const giveUpSome = (): number => {
    for (let device = 0; device < 100; device++) {
      batch.reset();
      const { values } = rowValues(0, 'a', device);
      for (const [index, value] of values.entries()) writeValue(batch.columns[index]!, 0, value);
      batch.rowCount = 1;
      operator.processBatch(batch);
      new StateTaken(operator).giveUp();
    }
    return own.view.byteLength;
  };
  const sizeBytes = giveUpSome();
  expect(giveUpSome()).toBe(sizeBytes);
});

test('keys and ids of a window that fires are kept until it is written', () => {
  const spec = twinsOf(
    (idsMax) =>
      new WindowAggregateOperator(
        specOf(['device'], [aggregate('COUNT'), aggregate('COUNT', 'device', { distinct: true })], {
          sizeMs: SIZE_MS,
        }),
        contextOf(idsMax),
        new NodeCounters(),
      ),
  );
  /** A thousand devices each, from `first` thousand on. */
  const fill = (time: number, first: number, count: number): TwinStep[] =>
    Array.from({ length: count }, (_, batch) => ({
      do: 'event',
      event: {
        kind: 'rows',
        input: 0,
        rows: Array.from({ length: 1000 }, (_row, index) =>
          rowValues(time, 'a', (first + batch) * 1000 + index),
        ),
      },
    }));
  const compared = playTwins(spec, [
    ...fill(0, 0, 50),
    { do: 'take' },
    // So many keys that those not in use are swept when the first window has fired.
    ...fill(SIZE_MS, 50, 220),
    { do: 'event', event: { kind: 'watermark', input: 0, watermarkMs: SIZE_MS } },
    ...fill(SIZE_MS, 300, 60),
    { do: 'finish' },
  ]);
  expect(compared).toBe(1);
});
