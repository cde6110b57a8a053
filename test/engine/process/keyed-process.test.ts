import fc from 'fast-check';
import { expect, test } from 'vitest';
import { NodeCounters } from '../../../src/engine/operator/node-counters.ts';
import { KeyedProcessOperator } from '../../../src/engine/process/keyed-process.ts';
import type {
  ProcessContext,
  ProcessFunction,
} from '../../../src/engine/process/process-function.ts';
import type { KeyedProcessSpec } from '../../../src/engine/process/process-spec.ts';
import type { Value } from '../../../src/expression/value.ts';
import {
  harnessModes,
  rescaledModes,
  rowText,
  runOperator,
  type HarnessEvent,
  type HarnessResult,
  type HarnessRow,
} from '../../support/operator-harness.ts';
import { runs } from '../../support/property-runs.ts';
import { roomyTestMemory } from '../../support/test-memory.ts';
import { types } from '../batch/nullable-types.ts';
import { naive, randomStep, type Step } from './naive-tracker.ts';
import { Tracker } from './tracker.ts';

const inputSchema = [
  { name: 'user', type: types.text },
  { name: 'amount', type: types.bigint },
  { name: 'at', type: types.instant },
];
const outputSchema = [
  { name: 'what', type: types.text },
  { name: 'user', type: types.text },
  { name: 'number', type: types.bigint },
  { name: 'at', type: types.instant },
];
const spec: KeyedProcessSpec = {
  name: 'tracked',
  modulePath: '/work/tracker.js',
  moduleText: './tracker.js',
  inputSchema,
  outputSchema,
  keyIndexes: [0],
  timeIndex: 2,
  outputTimeIndex: 3,
  window: null,
  sides: [{ name: 'odd', schema: [{ name: 'amount', type: types.bigint }], timeIndex: null }],
};

let nowMs = 0;
const evaluation = { timeZone: 'UTC', nowMs: () => nowMs, random: () => 0 };

function operatorOf(
  exported: unknown,
  changes: Partial<KeyedProcessSpec> = {},
): KeyedProcessOperator {
  const modules = new Map([[spec.modulePath, exported]]);
  return new KeyedProcessOperator(
    { ...spec, ...changes },
    { evaluation, memory: roomyTestMemory(), modules },
    new NodeCounters(),
  );
}

/** Time events move the clock when they are looked at. */
function timeEvent(atMs: number): HarnessEvent {
  return {
    kind: 'time',
    get nowMs() {
      nowMs = atMs;
      return atMs;
    },
  };
}

/** The same rows in the same order in every mode. */
function runEverywhere(exported: unknown, events: readonly HarnessEvent[]): HarnessResult {
  const harness = { create: () => operatorOf(exported), schemas: [inputSchema], sides: ['odd'] };
  const all = [timeEvent(0), ...events];
  const results = harnessModes.map((mode) => runOperator(harness, all, mode));
  for (const [index, result] of results.entries()) {
    expect(textOf(result), JSON.stringify(harnessModes[index])).toBe(textOf(results[0]!));
  }
  return results[0]!;
}

function linesOf({ main, sides }: HarnessResult): readonly string[] {
  return [main, ...Object.values(sides)].flatMap((rows) => rows.map(rowText)).sort();
}

function textOf({ main, sides, watermarks }: HarnessResult): string {
  const lists = [main, ...Object.values(sides)].map((rows) => rows.map(rowText).join('\n'));
  return [...lists, watermarks.join()].join('\n\n');
}

/** Rows that follow each other are one event. */
function eventsOf(steps: readonly Step[]): HarnessEvent[] {
  const events: HarnessEvent[] = [];
  let rows: HarnessRow[] = [];
  let watermarkMs = -Infinity;
  let clock = 0;
  const close = (): void => {
    if (rows.length > 0) events.push({ kind: 'rows', input: 0, rows });
    rows = [];
  };
  for (const step of steps) {
    if ('user' in step) {
      const values: Value[] = [step.user, BigInt(step.amount), BigInt(step.atMs) * 1_000_000n];
      rows.push({ values, watermarkMs });
    } else if ('rise' in step) watermarkMs = Math.max(watermarkMs, step.rise);
    else if ('watermark' in step) {
      close();
      watermarkMs = Math.max(watermarkMs, step.watermark);
      events.push({ kind: 'watermark', input: 0, watermarkMs });
    } else {
      close();
      events.push(timeEvent((clock += step.now)));
    }
  }
  close();
  return [...events, { kind: 'watermark', input: 0, watermarkMs: Infinity }];
}

test('does what a program without an engine does, cut and restored anywhere', () => {
  fc.assert(
    fc.property(fc.array(randomStep, { maxLength: 60, size: 'max' }), (steps) => {
      const { main, sides } = runEverywhere(Tracker, eventsOf(steps));
      const expected = naive(steps);
      expect(main.map(lineOf)).toEqual(expected.main);
      expect(sides['odd']!.map(([amount]) => Number(amount))).toEqual(expected.odd);
    }),
    { numRuns: runs(40) },
  );
});

