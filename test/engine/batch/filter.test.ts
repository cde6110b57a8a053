import { expect, test } from 'vitest';
import { rowKinds } from '../../../src/engine/batch/batch.ts';
import { BATCH_ROWS } from '../../../src/engine/batch/column.ts';
import { RowFilter } from '../../../src/engine/batch/filter.ts';
import type { Value } from '../../../src/expression/value.ts';
import { batchOf, field, rowsOf } from './batch-of.ts';
import { call, column, literal } from './expressions.ts';
import { context } from './scalar-reference.ts';
import { types } from './nullable-types.ts';

const schema = [field('id', types.int), field('name', types.text), field('big', types.bigint)];
const isPositive = call('>', column(schema, 'id'), literal(types.int, 0));

function filter(): RowFilter {
  return new RowFilter(isPositive, schema, context);
}

function numbered(rowCount: number): Value[][] {
  return Array.from({ length: rowCount }, (_unused, row) => [row - 1, `name ${row}`, BigInt(row)]);
}

test.each([0, 1, 2, 7, BATCH_ROWS])('of %d rows those that are TRUE are left', (rowCount) => {
  const rows = numbered(rowCount);
  const kept = filter().apply(batchOf(schema, rows));
  expect(rowsOf(kept)).toEqual(rows.filter(([id]) => Number(id) > 0));
});

test('a row whose condition is NULL is left out', () => {
  const kept = filter().apply(
    batchOf(schema, [
      [null, 'a', 1n],
      [5, 'b', 2n],
    ]),
  );
  expect(rowsOf(kept)).toEqual([[5, 'b', 2n]]);
});

test('a batch of which all rows pass is handed on untouched', () => {
  const batch = batchOf(schema, [
    [1, 'a', 1n],
    [2, 'b', 2n],
  ]);
  expect(filter().apply(batch) === batch).toBe(true);
});

test('the text of kept rows stays in the block of the source', () => {
  const batch = batchOf(schema, [
    [-1, 'a', 1n],
    [2, 'b', 2n],
  ]);
  const kept = filter().apply(batch);
  const [source, target] = [batch.columns[1]!, kept.columns[1]!];
  expect(source.kind === 'bytes' && target.kind === 'bytes' && target.block === source.block).toBe(
    true,
  );
});

test('BIGINTs beyond float range come through', () => {
  const kept = filter().apply(
    batchOf(schema, [
      [0, '', 1n],
      [1, '', 9223372036854775807n],
    ]),
  );
  expect(rowsOf(kept)).toEqual([[1, '', 9223372036854775807n]]);
});

test('watermarks and row kinds of kept rows are taken over', () => {
  const batch = batchOf(schema, numbered(4));
  batch.kinds = Uint8Array.of(0, 1, rowKinds.updateAfter, rowKinds.delete);
  batch.watermarksBefore = Float64Array.of(10, 20, 30, 40);
  batch.watermarkAfter = 50;
  const kept = filter().apply(batch);
  expect([...kept.kinds!.subarray(0, 2)]).toEqual([rowKinds.updateAfter, rowKinds.delete]);
  expect([...kept.watermarksBefore!.subarray(0, 2)]).toEqual([30, 40]);
  expect(kept.watermarkAfter).toBe(50);
});

test('nothing of one batch is left in the next', () => {
  const rows = filter();
  const first = batchOf(schema, [
    [1, null, 9223372036854775807n],
    [0, 'x', 1n],
  ]);
  first.kinds = Uint8Array.of(3, 3);
  first.watermarksBefore = Float64Array.of(1, 1);
  rows.apply(first);
  const kept = rows.apply(
    batchOf(schema, [
      [0, 'y', 1n],
      [1, 'z', 2n],
    ]),
  );
  expect(rowsOf(kept)).toEqual([[1, 'z', 2n]]);
  expect([kept.kinds, kept.watermarksBefore, kept.watermarkAfter]).toEqual([null, null, -Infinity]);
});

test('a condition that cannot be computed for a row fails the job', () => {
  const quotient = call('/', literal(types.int, 10), column(schema, 'id'));
  const condition = call('>', quotient, literal(types.int, 3));
  const rows = new RowFilter(condition, schema, context);
  expect(() =>
    rows.apply(
      batchOf(schema, [
        [1, 'a', 1n],
        [0, 'b', 2n],
      ]),
    ),
  ).toThrow(
    expect.objectContaining({
      code: 'DREY_EXPRESSION_FAILED',
      message: 'where: Division by zero',
    }),
  );
});
