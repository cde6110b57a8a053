/**
 * The hash of a byte range, taken four bytes at a time. A reader computes it while it looks for the
 * end of a name, so this file is the one definition that both must agree with.
 * Not stable across releases of drey: it is never written to a snapshot.
 */

export const HASH_SEED = 0x9e3779b1 | 0;
const WORD_FACTOR = 0x85ebca6b;
const LENGTH_FACTOR = 0xc2b2ae35;

/** Mixes one little-endian word of content into `hash`; a last partial word is masked to its bytes. */
export function mixWord(hash: number, word: number): number {
  const mixed = Math.imul(hash ^ word, WORD_FACTOR);
  return mixed ^ (mixed >>> 13);
}

/** Closes the hash of `length` bytes whose words were mixed in before. */
export function finishHash(hash: number, length: number): number {
  const mixed = Math.imul(hash ^ length, LENGTH_FACTOR);
  return mixed ^ (mixed >>> 16);
}

/** Hash of `length` bytes from `start`. The view needs 4 readable bytes at the last word. */
export function hashBytes(view: DataView, start: number, length: number): number {
  let hash = HASH_SEED;
  const wholeEnd = start + (length & ~3);
  let at = start;
  for (; at < wholeEnd; at += 4) hash = mixWord(hash, view.getInt32(at, true));
  const rest = length & 3;
  if (rest !== 0) hash = mixWord(hash, view.getInt32(at, true) & ((1 << (rest << 3)) - 1));
  return finishHash(hash, length);
}
