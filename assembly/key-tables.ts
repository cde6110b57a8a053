/**
 * The tables of a key dictionary: entries, four words an id, which hold keys; and slots that find
 * the id of a key, one word each, open addressing with linear probing, at most half full.
 *
 * A slot holds id + 1 in as many low bits as it takes to number the slots, and above them the bits
 * of the key's hash that do not number its slot, so another key's entry is seldom looked at. Small
 * tables are the point: 200,000 short keys lie in 2 MiB of slots and 4 MiB of entries.
 *
 * An entry is 16 bytes, compared as two words of 64 bits. Short key: its 12 bytes, unused ones 0,
 * then its mark, length + 1. Long key: hash, length, place of its bytes among the texts, LONG. NULL
 * key: 12 bytes of 0, then NULL. The entry of an id that is not in use: 16 bytes of 0.
 */
import { allocate, allocateZeroed, release, resize } from './allocator';
import { loadTail, mixKey } from './key-hash';

/** The length that stands for the NULL key. */
export const NULL_LENGTH: i32 = -1;
export const INLINE_BYTES: i32 = 12;
export const NULL_MARK: u64 = 14 << 32;
export const LONG_MARK: u64 = 15 << 32;
export const ENTRY_SHIFT: u32 = 4;

const SLOTS_MIN: u32 = 1024;
/** Below this slots grow eightfold: filling few of them anew often costs more than their room. */
const SLOTS_SMALL: u32 = 1 << 16;
const ENTRIES_MIN: u32 = 512;
const FREE_IDS_MIN: u32 = 64;
const TEXT_BYTES_MIN: u32 = 4096;
/** Up to this length a loop is faster than a call of the engine's copy, measured on Node 20. */
const LOOP_COPY_MAX: u32 = 64;

@unmanaged
export class KeyDictionary {
  slots: usize;
  /** Number of slots - 1. */
  mask: u32;
  /** The entry of id n is the one with the number n + 1. */
  entries: usize;
  entryCapacity: u32;
  /** Ids that were given out are below this. */
  idLimit: u32;
  keyCount: u32;
  /** Stack of the ids below idLimit that are not in use. */
  freeIds: usize;
  freeCount: u32;
  freeCapacity: u32;
  texts: usize;
  textsEnd: u32;
  textsCapacity: u32;
}

export function createDictionary(): KeyDictionary {
  const d = changetype<KeyDictionary>(allocate(offsetof<KeyDictionary>()));
  d.mask = SLOTS_MIN - 1;
  d.slots = allocateZeroed(SLOTS_MIN << 2);
  d.entryCapacity = ENTRIES_MIN;
  d.entries = allocateZeroed(ENTRIES_MIN << ENTRY_SHIFT);
  d.idLimit = 0;
  d.keyCount = 0;
  d.freeCapacity = FREE_IDS_MIN;
  d.freeIds = allocate(FREE_IDS_MIN << 2);
  d.freeCount = 0;
  d.textsCapacity = TEXT_BYTES_MIN;
  d.texts = allocate(TEXT_BYTES_MIN);
  d.textsEnd = 0;
  return d;
}

export function releaseDictionary(d: KeyDictionary): void {
  release(d.slots, (d.mask + 1) << 2);
  release(d.entries, d.entryCapacity << ENTRY_SHIFT);
  release(d.freeIds, d.freeCapacity << 2);
  release(d.texts, d.textsCapacity);
  release(changetype<usize>(d), offsetof<KeyDictionary>());
}

/** Bytes held by the tables. */
export function dictionarySizeBytes(d: KeyDictionary): u32 {
  return (
    ((d.mask + 1) << 2) + (d.entryCapacity << ENTRY_SHIFT) + (d.freeCapacity << 2) + d.textsCapacity
  );
}

/** Keys present. */
export function keyCount(d: KeyDictionary): u32 {
  return d.keyCount;
}

/** All ids in use are below this. */
export function idLimit(d: KeyDictionary): u32 {
  return d.idLimit;
}

/** Length of the key of an id in use, bytes; -1 for the NULL key. */
export function keyLength(d: KeyDictionary, id: u32): i32 {
  const high = load<u64>(entryOf(d, id) + 8);
  const mark = (high >> 32) << 32;
  if (mark == LONG_MARK) return load<i32>(entryOf(d, id) + 4);
  return mark == NULL_MARK ? NULL_LENGTH : <i32>(high >> 32) - 1;
}

/** Address of the bytes of the key of an id in use; readable, and 0, to the end of their word. */
export function keyAddress(d: KeyDictionary, id: u32): usize {
  const entry = entryOf(d, id);
  return isLong(load<u64>(entry + 8)) ? d.texts + load<u32>(entry + 8) : entry;
}

