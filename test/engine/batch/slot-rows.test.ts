import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Batch } from '../../../src/engine/batch/batch.ts';
import { areRowsEqual } from '../../../src/engine/batch/equal-rows.ts';
import { gatherRows } from '../../../src/engine/batch/gather.ts';
import { SlotRows } from '../../../src/engine/batch/slot-rows.ts';
import type { Value } from '../../../src/expression/value.ts';
import { runs } from '../../support/property-runs.ts';
import { batchOf, field, rowsOf, type Row } from './batch-of.ts';
import { types } from './nullable-types.ts';
import { drawFrom, randomValue } from './random-values.ts';

const schema = Object.entries(types).map(([name, type]) => field(name, type));

function rowsAt(store: SlotRows, slots: readonly number[]): Value[][] {
  const batch = new Batch(store.schema);
  const selection = { rows: Int32Array.from(slots), count: slots.length };
  gatherRows(store.columns, selection, batch.columns);
  batch.rowCount = slots.length;
  return rowsOf(batch);
}

function write(store: SlotRows, rows: readonly Row[], slots: readonly number[]): void {
  const batch = batchOf(store.schema, rows);
  const from = Int32Array.from(rows.keys());
  store.write(batch.columns, { from, to: Int32Array.from(slots), count: rows.length });
  for (const column of batch.columns) column.reset();
}

test('rows of every type stay under their slots while others come and go', () => {
  const steps = fc.array(fc.record({ added: fc.nat(40), removed: fc.nat(30) }), { maxLength: 8 });
  fc.assert(
    fc.property(fc.integer(), steps, (seed, changes) => {
      const draw = drawFrom(seed);
      const store = new SlotRows(schema);
      const wanted = new Map<number, Row>();
      for (const { added, removed } of changes) {
        const options = { narrow: draw(2) === 0, nullsOneIn: draw(3) * 3 };
        const rows = Array.from({ length: added }, () =>
          schema.map(({ type }) => randomValue(type, draw, options)),
        );
        const slots = rows.map(() => store.allocate());
        write(store, rows, slots);
        for (const [index, slot] of slots.entries()) {
          expect(wanted.has(slot)).toBe(false);
          wanted.set(slot, rows[index]!);
        }
        for (let count = 0; count < removed && wanted.size > 0; count++) {
          const slot = [...wanted.keys()][draw(wanted.size)]!;
          store.release(slot);
          wanted.delete(slot);
        }
        expect(store.rowCount).toBe(wanted.size);
        expect(rowsAt(store, [...wanted.keys()])).toEqual([...wanted.values()]);
      }
    }),
    { numRuns: runs(100) },
  );
});

test('text that nobody refers to any more is given up', () => {
  const store = new SlotRows([field('text', types.text)]);
  const slot = store.allocate();
  const column = () => store.columns[0]!;
  for (let index = 0; index < 20_000; index++) write(store, [[`${index}`.repeat(20)]], [slot]);
  expect(rowsAt(store, [slot])).toEqual([['19999'.repeat(20)]]);
  const { kind } = column();
  expect(kind).toBe('bytes');
  const kept = column();
  expect(kept.kind === 'bytes' && kept.block.bytes.length).toBeLessThan(256 * 1024);
});

test('two rows are equal when all their values are', () => {
  const store = new SlotRows(schema);
  const draw = drawFrom(7);
  const options = { narrow: false, nullsOneIn: 5 };
  const rows = Array.from({ length: 30 }, () =>
    schema.map(({ type }) => randomValue(type, draw, options)),
  );
  const first = rows.map(() => store.allocate());
  const second = rows.map(() => store.allocate());
  write(store, rows, first);
  write(store, rows, second);
  for (const [index, slot] of first.entries()) {
    expect(areRowsEqual(store.columns, slot, second[index]!)).toBe(true);
    expect(areRowsEqual(store.columns, slot, second[(index + 1) % second.length]!)).toBe(false);
  }
});
