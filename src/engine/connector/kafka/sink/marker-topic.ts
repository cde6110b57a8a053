/**
 * A compacted topic that keeps the markers of exactly-once sinks for ever, where the offsets of
 * groups expire: in each transaction its marker is also a record, under the group's name.
 * Invariant: a marker counts once its transaction was committed. Those of other slots may be open,
 * so the log is read to its end, and the end of each transaction is looked for in it.
 */
import { BATCH_HEADER_BYTES, readBatchHeader } from '../../../../kafka/batch-header.ts';
import { partitionOfKey } from '../../../../kafka/murmur2.ts';
import { RecordBatchWriter } from '../../../../kafka/record-batch-writer.ts';
import { RecordSlices } from '../../../../kafka/record-slices.ts';
import type { FetchedPartition, TopicPartition } from '../../../../platform/kafka.ts';
import { partitionFailure } from '../../../../platform/kafka-failure.ts';
import type { BatchSendingOptions } from './batch-sending.ts';
import { markerText, parseMarker, type CommitMarker } from './commit-marker.ts';
import type { OutgoingBatch } from './outgoing-batch.ts';

const FETCH_BYTES = 1024 * 1024;
const FETCH_WAIT_MS = 500;
const NO_PRODUCER = {
  producerId: -1,
  epoch: -1,
  baseSequence: -1,
  isTransactional: false,
} as const;
/** Type of a control record, in the last byte of its key: the transaction was committed. */
const COMMIT = 1;

const utf8 = new TextEncoder();

export class MarkerTopic {
  /** Of the marker topic. */
  readonly sending: BatchSendingOptions;
  private readonly group: string;
  private readonly key: Uint8Array;
  private readonly nowMs: () => number;
  private partitionCount = 0;

  constructor(sending: BatchSendingOptions, group: string) {
    this.sending = sending;
    this.group = group;
    this.key = utf8.encode(group);
    this.nowMs = () => sending.clock.nowMs();
  }

  /** Where the markers of the group are. Rejects with a KafkaError. */
  async place(): Promise<TopicPartition> {
    const { topic, leaders } = this.sending;
    if (this.partitionCount === 0) {
      const found = (await leaders.ask([topic])).find(({ name }) => name === topic);
      const error = found?.error ?? null;
      if (found === undefined || error !== null || found.partitions.length === 0) {
        throw this.failure('Metadata', error ?? 'LEADER_NOT_AVAILABLE');
      }
      this.partitionCount = found.partitions.length;
    }
    return { topic, partition: partitionOfKey(this.key, this.partitionCount) };
  }

  /** A batch with the marker, for the transaction under way. */
  async batchOf(marker: CommitMarker): Promise<OutgoingBatch> {
    const { partition } = await this.place();
    const writer = new RecordBatchWriter();
    const value = utf8.encode(markerText(marker));
    writer.append({ timestampMs: this.nowMs(), key: this.key, value, headers: [] });
    return { partition, recordCount: 1, records: writer.finish(NO_PRODUCER) };
  }

  /**
   * The last one that was committed; null: there is none. To be called when no transaction of the
   * slot is open. Rejects with a KafkaError.
   */
  async read(): Promise<CommitMarker | null> {
    const place = await this.place();
    const node = await this.leaderOf(place);
    const found = new FoundMarkers(this.key);
    let offset = await this.offsetAt(node, place, 'earliest');
    const end = await this.offsetAt(node, place, 'latest');
    while (offset < end) {
      const next = found.read(await this.fetchFrom(node, place, offset), offset);
      if (next === offset) throw this.failure('Fetch', 'CORRUPT_MESSAGE');
      offset = next;
    }
    return found.committed === null ? null : parseMarker(found.committed);
  }

  private async leaderOf(place: TopicPartition): Promise<number> {
    const { leaders, topic } = this.sending;
    if (leaders.of(place) === null) await leaders.ask([topic]);
    const leader = leaders.of(place);
    if (leader === null) throw this.failure('Metadata', 'LEADER_NOT_AVAILABLE');
    return leader;
  }

  private async offsetAt(
    node: number,
    place: TopicPartition,
    at: 'earliest' | 'latest',
  ): Promise<number> {
    const queries = [{ ...place, at }];
    const [found] = await this.sending.client.listOffsets(node, 'read_uncommitted', queries);
    if (found?.error === null && found.offset !== null) return found.offset;
    this.sending.leaders.forget(place);
    throw this.failure('ListOffsets', found?.error ?? 'UNKNOWN_SERVER_ERROR');
  }

  private async fetchFrom(
    node: number,
    place: TopicPartition,
    offset: number,
  ): Promise<FetchedPartition> {
    const [fetched] = await this.sending.client.fetch(node, {
      isolationLevel: 'read_uncommitted',
      maxWaitMs: FETCH_WAIT_MS,
      minBytes: 1,
      maxBytes: FETCH_BYTES,
      partitions: [{ ...place, offset, maxBytes: FETCH_BYTES }],
    });
    if (fetched?.error === null) return fetched;
    this.sending.leaders.forget(place);
    throw this.failure('Fetch', fetched?.error ?? 'UNKNOWN_SERVER_ERROR');
  }

  private failure(request: string, reason: Parameters<typeof partitionFailure>[1]): Error {
    const subject = `${this.sending.topic} (${this.group})`;
    return partitionFailure({ request, server: this.sending.server, subject }, reason);
  }
}

/** Markers under one key, on the way through the log. */
class FoundMarkers {
  committed: string | null = null;
  private readonly key: Uint8Array;
  private readonly slices = new RecordSlices();
  /** The last marker of transactions that have not ended yet, by producer. */
  private readonly open = new Map<number, string>();

  constructor(key: Uint8Array) {
    this.key = key;
  }

  /** Returns the offset behind what was read. */
  read({ records }: FetchedPartition, from: number): number {
    let next = from;
    for (let at = 0; at < records.length;) {
      const header = readBatchHeader(records, at);
      if (header === null) break;
      const end = at + header.sizeBytes;
      next = Math.max(next, header.baseOffset + header.lastOffsetDelta + 1);
      // Nobody else writes there; batches with markers are not compressed.
      if (header.compression === 'none') {
        this.slices.read(records, at + BATCH_HEADER_BYTES, end, header.recordCount);
        if (header.isControl) this.end(records, header.producerId);
        else this.note(records, header.producerId);
      }
      at = end;
    }
    return next;
  }

  private end(records: Uint8Array, producerId: number): void {
    const { keyStart, keyLength } = this.slices;
    const isCommit = records[keyStart[0]! + keyLength[0]! - 1] === COMMIT;
    if (isCommit) this.committed = this.open.get(producerId) ?? this.committed;
    this.open.delete(producerId);
  }

  private note(records: Uint8Array, producerId: number): void {
    const { count, keyStart, keyLength, valueStart, valueLength } = this.slices;
    for (let index = 0; index < count; index++) {
      const start = keyStart[index]!;
      if (!isEqual(records.subarray(start, start + keyLength[index]!), this.key)) continue;
      const value = valueStart[index]!;
      const text = records.subarray(value, value + Math.max(0, valueLength[index]!));
      this.open.set(producerId, new TextDecoder().decode(text));
    }
  }
}

function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}
