import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createColumn } from '../../../src/engine/batch/column.ts';
import { readValue } from '../../../src/engine/batch/read-value.ts';
import { writeValue } from '../../../src/engine/batch/write-value.ts';
import type { LogicalType } from '../../../src/expression/type.ts';
import type { Value } from '../../../src/expression/value.ts';
import { drawFrom, randomValue } from './random-values.ts';
import { types } from './nullable-types.ts';

test.each(Object.entries(types))('%s values read back as they were written', (_name, type) => {
  const column = createColumn(type);
  fc.assert(
    fc.property(fc.integer(), fc.nat(40), (seed, count) => {
      const draw = drawFrom(seed);
      const values = Array.from({ length: count }, () =>
        randomValue(type, draw, { narrow: draw(2) === 0, nullsOneIn: 5 }),
      );
      column.reset();
      for (const [row, value] of values.entries()) writeValue(column, row, value);
      expect(values.map((_value, row) => readValue(column, row))).toEqual(values);
    }),
  );
});

function roundTrip(type: LogicalType, ...values: Value[]): Value[] {
  const column = createColumn(type);
  for (const [row, value] of values.entries()) writeValue(column, row, value);
  return values.map((_value, row) => readValue(column, row));
}

test('any text reads back, a lone surrogate as U+FFFD', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary', maxLength: 60 })), (texts) => {
      expect(roundTrip(types.text, ...texts)).toEqual(texts);
    }),
  );
  expect(roundTrip(types.text, 'a\ud800b')).toEqual(['a\ufffdb']);
});

test('a BIGINT that a float does not hold makes the batch wide and keeps the ones before', () => {
  expect(roundTrip(types.bigint, 5n, null, 9007199254740993n, -1n)).toEqual([
    5n,
    null,
    9007199254740993n,
    -1n,
  ]);
});

test('a timestamp before 1970 keeps its nanoseconds', () => {
  expect(roundTrip(types.timestamp, -1n, -1_000_001n, 1_000_000n)).toEqual([
    -1n,
    -1_000_001n,
    1_000_000n,
  ]);
});

test('texts beyond the first size of the block move along as it grows', () => {
  const texts = Array.from({ length: 300 }, (_unused, row) => `${row}:${'x'.repeat(row)}`);
  expect(roundTrip(types.text, ...texts)).toEqual(texts);
});

test('a value of another type is a bug', () => {
  expect(() => writeValue(createColumn(types.bigint), 0, 1)).toThrow('a 64-bit value is a bigint');
});
