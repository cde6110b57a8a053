/**
 * What one fetch brought of one partition: whole record batches, and which producers' records among
 * them are void. Batches are looked at in order; what is cut off at the end is asked for again.
 */
import { assert } from '../../../../errors/assert.ts';
import { readBatchHeader, type BatchHeader } from '../../../../kafka/batch-header.ts';
import { recordsCorrupt } from '../../../../kafka/records-corrupt.ts';
import type { FetchedPartition } from '../../../../platform/kafka.ts';

/** The message format of Kafka 0.11 and later; brokers since 4.0 keep no other. */
const MAGIC = 2;

export interface PlacedBatch {
  readonly header: BatchHeader;
  /** Where it starts in the chunk's bytes. */
  readonly at: number;
}

export class FetchedChunk {
  /** The offset that was asked for. */
  readonly startOffset: number;
  readonly bytes: Uint8Array;
  /** Behind the last whole batch. */
  readonly endOffset: number;
  private readonly batches: readonly PlacedBatch[];
  private next = 0;
  /** In the order of their first offsets. */
  private readonly aborted: FetchedPartition['abortedTransactions'];
  private nextAborted = 0;
  private readonly voidProducers = new Set<number>();

  /** Throws DREY_KAFKA_RECORDS_CORRUPT. */
  constructor(startOffset: number, fetched: FetchedPartition) {
    this.startOffset = startOffset;
    this.bytes = fetched.records;
    this.batches = batchesIn(fetched.records);
    const last = this.batches.at(-1);
    this.endOffset = last === undefined ? startOffset : offsetBehind(last.header);
    if (last !== undefined && this.endOffset <= startOffset) {
      throw recordsCorrupt('its records lie before the offset that was asked for', last.at);
    }
    this.aborted = [...fetched.abortedTransactions].sort((a, b) => a.firstOffset - b.firstOffset);
  }

  get isEmpty(): boolean {
    return this.batches.length === 0;
  }

  /** Null: all were taken. */
  take(): PlacedBatch | null {
    const batch = this.batches[this.next] ?? null;
    if (batch === null) return null;
    this.next++;
    while (this.nextAborted < this.aborted.length) {
      const { producerId, firstOffset } = this.aborted[this.nextAborted]!;
      if (firstOffset >= offsetBehind(batch.header)) break;
      this.voidProducers.add(producerId);
      this.nextAborted++;
    }
    return batch;
  }

  /** Of the batch that was taken last: its transaction was aborted. */
  isVoid({ isTransactional, producerId }: BatchHeader): boolean {
    return isTransactional && this.voidProducers.has(producerId);
  }

  /** The marker of an aborted transaction was taken: what follows of its producer counts again. */
  endTransaction(producerId: number): void {
    this.voidProducers.delete(producerId);
  }
}

export function offsetBehind({ baseOffset, lastOffsetDelta }: BatchHeader): number {
  return baseOffset + lastOffsetDelta + 1;
}

function batchesIn(bytes: Uint8Array): readonly PlacedBatch[] {
  const batches: PlacedBatch[] = [];
  for (let at = 0; ;) {
    const header = readBatchHeader(bytes, at);
    if (header === null) return batches;
    if (header.magic !== MAGIC) {
      throw recordsCorrupt(`message format ${header.magic} is from before Kafka 0.11`, at);
    }
    assert(header.sizeBytes > 0, 'a record batch has bytes');
    batches.push({ header, at });
    at += header.sizeBytes;
  }
}
