import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Batch } from '../../../src/engine/batch/batch.ts';
import { BATCH_ROWS } from '../../../src/engine/batch/column.ts';
import { NO_ROW } from '../../../src/engine/batch/copy-rows.ts';
import { GatheredBatch, gatherRows } from '../../../src/engine/batch/gather.ts';
import { batchOf, field, rowsOf } from './batch-of.ts';
import { drawFrom, randomValue } from './random-values.ts';
import { types } from './nullable-types.ts';

const schema = Object.entries(types).map(([name, type]) => field(name, type));

function selectionOf(rows: readonly number[]): { rows: Int32Array; count: number } {
  return { rows: Int32Array.from(rows), count: rows.length };
}

test('rows of every type come in the order asked for, NULLs for a row that is not there', () => {
  const target = new Batch(schema);
  fc.assert(
    fc.property(fc.integer(), fc.nat(20), fc.nat(30), (seed, rowCount, count) => {
      const draw = drawFrom(seed);
      const options = { narrow: draw(2) === 0, nullsOneIn: draw(3) * 3 };
      const rows = Array.from({ length: rowCount }, () =>
        schema.map(({ type }) => randomValue(type, draw, options)),
      );
      const picks = Array.from({ length: count }, () => draw(rowCount + 1) - 1);
      gatherRows(batchOf(schema, rows).columns, selectionOf(picks), target.columns);
      target.rowCount = count;
      const missing = schema.map(() => null);
      expect(rowsOf(target)).toEqual(picks.map((row) => rows[row] ?? missing));
    }),
  );
});

test('text is not copied', () => {
  const source = batchOf([field('t', types.text)], [['abc']]).columns[0]!;
  const target = new Batch([field('t', types.text)]).columns[0]!;
  gatherRows([source], selectionOf([0, NO_ROW, 0]), [target]);
  expect(source.kind === 'bytes' && target.kind === 'bytes' && source.block === target.block).toBe(
    true,
  );
});

test('a failed value stays failed', () => {
  const source = batchOf([field('i', types.int)], [[1], [2]]).columns[0]!;
  source.setFailure(1, 'reason');
  const target = new Batch([field('i', types.int)]).columns[0]!;
  gatherRows([source], selectionOf([0, 1]), [target]);
  expect(target.failures).toEqual(new Map([[1, 'reason']]));
});

test('a full batch can be gathered', () => {
  const rows = Array.from({ length: BATCH_ROWS }, (_unused, row) => [row]);
  const intSchema = [field('i', types.int)];
  const reversed = rows.map((_row, index) => BATCH_ROWS - 1 - index);
  const gathered = new GatheredBatch(intSchema).take(
    batchOf(intSchema, rows),
    selectionOf(reversed),
  );
  expect(rowsOf(gathered)).toEqual(rows.toReversed());
});
