import fc from 'fast-check';
import { expect, test } from 'vitest';
import { NodeCounters } from '../../../src/engine/operator/node-counters.ts';
import { KeyedProcessOperator } from '../../../src/engine/process/keyed-process.ts';
import type { WindowFunction } from '../../../src/engine/process/process-function.ts';
import type { KeyedProcessSpec } from '../../../src/engine/process/process-spec.ts';
import type { ProcessWindow } from '../../../src/engine/process/window-function.ts';
import { zoneClockOf } from '../../../src/expression/zone-clock.ts';
import { runInAllModes, type HarnessEvent } from '../../support/operator-harness.ts';
import { runs } from '../../support/property-runs.ts';
import { roomyTestMemory } from '../../support/test-memory.ts';
import { types } from '../batch/nullable-types.ts';

const inputSchema = [
  { name: 'user', type: types.text },
  { name: 'amount', type: types.bigint },
  { name: 'at', type: types.instant },
];
const outputSchema = [
  { name: 'user', type: types.text },
  { name: 'start', type: types.bigint },
  { name: 'end', type: types.bigint },
  { name: 'amounts', type: { root: 'ARRAY', element: types.bigint, nullable: true } as const },
  { name: 'at', type: types.instant },
];

/** The amounts of the window in the order in which they came. */
const listed: WindowFunction = {
  processWindow(window, rows, context, out) {
    out.collect({
      user: context.key['user'] ?? null,
      start: window.startMs,
      end: window.endMs,
      amounts: rows.map((row) => row['amount'] ?? null),
    });
  },
};

const evaluation = { timeZone: 'UTC', nowMs: () => 0, random: () => 0 };

function harnessOf(window: ProcessWindow, exported: unknown = listed) {
  const spec: KeyedProcessSpec = {
    name: 'listed',
    modulePath: '/work/listed.js',
    moduleText: './listed.js',
    inputSchema,
    outputSchema,
    keyIndexes: [0],
    timeIndex: 2,
    outputTimeIndex: 4,
    window,
    sides: [],
  };
  const modules = new Map([[spec.modulePath, exported]]);
  return {
    create: () => {
      const context = { evaluation, memory: roomyTestMemory(), modules };
      return new KeyedProcessOperator(spec, context, new NodeCounters());
    },
    schemas: [inputSchema],
  };
}

interface Event {
  readonly user: string;
  readonly atMs: number;
  /** How far the watermark rises after it. */
  readonly rise: number;
}

function eventsOf(events: readonly Event[]): HarnessEvent[] {
  let watermarkMs = -Infinity;
  const rows = events.map(({ user, atMs, rise }, index) => {
    const row = { values: [user, BigInt(index), BigInt(atMs) * 1_000_000n], watermarkMs };
    if (rise > 0) watermarkMs = Math.max(watermarkMs, rise);
    return row;
  });
  return [
    { kind: 'rows', input: 0, rows },
    { kind: 'watermark', input: 0, watermarkMs: Infinity },
  ];
}

/** By hand: each row into each of its windows that the watermark before it has not passed. */
function expectedOf(events: readonly Event[], sizeMs: number, slideMs: number): string[] {
  const windows = new Map<string, number[]>();
  let watermarkMs = -Infinity;
  for (const [index, { user, atMs, rise }] of events.entries()) {
    for (let startMs = -1_000; startMs <= atMs; startMs += slideMs) {
      if (atMs >= startMs + sizeMs || startMs + sizeMs - 1 <= watermarkMs) continue;
      const text = `${user} ${startMs} ${startMs + sizeMs}`;
      windows.set(text, [...(windows.get(text) ?? []), index]);
    }
    if (rise > 0) watermarkMs = Math.max(watermarkMs, rise);
  }
  return [...windows].map(([text, indexes]) => `${text} ${indexes.join()}`).sort();
}

const event = fc.record({
  user: fc.constantFrom('a', 'b'),
  atMs: fc.nat({ max: 60 }),
  rise: fc.oneof(fc.constant(0), fc.nat({ max: 60 })),
});

test.each([
  ['tumbling', 20, 20],
  ['hopping', 20, 5],
])('gives the rows of %s windows', (_name, sizeMs, slideMs) => {
  fc.assert(
    fc.property(fc.array(event, { maxLength: 30 }), (events) => {
      const window = { sizeMs, slideMs, offsetMs: 0, zone: null };
      const { main } = runInAllModes(harnessOf(window), eventsOf(events));
      const lines = main.map(([user, start, end, amounts]) => {
        return `${String(user)} ${String(start)} ${String(end)} ${String(amounts)}`;
      });
      expect(lines.sort()).toEqual(expectedOf(events, sizeMs, slideMs));
      for (const [, , end, , at] of main) {
        expect(at).toBe(((end as bigint) - 1n) * 1_000_000n);
      }
    }),
    { numRuns: runs(25) },
  );
});

test('windows are on the clocks of a zone, over the hour that they skip', () => {
  const hour = 3_600_000;
  const window = { sizeMs: hour, slideMs: hour, offsetMs: 0, zone: zoneClockOf('Europe/Berlin') };
  // 2024-03-31: 01:59:59 is followed by 03:00:00.
  const skipMs = Date.UTC(2024, 2, 31, 1);
  const events = [skipMs - 1, skipMs, skipMs + hour].map((atMs) => ({ user: 'a', atMs, rise: 0 }));
  const { main } = runInAllModes(harnessOf(window), eventsOf(events));
  const hours = main.map(([, start]) => new Date(Number(start)).toISOString().slice(11, 13));
  expect(hours).toEqual(['01', '03', '04']);
  expect(main.map(([, , , , at]) => Number(at) / 1_000_000)).toEqual([
    skipMs - 1,
    skipMs + hour - 1,
    skipMs + 2 * hour - 1,
  ]);
});

test('a module that takes row by row is refused with the way out', () => {
  const rowByRow = { processElement: () => undefined };
  const window = { sizeMs: 1, slideMs: 1, offsetMs: 0, zone: null };
  expect(() => harnessOf(window, rowByRow).create()).toThrow('no method processWindow');
});

test('a failure names the window and the key', () => {
  const failing: WindowFunction = {
    processWindow() {
      throw new Error('no window');
    },
  };
  const window = { sizeMs: 20, slideMs: 20, offsetMs: 0, zone: null };
  expect(() =>
    runInAllModes(harnessOf(window, failing), eventsOf([{ user: 'a', atMs: 5, rise: 0 }])),
  ).toThrow(
    'listed: processWindow of ./listed.js, key {"user":"a"}, window up to 19 (1970-01-01T00:00:00.019Z): no window',
  );
});
