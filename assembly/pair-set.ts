/**
 * Which ids the groups of a window have seen, when it matters at once whether a pair of slot and id
 * is new. Each slot has an open-addressing table of its ids, 4 bytes each, at most three quarters
 * full; the slot need not be stored with them. A group of one or two ids has no table: they stand in
 * its head.
 */
import { allocate, allocateZeroed, release, resize } from './allocator';

const SLOTS_MIN: u32 = 64;
/** Ids that a head holds itself. */
const INLINE_MAX: u32 = 2;
/** Entries of the smallest table: what the smallest block has room for. */
const ENTRIES_MIN: u32 = 16;
/** Pairs that are looked up side by side, so that their cache misses overlap. */
const GROUP: u32 = 256;
const FACTOR: u32 = 0x9e3779b1;
/** Takes what is only loaded ahead of its use. */
const loadedAhead = memory.data(8, 16);

@unmanaged
export class PairSet {
  /** A head for each slot. */
  heads: usize;
  /** Slots that there are heads for. */
  slotCapacity: u32;
  pairCount: u32;
  /** Bytes of all tables. */
  tableBytes: u32;
}

/** Of a slot: where its ids are. */
@unmanaged
class Head {
  /** Ids in the table, or in the head. */
  count: u32;
  /** Number of entries - 1; 0: there is no table. */
  mask: u32;
  /** Address of the table, whose entries are an id + 1 (0: free); without one, the first id. */
  table: usize;
  /** Without a table, the second id. */
  second: u32;
}

/** log2 of the bytes of a head. */
const HEAD_SHIFT: u32 = 4;

export function createPairSet(): PairSet {
  const set = changetype<PairSet>(allocateZeroed(offsetof<PairSet>()));
  set.heads = allocateZeroed(SLOTS_MIN << HEAD_SHIFT);
  set.slotCapacity = SLOTS_MIN;
  return set;
}

export function releasePairSet(set: PairSet): void {
  for (let slot: u32 = 0; slot < set.slotCapacity; slot++) {
    const head = headOf(set, slot);
    if (head.mask != 0) release(head.table, (head.mask + 1) << 2);
  }
  release(set.heads, set.slotCapacity << HEAD_SHIFT);
  release(changetype<usize>(set), offsetof<PairSet>());
}

export function pairSetSizeBytes(set: PairSet): u32 {
  return (set.slotCapacity << HEAD_SHIFT) + set.tableBytes;
}

export function pairSetSize(set: PairSet): u32 {
  return set.pairCount;
}

/**
 * Adds the pair of each listed row: its slot and its id, both by row number; not of NULLs. Writes
 * the rows whose pair was not there yet to `fresh` and returns how many they are.
 */
export function addPairs(
  set: PairSet,
  rows: usize,
  count: u32,
  slots: usize,
  ids: usize,
  nulls: usize,
  fresh: usize,
): u32 {
  let freshAt = fresh;
  for (let from: u32 = 0; from < count; from += GROUP) {
    const size = min(GROUP, count - from);
    const groupRows = rows + (from << 2);
    loadAhead(set, groupRows, size, slots, ids);
    for (let at = groupRows; at < groupRows + (size << 2); at += 4) {
      const row = load<u32>(at);
      if (load<u8>(nulls + row) != 0) continue;
      store<u32>(freshAt, row);
      const slot = load<u32>(slots + (row << 2));
      if (insert(set, slot, load<u32>(ids + (row << 2)))) freshAt += 4;
    }
  }
  return <u32>((freshAt - fresh) >> 2);
}

/** Adds one pair, as from a snapshot. */
export function addPair(set: PairSet, slot: u32, id: u32): void {
  insert(set, slot, id);
}

/** Forgets the ids of one slot. */
export function clearPairs(set: PairSet, slot: u32): void {
  if (slot >= set.slotCapacity) return;
  const head = headOf(set, slot);
  set.pairCount -= head.count;
  if (head.mask != 0) {
    const byteCount = (head.mask + 1) << 2;
    set.tableBytes -= byteCount;
    release(head.table, byteCount);
  }
  memory.fill(changetype<usize>(head), 0, 1 << HEAD_SHIFT);
}

/** Copies all pairs to `target`, 8 bytes each: slot + 1 in the upper half, id in the lower. */
export function copyPairs(set: PairSet, target: usize): void {
  for (let slot: u32 = 0; slot < set.slotCapacity; slot++) {
    const head = headOf(set, slot);
    const upper = (<u64>(slot + 1)) << 32;
    if (head.mask == 0) {
      if (head.count > 0) store<u64>(target, upper | <u32>head.table);
      if (head.count > 1) store<u64>(target + 8, upper | head.second);
      target += head.count << 3;
      continue;
    }
    const end = head.table + ((head.mask + 1) << 2);
    for (let at = head.table; at < end; at += 4) {
      const entry = load<u32>(at);
      if (entry == 0) continue;
      store<u64>(target, upper | (entry - 1));
      target += 8;
    }
  }
}

