import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NodeCounters } from '../../../src/engine/operator/node-counters.ts';
import { UpdatingWindowOperator } from '../../../src/engine/window/updating-window.ts';
import type { EmitSpec } from '../../../src/engine/window/window-spec.ts';
import type { Value } from '../../../src/expression/value.ts';
import {
  runInAllModes,
  type HarnessEvent,
  type HarnessMode,
  modesOf,
  runOperator,
  type HarnessResult,
} from '../../support/operator-harness.ts';
import { runs } from '../../support/property-runs.ts';
import { roomyTestMemory } from '../../support/test-memory.ts';
import {
  aggregate,
  inputSchema,
  keyColumnsOf,
  nanos,
  rowEvent,
  specOf,
  text,
  type Row,
} from './window-runs.ts';

const aggregates = [
  aggregate('COUNT'),
  aggregate('COUNT', 'device', { distinct: true }),
  aggregate('MAX', 'device', { type: text }),
];

/** The operator's clock; a test moves it along with its `time` events. */
let nowMs = 0;
const evaluation = { timeZone: 'UTC', nowMs: () => nowMs, random: () => 0 };

function harnessOf(emit: EmitSpec): Parameters<typeof runOperator>[0] {
  const spec = {
    ...specOf(['province'], aggregates),
    window: { kind: 'tumble', sizeMs: 1000, offsetMs: 0 } as const,
    emit,
  };
  const context = { evaluation, memory: roomyTestMemory() };
  return {
    create: (barrierIdsMax) =>
      new UpdatingWindowOperator(
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

type Step = { readonly row: Row } | { readonly watermark: number } | { readonly now: number };

function eventsOf(steps: readonly Step[]): HarnessEvent[] {
  let watermarkMs = -Infinity;
  return steps.map((step): HarnessEvent => {
    if ('now' in step) return { kind: 'time', nowMs: step.now };
    if ('row' in step) return rowEvent(step.row, watermarkMs);
    watermarkMs = Math.max(watermarkMs, step.watermark);
    return { kind: 'watermark', input: 0, watermarkMs };
  });
}

/** Kind, start of the window, province and count of each change. */
function changesOf(steps: readonly Step[], emit: EmitSpec): readonly unknown[] {
  nowMs = 0;
  const { main, kinds } = runInAllModes(harnessOf(emit), eventsOf(steps));
  return main.map(([start, , province, count], index) => [
    kinds[index],
    Number(start) / 1_000_000,
    province,
    Number(count),
  ]);
}

const row = (time: number, province = 'a', device = 'd'): Step => ({
  row: { time, province, device },
});

describe('early results', () => {
  const early: EmitSpec = { earlyMs: 60, allowedLatenessMs: 0 };

  test('come when the delay after the first change is over, and only of what changed', () => {
    const steps = [
      row(1, 'a'),
      row(2, 'b'),
      { now: 59 },
      { now: 60 },
      row(3, 'a'),
      { now: 120 },
      { watermark: 999 },
    ];
    expect(changesOf(steps, early)).toEqual([
      ['+I', 0, 'a', 1],
      ['+I', 0, 'b', 1],
      ['-U', 0, 'a', 1],
      ['+U', 0, 'a', 2],
    ]);
  });

  test('are followed by a final one only where it differs', () => {
    expect(changesOf([row(1), { now: 60 }, { watermark: 999 }], early)).toEqual([
      ['+I', 0, 'a', 1],
    ]);
    expect(changesOf([row(1), { watermark: 999 }, { now: 60 }], early)).toEqual([
      ['+I', 0, 'a', 1],
    ]);
  });

  test('leave late rows to the side stream', () => {
    const { sides } = runInAllModes(
      harnessOf(early),
      eventsOf([row(1), { watermark: 999 }, row(2)]),
    );
    expect(sides['late']).toHaveLength(1);
  });
});

describe('allowed lateness', () => {
  const late: EmitSpec = { earlyMs: null, allowedLatenessMs: 500 };

  test('corrects a window that has fired, until it is over', () => {
    const steps = [
      row(1),
      { watermark: 999 },
      row(2),
      { watermark: 1498 },
      row(3),
      { watermark: 1499 },
      row(4),
    ];
    expect(changesOf(steps, late)).toEqual([
      ['+I', 0, 'a', 1],
      ['-U', 0, 'a', 1],
      ['+U', 0, 'a', 2],
      ['-U', 0, 'a', 2],
      ['+U', 0, 'a', 3],
    ]);
    const { sides } = runInAllModes(harnessOf(late), eventsOf(steps));
    expect(sides['late']).toHaveLength(1);
  });

  test('a late row may be the first of its group, or of its window', () => {
    const steps = [row(1), { watermark: 999 }, row(2, 'b')];
    expect(changesOf(steps, late)).toEqual([
      ['+I', 0, 'a', 1],
      ['+I', 0, 'b', 1],
    ]);
    expect(changesOf([{ watermark: 1200 }, row(2)], late)).toEqual([['+I', 0, 'a', 1]]);
  });
});

test('what changes add up to is what a naive program gives, whatever the modes', () => {
  const step = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        row: fc.record({
          time: fc.integer({ min: 0, max: 4000 }),
          province: fc.constantFrom(null, 'a', 'b'),
          device: fc.constantFrom(null, 'x', 'y', 'z'),
        }),
      }),
    },
    { weight: 1, arbitrary: fc.record({ watermark: fc.integer({ min: 0, max: 4000 }) }) },
    { weight: 1, arbitrary: fc.record({ advance: fc.integer({ min: 1, max: 100 }) }) },
  );
  const emits = fc.record({
    earlyMs: fc.constantFrom(null, 10, 50),
    allowedLatenessMs: fc.constantFrom(0, 300, 2000),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), emits, (drawn, emit) => {
      let clock = 0;
      const steps = [
        ...drawn.map((each): Step => ('advance' in each ? { now: (clock += each.advance) } : each)),
        { watermark: Infinity },
      ];
      const expected = naive(steps, emit.allowedLatenessMs);
      for (const mode of modesOf(harnessOf(emit))) {
        const result = runWithClock(steps, emit, mode);
        expect(tableOf(result)).toEqual(expected.table);
        expect(result.sides['late']).toHaveLength(expected.lateCount);
      }
    }),
    { numRuns: runs(40) },
  );
});

