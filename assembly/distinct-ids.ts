/**
 * Drops repetitions from a list of ids. What was seen is noted in the smallest thing that does: a
 * walk over very few ids, a bitmap when the ids are dense, else a hash table whose entries carry
 * the number of the list, so that it need not be cleared for the next one.
 */
import { allocateZeroed, release } from './allocator';

const WALKED_MAX: u32 = 8;
/** A bitmap is cleared for each list: it must have at most this many bits an id. */
const BITMAP_BITS_PER_ID: u32 = 64;
const TABLE_MIN: u32 = 256;
const FACTOR: u32 = 0x9e3779b1;

/** Entries of the number of the list, then the id. */
let table: usize = 0;
let tableSize: u32 = 0;
let listNumber: u32 = 0;

/** Leaves the first of each of the `count` ids at `ids`, in order; returns how many there are. */
export function keepDistinct(ids: usize, count: u32, idLimit: u32): u32 {
  if (count <= WALKED_MAX) return keepByWalk(ids, count);
  if (idLimit <= count * BITMAP_BITS_PER_ID) return keepByBitmap(ids, count, idLimit);
  return keepByTable(ids, count);
}

function keepByWalk(ids: usize, count: u32): u32 {
  let kept: u32 = 0;
  for (let index: u32 = 0; index < count; index++) {
    const id = load<u32>(ids + (index << 2));
    let seen: u32 = 0;
    while (seen < kept && load<u32>(ids + (seen << 2)) != id) seen++;
    if (seen < kept) continue;
    store<u32>(ids + (kept << 2), id);
    kept++;
  }
  return kept;
}

function keepByBitmap(ids: usize, count: u32, idLimit: u32): u32 {
  const byteCount = ((idLimit >> 5) + 1) << 2;
  const bits = allocateZeroed(byteCount);
  let kept: u32 = 0;
  for (let index: u32 = 0; index < count; index++) {
    const id = load<u32>(ids + (index << 2));
    const word = bits + ((id >> 5) << 2);
    const seen = load<u32>(word);
    const bit: u32 = 1 << (id & 31);
    store<u32>(word, seen | bit);
    // Written either way: whether an id is new cannot be foreseen, so a branch would cost more.
    store<u32>(ids + (kept << 2), id);
    kept += (seen & bit) == 0 ? 1 : 0;
  }
  release(bits, byteCount);
  return kept;
}

function keepByTable(ids: usize, count: u32): u32 {
  const bits = 32 - <u32>clz<u32>((count << 1) - 1);
  reserveTable(1 << bits);
  const shift = 32 - bits;
  const mask = <u32>(1 << bits) - 1;
  const list = (<u64>++listNumber) << 32;
  let kept: u32 = 0;
  for (let index: u32 = 0; index < count; index++) {
    const id = load<u32>(ids + (index << 2));
    const wanted = list | id;
    let slot = (id * FACTOR) >> shift;
    let found = load<u64>(table + (slot << 3));
    while (found >= list && found != wanted) {
      slot = (slot + 1) & mask;
      found = load<u64>(table + (slot << 3));
    }
    if (found == wanted) continue;
    store<u64>(table + (slot << 3), wanted);
    store<u32>(ids + (kept << 2), id);
    kept++;
  }
  return kept;
}

/** A table of at least `size` entries in which no list has a number above the last one's. */
function reserveTable(size: u32): void {
  if (size <= tableSize && listNumber != u32.MAX_VALUE) return;
  if (tableSize > 0) release(table, tableSize << 3);
  tableSize = max(max(size, tableSize), TABLE_MIN);
  table = allocateZeroed(tableSize << 3);
  listNumber = 0;
}