test('does the same as several subtasks, whose number changes', () => {
  fc.assert(
    fc.property(fc.array(randomStep, { maxLength: 40, size: 'max' }), (steps) => {
      // All subtasks are told of each watermark; else a restore goes back to the least one.
      const told = steps.map((step) => ('rise' in step ? { watermark: step.rise } : step));
      const create = (): KeyedProcessOperator => operatorOf(Tracker);
      const harness = { create, schemas: [inputSchema], sides: ['odd'], keyColumns: [[0]] };
      const events = [timeEvent(0), ...eventsOf(told)];
      const [plain, ...others] = [harnessModes[0]!, ...rescaledModes].map((mode) =>
        linesOf(runOperator(harness, events, mode)),
      );
      for (const lines of others) expect(lines).toEqual(plain);
    }),
    { numRuns: runs(40) },
  );
});

function lineOf([what, user, number, at]: readonly Value[]): string {
  return `${String(what)} ${String(user)} ${String(number)} ${Number(at) / 1_000_000}`;
}

const none = { what: null, user: null, number: null };

test('a timer fires before the first row whose watermark has come to it, not before', () => {
  const { main } = runEverywhere(Tracker, [
    {
      kind: 'rows',
      input: 0,
      rows: [
        { values: ['a', 4n, 0n] },
        { values: ['b', 1n, 0n], watermarkMs: 9 },
        { values: ['b', 1n, 0n], watermarkMs: 10 },
      ],
    },
  ]);
  expect(main.map(([what]) => what)).toEqual(['row', 'sum', 'count 4', 'sum', 'count 1', 'row']);
});

test('a timer in the past fires with the next watermark', () => {
  const past: ProcessFunction = {
    processElement: (_row, context) => {
      context.registerEventTimeTimer(1);
    },
    onTimer: (timeMs, context, out) => {
      out.collect({ ...none, number: context.currentWatermark, at: timeMs });
    },
  };
  const event: HarnessEvent = {
    kind: 'rows',
    input: 0,
    rows: [
      { values: ['a', 0n, 0n], watermarkMs: 50 },
      { values: ['b', 0n, 0n], watermarkMs: 50 },
    ],
  };
  const { main } = runEverywhere(past, [
    event,
    { kind: 'watermark', input: 0, watermarkMs: 50 },
    { kind: 'watermark', input: 0, watermarkMs: 51 },
  ]);
  expect(main.map(([, , number]) => number)).toEqual([51n, 51n]);
});

test('a call that emits more than outputs take is followed by no other until all is out', () => {
  const many: ProcessFunction = {
    processElement: (row, context, out) => {
      for (let number = 0; number < 2_500; number++) {
        out.collect({ ...none, user: row['user'] ?? null, number });
        if (number % 2 === 0) context.sideOutput('odd', { amount: number });
      }
      context.registerEventTimeTimer(1);
    },
    onTimer: (_timeMs, context, out) => {
      for (let number = 0; number < 2_100; number++) {
        out.collect({ ...none, user: context.key['user'] ?? null, number });
      }
    },
  };
  const rows = ['a', 'b'].map((user) => ({ values: [user, 0n, 0n] }));
  const { main, sides } = runEverywhere(many, [
    { kind: 'rows', input: 0, rows },
    { kind: 'watermark', input: 0, watermarkMs: 5 },
  ]);
  expect(main).toHaveLength(9_200);
  expect(main[4_999]).toEqual([null, 'b', 2_499n, 0n]);
  expect(main[9_199]).toEqual([null, 'b', 2_099n, 1_000_000n]);
  expect(sides['odd']).toHaveLength(2_500);
});

test('a timer that sets the next one may do so as often as there is time', () => {
  let count = 0;
  const clock: ProcessFunction = {
    processElement: (_row, context) => {
      context.registerEventTimeTimer(1);
    },
    onTimer: (timeMs, context) => {
      count++;
      context.registerEventTimeTimer(timeMs + 1);
    },
  };
  const harness = { create: () => operatorOf(clock), schemas: [inputSchema] };
  const rows: HarnessEvent = { kind: 'rows', input: 0, rows: [{ values: ['a', 0n, 0n] }] };
  const watermark: HarnessEvent = { kind: 'watermark', input: 0, watermarkMs: 1_500_000 };
  runOperator(harness, [rows, watermark], harnessModes[0]!);
  expect(count).toBe(1_500_000);
});