function runWithClock(steps: readonly Step[], emit: EmitSpec, mode: HarnessMode): HarnessResult {
  // Timers are set by the operator's clock, which stands still between `time` events.
  nowMs = 0;
  return runOperator(harnessOf(emit), eventsOf(steps), mode);
}

/** The rows that a changelog leaves; throws where an update does not take back what is there. */
function tableOf({ main, kinds }: HarnessResult): ReadonlyMap<string, string> {
  const table = new Map<string, string>();
  for (const [index, values] of main.entries()) {
    const key = textOf(values.slice(0, 3));
    const rest = textOf(values.slice(3));
    const kind = kinds[index]!;
    expect(table.get(key), `${kind} ${key}`).toBe(
      kind === '+I' || kind === '+U' ? undefined : rest,
    );
    if (kind === '+I' || kind === '+U') table.set(key, rest);
    else table.delete(key);
  }
  return sortedMap(table);
}

function textOf(values: readonly Value[]): string {
  return values.map(String).join('|');
}

function naive(
  steps: readonly Step[],
  allowedLatenessMs: number,
): { readonly table: ReadonlyMap<string, string>; readonly lateCount: number } {
  const groups = new Map<string, Row[]>();
  let watermark = -Infinity;
  let lateCount = 0;
  for (const each of steps) {
    if ('watermark' in each) watermark = Math.max(watermark, each.watermark);
    if (!('row' in each)) continue;
    const start = Math.floor(each.row.time / 1000) * 1000;
    if (watermark >= start + 999 + allowedLatenessMs) {
      lateCount++;
      continue;
    }
    const key = textOf([nanos(start), nanos(start + 1000), each.row.province ?? null]);
    groups.set(key, [...(groups.get(key) ?? []), each.row]);
  }
  const table = [...groups].map(([key, members]) => {
    const devices = [...new Set(members.flatMap(({ device }) => device ?? []))].toSorted();
    const start = Number(key.split('|')[0]);
    const result = [members.length, devices.length, devices.at(-1) ?? null, start + 999_000_000];
    return [key, result.map(String).join('|')] as const;
  });
  return { table: sortedMap(table), lateCount };
}

function sortedMap(entries: Iterable<readonly [string, string]>): ReadonlyMap<string, string> {
  return new Map([...entries].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
