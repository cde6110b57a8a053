/** Keys of a dictionary on their way to a batch, to a snapshot and back, and to oblivion. */
import { allocate, release } from './allocator';
import { prepare, writeEntry } from './key-dictionary';
import {
  KeyDictionary,
  LONG_MARK,
  NULL_LENGTH,
  appendText,
  collectFreeIds,
  copyWords,
  entryOf,
  fillSlots,
  holdsId,
  isLong,
  keyAddress,
  keyLength,
  reserveEntries,
  reserveTexts,
  slotsFor,
} from './key-tables';

/** As many as a block has room for; what is expected beyond grows when it comes. */
const KEYS_EXPECTED_MAX: f64 = 67_108_864;
const TEXT_BYTES_EXPECTED_MAX: f64 = 1_073_741_824;

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
    copyWords(target + place, keyAddress(d, id), padded);
    place += padded;
  }
}

/**
 * Writes where each key starts when they lie one behind the other, each to whole words. False when
 * a length is none, or when they have not `byteCount` bytes in all.
 */
export function placeKeys(lengths: usize, count: u32, byteCount: u32, starts: usize): bool {
  let place: u64 = 0;
  for (let at: u32 = 0; at < count << 2; at += 4) {
    const length = load<i32>(lengths + at);
    if (length < NULL_LENGTH) return false;
    store<u32>(starts + at, <u32>place);
    place += paddedLength(length);
  }
  return place == byteCount;
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

/** Makes room for `times` as many keys as there are, which are of their kind. */
export function expectKeys(d: KeyDictionary, times: f64): void {
  const idCount = <u32>min(<f64>d.idLimit * times, KEYS_EXPECTED_MAX);
  reserveEntries(d, idCount);
  reserveTexts(d, <u32>min(<f64>d.textsEnd * times, TEXT_BYTES_EXPECTED_MAX));
  const slotCount = slotsFor(idCount);
  if (slotCount > d.mask + 1) fillSlots(d, slotCount);
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
