import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Batch } from '../../../src/engine/batch/batch.ts';
import { gatherRows } from '../../../src/engine/batch/gather.ts';
import { RowStore } from '../../../src/engine/batch/row-store.ts';
import type { Value } from '../../../src/expression/value.ts';
import { batchOf, field, rowsOf, type Row } from './batch-of.ts';
import { drawFrom, randomValue } from './random-values.ts';
import { types } from './nullable-types.ts';

const schema = Object.entries(types).map(([name, type]) => field(name, type));

function allRows(count: number): { rows: Int32Array; count: number } {
  return { rows: Int32Array.from({ length: count }, (_unused, row) => row), count };
}

/** What the store holds, read back the way an operator does. */
function contentOf(store: RowStore): Value[][] {
  const batch = new Batch(store.schema);
  gatherRows(store.columns, allRows(store.rowCount), batch.columns);
  batch.rowCount = store.rowCount;
  return rowsOf(batch);
}

test('rows of every type are kept while batches are filled again and the store grows', () => {
  fc.assert(
    fc.property(fc.integer(), fc.array(fc.nat(9), { maxLength: 6 }), (seed, sizes) => {
      const draw = drawFrom(seed);
      const store = new RowStore(schema, 2);
      const wanted: Row[] = [];
      for (const size of sizes) {
        const options = { narrow: draw(2) === 0, nullsOneIn: draw(3) * 3 };
        const rows = Array.from({ length: size }, () =>
          schema.map(({ type }) => randomValue(type, draw, options)),
        );
        const batch = batchOf(schema, rows);
        expect(store.append(batch, allRows(size))).toBe(wanted.length);
        for (const column of batch.columns) column.reset();
        wanted.push(...rows);
      }
      expect(contentOf(store)).toEqual(wanted);
    }),
  );
});

test('the store copies text, so that the block of the source can be used again', () => {
  const textSchema = [field('t', types.text)];
  const batch = batchOf(textSchema, [['first']]);
  const store = new RowStore(textSchema);
  store.append(batch, allRows(1));
  const column = batch.columns[0]!;
  if (column.kind === 'bytes') column.block.bytes.fill(0x78);
  expect(contentOf(store)).toEqual([['first']]);
});

test('a cleared store starts again at row 0', () => {
  const textSchema = [field('t', types.text)];
  const store = new RowStore(textSchema);
  store.append(batchOf(textSchema, [['a'], [null]]), allRows(2));
  store.clear();
  expect(store.append(batchOf(textSchema, [['b'], ['c']]), allRows(2))).toBe(0);
  expect(contentOf(store)).toEqual([['b'], ['c']]);
});
