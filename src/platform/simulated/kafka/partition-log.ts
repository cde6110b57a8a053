/**
 * The log of one partition: batches by offset, how far they are replicated, which transactions in
 * it are open and which were aborted. All methods are synchronous; who leads, when followers
 * have caught up and whether a transaction is open elsewhere is the cluster's to know.
 *
 * Invariant: log start <= last stable offset <= high watermark <= log end.
 */
import type { BatchHeader } from '../../../kafka/batch-header.ts';
import type {
  AbortedTransaction,
  IsolationLevel,
  OffsetQuery,
  ProducerIdentity,
} from '../../kafka.ts';
import { ProducerStates, type NumberedBatch } from './producer-states.ts';
import { Refusal } from './refusal.ts';
import {
  checkedHeader,
  compactedBatch,
  lastOffsetOf,
  markerBatch,
  slicesOf,
  stampedBatch,
  type StoredBatch,
} from './stored-batch.ts';

export interface PartitionLogOptions {
  /** Kafka's message.timestamp.type. */
  readonly timestampType: 'CreateTime' | 'LogAppendTime';
  /** Kafka's max.message.bytes. */
  readonly batchBytesMax: number;
  /** Records without a key are refused. */
  readonly isCompacted: boolean;
}

export interface Appended {
  readonly baseOffset: number;
  /** The answer with `acks` -1 waits until the high watermark is there. */
  readonly endOffset: number;
}

export interface ReadBounds {
  readonly sizeBytesMax: number;
  readonly isolationLevel: IsolationLevel;
  /** A first batch that is larger comes all the same. */
  readonly isFirstWhole: boolean;
}

export interface LogRead {
  readonly records: Uint8Array;
  readonly abortedTransactions: readonly AbortedTransaction[];
}

interface AbortedSpan extends AbortedTransaction {
  readonly markerOffset: number;
}

export class PartitionLog {
  private readonly options: PartitionLogOptions;
  private batches: StoredBatch[] = [];
  private readonly producers = new ProducerStates();
  private aborted: AbortedSpan[] = [];
  private start = 0;
  private end = 0;
  private replicatedTo = 0;

  constructor(options: PartitionLogOptions) {
    this.options = options;
  }

  get logStart(): number {
    return this.start;
  }

  get logEnd(): number {
    return this.end;
  }

  get highWatermark(): number {
    return this.replicatedTo;
  }

  get lastStableOffset(): number {
    return Math.min(this.producers.firstOpenOffset() ?? this.replicatedTo, this.replicatedTo);
  }

  hasTransaction(producerId: number): boolean {
    return this.producers.hasTransaction(producerId);
  }

  /** The producer's transaction, if there is one, has written nothing here so far. */
  beginTransaction(header: BatchHeader): void {
    this.producers.begin(numbersOf(header));
  }

  /** Throws Refusal and changes nothing then. */
  append(records: Uint8Array, leaderEpoch: number, nowMs: number): Appended {
    const { timestampType, batchBytesMax, isCompacted } = this.options;
    const header = checkedHeader(records, batchBytesMax);
    const numbered = numbersOf(header);
    this.producers.expire(nowMs);
    if (header.producerId >= 0) {
      const known = this.producers.duplicateOf(numbered);
      if (known !== null) {
        return { baseOffset: known, endOffset: known + header.lastOffsetDelta + 1 };
      }
      this.producers.check(numbered);
    }
    const logAppendTimeMs = timestampType === 'LogAppendTime' ? nowMs : null;
    const batch = stampedBatch(records, { offset: this.end, leaderEpoch, logAppendTimeMs });
    if (isCompacted) checkKeys(batch);
    this.add(batch, nowMs);
    return { baseOffset: batch.header.baseOffset, endOffset: this.end };
  }

  /** The end of a transaction. Followers have all that is before it once they have it. */
  appendMarker(
    producer: ProducerIdentity,
    result: 'commit' | 'abort',
    stamp: { readonly leaderEpoch: number; readonly nowMs: number },
  ): void {
    const { nowMs, leaderEpoch } = stamp;
    const batch = markerBatch(producer, result, {
      offset: this.end,
      leaderEpoch,
      logAppendTimeMs: null,
      nowMs,
    });
    this.add(batch, nowMs);
    this.replicatedTo = this.end;
  }

  replicate(endOffset: number): void {
    this.replicatedTo = Math.min(this.end, Math.max(this.replicatedTo, endOffset));
  }

  /** A follower that has only what is replicated becomes the leader. True when records are lost. */
  truncateToReplicated(nowMs: number): boolean {
    if (this.end === this.replicatedTo) return false;
    const kept = this.batches.filter((batch) => lastOffsetOf(batch) < this.replicatedTo);
    this.batches = [];
    this.aborted = [];
    this.producers.clear();
    for (const batch of kept) this.add(batch, nowMs);
    this.end = this.replicatedTo;
    return true;
  }

  /** Retention: what lies before is gone, whole batches at a time. */
  removeBefore(offset: number): void {
    this.batches = this.batches.filter((batch) => lastOffsetOf(batch) >= offset);
    this.start = Math.min(this.replicatedTo, Math.max(this.start, offset));
    this.aborted = this.aborted.filter(({ markerOffset }) => markerOffset >= this.start);
  }

