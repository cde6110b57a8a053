import { expect, test } from 'vitest';
import { BATCH_ROWS, BooleanColumn, LongColumn } from '../../../src/engine/batch/column.ts';
import { CountAccumulator } from '../../../src/engine/function/count.ts';
import { LinearMemory } from '../../../src/engine/memory/linear-memory.ts';

test('what lies where a condition is NULL is not counted, whatever it is', () => {
  const filter = new BooleanColumn({ root: 'BOOLEAN', nullable: true });
  // A byte of a text that lay there before.
  filter.values.set([1, 0xc3, 1, 0]);
  filter.nulls.set([0, 1, 0, 0]);
  filter.hasNulls = true;
  const count = new CountAccumulator(new LinearMemory());
  count.ensureSlots(1);
  count.accumulate(
    { rows: Int32Array.of(0, 1, 2, 3), count: 4, slots: new Int32Array(BATCH_ROWS) },
    { column: null, filter, keys: null, ids: null, idLimit: 0 },
  );
  const counted = new LongColumn({ root: 'BIGINT', nullable: false });
  count.emit(0, 1, counted);
  expect(counted.values[0]).toBe(2);
});
