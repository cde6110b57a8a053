import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Batch, rowKinds } from '../../../src/engine/batch/batch.ts';
import { readValue } from '../../../src/engine/batch/read-value.ts';
import { writeValue } from '../../../src/engine/batch/write-value.ts';
import { DictionaryOperator } from '../../../src/engine/operator/dictionary.ts';
import type { LogicalType } from '../../../src/expression/type.ts';
import type { Value } from '../../../src/expression/value.ts';
import {
  modesOf,
  runInAllModes,
  runOperator,
  type HarnessEvent,
  type HarnessSpec,
} from '../../support/operator-harness.ts';
import { NaiveNumbers } from '../../support/key-groups-of.ts';
import { checkStates } from '../../support/stored-states.ts';
import { runs } from '../../support/property-runs.ts';
import { roomyTestMemory } from '../../support/test-memory.ts';
import { types } from '../batch/nullable-types.ts';
import { drawFrom } from '../batch/random-values.ts';

let now = 0;
const evaluation = { timeZone: 'UTC', nowMs: () => now, random: () => 0 };

function specOf(type: LogicalType, ttlMs = 0): HarnessSpec {
  const schema = [
    { name: 'n', type: types.bigint },
    { name: 'value', type },
  ];
  const outputSchema = [...schema, { name: 'number', type: types.int }];
  const context = { evaluation, memory: roomyTestMemory() };
  return {
    create: (barrierIdsMax) =>
      new DictionaryOperator(
        { columnIndex: 1, outputSchema, ttlMs },
        barrierIdsMax === undefined ? context : { ...context, barrierIdsMax },
      ),
    writesLater: true,
    schemas: [schema],
    keyColumns: [[1]],
    setNow: (nowMs) => {
      now = nowMs;
    },
  };
}

const rowsOf = (values: readonly Value[]): HarnessEvent => ({
  kind: 'rows',
  input: 0,
  rows: values.map((value, index) => ({ values: [BigInt(index), value] })),
});

test('a value has one number, in the order of the first rows of its key group; NULL has none', () => {
  const values = ['b', null, 'a', 'b', '', null, 'c', ''];
  const { main } = runInAllModes(specOf(types.text), [rowsOf(values)]);
  const numbers = new NaiveNumbers(types.text);
  const [b, a, empty, c] = ['b', 'a', '', 'c'].map((value) => numbers.next(value));
  expect(main.map((row) => row[2])).toEqual([b, null, a, b, empty, null, c, empty]);
});

test('watermarks pass', () => {
  const events: HarnessEvent[] = [
    rowsOf(['a']),
    { kind: 'watermark', input: 0, watermarkMs: 5 },
    { kind: 'watermark', input: 0, watermarkMs: Infinity },
    { kind: 'end', input: 0 },
  ];
  expect(runInAllModes(specOf(types.text), events).watermarks).toEqual([5, Infinity]);
});

test.each<[string, LogicalType, fc.Arbitrary<Value>]>([
  ['texts', types.text, fc.string({ maxLength: 3 })],
  ['integers', types.bigint, fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })],
  ['decimals', types.decimal, fc.bigInt({ min: -20n, max: 20n })],
  ['booleans', types.boolean, fc.boolean()],
])('numbers of %s are those of a list of the values seen', (_name, type, value) => {
  const some = fc.array(fc.option(value, { freq: 6 }), { maxLength: 40 });
  fc.assert(
    fc.property(fc.array(some, { maxLength: 4 }), (batches) => {
      const { main } = runInAllModes(specOf(type), batches.map(rowsOf));
      const numbers = new NaiveNumbers(type);
      const seen = new Map<Value, number>();
      const expected = batches.flat().map((each) => {
        if (each === null) return null;
        if (!seen.has(each)) seen.set(each, numbers.next(each));
        return seen.get(each);
      });
      expect(main.map((row) => row[2])).toEqual(expected);
    }),
    { numRuns: runs(30) },
  );
});

