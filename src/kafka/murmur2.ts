/**
 * Kafka's hash of a key and the partition that its own clients choose by it, so that records of one
 * key lie in one partition whoever wrote them.
 */
const SEED = 0x9747b28c;
const FACTOR = 0x5bd1e995;
const SHIFT = 24;

/** A signed 32-bit number, as Java's. */
export function murmur2(key: Uint8Array): number {
  const { length } = key;
  let hash = SEED ^ length;
  const blocksEnd = length & ~3;
  for (let at = 0; at < blocksEnd; at += 4) {
    let block =
      (key[at] ?? 0) |
      ((key[at + 1] ?? 0) << 8) |
      ((key[at + 2] ?? 0) << 16) |
      ((key[at + 3] ?? 0) << 24);
    block = Math.imul(block, FACTOR);
    block ^= block >>> SHIFT;
    hash = Math.imul(hash, FACTOR) ^ Math.imul(block, FACTOR);
  }
  const rest = length & 3;
  if (rest === 3) hash ^= (key[blocksEnd + 2] ?? 0) << 16;
  if (rest >= 2) hash ^= (key[blocksEnd + 1] ?? 0) << 8;
  if (rest >= 1) hash = Math.imul(hash ^ (key[blocksEnd] ?? 0), FACTOR);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, FACTOR);
  return hash ^ (hash >>> 15);
}

/** As Kafka's default partitioner for a record with a key. */
export function partitionOfKey(key: Uint8Array, partitionCount: number): number {
  return (murmur2(key) & 0x7fff_ffff) % partitionCount;
}
