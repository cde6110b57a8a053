import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Batch, rowKinds } from '../../../src/engine/batch/batch.ts';
import { readValue } from '../../../src/engine/batch/read-value.ts';
import { writeValue } from '../../../src/engine/batch/write-value.ts';
import { DictionaryOperator } from '../../../src/engine/operator/dictionary.ts';
import type { LogicalType } from '../../../src/expression/type.ts';
import type { Value } from '../../../src/expression/value.ts';
import {
  runInAllModes,
  type HarnessEvent,
  type HarnessSpec,
} from '../../support/operator-harness.ts';
import { runs } from '../../support/property-runs.ts';
import { roomyTestMemory } from '../../support/test-memory.ts';
import { types } from '../batch/nullable-types.ts';

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
    create: () => new DictionaryOperator({ columnIndex: 1, outputSchema, ttlMs }, context),
    schemas: [schema],
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

test('values get numbers from 0 on in the order of their first rows, NULL gets none', () => {
  const { main } = runInAllModes(specOf(types.text), [
    rowsOf(['b', null, 'a', 'b', '', null, 'c', '']),
  ]);
  expect(main.map((row) => row[2])).toEqual([0, null, 1, 0, 2, null, 3, 2]);
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
      const seen: Value[] = [];
      const expected = batches.flat().map((each) => {
        if (each === null) return null;
        if (!seen.includes(each)) seen.push(each);
        return seen.indexOf(each);
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
  expect(rows).toEqual([
    [0, insert],
    [1, insert],
    [0, updateBefore],
    [2, updateAfter],
  ]);
});

describe('with a time to live', () => {
  const at = (nowMs: number): HarnessEvent => ({ kind: 'time', nowMs });
  const numbersOf = (events: readonly HarnessEvent[], ttlMs: number): readonly Value[] =>
    runInAllModes(specOf(types.text, ttlMs), events).main.map((row) => row[2]!);

  test('a value that occurs keeps its number, one that does not gets a new one', () => {
    const events = [rowsOf(['a', 'b']), at(60), rowsOf(['a']), at(100), rowsOf(['a', 'b', 'b'])];
    expect(numbersOf(events, 100)).toEqual([0, 1, 0, 0, 2, 2]);
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
        let count = 0;
        for (const { afterMs, values } of steps) {
          nowMs += afterMs;
          events.push(at(nowMs), rowsOf(values));
          for (const each of values) {
            const entry = each === null ? undefined : known.get(each);
            const number =
              entry !== undefined && nowMs - entry.seenMs < 100 ? entry.number : count++;
            if (each === null) count--;
            else known.set(each, { number, seenMs: nowMs });
            expected.push(each === null ? null : number);
          }
        }
        expect(numbersOf(events, 100)).toEqual(expected);
      }),
      { numRuns: runs(60) },
    );
  });
});