test('rows keep their kinds, and an update is taken back under its number', () => {
  const { create, schemas } = specOf(types.text);
  const operator = create();
  const rows: (readonly [Value, number | null])[] = [];
  operator.open({
    main: {
      isFull: false,
      emit: (batch) => {
        for (let row = 0; row < batch.rowCount; row++) {
          rows.push([readValue(batch.columns[2]!, row), batch.kinds?.[row] ?? null]);
        }
      },
      emitWatermark: () => undefined,
      emitIdleness: () => undefined,
    },
    side: () => null,
  });
  const batch = new Batch(schemas[0]!);
  for (const [row, value] of ['a', 'b', 'a', 'c'].entries()) {
    writeValue(batch.columns[0]!, row, BigInt(row));
    writeValue(batch.columns[1]!, row, value);
  }
  batch.rowCount = 4;
  const { insert, updateBefore, updateAfter } = rowKinds;
  batch.kinds = Uint8Array.of(insert, insert, updateBefore, updateAfter);
  expect(operator.processBatch(batch, 0)).toBe(true);
  operator.close();
  const [a] = rows[0]!;
  expect(rows.map(([, kind]) => kind)).toEqual([insert, insert, updateBefore, updateAfter]);
  expect(rows[2]![0]).toBe(a);
  expect(new Set(rows.map(([number]) => number)).size).toBe(3);
});

describe('with a time to live', () => {
  const at = (nowMs: number): HarnessEvent => ({ kind: 'time', nowMs });
  const numbersOf = (events: readonly HarnessEvent[], ttlMs: number): readonly Value[] =>
    runInAllModes(specOf(types.text, ttlMs), events).main.map((row) => row[2]!);

  test('a value that occurs keeps its number, one that does not gets a new one', () => {
    const events = [rowsOf(['a', 'b']), at(60), rowsOf(['a']), at(100), rowsOf(['a', 'b', 'b'])];
    const numbers = new NaiveNumbers(types.text);
    const [a, b, again] = ['a', 'b', 'b'].map((value) => numbers.next(value));
    expect(numbersOf(events, 100)).toEqual([a, b, a, a, again, again]);
  });

  test('numbers are those of a map of the values and when they occurred', () => {
    const value = fc.option(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { freq: 8 });
    const step = fc.record({ afterMs: fc.nat({ max: 60 }), values: fc.array(value) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 15 }), (steps) => {
        const events: HarnessEvent[] = [];
        const known = new Map<string, { number: number; seenMs: number }>();
        const expected: (number | null)[] = [];
        let nowMs = 0;
        const numbers = new NaiveNumbers(types.text);
        for (const { afterMs, values } of steps) {
          nowMs += afterMs;
          events.push(at(nowMs), rowsOf(values));
          for (const each of values) {
            if (each === null) {
              expected.push(null);
              continue;
            }
            const entry = known.get(each);
            const isKnown = entry !== undefined && nowMs - entry.seenMs < 100;
            const number = isKnown ? entry.number : numbers.next(each);
            known.set(each, { number, seenMs: nowMs });
            expected.push(number);
          }
        }
        expect(numbersOf(events, 100)).toEqual(expected);
      }),
      { numRuns: runs(60) },
    );
  });
});

test('over any changes of parallelism a value keeps its number, and no two values share one', () => {
  const value = fc.integer({ min: 0, max: 60 }).map((each) => `v${each}`);
  fc.assert(
    fc.property(fc.array(fc.array(value, { maxLength: 12 }), { maxLength: 8 }), (batches) => {
      const events = batches.map(rowsOf);
      const numbers = new Map<Value, Value>();
      for (const mode of modesOf(specOf(types.text))) {
        for (const [, each, number] of runOperator(specOf(types.text), events, mode).main) {
          expect(numbers.get(each!) ?? number).toBe(number);
          numbers.set(each!, number!);
        }
      }
      expect(new Set(numbers.values()).size).toBe(numbers.size);
    }),
    { numRuns: runs(30) },
  );
});

test('the number of a forgotten value is not given again after a restore at another parallelism', () => {
  const spec = specOf(types.text, 100);
  const at = (nowMs: number): HarnessEvent => ({ kind: 'time', nowMs });
  const events: HarnessEvent[] = [];
  for (let round = 0; round < 6; round++) {
    events.push(rowsOf(Array.from({ length: 200 }, (_, index) => `${round} ${index}`)));
    events.push(at((round + 1) * 100));
  }
  const mode = { rowsPerBatch: 50, outputCapacity: 'unlimited', snapshots: 'rescaled' } as const;
  const { main } = runOperator(spec, events, mode);
  expect(new Set(main.map((row) => row[2])).size).toBe(1200);
});

test('state is divided by key group and read back equal; corrupt state is refused', () => {
  const value = fc.option(fc.string({ maxLength: 3 }), { freq: 8 });
  const batches = fc.array(fc.array(value, { maxLength: 20 }), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(fc.integer(), batches, fc.constantFrom(0, 100), (seed, values, ttlMs) => {
      checkStates(specOf(types.text, ttlMs), values.map(rowsOf), drawFrom(seed));
    }),
    { numRuns: runs(20) },
  );
});
