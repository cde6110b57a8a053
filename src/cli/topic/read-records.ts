/**
 * The records of one partition's part of a fetch answer, as objects: for tools, not for jobs.
 * Left out are records before the place that was asked for, marks of transactions, and with
 * read_committed what was aborted.
 */
import { InputError } from '../../errors/drey-error.ts';
import {
  BATCH_HEADER_BYTES,
  BATCH_MAGIC,
  checkCrc,
  readBatchHeader,
  type BatchHeader,
} from '../../kafka/batch-header.ts';
import { readHeaders, RecordSlices, type RecordHeader } from '../../kafka/record-slices.ts';
import { recordsCorrupt } from '../../kafka/records-corrupt.ts';
import type { FetchedPartition } from '../../platform/kafka.ts';
import { partitionName } from './find-offsets.ts';
import type { KafkaSession } from './kafka-session.ts';

export interface ReadRecord {
  readonly partition: number;
  readonly offset: number;
  readonly timestampAtMs: number;
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly headers: readonly RecordHeader[];
}

export interface ReadRecords {
  readonly records: readonly ReadRecord[];
  /** Where to go on. */
  readonly nextOffset: number;
}

/** Second half of the key of a transaction's mark: its kind. */
const MARK_KIND_AT = 2;
const MARK_ABORT = 0;

/** The columns are reused from batch to batch. */
const slices = new RecordSlices();

/** `fetched` without an error. Throws DREY_KAFKA_RECORDS_CORRUPT. */
export function readRecords(
  fetched: FetchedPartition,
  fromOffset: number,
  unpack: KafkaSession['unpack'],
): ReadRecords {
  const records: ReadRecord[] = [];
  const aborted = new AbortedProducers(fetched);
  let nextOffset = fromOffset;
  try {
    for (let at = 0; ;) {
      const header = readBatchHeader(fetched.records, at);
      if (header === null) return { records, nextOffset };
      const bytes = fetched.records.subarray(at, at + header.sizeBytes);
      const batch = openBatch(bytes, header, unpack);
      const isVoid = aborted.isVoid(header, batch);
      if (!header.isControl && !isVoid) {
        for (let index = 0; index < slices.count; index++) {
          const record = recordOf(fetched.partition, header, batch, index);
          if (record.offset >= fromOffset) records.push(record);
        }
      }
      nextOffset = Math.max(nextOffset, header.baseOffset + header.lastOffsetDelta + 1);
      at += header.sizeBytes;
    }
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const place = `${partitionName(fetched)} behind offset ${nextOffset - 1}`;
    throw new InputError(error.code, `${place}: ${error.message}`, {
      details: { ...error.details, topic: fetched.topic, offset: nextOffset },
      cause: error,
    });
  }
}

/** The bytes of the records, whose places are in `slices` then. */
function openBatch(
  bytes: Uint8Array,
  header: BatchHeader,
  unpack: KafkaSession['unpack'],
): Uint8Array {
  if (header.magic !== BATCH_MAGIC) {
    throw recordsCorrupt(`message format ${header.magic} is older than Kafka 0.11`, 0);
  }
  if (!checkCrc(bytes, 0, header)) throw recordsCorrupt('the checksum is another', 0);
  const packed = bytes.subarray(BATCH_HEADER_BYTES);
  const { compression } = header;
  const records = compression === 'none' ? packed : unpack(compression, packed);
  slices.read(records, 0, records.length, header.recordCount);
  return records;
}

function recordOf(
  partition: number,
  header: BatchHeader,
  bytes: Uint8Array,
  index: number,
): ReadRecord {
  const slice = (start: number, length: number): Uint8Array | null =>
    length < 0 ? null : bytes.subarray(start, start + length);
  const deltaMs = slices.timestampDelta[index] ?? 0;
  return {
    partition,
    offset: header.baseOffset + (slices.offsetDelta[index] ?? 0),
    // As Kafka: the broker wrote its own time over that of the batch only.
    timestampAtMs:
      header.timestampType === 'log-append'
        ? header.maxTimestampMs
        : header.baseTimestampMs + deltaMs,
    key: slice(slices.keyStart[index] ?? 0, slices.keyLength[index] ?? -1),
    value: slice(slices.valueStart[index] ?? 0, slices.valueLength[index] ?? -1),
    headers: readHeaders(bytes, slices.headersStart[index] ?? 0, slices.headersEnd[index] ?? 0),
  };
}

/** Who was aborted at the place that has been reached: as Kafka's own consumer finds it. */
class AbortedProducers {
  private readonly open = new Set<number>();
  private readonly coming: { readonly producerId: number; readonly firstOffset: number }[];

  constructor({ abortedTransactions }: FetchedPartition) {
    this.coming = abortedTransactions.toSorted((a, b) => a.firstOffset - b.firstOffset);
  }

  isVoid(header: BatchHeader, batch: Uint8Array): boolean {
    const lastOffset = header.baseOffset + header.lastOffsetDelta;
    for (let next = this.coming[0]; next !== undefined; next = this.coming[0]) {
      if (next.firstOffset > lastOffset) break;
      this.open.add(next.producerId);
      this.coming.shift();
    }
    if (!header.isTransactional || !this.open.has(header.producerId)) return false;
    if (header.isControl && isAbort(batch)) this.open.delete(header.producerId);
    return true;
  }
}

function isAbort(batch: Uint8Array): boolean {
  const start = (slices.keyStart[0] ?? 0) + MARK_KIND_AT;
  return ((batch[start] ?? 0) << 8) + (batch[start + 1] ?? 0) === MARK_ABORT;
}
