/**
 * Builds one record batch of message format 2. Records are written behind room for the header,
 * which `finish` fills in; the memory is kept for the next batch.
 * Invariant: offset deltas count up from 0, and the batch's base time is that of its first record.
 */
import { assert } from '../errors/assert.ts';
import {
  BATCH_ATTRIBUTES,
  BATCH_COMPRESSIONS,
  BATCH_FIELDS,
  BATCH_HEADER_BYTES,
  BATCH_LENGTH_OVERHEAD_BYTES,
  BATCH_MAGIC,
  type BatchCompression,
} from './batch-header.ts';
import { crc32c } from './crc32c.ts';
import { writeInt16, writeInt32, writeInt64 } from './int64.ts';

export interface BatchRecord {
  readonly timestampMs: number;
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly headers: readonly BatchRecordHeader[];
}

export interface BatchRecordHeader {
  readonly name: string;
  readonly value: Uint8Array | null;
}

export interface BatchIdentity {
  /** -1, as the next two, for a producer without an identity. */
  readonly producerId: number;
  readonly epoch: number;
  readonly baseSequence: number;
  readonly isTransactional: boolean;
  readonly compression?: BatchPacking;
}

export interface BatchPacking {
  readonly format: Exclude<BatchCompression, 'none'>;
  readonly pack: (records: Uint8Array) => Uint8Array;
}

const CAPACITY_FIRST_BYTES = 16 * 1024;
/** Attributes, and six numbers of at most ten and five bytes with the record's length before. */
const RECORD_OVERHEAD_BYTES = 1 + 10 + 5 * 5;
/** Two lengths. */
const HEADER_OVERHEAD_BYTES = 2 * 5;

const utf8 = new TextEncoder();

export class RecordBatchWriter {
  private bytes = new Uint8Array(CAPACITY_FIRST_BYTES);
  private at = BATCH_HEADER_BYTES;
  private records = 0;
  private baseTimestampMs = 0;
  private maxTimestampMs = 0;

  get count(): number {
    return this.records;
  }

  /** Before compression, the header included. */
  get sizeBytes(): number {
    return this.at;
  }

  append(record: BatchRecord): void {
    const { timestampMs, key, value, headers } = record;
    if (this.records === 0) {
      this.baseTimestampMs = timestampMs;
      this.maxTimestampMs = timestampMs;
    } else if (timestampMs > this.maxTimestampMs) this.maxTimestampMs = timestampMs;
    const names = headers.length === 0 ? NO_NAMES : encodedNames(headers);
    const timestampDelta = timestampMs - this.baseTimestampMs;
    let length =
      1 +
      sizeOfNumber(timestampDelta) +
      sizeOfNumber(this.records) +
      sizeOfBytes(key) +
      sizeOfBytes(value) +
      sizeOfNumber(headers.length);
    for (let index = 0; index < names.length; index++) {
      length += sizeOfBytes(names[index] ?? null) + sizeOfBytes(headers[index]?.value ?? null);
    }
    this.reserve(length + RECORD_OVERHEAD_BYTES + headers.length * HEADER_OVERHEAD_BYTES);
    this.writeNumber(length);
    this.bytes[this.at++] = 0;
    this.writeNumber(timestampDelta);
    this.writeNumber(this.records);
    this.writeBytes(key);
    this.writeBytes(value);
    this.writeNumber(headers.length);
    for (let index = 0; index < names.length; index++) {
      this.writeBytes(names[index] ?? null);
      this.writeBytes(headers[index]?.value ?? null);
    }
    this.records++;
  }

  /** The batch, in memory of its own; the writer is empty afterwards. */
  finish(identity: BatchIdentity): Uint8Array {
    assert(this.records > 0, 'a batch holds at least one record');
    const { compression } = identity;
    const batch =
      compression === undefined
        ? this.bytes.slice(0, this.at)
        : behindHeader(compression.pack(this.bytes.subarray(BATCH_HEADER_BYTES, this.at)));
    this.writeHeader(batch, identity);
    this.at = BATCH_HEADER_BYTES;
    this.records = 0;
    return batch;
  }

  private writeHeader(batch: Uint8Array, identity: BatchIdentity): void {
    const { producerId, epoch, baseSequence, isTransactional, compression } = identity;
    const code = BATCH_COMPRESSIONS.indexOf(compression?.format ?? 'none');
    writeInt64(batch, BATCH_FIELDS.baseOffset, 0);
    writeInt32(batch, BATCH_FIELDS.length, batch.length - BATCH_LENGTH_OVERHEAD_BYTES);
    writeInt32(batch, BATCH_FIELDS.partitionLeaderEpoch, -1);
    batch[BATCH_FIELDS.magic] = BATCH_MAGIC;
    writeInt16(
      batch,
      BATCH_FIELDS.attributes,
      code | (isTransactional ? BATCH_ATTRIBUTES.transactional : 0),
    );
    writeInt32(batch, BATCH_FIELDS.lastOffsetDelta, this.records - 1);
    writeInt64(batch, BATCH_FIELDS.baseTimestamp, this.baseTimestampMs);
    writeInt64(batch, BATCH_FIELDS.maxTimestamp, this.maxTimestampMs);
    writeInt64(batch, BATCH_FIELDS.producerId, producerId);
    writeInt16(batch, BATCH_FIELDS.producerEpoch, epoch);
    writeInt32(batch, BATCH_FIELDS.baseSequence, baseSequence);
    writeInt32(batch, BATCH_FIELDS.recordCount, this.records);
    writeInt32(batch, BATCH_FIELDS.crc, crc32c(batch, BATCH_FIELDS.attributes, batch.length));
  }

  private writeBytes(bytes: Uint8Array | null): void {
    this.writeNumber(bytes === null ? -1 : bytes.length);
    if (bytes === null) return;
    this.bytes.set(bytes, this.at);
    this.at += bytes.length;
  }

  /** Zigzag, seven bits a byte; whole numbers below 2^52 either way. */
  private writeNumber(value: number): void {
    let rest = value < 0 ? -2 * value - 1 : 2 * value;
    while (rest >= 0x80) {
      this.bytes[this.at++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.bytes[this.at++] = rest;
  }

  private reserve(moreBytes: number): void {
    const needed = this.at + moreBytes;
    if (needed <= this.bytes.length) return;
    const grown = new Uint8Array(Math.max(needed, 2 * this.bytes.length));
    grown.set(this.bytes.subarray(0, this.at));
    this.bytes = grown;
  }
}

const NO_NAMES: readonly Uint8Array[] = [];

function encodedNames(headers: readonly BatchRecordHeader[]): readonly Uint8Array[] {
  return headers.map((header) => utf8.encode(header.name));
}

function behindHeader(records: Uint8Array): Uint8Array {
  const batch = new Uint8Array(BATCH_HEADER_BYTES + records.length);
  batch.set(records, BATCH_HEADER_BYTES);
  return batch;
}

function sizeOfBytes(bytes: Uint8Array | null): number {
  return bytes === null ? 1 : sizeOfNumber(bytes.length) + bytes.length;
}

function sizeOfNumber(value: number): number {
  let size = 1;
  for (let rest = value < 0 ? -2 * value - 1 : 2 * value; rest >= 0x80; size++) {
    rest = Math.floor(rest / 0x80);
  }
  return size;
}