export function holdsId(d: KeyDictionary, id: u32): bool {
  return load<u64>(entryOf(d, id) + 8) != 0;
}

// @ts-ignore: decorator
@inline
export function entryOf(d: KeyDictionary, id: u32): usize {
  return d.entries + ((id + 1) << ENTRY_SHIFT);
}

// @ts-ignore: decorator
@inline
export function isLong(high: u64): bool {
  return (high >> 32) << 32 == LONG_MARK;
}

/**
 * Copies the bytes of a long key behind the others; returns their place. 8 bytes behind their last
 * word's start must be readable.
 */
export function appendText(d: KeyDictionary, at: usize, length: u32): u32 {
  const place = d.textsEnd;
  const end = (place + length + 7) & ~7;
  if (end > d.textsCapacity) reserveTexts(d, max(end, d.textsCapacity << 1));
  const target = d.texts + place;
  const rest = length & 7;
  const whole = length - rest;
  copyWords(target, at, whole);
  if (rest != 0) store<u64>(target + whole, loadTail(at + whole, rest));
  d.textsEnd = end;
  return place;
}

/** Copies whole words of 32 bits. */
// @ts-ignore: decorator
@inline
export function copyWords(target: usize, source: usize, byteCount: u32): void {
  if (byteCount > LOOP_COPY_MAX) {
    memory.copy(target, source, byteCount);
    return;
  }
  for (let at: u32 = 0; at < byteCount; at += 4)
    store<u32>(target + at, load<u32>(source + at));
}

/** Makes room for so many bytes of long keys in all. */
export function reserveTexts(d: KeyDictionary, byteCount: u32): void {
  if (byteCount <= d.textsCapacity) return;
  d.texts = resize(d.texts, d.textsEnd, d.textsCapacity, byteCount);
  d.textsCapacity = byteCount;
}

function hashOf(entry: usize): u32 {
  const high = load<u64>(entry + 8);
  return isLong(high) ? load<u32>(entry) : mixKey(load<u64>(entry), high);
}

/** Makes room for ids below `idCount`. */
export function reserveEntries(d: KeyDictionary, idCount: u32): void {
  if (idCount < d.entryCapacity) return;
  const capacity = max(idCount + 1, d.entryCapacity << 1);
  const usedBytes = d.entryCapacity << ENTRY_SHIFT;
  d.entries = resize(d.entries, usedBytes, usedBytes, capacity << ENTRY_SHIFT);
  memory.fill(d.entries + usedBytes, 0, (capacity << ENTRY_SHIFT) - usedBytes);
  d.entryCapacity = capacity;
}

/** Twice as many slots, or more while they are few. */
export function growSlots(d: KeyDictionary): void {
  const slotCount = d.mask + 1;
  fillSlots(d, slotCount < SLOTS_SMALL ? slotCount << 3 : slotCount << 1);
}

/** New slots for all keys. */
export function fillSlots(d: KeyDictionary, slotCount: u32): void {
  release(d.slots, (d.mask + 1) << 2);
  d.slots = allocateZeroed(slotCount << 2);
  d.mask = slotCount - 1;
  const slots = d.slots;
  const mask = d.mask;
  for (let id: u32 = 0; id < d.idLimit; id++) {
    if (!holdsId(d, id)) continue;
    const hash = hashOf(entryOf(d, id));
    let slot = hash & mask;
    while (load<u32>(slots + (slot << 2)) != 0) slot = (slot + 1) & mask;
    store<u32>(slots + (slot << 2), (hash & ~mask) | (id + 1));
  }
}

/** The fewest slots that are at most half full with ids below `idLimit`. */
export function slotsFor(idLimit: u32): u32 {
  let slots = SLOTS_MIN;
  while (idLimit << 1 > slots) slots <<= 1;
  return slots;
}

/** Lists the ids that are not in use, the lowest to be handed out first, and counts the keys. */
export function collectFreeIds(d: KeyDictionary): void {
  let free: u32 = 0;
  for (let id: u32 = 0; id < d.idLimit; id++) if (!holdsId(d, id)) free++;
  if (free > d.freeCapacity) {
    release(d.freeIds, d.freeCapacity << 2);
    d.freeIds = allocate(free << 2);
    d.freeCapacity = free;
  }
  d.freeCount = free;
  d.keyCount = d.idLimit - free;
  let at = d.freeIds;
  for (let id = d.idLimit; id-- > 0;) {
    if (holdsId(d, id)) continue;
    store<u32>(at, id);
    at += 4;
  }
}