/** Number of ids of a slot. */
export function idCountOfPairs(set: PairSet, slot: u32): u32 {
  return slot < set.slotCapacity ? headOf(set, slot).count : 0;
}

/** Copies the ids of a slot to `target`. */
export function copyIdsOfPairs(set: PairSet, slot: u32, target: usize): void {
  if (slot >= set.slotCapacity) return;
  const head = headOf(set, slot);
  if (head.mask == 0) {
    if (head.count > 0) store<u32>(target, <u32>head.table);
    if (head.count > 1) store<u32>(target, head.second, 4);
    return;
  }
  const end = head.table + ((head.mask + 1) << 2);
  for (let at = head.table; at < end; at += 4) {
    const entry = load<u32>(at);
    if (entry == 0) continue;
    store<u32>(target, entry - 1);
    target += 4;
  }
}

/** Sets a byte of `used` to 1 for every id that occurs. */
export function markPairIds(set: PairSet, used: usize): void {
  for (let slot: u32 = 0; slot < set.slotCapacity; slot++) {
    const head = headOf(set, slot);
    if (head.mask == 0) {
      if (head.count > 0) store<u8>(used + <u32>head.table, 1);
      if (head.count > 1) store<u8>(used + head.second, 1);
      continue;
    }
    const end = head.table + ((head.mask + 1) << 2);
    for (let at = head.table; at < end; at += 4) {
      const entry = load<u32>(at);
      if (entry != 0) store<u8>(used + entry - 1, 1);
    }
  }
}

// @ts-ignore: decorator
@inline
function headOf(set: PairSet, slot: u32): Head {
  return changetype<Head>(set.heads + (slot << HEAD_SHIFT));
}

// @ts-ignore: decorator
@inline
function placeOf(id: u32, mask: u32): u32 {
  const hash = id * FACTOR;
  return (hash ^ (hash >> 15)) & mask;
}

/** True when the pair is new. */
function insert(set: PairSet, slot: u32, id: u32): bool {
  if (slot >= set.slotCapacity) addHeads(set, slot);
  const head = headOf(set, slot);
  if (head.mask == 0) return insertInline(set, head, id);
  const table = head.table;
  const mask = head.mask;
  let place = placeOf(id, mask);
  let entry = load<u32>(table + (place << 2));
  while (entry != 0) {
    if (entry == id + 1) return false;
    place = (place + 1) & mask;
    entry = load<u32>(table + (place << 2));
  }
  store<u32>(table + (place << 2), id + 1);
  head.count++;
  set.pairCount++;
  if (head.count > mask - (mask >> 2)) grow(set, head);
  return true;
}

function insertInline(set: PairSet, head: Head, id: u32): bool {
  if (head.count > 0 && <u32>head.table == id) return false;
  if (head.count > 1 && head.second == id) return false;
  set.pairCount++;
  if (head.count < INLINE_MAX) {
    if (head.count == 0) head.table = id;
    else head.second = id;
    head.count++;
    return true;
  }
  const first = <u32>head.table;
  head.table = allocateZeroed(ENTRIES_MIN << 2);
  head.mask = ENTRIES_MIN - 1;
  set.tableBytes += ENTRIES_MIN << 2;
  put(head, first);
  put(head, head.second);
  put(head, id);
  head.count++;
  return true;
}

/** Puts an id that is not there into the table. */
function put(head: Head, id: u32): void {
  const mask = head.mask;
  let place = placeOf(id, mask);
  while (load<u32>(head.table + (place << 2)) != 0) place = (place + 1) & mask;
  store<u32>(head.table + (place << 2), id + 1);
}

function grow(set: PairSet, head: Head): void {
  const old = head.table;
  const size = head.mask + 1;
  head.table = allocateZeroed(size << 3);
  head.mask = (size << 1) - 1;
  set.tableBytes += size << 2;
  for (let at = old; at < old + (size << 2); at += 4) {
    const entry = load<u32>(at);
    if (entry != 0) put(head, entry - 1);
  }
  release(old, size << 2);
}

/** Heads for all slots up to this one. */
function addHeads(set: PairSet, slot: u32): void {
  let capacity = set.slotCapacity;
  while (capacity <= slot) capacity <<= 1;
  const used = set.slotCapacity << HEAD_SHIFT;
  set.heads = resize(set.heads, used, used, capacity << HEAD_SHIFT);
  memory.fill(set.heads + used, 0, (capacity << HEAD_SHIFT) - used);
  set.slotCapacity = capacity;
}

function loadAhead(set: PairSet, rows: usize, count: u32, slots: usize, ids: usize): void {
  let sum: u32 = 0;
  for (let at = rows; at < rows + (count << 2); at += 4) {
    const row = load<u32>(at);
    const slot = load<u32>(slots + (row << 2));
    if (slot >= set.slotCapacity) continue;
    const head = headOf(set, slot);
    if (head.mask == 0) continue;
    sum ^= load<u32>(head.table + (placeOf(load<u32>(ids + (row << 2)), head.mask) << 2));
  }
  store<u32>(loadedAhead, sum);
}
