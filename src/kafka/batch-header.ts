/**
 * The head of a record batch (message format 2, Kafka 0.11 and later), which stands uncompressed
 * before its records. Older formats are recognised by their `magic` and read no further.
 */
import { crc32c } from './crc32c.ts';
import { readInt16, readInt32, readInt64, writeInt64 } from './int64.ts';
import { recordsCorrupt } from './records-corrupt.ts';

export const BATCH_HEADER_BYTES = 61;

/** The message format that is read and written here. */
export const BATCH_MAGIC = 2;

export type BatchCompression = 'none' | 'gzip' | 'snappy' | 'lz4' | 'zstd';

/** By the number in the lowest three bits of a batch's attributes. */
export const BATCH_COMPRESSIONS: readonly BatchCompression[] = [
  'none',
  'gzip',
  'snappy',
  'lz4',
  'zstd',
];

export interface BatchHeader {
  readonly baseOffset: number;
  /** The whole batch, its header included. */
  readonly sizeBytes: number;
  readonly partitionLeaderEpoch: number;
  /** Where it is not 2, all fields below it are 0 or -1 and mean nothing. */
  readonly magic: number;
  readonly crc: number;
  readonly compression: BatchCompression;
  readonly timestampType: 'create' | 'log-append';
  readonly isTransactional: boolean;
  readonly isControl: boolean;
  readonly lastOffsetDelta: number;
  readonly baseTimestampMs: number;
  readonly maxTimestampMs: number;
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly baseSequence: number;
  readonly recordCount: number;
}

/** Where the fields stand. */
export const BATCH_FIELDS = {
  baseOffset: 0,
  length: 8,
  partitionLeaderEpoch: 12,
  magic: 16,
  crc: 17,
  attributes: 21,
  lastOffsetDelta: 23,
  baseTimestamp: 27,
  maxTimestamp: 35,
  producerId: 43,
  producerEpoch: 51,
  baseSequence: 53,
  recordCount: 57,
} as const;

/** Base offset and length, which the length does not count. */
export const BATCH_LENGTH_OVERHEAD_BYTES = 12;

export const BATCH_ATTRIBUTES = {
  compression: 0x07,
  logAppendTime: 0x08,
  transactional: 0x10,
  control: 0x20,
} as const;

/** Of message format 0: offset, length, CRC, magic, attributes, two lengths. */
const SIZE_BYTES_MIN = 26;

/**
 * Null: the batch is cut off. Throws DREY_KAFKA_RECORDS_CORRUPT when its length or its compression
 * is none that a batch can have.
 */
export function readBatchHeader(bytes: Uint8Array, at: number): BatchHeader | null {
  const available = bytes.length - at;
  if (available <= BATCH_FIELDS.magic) return null;
  const sizeBytes = readInt32(bytes, at + BATCH_FIELDS.length) + BATCH_LENGTH_OVERHEAD_BYTES;
  const magic = bytes[at + BATCH_FIELDS.magic] ?? 0;
  if (sizeBytes < (magic === BATCH_MAGIC ? BATCH_HEADER_BYTES : SIZE_BYTES_MIN)) {
    throw recordsCorrupt(`its length says ${sizeBytes} bytes`, at + BATCH_FIELDS.length);
  }
  if (sizeBytes > available) return null;
  return magic === BATCH_MAGIC
    ? headerOf(bytes, at, sizeBytes)
    : { ...OLD_FORMAT, baseOffset: readInt64(bytes, at), sizeBytes, magic };
}

/** CRC-32C of everything behind the checksum. False for older formats, which have none. */
export function checkCrc(bytes: Uint8Array, at: number, header: BatchHeader): boolean {
  if (header.magic !== BATCH_MAGIC) return false;
  return crc32c(bytes, at + BATCH_FIELDS.attributes, at + header.sizeBytes) === header.crc;
}

/** What a broker does to a batch that it appends; the checksum does not cover it. */
export function setBaseOffset(bytes: Uint8Array, at: number, offset: number): void {
  writeInt64(bytes, at + BATCH_FIELDS.baseOffset, offset);
}

function headerOf(bytes: Uint8Array, at: number, sizeBytes: number): BatchHeader {
  const attributes = readInt16(bytes, at + BATCH_FIELDS.attributes);
  const compression = BATCH_COMPRESSIONS[attributes & BATCH_ATTRIBUTES.compression];
  if (compression === undefined) {
    const code = attributes & BATCH_ATTRIBUTES.compression;
    throw recordsCorrupt(`there is no compression ${code}`, at + BATCH_FIELDS.attributes);
  }
  return {
    baseOffset: readInt64(bytes, at + BATCH_FIELDS.baseOffset),
    sizeBytes,
    partitionLeaderEpoch: readInt32(bytes, at + BATCH_FIELDS.partitionLeaderEpoch),
    magic: BATCH_MAGIC,
    crc: readInt32(bytes, at + BATCH_FIELDS.crc) >>> 0,
    compression,
    timestampType: (attributes & BATCH_ATTRIBUTES.logAppendTime) === 0 ? 'create' : 'log-append',
    isTransactional: (attributes & BATCH_ATTRIBUTES.transactional) !== 0,
    isControl: (attributes & BATCH_ATTRIBUTES.control) !== 0,
    lastOffsetDelta: readInt32(bytes, at + BATCH_FIELDS.lastOffsetDelta),
    baseTimestampMs: readInt64(bytes, at + BATCH_FIELDS.baseTimestamp),
    maxTimestampMs: readInt64(bytes, at + BATCH_FIELDS.maxTimestamp),
    producerId: readInt64(bytes, at + BATCH_FIELDS.producerId),
    producerEpoch: readInt16(bytes, at + BATCH_FIELDS.producerEpoch),
    baseSequence: readInt32(bytes, at + BATCH_FIELDS.baseSequence),
    recordCount: readInt32(bytes, at + BATCH_FIELDS.recordCount),
  };
}

const OLD_FORMAT = {
  partitionLeaderEpoch: -1,
  crc: 0,
  compression: 'none',
  timestampType: 'create',
  isTransactional: false,
  isControl: false,
  lastOffsetDelta: 0,
  baseTimestampMs: -1,
  maxTimestampMs: -1,
  producerId: -1,
  producerEpoch: -1,
  baseSequence: -1,
  recordCount: 0,
} as const;
