import { expect, test } from 'vitest';
import { BATCH_ROWS, createColumn } from '../../../src/engine/batch/column.ts';
import { readValue } from '../../../src/engine/batch/read-value.ts';
import { CountAccumulator } from '../../../src/engine/function/count.ts';
import { roomyTestMemory } from '../../support/test-memory.ts';
import { types } from '../batch/nullable-types.ts';

test('a row whose condition is NULL is not counted, whatever lies under the NULL', () => {
  const memory = roomyTestMemory();
  const filter = createColumn(types.boolean, BATCH_ROWS, null);
  if (filter.kind !== 'boolean') throw new Error('a condition is a boolean');
  filter.values.set([1, 192, 0]);
  filter.nulls.set([0, 1, 0]);
  filter.hasNulls = true;
  const counts = new CountAccumulator(memory);
  counts.ensureSlots(1);
  const rows = Int32Array.of(0, 1, 2);
  const slots = new Int32Array(BATCH_ROWS);
  counts.accumulate(
    { rows, count: 3, slots },
    { column: null, filter, keys: null, ids: null, idLimit: 0 },
  );
  const result = createColumn(types.bigint, 1, null);
  counts.emitSlot(0, result, 0);
  expect(readValue(result, 0)).toBe(1n);
});