test.each<['eventTime' | 'processingTime', HarnessEvent]>([
  ['eventTime', { kind: 'watermark', input: 0, watermarkMs: Infinity }],
  ['processingTime', timeEvent(5)],
])('timers of %s that set the next without end fail', (timeDomain, event) => {
  const endless: ProcessFunction = {
    processElement: (_row, context) => {
      if (timeDomain === 'eventTime') context.registerEventTimeTimer(1);
      else context.registerProcessingTimeTimer(1);
    },
    onTimer: (timeMs, context) => {
      if (timeDomain === 'eventTime') context.registerEventTimeTimer(timeMs + 1);
      else context.registerProcessingTimeTimer(timeMs);
    },
  };
  const harness = { create: () => operatorOf(endless), schemas: [inputSchema] };
  const rows: HarnessEvent = { kind: 'rows', input: 0, rows: [{ values: ['a', 0n, 0n] }] };
  expect(() => runOperator(harness, [rows, event], harnessModes[0]!)).toThrow(
    'tracked: timers of ./tracker.js set the next without end',
  );
});

test('each operator has fields of its own, though the module is one object', () => {
  const module = {
    seen: 0,
    processElement(
      this: { seen: number },
      _row: object,
      _c: unknown,
      out: { collect(r: object): void },
    ) {
      out.collect({ number: ++this.seen });
    },
  };
  const rows = [{ values: ['a', 0n, 0n] }, { values: ['a', 0n, 0n] }];
  const harness = { create: () => operatorOf(module), schemas: [inputSchema] };
  const events: HarnessEvent[] = [{ kind: 'rows', input: 0, rows }];
  const [mode] = harnessModes;
  for (let round = 0; round < 2; round++) {
    const { main } = runOperator(harness, events, mode!);
    expect(main.map(([, , number]) => number)).toEqual([1n, 2n]);
  }
  expect(module.seen).toBe(0);
});

type Element = ProcessFunction['processElement'];

test.each<[string, Element, string, RegExp]>([
  [
    'throws',
    () => {
      throw new TypeError('no such thing');
    },
    'DREY_PROCESS_FAILED',
    /^tracked: processElement of .*key \{"user":"a"\}: TypeError: no such thing$/,
  ],
  [
    'is asynchronous',
    (async () => undefined) as unknown as Element,
    'DREY_PROCESS_CALL',
    /promise/,
  ],
  [
    'emits an unknown column',
    (_row, _context, out) => {
      out.collect({ usr: 'a' });
    },
    'DREY_PROCESS_ROW',
    /column "usr", which is not declared/,
  ],
  [
    'emits a value of another type',
    (_row, _context, out) => {
      out.collect({ number: 'x' });
    },
    'DREY_PROCESS_ROW',
    /column "number" of the output got the text "x", but BIGINT takes a whole number/,
  ],
  [
    'emits to an unknown side output',
    (_row, context) => {
      context.sideOutput('even', {});
    },
    'DREY_PROCESS_ROW',
    /no side output "even"/,
  ],
  [
    'sets a timer to a fraction',
    (_row, context) => {
      context.registerEventTimeTimer(0.5);
    },
    'DREY_PROCESS_CALL',
    /set to 0.5/,
  ],
])('a function that %s ends the job', (_name, processElement, code, message) => {
  const operator = operatorOf({ processElement });
  const error = failureOf(() =>
    runOperator(
      { create: () => operator, schemas: [inputSchema] },
      [{ kind: 'rows', input: 0, rows: [{ values: ['a', 1n, 0n] }] }],
      harnessModes[0]!,
    ),
  );
  expect(error).toMatchObject({ code, message: expect.stringMatching(message) as string });
  expect(error).toMatchObject({ details: { node: 'tracked', row: expect.any(String) as string } });
});

test.each([
  [undefined, 'there is none'],
  [{}, 'no method processElement'],
  [() => ({}), 'it is a function'],
])('%s is no process function', (exported, message) => {
  expect(() => operatorOf(exported)).toThrow(message);
});

test('a constructor that throws is a failure of the function', () => {
  class Broken extends Tracker {
    constructor() {
      super();
      throw new TypeError('no such thing');
    }
  }
  expect(() => operatorOf(Broken)).toThrow('tracked: the constructor of ./tracker.js: TypeError');
});

test('without a time attribute there are no timers of event time', () => {
  const operator = operatorOf(Tracker, { timeIndex: null });
  const event: HarnessEvent = { kind: 'rows', input: 0, rows: [{ values: ['a', 1n, 0n] }] };
  const harness = { create: () => operator, schemas: [inputSchema] };
  expect(() => runOperator(harness, [event], harnessModes[0]!)).toThrow('would never fire');
});

test('what is used after the call has no key', () => {
  let late: (() => void) | null = null;
  const operator = operatorOf({
    processElement: (_row: object, context: ProcessContext) => {
      late = () => {
        context.registerEventTimeTimer(1);
      };
    },
  });
  const event: HarnessEvent = { kind: 'rows', input: 0, rows: [{ values: ['a', 1n, 0n] }] };
  runOperator({ create: () => operator, schemas: [inputSchema] }, [event], harnessModes[0]!);
  expect(late).toThrow('outside of processElement');
});

function failureOf(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  throw new Error('it did not fail');
}
