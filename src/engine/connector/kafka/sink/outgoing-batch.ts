/** A finished record batch on its way to one partition; its sender is stamped in when it is known. */
export interface OutgoingBatch {
  readonly partition: number;
  readonly recordCount: number;
  readonly records: Uint8Array;
}

/** Kafka's sequence numbers start again at 0 behind the largest 32-bit number. */
const SEQUENCE_LIMIT = 2 ** 31;

/** The next sequence number of each partition, for one producer and epoch. */
export class PartitionSequences {
  private readonly next = new Map<number, number>();

  /** The first one of `recordCount` that are used up. */
  take(partition: number, recordCount: number): number {
    const first = this.next.get(partition) ?? 0;
    this.next.set(partition, (first + recordCount) % SEQUENCE_LIMIT);
    return first;
  }
}
