/**
 * From a record batch as it was fetched to its records: checks the CRC, leaves out control batches
 * and records of aborted transactions, unpacks what is compressed.
 */
import {
  BATCH_HEADER_BYTES,
  checkCrc,
  type BatchCompression,
  type BatchHeader,
} from '../../../../kafka/batch-header.ts';
import { readInt16 } from '../../../../kafka/int64.ts';
import { RecordSlices } from '../../../../kafka/record-slices.ts';
import { recordsCorrupt } from '../../../../kafka/records-corrupt.ts';
import type { IsolationLevel } from '../../../../platform/kafka.ts';
import type { FetchedChunk, PlacedBatch } from './fetched-chunk.ts';

/** Unpacks one block of bytes, or throws; more than `limitBytes` is refused. */
export type UnpackBlock = (
  format: Exclude<BatchCompression, 'none'>,
  bytes: Uint8Array,
  limitBytes: number,
) => Uint8Array;

export interface BatchLoaderOptions {
  readonly isolationLevel: IsolationLevel;
  readonly checksCrcs: boolean;
  readonly unpack: UnpackBlock;
}

/** Records of one batch, unpacked. */
export interface LoadedBatch {
  readonly header: BatchHeader;
  readonly bytes: Uint8Array;
  /** Its records lie in [from, to). */
  readonly from: number;
  readonly to: number;
  /** Index of the record that comes next. */
  next: number;
}

/** Memory of one batch at most: eight of the longest records that a source may have. */
const UNPACKED_BYTES_MAX = 128 * 1024 * 1024;
/** In the key of a control record: a version, then 0 for an abort and 1 for a commit. */
const CONTROL_TYPE_AT = 2;
const CONTROL_ABORT = 0;

export class BatchLoader {
  private readonly options: BatchLoaderOptions;
  private readonly control = new RecordSlices();

  constructor(options: BatchLoaderOptions) {
    this.options = options;
  }

  /** Null: the batch has no records that count. Throws DREY_KAFKA_RECORDS_CORRUPT. */
  load(chunk: FetchedChunk, { header, at }: PlacedBatch): LoadedBatch | null {
    const { isolationLevel, checksCrcs } = this.options;
    if (checksCrcs && !checkCrc(chunk.bytes, at, header)) {
      throw recordsCorrupt('its checksum is another one', at);
    }
    const isCommitted = isolationLevel === 'read_committed';
    if (header.isControl) {
      if (isCommitted && this.isAbort(chunk.bytes, { header, at })) {
        chunk.endTransaction(header.producerId);
      }
      return null;
    }
    if (header.recordCount === 0 || (isCommitted && chunk.isVoid(header))) return null;
    const from = at + BATCH_HEADER_BYTES;
    const to = at + header.sizeBytes;
    if (header.compression === 'none') return { header, bytes: chunk.bytes, from, to, next: 0 };
    const bytes = this.unpack(header.compression, chunk.bytes.subarray(from, to), at);
    return { header, bytes, from: 0, to: bytes.length, next: 0 };
  }

  private unpack(
    format: Exclude<BatchCompression, 'none'>,
    packed: Uint8Array,
    at: number,
  ): Uint8Array {
    try {
      return this.options.unpack(format, packed, UNPACKED_BYTES_MAX);
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : 'it cannot be unpacked';
      throw recordsCorrupt(`compressed as ${format}: ${why}`, at);
    }
  }

  private isAbort(bytes: Uint8Array, { header, at }: PlacedBatch): boolean {
    const { control } = this;
    control.read(bytes, at + BATCH_HEADER_BYTES, at + header.sizeBytes, header.recordCount);
    const keyAt = control.keyStart[0]!;
    if (control.count === 0 || control.keyLength[0]! < CONTROL_TYPE_AT + 2) return false;
    return readInt16(bytes, keyAt + CONTROL_TYPE_AT) === CONTROL_ABORT;
  }
}
