/**
 * Which ids the groups of a window have seen, when it matters at once whether a pair of slot and id
 * is new: an open-addressing table of pairs, 8 bytes each, at most three quarters full.
 */
import { allocate, allocateZeroed, release } from './allocator';

const PAIRS_MIN: u32 = 1 << 10;
/** Below this the table grows eightfold: moving a small one often costs more than its room. */
const PAIRS_SMALL: u32 = 1 << 16;
/** Pairs that are looked up side by side, so that their cache misses overlap. */
const GROUP: u32 = 256;
const FACTOR: u64 = 0x9e3779b97f4a7c15;
/** Takes what is only loaded ahead of its use. */
const loadedAhead = memory.data(8, 16);

@unmanaged
export class PairSet {
  /** A pair is (slot + 1) << 32 | id; 0: free. */
  table: usize;
  /** Number of entries - 1. */
  mask: u32;
  pairCount: u32;
}

export function createPairSet(): PairSet {
  const set = changetype<PairSet>(allocate(offsetof<PairSet>()));
  set.mask = PAIRS_MIN - 1;
  set.table = allocateZeroed(PAIRS_MIN << 3);
  set.pairCount = 0;
  return set;
}

export function releasePairSet(set: PairSet): void {
  release(set.table, (set.mask + 1) << 3);
  release(changetype<usize>(set), offsetof<PairSet>());
}

export function pairSetSizeBytes(set: PairSet): u32 {
  return (set.mask + 1) << 3;
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
    reserve(set, size);
    loadAhead(set, groupRows, size, slots, ids);
    for (let at = groupRows; at < groupRows + (size << 2); at += 4) {
      const row = load<u32>(at);
      if (load<u8>(nulls + row) != 0) continue;
      store<u32>(freshAt, row);
      if (insert(set, pairAt(row, slots, ids))) freshAt += 4;
    }
  }
  return <u32>((freshAt - fresh) >> 2);
}

/** Adds one pair, as from a snapshot. */
export function addPair(set: PairSet, slot: u32, id: u32): void {
  reserve(set, 1);
  insert(set, ((<u64>(slot + 1)) << 32) | id);
}

/** Copies all pairs to `target`, 8 bytes each: slot + 1 in the upper half, id in the lower. */
export function copyPairs(set: PairSet, target: usize): void {
  const end = set.table + ((set.mask + 1) << 3);
  for (let at = set.table; at < end; at += 8) {
    const pair = load<u64>(at);
    if (pair == 0) continue;
    store<u64>(target, pair);
    target += 8;
  }
}

/** Sets a byte of `used` to 1 for every id that occurs. */
export function markPairIds(set: PairSet, used: usize): void {
  const end = set.table + ((set.mask + 1) << 3);
  for (let at = set.table; at < end; at += 8) {
    const pair = load<u64>(at);
    if (pair != 0) store<u8>(used + <u32>pair, 1);
  }
}

// @ts-ignore: decorator
@inline
function pairAt(row: u32, slots: usize, ids: usize): u64 {
  return ((<u64>(load<u32>(slots + (row << 2)) + 1)) << 32) | load<u32>(ids + (row << 2));
}

// @ts-ignore: decorator
@inline
function placeOf(pair: u64, mask: u32): u32 {
  const hash = (pair ^ (pair >> 29)) * FACTOR;
  return (<u32>(hash >> 32)) & mask;
}

// @ts-ignore: decorator
@inline
function insert(set: PairSet, pair: u64): bool {
  const table = set.table;
  const mask = set.mask;
  let place = placeOf(pair, mask);
  let found = load<u64>(table + (place << 3));
  while (found != 0) {
    if (found == pair) return false;
    place = (place + 1) & mask;
    found = load<u64>(table + (place << 3));
  }
  store<u64>(table + (place << 3), pair);
  set.pairCount++;
  return true;
}

function loadAhead(set: PairSet, rows: usize, count: u32, slots: usize, ids: usize): void {
  const table = set.table;
  const mask = set.mask;
  let sum: u64 = 0;
  for (let at = rows; at < rows + (count << 2); at += 4) {
    sum ^= load<u64>(table + (placeOf(pairAt(load<u32>(at), slots, ids), mask) << 3));
  }
  store<u64>(loadedAhead, sum);
}

/** Makes sure that `count` more pairs fit. */
function reserve(set: PairSet, count: u32): void {
  const needed = set.pairCount + count;
  const size = set.mask + 1;
  if (needed <= size - (size >> 2)) return;
  const old = set.table;
  const larger = size < PAIRS_SMALL ? size << 3 : size << 1;
  set.table = allocateZeroed(larger << 3);
  set.mask = larger - 1;
  set.pairCount = 0;
  for (let at = old; at < old + (size << 3); at += 8) {
    const pair = load<u64>(at);
    if (pair != 0) insert(set, pair);
  }
  release(old, size << 3);
}
