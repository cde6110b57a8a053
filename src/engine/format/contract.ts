/**
 * What a format is to a source and a sink: a decoder that turns bytes into the columns of a batch,
 * an encoder that turns a batch into bytes. Neither does I/O; both are synchronous.
 */
import type { Batch } from '../batch/batch.ts';
import type { ByteBlock } from '../batch/byte-block.ts';

/** A record that does not fit the declared format or columns. */
export interface UnreadableRecord {
  /** Byte range in the block; without the record's line end. */
  readonly start: number;
  readonly end: number;
  /** Where the next record starts. */
  readonly next: number;
  /** The column that could not be read; null when the record as a whole is broken. */
  readonly column: string | null;
  /** Reason, without position: `expected a number, found "abc"`. */
  readonly reason: string;
}

/** One call's piece of work. The block and the batch are the caller's. */
export interface DecodeRequest {
  readonly block: ByteBlock;
  /** First byte of a record. */
  readonly from: number;
  /** End of the last whole record (see lastRecordEnd); at the end of the input, its end. */
  readonly to: number;
  /** From here to the block's capacity the decoder may write decoded text (escapes). */
  readonly scratchFrom: number;
  /** Filled from `batch.rowCount` on; its bytes columns point into `block` afterwards. */
  readonly batch: Batch;
}

export interface DecodeResult {
  /** Start of the first record that was not consumed; `to` when all were. */
  readonly next: number;
  /** Line ends among the consumed bytes. */
  readonly lineCount: number;
  /** Set when the record at `next` cannot be read; nothing of it is in the batch. */
  readonly unreadable: UnreadableRecord | null;
}

/** One decoder serves one split: it may remember what it learnt from earlier records. */
export interface RecordDecoder {
  /**
   * End of the last whole record within [from, to), `from` when there is none. A record is whole
   * when its line end is inside.
   */
  lastRecordEnd(block: ByteBlock, from: number, to: number): number;
  /** Decodes records until the batch is full, `to` is reached or a record cannot be read. */
  decode(request: DecodeRequest): DecodeResult;
  /** Gives up what it holds; nothing else is called afterwards. */
  release?(): void;
}

export interface RecordEncoder {
  /** Appends the batch's rows `fromRow` to its end; growth is the target's affair. */
  encode(batch: Batch, fromRow: number, target: ByteSink): void;
}

/** A growing run of bytes; implemented by format/byte-buffer.ts. */
export interface ByteSink {
  readonly length: number;
  /** Makes room for `byteCount` more bytes and returns the array to write to from `length` on. */
  reserve(byteCount: number): Uint8Array;
  /** Declares `byteCount` bytes behind `length` as written. */
  advance(byteCount: number): void;
}
