/**
 * The hash of a key. Not stable from release to release: it is never written anywhere. Words of 64
 * bits are multiplied in, and the upper halves folded down, so that all bits of a key reach the
 * lowest bits of its hash, which number slots.
 */

const FACTOR_LOW: u64 = 0x9e3779b97f4a7c15;
const FACTOR_HIGH: u64 = 0xc2b2ae3d27d4eb4f;

/** Up to 8 bytes at `at` as a word, the rest 0. 8 bytes must be readable. */
// @ts-ignore: decorator
@inline
export function loadTail(at: usize, byteCount: i32): u64 {
  return byteCount == 8 ? load<u64>(at) : load<u64>(at) & (((<u64>1) << (byteCount << 3)) - 1);
}

/** True when `length` bytes are equal; 8 bytes behind their last word's start must be readable. */
export function equalBytes(left: usize, right: usize, length: i32): bool {
  const rest = length & 7;
  const wholeEnd = length - rest;
  for (let offset = 0; offset < wholeEnd; offset += 8) {
    if (load<u64>(left + offset) != load<u64>(right + offset)) return false;
  }
  return rest == 0 || loadTail(left + wholeEnd, rest) == loadTail(right + wholeEnd, rest);
}

/** Of a short key, as the two words of its entry. */
// @ts-ignore: decorator
@inline
export function mixKey(low: u64, high: u64): u32 {
  let hash = (low ^ (low >> 32)) * FACTOR_LOW;
  hash = (hash ^ (hash >> 32) ^ high) * FACTOR_HIGH;
  return <u32>(hash ^ (hash >> 32));
}

/** Of a key of any length; 8 bytes behind its last word's start must be readable. */
export function fullHash(at: usize, length: i32): u32 {
  let hash: u64 = <u64>length;
  const wholeEnd = length & ~7;
  for (let offset = 0; offset < wholeEnd; offset += 8) {
    hash = (hash ^ load<u64>(at + offset)) * FACTOR_LOW;
    hash ^= hash >> 32;
  }
  if (wholeEnd != length) hash = (hash ^ loadTail(at + wholeEnd, length - wholeEnd)) * FACTOR_LOW;
  hash = (hash ^ (hash >> 32)) * FACTOR_HIGH;
  return <u32>(hash ^ (hash >> 32));
}
