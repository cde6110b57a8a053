import { expect, test } from 'vitest';
import { createColumn } from '../../../src/engine/batch/column.ts';
import {
  firstFailure,
  propagateFailures,
  throwFirstFailure,
} from '../../../src/engine/batch/failure.ts';
import { types } from './nullable-types.ts';

test('the first failure is that of the lowest row', () => {
  const column = createColumn(types.int);
  column.setFailure(7, 'seven');
  column.setFailure(3, 'three');
  expect(firstFailure(column, 8)).toEqual({ row: 3, reason: 'three' });
});

test('failures behind the rows of the batch do not count', () => {
  const column = createColumn(types.int);
  column.setFailure(7, 'seven');
  expect(firstFailure(column, 7)).toBeNull();
  expect(() => throwFirstFailure(column, 7)).not.toThrow();
});

test('a failed row is NULL until the column is reset', () => {
  const column = createColumn(types.int);
  column.setFailure(2, 'two');
  expect([column.nulls[2], column.hasNulls]).toEqual([1, true]);
  column.reset();
  expect([column.nulls[2], column.failures]).toEqual([0, null]);
});

test('where several operands fail in a row the first one is reported', () => {
  const [left, right, result] = [types.int, types.int, types.int].map((type) => createColumn(type));
  left!.setFailure(1, 'left');
  right!.setFailure(1, 'right');
  right!.setFailure(2, 'right');
  propagateFailures([left!, right!], result!);
  expect(result!.failures).toEqual(
    new Map([
      [1, 'left'],
      [2, 'right'],
    ]),
  );
});
