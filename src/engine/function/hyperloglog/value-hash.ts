/**
 * The 64-bit hash that HyperLogLog takes of a value's bytes: the first two words of
 * MurmurHash3_x86_128 with the seed below. It is part of the snapshot format: another hash would make a
 * restored sketch count known values again, so a change here needs a new version of the format.
 */

/** The two halves of one hash. */
export interface ValueHash {
  /** Upper 32 bits, signed. */
  high: number;
  /** Lower 32 bits, signed. */
  low: number;
}

/** Any but 0, whose hash of the empty text has no bit set. */
const SEED = 0x64726579;
const C1 = 0x239b961b;
const C2 = 0xab0e9789;
const C3 = 0x38b34ae5;
const C4 = 0xa1e38b93;
const BLOCK_BYTES = 16;

/** Hashes `length` bytes from `start` into `hash`. Reads no byte outside them. */
export function hashValue(view: DataView, start: number, length: number, hash: ValueHash): void {
  let h1 = SEED;
  let h2 = SEED;
  let h3 = SEED;
  let h4 = SEED;
  const blocksEnd = start + length - (length % BLOCK_BYTES);
  let at = start;
  for (; at < blocksEnd; at += BLOCK_BYTES) {
    h1 ^= mixLane1(view.getInt32(at, true));
    h1 = (Math.imul(rotate(h1, 19) + h2, 5) + 0x561ccd1b) | 0;
    h2 ^= mixLane2(view.getInt32(at + 4, true));
    h2 = (Math.imul(rotate(h2, 17) + h3, 5) + 0x0bcaa747) | 0;
    h3 ^= mixLane3(view.getInt32(at + 8, true));
    h3 = (Math.imul(rotate(h3, 15) + h4, 5) + 0x96cd1c35) | 0;
    h4 ^= mixLane4(view.getInt32(at + 12, true));
    h4 = (Math.imul(rotate(h4, 13) + h1, 5) + 0x32ac3b17) | 0;
  }
  const end = start + length;
  if (at + 12 < end) h4 ^= mixLane4(partialWord(view, at + 12, end));
  if (at + 8 < end) h3 ^= mixLane3(partialWord(view, at + 8, end));
  if (at + 4 < end) h2 ^= mixLane2(partialWord(view, at + 4, end));
  if (at < end) h1 ^= mixLane1(partialWord(view, at, end));

  h1 ^= length;
  h2 ^= length;
  h3 ^= length;
  h4 ^= length;
  h1 = (h1 + h2 + h3 + h4) | 0;
  h2 = finish((h2 + h1) | 0);
  h3 = finish((h3 + h1) | 0);
  h4 = finish((h4 + h1) | 0);
  h1 = (finish(h1) + h2 + h3 + h4) | 0;
  hash.high = h1;
  hash.low = (h2 + h1) | 0;
}

function mixLane1(word: number): number {
  return Math.imul(rotate(Math.imul(word, C1), 15), C2);
}

function mixLane2(word: number): number {
  return Math.imul(rotate(Math.imul(word, C2), 16), C3);
}

function mixLane3(word: number): number {
  return Math.imul(rotate(Math.imul(word, C3), 17), C4);
}

function mixLane4(word: number): number {
  return Math.imul(rotate(Math.imul(word, C4), 18), C1);
}

/** The word at `at`, with zeros for the bytes from `end` on. */
function partialWord(view: DataView, at: number, end: number): number {
  if (at + 4 <= end) return view.getInt32(at, true);
  let word = 0;
  for (let index = end - 1; index >= at; index--) word = (word << 8) | view.getUint8(index);
  return word;
}

function rotate(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}

function finish(word: number): number {
  let mixed = word ^ (word >>> 16);
  mixed = Math.imul(mixed, 0x85ebca6b);
  mixed ^= mixed >>> 13;
  mixed = Math.imul(mixed, 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}
