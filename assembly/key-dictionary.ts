/**
 * Gives each distinct byte key a dense id: finds keys in the tables (key-tables.ts) and adds those
 * that are new, a group of keys at a time, so that their cache misses overlap.
 */
import { equalBytes, fullHash, loadTail, mixKey } from './key-hash';
import {
  ENTRY_SHIFT,
  INLINE_BYTES,
  KeyDictionary,
  LONG_MARK,
  NULL_MARK,
  appendText,
  entryOf,
  growSlots,
  isLong,
  reserveEntries,
} from './key-tables';

/** Keys that are looked up side by side, so that their cache misses overlap. */
const GROUP: u32 = 256;
const groupLows = memory.data(GROUP << 3, 16);
const groupHighs = memory.data(GROUP << 3, 16);
const groupHashes = memory.data(GROUP << 2, 16);
const groupFirsts = memory.data(GROUP << 2, 16);
/** Takes what is only loaded ahead of its use. */
const loadedAhead = memory.data(8, 16);

/**
 * Writes the id of each key into `ids`, adding those that are new. Key n is the `lengths[n]` bytes
 * at `starts[n]` of the block; a negative length is the NULL key.
 */
export function internKeys(
  d: KeyDictionary,
  block: usize,
  starts: usize,
  lengths: usize,
  count: u32,
  ids: usize,
): void {
  for (let from: u32 = 0; from < count; from += GROUP) {
    const offset = from << 2;
    const size = min(GROUP, count - from);
    loadGroup(d, block, starts + offset, lengths + offset, size);
    for (let index: u32 = 0; index < size; index++) {
      const at = offset + (index << 2);
      const slot = seek(d, index, block + load<u32>(starts + at), load<i32>(lengths + at));
      let found = load<u32>(d.slots + (slot << 2)) & d.mask;
      if (found == 0)
        found = add(d, slot, index, block + load<u32>(starts + at), load<i32>(lengths + at));
      store<u32>(ids + at, found - 1);
    }
  }
}

/** As internKeys; a key that is not there gets the id -1. */
export function findKeys(
  d: KeyDictionary,
  block: usize,
  starts: usize,
  lengths: usize,
  count: u32,
  ids: usize,
): void {
  for (let from: u32 = 0; from < count; from += GROUP) {
    const offset = from << 2;
    const size = min(GROUP, count - from);
    loadGroup(d, block, starts + offset, lengths + offset, size);
    for (let index: u32 = 0; index < size; index++) {
      const at = offset + (index << 2);
      const slot = seek(d, index, block + load<u32>(starts + at), load<i32>(lengths + at));
      store<u32>(ids + at, (load<u32>(d.slots + (slot << 2)) & d.mask) - 1);
    }
  }
}

/** Works out the entry and the hash of one key, as `index` of the group. */
// @ts-ignore: decorator
@inline
export function prepare(index: u32, at: usize, length: i32): u32 {
  let low: u64 = 0;
  let high: u64 = 0;
  let hash: u32 = 0;
  if (length > INLINE_BYTES) {
    hash = fullHash(at, length);
    low = (<u64>hash) | ((<u64>length) << 32);
    high = LONG_MARK;
  } else if (length >= 8) {
    low = load<u64>(at);
    high = loadTail(at + 8, length - 8) | ((<u64>(length + 1)) << 32);
    hash = mixKey(low, high);
  } else if (length >= 0) {
    low = loadTail(at, length);
    high = (<u64>(length + 1)) << 32;
    hash = mixKey(low, high);
  } else {
    high = NULL_MARK;
    hash = mixKey(low, high);
  }
  store<u64>(groupLows + (index << 3), low);
  store<u64>(groupHighs + (index << 3), high);
  store<u32>(groupHashes + (index << 2), hash);
  return hash;
}

/** Prepares a group of keys and loads the first slot of each, and the entry that it names. */
function loadGroup(
  d: KeyDictionary,
  block: usize,
  starts: usize,
  lengths: usize,
  count: u32,
): void {
  const slots = d.slots;
  const mask = d.mask;
  const entries = d.entries;
  for (let index: u32 = 0; index < count; index++) {
    const at = index << 2;
    prepare(index, block + load<u32>(starts + at), load<i32>(lengths + at));
  }
  // Loops of their own, as short as can be: the more rounds a processor has under way, the more
  // cache misses overlap.
  for (let at: u32 = 0; at < count << 2; at += 4) {
    const hash = load<u32>(groupHashes + at);
    store<u32>(groupFirsts + at, load<u32>(slots + ((hash & mask) << 2)));
  }
  let sum: u64 = 0;
  for (let index: u32 = 0; index < count; index++) {
    const found = load<u32>(groupFirsts + (index << 2)) & mask;
    sum ^= load<u64>(entries + (found << ENTRY_SHIFT));
  }
  store<u64>(loadedAhead, sum);
}

/** The slot of the key that was prepared as `index`, or the free one where it belongs. */
// @ts-ignore: decorator
@inline
function seek(d: KeyDictionary, index: u32, at: usize, length: i32): u32 {
  const slots = d.slots;
  const mask = d.mask;
  const entries = d.entries;
  const hash = load<u32>(groupHashes + (index << 2));
  const low = load<u64>(groupLows + (index << 3));
  const high = load<u64>(groupHighs + (index << 3));
  let slot = hash & mask;
  let found = load<u32>(slots + (slot << 2));
  while (found != 0) {
    if (((found ^ hash) & ~mask) == 0) {
      const entry = entries + ((found & mask) << ENTRY_SHIFT);
      if (load<u64>(entry) == low) {
        const entryHigh = load<u64>(entry + 8);
        if (entryHigh == high) {
          if (length <= INLINE_BYTES || equalBytes(d.texts + <u32>entryHigh, at, length))
            return slot;
        } else if (
          length > INLINE_BYTES &&
          isLong(entryHigh) &&
          equalBytes(d.texts + <u32>entryHigh, at, length)
        ) {
          return slot;
        }
      }
    }
    slot = (slot + 1) & mask;
    found = load<u32>(slots + (slot << 2));
  }
  return slot;
}

/** Adds the key that was prepared as `index`; `slot` is free and its place. Returns its id + 1. */
function add(d: KeyDictionary, slot: u32, index: u32, at: usize, length: i32): u32 {
  let id: u32 = 0;
  if (d.freeCount > 0) {
    d.freeCount--;
    id = load<u32>(d.freeIds + (d.freeCount << 2));
  } else {
    id = d.idLimit;
    reserveEntries(d, id + 1);
    d.idLimit = id + 1;
  }
  writeEntry(d, id, index, at, length);
  d.keyCount++;
  if (d.idLimit << 1 > d.mask) {
    growSlots(d);
  } else {
    const hash = load<u32>(groupHashes + (index << 2));
    store<u32>(d.slots + (slot << 2), (hash & ~d.mask) | (id + 1));
  }
  return id + 1;
}

export function writeEntry(d: KeyDictionary, id: u32, index: u32, at: usize, length: i32): void {
  const entry = entryOf(d, id);
  let high = load<u64>(groupHighs + (index << 3));
  if (length > INLINE_BYTES) high |= appendText(d, at, length);
  store<u64>(entry, load<u64>(groupLows + (index << 3)));
  store<u64>(entry + 8, high);
}
