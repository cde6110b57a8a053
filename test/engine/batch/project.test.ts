import { expect, test } from 'vitest';
import { BATCH_ROWS } from '../../../src/engine/batch/column.ts';
import { RowProjection } from '../../../src/engine/batch/project.ts';
import { batchOf, field, rowsOf } from './batch-of.ts';
import { call, column, literal } from './expressions.ts';
import { context } from './scalar-reference.ts';
import { types } from './nullable-types.ts';

const inputSchema = [field('id', types.int), field('name', types.text)];
const outputSchema = [field('name', types.text), field('next', types.int), field('one', types.int)];

function projection(): RowProjection {
  return new RowProjection(
    {
      inputSchema,
      outputSchema,
      expressions: [
        column(inputSchema, 'name'),
        call('+', column(inputSchema, 'id'), literal(types.int, 1)),
        literal(types.int, 1),
      ],
    },
    context,
  );
}

test.each([0, 1, BATCH_ROWS])('the output has the columns of %d input rows', (rowCount) => {
  const rows = Array.from({ length: rowCount }, (_unused, row) => [row, `n${row}`]);
  const output = projection().apply(batchOf(inputSchema, rows));
  expect(rowsOf(output)).toEqual(rows.map(([id, name]) => [name, Number(id) + 1, 1]));
});

test('a column that passes is that of the input', () => {
  const batch = batchOf(inputSchema, [[1, 'a']]);
  expect(projection().apply(batch).columns[0] === batch.columns[1]).toBe(true);
});

test('kinds and watermarks pass', () => {
  const batch = batchOf(inputSchema, [[1, 'a']]);
  batch.kinds = Uint8Array.of(2);
  batch.watermarksBefore = Float64Array.of(7);
  batch.watermarkAfter = 8;
  const output = projection().apply(batch);
  expect(output.kinds).toBe(batch.kinds);
  expect(output.watermarksBefore).toBe(batch.watermarksBefore);
  expect(output.watermarkAfter).toBe(8);
});

test('a value that cannot be computed fails the job and names its column', () => {
  const expressions = [call('/', literal(types.int, 1), column(inputSchema, 'id'))];
  const rows = new RowProjection(
    { inputSchema, outputSchema: [field('share', types.int)], expressions },
    context,
  );
  expect(() => rows.apply(batchOf(inputSchema, [[0, 'a']]))).toThrow(
    expect.objectContaining({
      code: 'DREY_EXPRESSION_FAILED',
      message: 'share: Division by zero',
    }),
  );
});
