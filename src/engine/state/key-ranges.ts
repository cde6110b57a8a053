/**
 * The keys of a batch as byte ranges with their hashes: what a key dictionary takes in. A single
 * text column is its own key; several columns, or numbers, are written out by a KeyEncoder.
 */
import type { ByteBlock } from '../batch/byte-block.ts';

/** The length that stands for the NULL key. Its hash is 0. */
export const NULL_KEY_LENGTH = -1;

export interface KeyRanges {
  readonly block: ByteBlock;
  readonly start: Int32Array;
  /** Bytes; NULL_KEY_LENGTH for NULL. */
  readonly length: Int32Array;
  /** batch/hash.ts hashBytes of each range; 0 for NULL. */
  readonly hashes: Int32Array;
}
