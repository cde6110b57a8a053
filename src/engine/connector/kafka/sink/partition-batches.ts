/**
 * Record batches that are being filled, one for each partition, and those that are full.
 * Invariant: the batches of a partition leave in the order in which their records came.
 */
import type { BatchPacking, BatchRecord } from '../../../../kafka/record-batch-writer.ts';
import { RecordBatchWriter } from '../../../../kafka/record-batch-writer.ts';
import type { OutgoingBatch } from './outgoing-batch.ts';

export interface PartitionBatchesOptions {
  readonly partitionCount: number;
  /** Of one batch before compression; a record that is larger has a batch of its own. */
  readonly batchBytesMax: number;
  /** Null: batches are not compressed. */
  readonly packing: BatchPacking | null;
  /** Told of each batch that is closed. */
  readonly closed: (partition: number) => void;
}

/** Of one record beside key and value: lengths, deltas, attributes (as much as they can be). */
const RECORD_OVERHEAD_BYTES = 64;
/** Nobody has the batch yet: it is stamped when it is sent. */
const NO_PRODUCER = {
  producerId: -1,
  epoch: -1,
  baseSequence: -1,
  isTransactional: false,
} as const;

export class PartitionBatches {
  private readonly options: PartitionBatchesOptions;
  private readonly writers: (RecordBatchWriter | null)[];
  private full: OutgoingBatch[] = [];
  private fullBytes = 0;
  private openBytes = 0;

  constructor(options: PartitionBatchesOptions) {
    this.options = options;
    this.writers = Array.from({ length: options.partitionCount }, () => null);
  }

  /** Of all records that were not taken yet, before compression of those that are not full. */
  get sizeBytes(): number {
    return this.fullBytes + this.openBytes;
  }

  append(partition: number, record: BatchRecord): void {
    const writer = (this.writers[partition] ??= new RecordBatchWriter());
    const { key, value, headers } = record;
    let size = RECORD_OVERHEAD_BYTES + (key?.length ?? 0) + (value?.length ?? 0);
    for (const header of headers) {
      // In UTF-8 a character of the name takes three bytes at most.
      size += RECORD_OVERHEAD_BYTES + 3 * header.name.length + (header.value?.length ?? 0);
    }
    if (writer.count > 0 && writer.sizeBytes + size > this.options.batchBytesMax) {
      this.close(partition, writer);
    }
    const before = writer.count === 0 ? 0 : writer.sizeBytes;
    writer.append(record);
    this.openBytes += writer.sizeBytes - before;
  }

  /** All records so far, as whole batches. */
  take(): OutgoingBatch[] {
    for (const [partition, writer] of this.writers.entries()) {
      if (writer !== null && writer.count > 0) this.close(partition, writer);
    }
    const { full } = this;
    this.full = [];
    this.fullBytes = 0;
    return full;
  }

  private close(partition: number, writer: RecordBatchWriter): void {
    const { packing, closed } = this.options;
    const recordCount = writer.count;
    this.openBytes -= writer.sizeBytes;
    const compression = packing === null ? {} : { compression: packing };
    const records = writer.finish({ ...NO_PRODUCER, ...compression });
    this.full.push({ partition, recordCount, records });
    this.fullBytes += records.length;
    closed(partition);
  }
}
