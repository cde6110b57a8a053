import { expect, test } from 'vitest';
import { appendRows } from '../../../src/engine/batch/append-rows.ts';
import { Batch, rowKinds, WATERMARK_MIN } from '../../../src/engine/batch/batch.ts';
import { BATCH_ROWS } from '../../../src/engine/batch/column.ts';
import { batchOf, field, rowsOf } from './batch-of.ts';
import { types } from './nullable-types.ts';

const schema = [field('id', types.bigint), field('name', types.text)];

function selectionOf(...rows: number[]): { rows: Int32Array; count: number } {
  return { rows: Int32Array.from(rows), count: rows.length };
}

test('rows are added behind those that are there', () => {
  const target = new Batch(schema);
  appendRows(
    batchOf(schema, [
      [1n, 'a'],
      [2n, null],
      [3n, 'c'],
    ]),
    selectionOf(2, 1),
    target,
  );
  appendRows(batchOf(schema, [[9223372036854775807n, 'd']]), selectionOf(0), target);
  expect(rowsOf(target)).toEqual([
    [3n, 'c'],
    [2n, null],
    [9223372036854775807n, 'd'],
  ]);
});

test('appended text outlives the block it came from', () => {
  const source = batchOf(schema, [[1n, 'a text of some length']]);
  const target = new Batch(schema);
  appendRows(source, selectionOf(0), target);
  const column = source.columns[1]!;
  if (column.kind === 'bytes') column.block.bytes.fill(0);
  expect(rowsOf(target)).toEqual([[1n, 'a text of some length']]);
});

test('kinds and watermarks come along, with the defaults where a batch has none', () => {
  const changes = batchOf(schema, [[1n, 'a']]);
  changes.kinds = Uint8Array.of(rowKinds.delete);
  changes.watermarksBefore = Float64Array.of(5);
  changes.watermarkAfter = 6;
  const target = new Batch(schema);
  appendRows(batchOf(schema, [[0n, 'z']]), selectionOf(0), target);
  appendRows(changes, selectionOf(0), target);
  expect([...target.kinds!.subarray(0, 2)]).toEqual([rowKinds.insert, rowKinds.delete]);
  expect([...target.watermarksBefore!.subarray(0, 2)]).toEqual([WATERMARK_MIN, 5]);
  expect(target.watermarkAfter).toBe(6);
});

test('more rows than a batch holds are a bug', () => {
  const target = new Batch(schema);
  target.rowCount = BATCH_ROWS;
  expect(() => appendRows(batchOf(schema, [[1n, 'a']]), selectionOf(0), target)).toThrow(
    'appended rows fit into the batch',
  );
});