  /** Compaction: leaves gaps where `isKept` says no, below the last stable offset. */
  compact(isKept: (offset: number) => boolean): void {
    const stable = this.lastStableOffset;
    this.batches = this.batches.flatMap((batch) => {
      if (lastOffsetOf(batch) >= stable) return [batch];
      const rest = compactedBatch(batch, isKept);
      return rest === null ? [] : [rest];
    });
  }

  checkOffset(offset: number): void {
    if (offset < this.start || offset > this.end) throw new Refusal('OFFSET_OUT_OF_RANGE');
  }

  /** As Kafka: the last batch only as much as fits, the first whole or not at all. */
  read(offset: number, bounds: ReadBounds): LogRead {
    const { sizeBytesMax, isolationLevel, isFirstWhole } = bounds;
    const limit = this.fetchableEnd(isolationLevel);
    const parts: Uint8Array[] = [];
    let readBytes = 0;
    let readTo = offset;
    for (const batch of this.batches) {
      if (lastOffsetOf(batch) < offset) continue;
      if (lastOffsetOf(batch) >= limit) break;
      const isFirst = parts.length === 0;
      const room = isFirst && isFirstWhole ? batch.bytes.length : sizeBytesMax - readBytes;
      if (room <= 0 || (isFirst && room < batch.bytes.length)) break;
      const part = batch.bytes.subarray(0, Math.min(room, batch.bytes.length));
      parts.push(part);
      readBytes += part.length;
      readTo = lastOffsetOf(batch) + 1;
    }
    return {
      records: joined(parts, readBytes),
      abortedTransactions:
        isolationLevel === 'read_committed' ? this.abortedWithin(offset, readTo) : [],
    };
  }

  /** How many bytes a fetch from `offset` would find. */
  availableBytes(offset: number, isolationLevel: IsolationLevel): number {
    const limit = this.fetchableEnd(isolationLevel);
    let bytes = 0;
    for (const batch of this.batches) {
      const isWithin = lastOffsetOf(batch) >= offset && lastOffsetOf(batch) < limit;
      if (isWithin) bytes += batch.bytes.length;
    }
    return bytes;
  }

  /** Null: no record is that new. */
  find(at: OffsetQuery['at'], isolationLevel: IsolationLevel): number | null {
    const limit = this.fetchableEnd(isolationLevel);
    if (at === 'earliest') return this.start;
    if (at === 'latest') return limit;
    for (const batch of this.batches) {
      if (batch.header.maxTimestampMs < at) continue;
      const offset = firstNotBefore(batch, at, this.start);
      if (offset !== null) return offset < limit ? offset : null;
    }
    return null;
  }

  private fetchableEnd(isolationLevel: IsolationLevel): number {
    return isolationLevel === 'read_committed' ? this.lastStableOffset : this.replicatedTo;
  }

  private add(batch: StoredBatch, nowMs: number): void {
    const { header } = batch;
    if (header.isControl) {
      const { producerId } = header;
      const firstOffset = this.producers.end(producerId, header.producerEpoch, nowMs);
      if (firstOffset !== null && isAbort(batch)) {
        this.aborted.push({ producerId, firstOffset, markerOffset: header.baseOffset });
      }
    } else if (header.producerId >= 0) {
      this.producers.append({ ...numbersOf(header), firstOffset: header.baseOffset }, nowMs);
    }
    this.batches.push(batch);
    this.end = lastOffsetOf(batch) + 1;
  }

  /** As Kafka: in the order of their markers, not of their first offsets. */
  private abortedWithin(from: number, to: number): readonly AbortedTransaction[] {
    return this.aborted
      .filter(({ firstOffset, markerOffset }) => markerOffset >= from && firstOffset < to)
      .map(({ producerId, firstOffset }) => ({ producerId, firstOffset }));
  }
}

function numbersOf(header: BatchHeader): Omit<NumberedBatch, 'firstOffset'> {
  return {
    producerId: header.producerId,
    epoch: header.producerEpoch,
    firstSequence: header.baseSequence,
    lastSequence: header.baseSequence + header.lastOffsetDelta,
    isTransactional: header.isTransactional,
  };
}

function joined(parts: readonly Uint8Array[], sizeBytes: number): Uint8Array {
  const whole = new Uint8Array(sizeBytes);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function isAbort(marker: StoredBatch): boolean {
  const slices = slicesOf(marker);
  return marker.bytes[(slices.keyStart[0] ?? 0) + 3] === 0;
}

function checkKeys(batch: StoredBatch): void {
  if (batch.header.compression !== 'none') return;
  const slices = slicesOf(batch);
  for (let index = 0; index < slices.count; index++) {
    if (slices.keyLength[index] === -1) throw new Refusal('INVALID_RECORD');
  }
}

/** Unlike Kafka, which unpacks it: of a compressed batch the first record stands for all. */
function firstNotBefore(batch: StoredBatch, atMs: number, logStart: number): number | null {
  const { header } = batch;
  if (header.compression !== 'none' || header.timestampType === 'log-append') {
    return Math.max(header.baseOffset, logStart);
  }
  const slices = slicesOf(batch);
  for (let index = 0; index < slices.count; index++) {
    const offset = header.baseOffset + (slices.offsetDelta[index] ?? 0);
    const timestampMs = header.baseTimestampMs + (slices.timestampDelta[index] ?? 0);
    if (timestampMs >= atMs && offset >= logStart) return offset;
  }
  return null;
}
