/**
 * Says in a finished record batch who sends it: a batch that is kept, for a transaction or for
 * another try, is sent by a producer that was not known when it was written.
 * Invariant: its records, their order and their compression stay as they are.
 */
import { BATCH_ATTRIBUTES, BATCH_FIELDS } from './batch-header.ts';
import { crc32c } from './crc32c.ts';
import { readInt16, writeInt16, writeInt32, writeInt64 } from './int64.ts';

export interface BatchSender {
  readonly producerId: number;
  readonly epoch: number;
  readonly baseSequence: number;
  readonly isTransactional: boolean;
}

/** `batch`: one whole batch; it is changed. */
export function stampBatch(batch: Uint8Array, sender: BatchSender): void {
  const { producerId, epoch, baseSequence, isTransactional } = sender;
  const attributes = readInt16(batch, BATCH_FIELDS.attributes) & ~BATCH_ATTRIBUTES.transactional;
  const transactional = isTransactional ? BATCH_ATTRIBUTES.transactional : 0;
  writeInt16(batch, BATCH_FIELDS.attributes, attributes | transactional);
  writeInt64(batch, BATCH_FIELDS.producerId, producerId);
  writeInt16(batch, BATCH_FIELDS.producerEpoch, epoch);
  writeInt32(batch, BATCH_FIELDS.baseSequence, baseSequence);
  writeInt32(batch, BATCH_FIELDS.crc, crc32c(batch, BATCH_FIELDS.attributes, batch.length));
}
