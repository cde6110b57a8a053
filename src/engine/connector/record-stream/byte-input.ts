/**
 * Where a split's bytes come from: a file, a compressed file, standard input. A stream of bytes in
 * order, opened at a position, read by one reader.
 */
import type { ContentMark } from './content-mark.ts';

export interface ByteInput {
  /** Reads up to `length` bytes into `target` at `offset`; 0 at the end. One read at a time. */
  read(target: Uint8Array, offset: number, length: number): Promise<number>;
  /** Idempotent. */
  close(): Promise<void>;
}

/** How a split is opened; holds nothing until then. */
export interface InputOpener {
  /**
   * True for a file: a block is filled before its rows are read. False for a stream that may pause
   * (standard input, a pipe): what is there is read at once.
   */
  readonly fillsBlocks: boolean;
  /** Content bytes, when known: a small file gets small blocks. */
  readonly sizeBytes: number | null;
  /**
   * Opens the content behind what was read of it; null: at its start. A compressed file counts its
   * unpacked bytes. Rejects when the content is another one.
   */
  open(behind: ContentMark | null): Promise<ByteInput>;
}
