/**
 * The keys of a batch as byte ranges: what a key dictionary takes in. A single text column is its
 * own key; several columns, or numbers, are written out by a KeyEncoder.
 */
import type { ByteBlock } from '../batch/byte-block.ts';

/** The length that stands for the NULL key. */
export const NULL_KEY_LENGTH = -1;

export interface KeyRanges {
  readonly block: ByteBlock;
  readonly start: Int32Array;
  /** Bytes; NULL_KEY_LENGTH for NULL. */
  readonly length: Int32Array;
}
