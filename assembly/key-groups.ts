/**
 * Hashes of texts and keys as src/engine/state/key-groups.ts has them: Murmur3, 32 bits, seed 0, part
 * of the snapshot format and never to be changed. 3 bytes behind each text must be readable.
 */

// @ts-ignore: decorator
@inline
function scramble(word: u32): u32 {
  return rotl<u32>(word * 0xcc9e2d51, 15) * 0x1b873593;
}

// @ts-ignore: decorator
@inline
function mixWord(hash: u32, word: u32): u32 {
  return rotl<u32>(hash ^ scramble(word), 13) * 5 + 0xe6546b64;
}

/** The bytes of a word that belong to a text of this size, whose last word it is. */
// @ts-ignore: decorator
@inline
function restOf(word: u32, size: u32): u32 {
  return word & ((1 << ((size & 3) << 3)) - 1);
}

function hashOf(text: usize, size: u32): u32 {
  let at = text;
  const end = at + (size & ~3);
  let hash: u32 = 0;
  for (; at < end; at += 4) hash = mixWord(hash, load<u32>(at));
  if ((size & 3) != 0) hash ^= scramble(restOf(load<u32>(at), size));
  hash ^= size;
  hash = (hash ^ (hash >> 16)) * 0x85ebca6b;
  hash = (hash ^ (hash >> 13)) * 0xc2b2ae35;
  return hash ^ (hash >> 16);
}

/** Hash of each row whose key is the text alone; `nullHash` for NULL rows. */
export function hashTexts(
  block: usize,
  starts: usize,
  lengths: usize,
  nulls: usize,
  rowCount: u32,
  nullHash: u32,
  hashes: usize,
): void {
  for (let row: u32 = 0; row < rowCount; row++) {
    const offset = row << 2;
    if (load<u8>(nulls + row) != 0) {
      store<u32>(hashes + offset, nullHash);
      continue;
    }
    const at = block + load<u32>(starts + offset);
    store<u32>(hashes + offset, hashOf(at, load<u32>(lengths + offset)));
  }
}

/**
 * Writes the key group of each key, one of `groupCount`. Key n is the `lengths[n]` bytes at
 * `starts[n]` of the block; a negative length is the NULL key, whose hash is `nullHash`.
 */
export function groupsOfKeys(
  block: usize,
  starts: usize,
  lengths: usize,
  count: u32,
  groupCount: u32,
  nullHash: u32,
  groups: usize,
): void {
  for (let at: u32 = 0; at < count << 2; at += 4) {
    const length = load<i32>(lengths + at);
    const hash = length < 0 ? nullHash : hashOf(block + load<u32>(starts + at), length);
    store<u32>(groups + at, hash % groupCount);
  }
}

/** Mixes each text, with its size before it and zeros behind it, into the key of its row. */
export function mixTexts(
  block: usize,
  starts: usize,
  lengths: usize,
  nulls: usize,
  rowCount: u32,
  nullHeader: u32,
  hashes: usize,
  keyLengths: usize,
): void {
  for (let row: u32 = 0; row < rowCount; row++) {
    const offset = row << 2;
    const isNull = load<u8>(nulls + row) != 0;
    const size = isNull ? 0 : load<u32>(lengths + offset);
    let hash = mixWord(load<u32>(hashes + offset), isNull ? nullHeader : size);
    let at = block + (isNull ? 0 : load<u32>(starts + offset));
    const end = at + (size & ~3);
    for (; at < end; at += 4) hash = mixWord(hash, load<u32>(at));
    if ((size & 3) != 0) hash = mixWord(hash, restOf(load<u32>(at), size));
    store<u32>(hashes + offset, hash);
    store<u32>(keyLengths + offset, load<u32>(keyLengths + offset) + 4 + ((size + 3) & ~3));
  }
}
