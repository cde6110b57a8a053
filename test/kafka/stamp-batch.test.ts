import { describe, expect, it } from 'vitest';
import { checkCrc, readBatchHeader } from '../../src/kafka/batch-header.ts';
import { RecordBatchWriter } from '../../src/kafka/record-batch-writer.ts';
import { stampBatch } from '../../src/kafka/stamp-batch.ts';

function batch(producerId: number): Uint8Array {
  const writer = new RecordBatchWriter();
  for (const text of ['a', 'b']) {
    const value = new TextEncoder().encode(text);
    writer.append({ timestampMs: 5, key: null, value, headers: [] });
  }
  const epoch = producerId === -1 ? -1 : 3;
  const baseSequence = producerId === -1 ? -1 : 7;
  return writer.finish({ producerId, epoch, baseSequence, isTransactional: producerId !== -1 });
}

describe('stamping a record batch', () => {
  it('makes of it what its sender would have written, and back', () => {
    const stamped = batch(-1);
    stampBatch(stamped, { producerId: 9, epoch: 3, baseSequence: 7, isTransactional: true });
    expect(stamped).toEqual(batch(9));
    stampBatch(stamped, { producerId: -1, epoch: -1, baseSequence: -1, isTransactional: false });
    expect(stamped).toEqual(batch(-1));
  });

  it('leaves a batch whose checksum is right', () => {
    const stamped = batch(-1);
    stampBatch(stamped, { producerId: 2 ** 40, epoch: 1, baseSequence: 0, isTransactional: true });
    const header = readBatchHeader(stamped, 0);
    expect(header).toMatchObject({ producerId: 2 ** 40, isTransactional: true, recordCount: 2 });
    expect(header !== null && checkCrc(stamped, 0, header)).toBe(true);
  });
});
