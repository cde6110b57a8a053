import { describe, expect, test } from 'vitest';
import { BatchPool, TransferBatch } from '../../../src/engine/channel/transfer-batch.ts';
import { batchOf, field, rowsOf } from '../batch/batch-of.ts';
import { types } from '../batch/nullable-types.ts';

const schema = [field('id', types.int)];
const every = Int32Array.of(0, 1, 2, 3);

function withRows(ids: readonly number[], kinds: readonly number[] | null, times: number[] | null) {
  const batch = batchOf(
    schema,
    ids.map((id) => [id]),
  );
  if (kinds !== null) batch.kinds = Uint8Array.from(kinds);
  if (times !== null) batch.watermarksBefore = Float64Array.from(times);
  return batch;
}

describe('a transfer batch', () => {
  test('takes row kinds over; rows without are inserts, before and behind', () => {
    const transfer = new TransferBatch(schema, 8, null);
    transfer.append(withRows([1, 2], null, null), { rows: every, count: 2 });
    transfer.append(withRows([3, 4], [1, 2], null), { rows: every, count: 2 });
    transfer.append(withRows([5], null, null), { rows: every, count: 1 });
    expect(rowsOf(transfer.batch).flat()).toEqual([1, 2, 3, 4, 5]);
    expect([...transfer.batch.kinds!.subarray(0, 5)]).toEqual([0, 0, 1, 2, 0]);
  });

  test('takes watermarks over; without one the last that was known holds', () => {
    const transfer = new TransferBatch(schema, 8, null);
    transfer.append(withRows([1], null, null), { rows: every, count: 1 });
    transfer.append(withRows([2, 3], null, [5, 7]), { rows: every, count: 2 });
    transfer.append(withRows([4], null, null), { rows: every, count: 1 });
    expect([...transfer.batch.watermarksBefore!.subarray(0, 4)]).toEqual([-Infinity, 5, 7, 7]);
  });

  test('takes the rows that are selected, in their order', () => {
    const transfer = new TransferBatch(schema, 4, null);
    const rows = Int32Array.of(2, 0);
    transfer.append(withRows([1, 2, 3], [0, 1, 2], null), { rows, count: 2 });
    expect(rowsOf(transfer.batch).flat()).toEqual([3, 1]);
    expect([...transfer.batch.kinds!.subarray(0, 2)]).toEqual([2, 0]);
  });
});

describe('a pool', () => {
  test('gives out what came back, empty', () => {
    const pool = new BatchPool(schema, 4, null);
    const first = pool.take();
    first.append(withRows([1], [3], [9]), { rows: every, count: 1 });
    pool.giveBack(first);
    const again = pool.take();
    expect(again).toBe(first);
    expect(again.batch).toMatchObject({ rowCount: 0, kinds: null, watermarksBefore: null });
    expect(pool.take()).not.toBe(first);
  });

  test('does not keep batches of another size', () => {
    const pool = new BatchPool(schema, 4, null);
    const restored = new TransferBatch(schema, 2, null);
    pool.giveBack(restored);
    expect(pool.take()).not.toBe(restored);
  });
});
