/**
 * One record batch as it lies in a partition's log, and what a broker does to batches: it stamps
 * offset, leader epoch and, where the topic asks, the time; it writes markers of its own; it leaves
 * out records when it compacts. Bytes are copied on the way in and on the way out.
 */
import {
  BATCH_ATTRIBUTES,
  BATCH_FIELDS,
  BATCH_HEADER_BYTES,
  BATCH_LENGTH_OVERHEAD_BYTES,
  checkCrc,
  readBatchHeader,
  setBaseOffset,
  type BatchHeader,
} from '../../../kafka/batch-header.ts';
import { crc32c } from '../../../kafka/crc32c.ts';
import { readInt16, writeInt16, writeInt32, writeInt64 } from '../../../kafka/int64.ts';
import { RecordBatchWriter } from '../../../kafka/record-batch-writer.ts';
import { RecordSlices } from '../../../kafka/record-slices.ts';
import { DreyError } from '../../../errors/drey-error.ts';
import type { ProducerIdentity } from '../../kafka.ts';
import { Refusal } from './refusal.ts';

export interface StoredBatch {
  /** As it is stored: with its offset. */
  readonly header: BatchHeader;
  readonly bytes: Uint8Array;
}

export interface BatchStamp {
  readonly offset: number;
  readonly leaderEpoch: number;
  /** Null: the producer's times stay. */
  readonly logAppendTimeMs: number | null;
}

/** Of a control record: version 0, then 0 for an abort and 1 for a commit. */
const MARKER_KEY_BYTES = 4;
/** Version 0, then the coordinator's epoch. */
const MARKER_VALUE_BYTES = 6;

export function lastOffsetOf(batch: StoredBatch): number {
  return batch.header.baseOffset + batch.header.lastOffsetDelta;
}

/** The header of a batch that a client sends. Throws Refusal as Kafka's LogValidator. */
export function checkedHeader(records: Uint8Array, sizeBytesMax: number): BatchHeader {
  const header = headerOrRefusal(records);
  if (header.sizeBytes !== records.length || header.magic !== 2)
    throw new Refusal('INVALID_RECORD');
  if (header.sizeBytes > sizeBytesMax) throw new Refusal('MESSAGE_TOO_LARGE');
  if (!checkCrc(records, 0, header)) throw new Refusal('CORRUPT_MESSAGE');
  const isWhole = header.recordCount > 0 && header.lastOffsetDelta === header.recordCount - 1;
  if (header.isControl || !isWhole) throw new Refusal('INVALID_RECORD');
  if (header.producerId >= 0 && header.baseSequence < 0) throw new Refusal('INVALID_RECORD');
  return header;
}

export function stampedBatch(records: Uint8Array, stamp: BatchStamp): StoredBatch {
  const bytes = records.slice();
  setBaseOffset(bytes, 0, stamp.offset);
  writeInt32(bytes, BATCH_FIELDS.partitionLeaderEpoch, stamp.leaderEpoch);
  if (stamp.logAppendTimeMs !== null) {
    const attributes = readInt16(bytes, BATCH_FIELDS.attributes) | BATCH_ATTRIBUTES.logAppendTime;
    writeInt16(bytes, BATCH_FIELDS.attributes, attributes);
    writeInt64(bytes, BATCH_FIELDS.maxTimestamp, stamp.logAppendTimeMs);
    writeChecksum(bytes);
  }
  return { header: headerOrRefusal(bytes), bytes };
}

export function markerBatch(
  producer: ProducerIdentity,
  result: 'commit' | 'abort',
  stamp: BatchStamp & { readonly nowMs: number },
): StoredBatch {
  const key = new Uint8Array(MARKER_KEY_BYTES);
  writeInt16(key, 2, result === 'commit' ? 1 : 0);
  const writer = new RecordBatchWriter();
  const value = new Uint8Array(MARKER_VALUE_BYTES);
  writer.append({ timestampMs: stamp.nowMs, key, value, headers: [] });
  const bytes = writer.finish({ ...producer, baseSequence: -1, isTransactional: true });
  const attributes = readInt16(bytes, BATCH_FIELDS.attributes) | BATCH_ATTRIBUTES.control;
  writeInt16(bytes, BATCH_FIELDS.attributes, attributes);
  writeChecksum(bytes);
  return stampedBatch(bytes, stamp);
}

/**
 * The batch without the records that `isKept` says no to, by offset; null when none is left. Its
 * first and last offset stay, so that there is a gap. Compressed batches stay as they are.
 */
export function compactedBatch(
  batch: StoredBatch,
  isKept: (offset: number) => boolean,
): StoredBatch | null {
  const { header, bytes } = batch;
  if (header.isControl || header.compression !== 'none') return batch;
  const slices = slicesOf(batch);
  const kept: Uint8Array[] = [];
  let start = BATCH_HEADER_BYTES;
  for (let index = 0; index < slices.count; index++) {
    const end = slices.headersEnd[index] ?? start;
    if (isKept(header.baseOffset + (slices.offsetDelta[index] ?? 0))) {
      kept.push(bytes.subarray(start, end));
    }
    start = end;
  }
  if (kept.length === 0) return null;
  const records = Buffer.concat(kept);
  const rest = new Uint8Array(BATCH_HEADER_BYTES + records.length);
  rest.set(bytes.subarray(0, BATCH_HEADER_BYTES));
  rest.set(records, BATCH_HEADER_BYTES);
  writeInt32(rest, BATCH_FIELDS.length, rest.length - BATCH_LENGTH_OVERHEAD_BYTES);
  writeInt32(rest, BATCH_FIELDS.recordCount, kept.length);
  writeChecksum(rest);
  return { header: headerOrRefusal(rest), bytes: rest };
}

/** Of an uncompressed batch. */
export function slicesOf(batch: StoredBatch): RecordSlices {
  const slices = new RecordSlices();
  const { bytes, header } = batch;
  slices.read(bytes, BATCH_HEADER_BYTES, bytes.length, header.recordCount);
  return slices;
}

function writeChecksum(bytes: Uint8Array): void {
  writeInt32(bytes, BATCH_FIELDS.crc, crc32c(bytes, BATCH_FIELDS.attributes, bytes.length));
}

function headerOrRefusal(bytes: Uint8Array): BatchHeader {
  try {
    const header = readBatchHeader(bytes, 0);
    if (header !== null) return header;
  } catch (error) {
    if (!(error instanceof DreyError)) throw error;
  }
  throw new Refusal('CORRUPT_MESSAGE');
}
