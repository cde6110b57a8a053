import { expect, test } from 'vitest';
import { IntColumn, createColumn } from '../../../src/engine/batch/column.ts';
import { readValue } from '../../../src/engine/batch/read-value.ts';
import { writeValue } from '../../../src/engine/batch/write-value.ts';
import { StateReader } from '../../../src/engine/state/state-reader.ts';
import { StateWriter } from '../../../src/engine/state/state-writer.ts';
import { ValueNumbers } from '../../../src/engine/state/value-numbers.ts';
import type { Value } from '../../../src/expression/value.ts';
import { testMemory } from '../../support/test-memory.ts';
import { types } from '../batch/nullable-types.ts';

function numbersOf(numbers: ValueNumbers, values: readonly Value[]): readonly Value[] {
  const column = createColumn(types.text);
  for (const [row, value] of values.entries()) writeValue(column, row, value);
  const target = new IntColumn(types.int);
  numbers.numberRows(column, values.length, target);
  return values.map((_value, row) => readValue(target, row));
}

/** Forgets all values but these, which must be known. */
function keepOnly(numbers: ValueNumbers, values: readonly Value[]): void {
  numbersOf(numbers, values);
  const used = new Uint8Array(numbers.idLimit);
  for (let index = 0; index < numbers.idCount; index++) used[numbers.ids[index]!] = 1;
  numbers.retain(used);
}

function restored(numbers: ValueNumbers): ValueNumbers {
  const writer = new StateWriter();
  numbers.snapshotState(writer);
  const copy = new ValueNumbers(testMemory);
  copy.restoreState(new StateReader(writer.finish()));
  return copy;
}

test('a number is never used again, also after a restore', () => {
  const numbers = new ValueNumbers(testMemory);
  expect(numbersOf(numbers, ['a', 'b', 'c'])).toEqual([0, 1, 2]);
  keepOnly(numbers, ['b']);
  expect(numbers.size).toBe(1);
  expect(numbersOf(restored(numbers), ['c', 'b', 'a'])).toEqual([3, 1, 4]);
  expect(numbersOf(numbers, ['a', 'd', 'b', null])).toEqual([3, 4, 1, null]);
});

test('when the numbers are used up, a new value fails and the known ones do not', () => {
  const numbers = new ValueNumbers(testMemory, 2);
  numbersOf(numbers, ['a', 'b']);
  expect(numbersOf(numbers, ['b', 'a', null])).toEqual([1, 0, null]);
  expect(() => numbersOf(numbers, ['c'])).toThrow(
    expect.objectContaining({ code: 'DREY_DICTIONARY_FULL' }),
  );
});

test('many values', () => {
  const numbers = new ValueNumbers(testMemory);
  for (let from = 0; from < 10_000; from += 2_000) {
    const values = Array.from({ length: 2_000 }, (_value, index) => `v${from + index}`);
    expect(numbersOf(numbers, values)[1_999]).toBe(from + 1_999);
  }
  expect(numbersOf(restored(numbers), ['v9999', 'v10000', 'v0'])).toEqual([9_999, 10_000, 0]);
});
