/** Keys of a dictionary on their way to a batch, to a snapshot and back, and to oblivion. */
import { allocate, release } from './allocator';
import { prepare, writeEntry } from './key-dictionary';
import {
  KeyDictionary,
  LONG_MARK,
  appendText,
  collectFreeIds,
  entryOf,
  fillSlots,
  holdsId,
  isLong,
  keyAddress,
  keyLength,
  reserveEntries,
  slotsFor,
} from './key-tables';

/** Bytes that `copyKeys` needs for these keys. */
export function keysSizeBytes(d: KeyDictionary, ids: usize, count: u32): u32 {
  let bytes: u32 = 0;
  for (let at: u32 = 0; at < count << 2; at += 4)
    bytes += paddedLength(keyLength(d, load<u32>(ids + at)));
  return bytes;
}

/** Copies keys one behind the other to `target`, each to whole words; notes starts and lengths. */
export function copyKeys(
  d: KeyDictionary,
  ids: usize,
  count: u32,
  target: usize,
  starts: usize,
  lengths: usize,
): void {
  let place: u32 = 0;
  for (let at: u32 = 0; at < count << 2; at += 4) {
    const id = load<u32>(ids + at);
    const length = keyLength(d, id);
    store<u32>(starts + at, place);
    store<i32>(lengths + at, length);
    const padded = paddedLength(length);
    memory.copy(target + place, keyAddress(d, id), padded);
    place += padded;
  }
}

// @ts-ignore: decorator
@inline
function paddedLength(length: i32): u32 {
  return length <= 0 ? 0 : (length + 3) & ~3;
}

/** Frees the ids that are not marked in `used`, which has a byte for each id, 1: in use. */
export function retainKeys(d: KeyDictionary, used: usize): void {
  const oldTexts = d.texts;
  const oldCapacity = d.textsCapacity;
  d.texts = allocate(oldCapacity);
  d.textsEnd = 0;
  let limit: u32 = 0;
  for (let id: u32 = 0; id < d.idLimit; id++) {
    const entry = entryOf(d, id);
    const high = load<u64>(entry + 8);
    if (high == 0) continue;
    if (load<u8>(used + id) == 0) {
      store<u64>(entry, 0);
      store<u64>(entry + 8, 0);
      continue;
    }
    limit = id + 1;
    if (isLong(high)) {
      const text = oldTexts + <u32>high;
      store<u64>(entry + 8, LONG_MARK | appendText(d, text, load<u32>(entry + 4)));
    }
  }
  release(oldTexts, oldCapacity);
  d.idLimit = limit;
  collectFreeIds(d);
  fillSlots(d, slotsFor(limit));
}

/**
 * Starts a restore into an empty dictionary, of ids below `idLimit`: `restoreKey` for each key, and
 * `endRestore`.
 */
export function beginRestore(d: KeyDictionary, idLimit: u32): void {
  reserveEntries(d, idLimit);
  d.idLimit = idLimit;
}

export function restoreKey(d: KeyDictionary, id: u32, at: usize, length: i32): void {
  prepare(0, at, length);
  writeEntry(d, id, 0, at, length);
}

export function endRestore(d: KeyDictionary): void {
  collectFreeIds(d);
  fillSlots(d, slotsFor(d.idLimit));
}
