/**
 * COUNT(DISTINCT x), exact: for all groups of one window, which dictionary ids they have seen.
 * Small groups share one open-addressing table of (slot, id) pairs: one cache line a probe, no
 * object per group. A large group moves to a Roaring bitmap of its own the next time the table is
 * rebuilt. All of it is dropped with the window.
 */
import type { Column } from '../batch/column.ts';
import type { StateReader } from '../state/state-reader.ts';
import type { StateWriter } from '../state/state-writer.ts';
import type { TablePool } from '../state/table-pool.ts';
import { assert } from '../../errors/assert.ts';
import { slotCapacity, type Accumulator, type Operand, type SlottedRows } from './accumulator.ts';
import { RoaringBitmap } from './roaring/roaring-bitmap.ts';
import { writeLong } from './write-result.ts';

/** A smaller group stays in the table: it gains nothing that is worth an object of its own. */
const BITMAP_IDS_MIN = 4096;
/**
 * A group gets a bitmap when it holds this share of all ids: then the bitmap's containers are
 * dense, and adding to it is a bit to set. Adding to sparse ones moves sorted arrays about.
 */
const BITMAP_DENSITY_MIN = 1 / 16;
/** A group of this size gets a bitmap however sparse, for the memory: 2 bytes an id, not 16. */
const BITMAP_IDS_ALWAYS = 1 << 18;
/** A table with room for fewer pairs is not worth looking for large groups in: it has 8 MiB. */
const BITMAP_TABLE_PAIRS_MIN = 1 << 20;
const INITIAL_PAIRS = 1 << 12;
/** Below this a table grows eightfold: moving a small one often costs more than its room. */
const SMALL_PAIRS = 1 << 17;
/** The table is rebuilt when more than this share of its entries is taken. */
const LOAD_MAX = 0.8;
/** Room for windows that hold somewhat more than the one before. */
const EXPECTED_MARGIN = 1.02;

/** Takes the result of the prefetch pass, so that it is not optimised away. */
const prefetchResult = new Int32Array(1);

export class DistinctCountAccumulator implements Accumulator {
  readonly appliesFilter = false;
  private readonly pool: TablePool;
  /** Pairs of slot + 1 (0: free) and id. */
  private table: Int32Array;
  private pairCount = 0;
  /** Distinct ids by slot, in the table and in bitmaps alike. */
  private counts: Int32Array = new Int32Array(0);
  /** Bitmaps of the groups that have one. */
  private readonly bitmaps = new Map<number, RoaringBitmap>();

  /** `expectedPairs`: how many pairs the window before held, to skip rebuilding on the way. */
  constructor(pool: TablePool, expectedPairs = 0) {
    this.pool = pool;
    let pairs = INITIAL_PAIRS;
    while (pairs * LOAD_MAX < expectedPairs * EXPECTED_MARGIN) pairs *= 2;
    this.table = pool.take(pairs * 2);
  }

  get sizeBytes(): number {
    let bitmapBytes = 0;
    for (const bitmap of this.bitmaps.values()) bitmapBytes += bitmap.sizeBytes;
    return this.table.byteLength + this.counts.byteLength + bitmapBytes;
  }

  /** Pairs in the table, bitmaps left out. */
  get pairsHeld(): number {
    return this.pairCount;
  }

  /** Distinct values of the group at `slot` so far. */
  countOf(slot: number): number {
    return this.counts[slot]!;
  }

  ensureSlots(slotCount: number): void {
    if (slotCount <= this.counts.length) return;
    const grown = new Int32Array(slotCapacity(this.counts.length, slotCount));
    grown.set(this.counts);
    this.counts = grown;
  }

  accumulate(selected: SlottedRows, operand: Operand): void {
    const { column, ids } = operand;
    assert(column !== null && ids !== null, 'a distinct count has an operand with ids');
    this.reserve(selected.count, operand.idLimit);
    this.prefetch(selected, ids);
    if (this.bitmaps.size > 0) this.addToBoth(selected, ids, column.nulls);
    else this.addPairs(selected, ids, column.nulls);
  }

  emit(slot: number, column: Column, row: number): void {
    writeLong(column, row, this.counts[slot]!);
  }

  markIds(used: Uint8Array): void {
    const { table } = this;
    for (let entry = 0; entry < table.length; entry += 2) {
      if (table[entry] !== 0) used[table[entry + 1]!] = 1;
    }
    for (const bitmap of this.bitmaps.values()) for (const id of bitmap) used[id] = 1;
  }

  release(): void {
    this.pool.give(this.table);
  }

  snapshotState(writer: StateWriter, slotCount: number): void {
    writer.int32Array(this.counts.subarray(0, slotCount));
    writer.uint32(this.pairCount);
    const { table } = this;
    for (let entry = 0; entry < table.length; entry += 2) {
      if (table[entry] === 0) continue;
      writer.uint32(table[entry]! - 1);
      writer.uint32(table[entry + 1]!);
    }
    writer.uint32(this.bitmaps.size);
    for (const [slot, bitmap] of this.bitmaps) {
      writer.uint32(slot);
      writer.bytes(bitmap.serialize());
    }
  }

  restoreState(reader: StateReader, slotCount: number): void {
    this.counts = reader.int32Array();
    this.ensureSlots(slotCount);
    const pairs = reader.uint32();
    let capacity = INITIAL_PAIRS;
    while (capacity * LOAD_MAX < pairs) capacity *= 2;
    this.table = this.pool.take(capacity * 2);
    for (let index = 0; index < pairs; index++) {
      const slot = reader.uint32();
      insertPair(this.table, slot + 1, reader.uint32());
    }
    this.pairCount = pairs;
    const bitmapCount = reader.uint32();
    for (let index = 0; index < bitmapCount; index++) {
      const slot = reader.uint32();
      this.bitmaps.set(slot, RoaringBitmap.deserialize(reader.bytes()));
    }
  }

  private addPairs(selected: SlottedRows, ids: Int32Array, nulls: Uint8Array): void {
    const { table, counts } = this;
    const { rows, count, slots } = selected;
    let added = 0;
    for (let index = 0; index < count; index++) {
      const row = rows[index]!;
      if (nulls[row] === 1) continue;
      const slot = slots[row]!;
      const isNew = insertPair(table, slot + 1, ids[row]!);
      counts[slot] = counts[slot]! + isNew;
      added += isNew;
    }
    this.pairCount += added;
  }

  private addToBoth(selected: SlottedRows, ids: Int32Array, nulls: Uint8Array): void {
    const { table, counts, bitmaps } = this;
    const { rows, count, slots } = selected;
    for (let index = 0; index < count; index++) {
      const row = rows[index]!;
      if (nulls[row] === 1) continue;
      const slot = slots[row]!;
      const bitmap = counts[slot]! >= BITMAP_IDS_MIN ? bitmaps.get(slot) : undefined;
      if (bitmap !== undefined) {
        if (bitmap.add(ids[row]!)) counts[slot] = counts[slot]! + 1;
        continue;
      }
      const isNew = insertPair(table, slot + 1, ids[row]!);
      counts[slot] = counts[slot]! + isNew;
      this.pairCount += isNew;
    }
  }

  /** Loads the first entry of every pair, so that the cache misses of independent rows overlap. */
  private prefetch(selected: SlottedRows, ids: Int32Array): void {
    const { table } = this;
    const mask = table.length - 2;
    const { rows, count, slots } = selected;
    let sum = 0;
    for (let index = 0; index < count; index++) {
      const row = rows[index]!;
      sum ^= table[(hashPair(slots[row]! + 1, ids[row]!) << 1) & mask]!;
    }
    prefetchResult[0] = sum;
  }

  /** Makes sure that `count` more pairs fit, so that the loops need not ask. */
  private reserve(count: number, idLimit: number): void {
    const needed = this.pairCount + count;
    if (needed <= (this.table.length >> 1) * LOAD_MAX) return;
    const old = this.table;
    let pairs = old.length >> 1;
    if (pairs >= BITMAP_TABLE_PAIRS_MIN) this.moveLargeGroups(idLimit);
    while (this.pairCount + count > pairs * LOAD_MAX) pairs *= pairs < SMALL_PAIRS ? 8 : 2;
    const table = this.pool.take(pairs * 2);
    for (let entry = 0; entry < old.length; entry += 2) {
      if (old[entry] !== 0) insertPair(table, old[entry]!, old[entry + 1]!);
    }
    this.table = table;
    this.pool.give(old);
  }

  /** Moves the pairs of groups that are large by now to bitmaps. */
  private moveLargeGroups(idLimit: number): void {
    const { table, counts, bitmaps } = this;
    const dense = Math.max(BITMAP_IDS_MIN, idLimit * BITMAP_DENSITY_MIN);
    const large = Math.min(dense, BITMAP_IDS_ALWAYS);
    for (let entry = 0; entry < table.length; entry += 2) {
      const key = table[entry]!;
      if (key === 0 || counts[key - 1]! < large) continue;
      let bitmap = bitmaps.get(key - 1);
      if (bitmap === undefined) bitmaps.set(key - 1, (bitmap = new RoaringBitmap()));
      bitmap.add(table[entry + 1]!);
      // The hole breaks probe chains; the caller rebuilds the table at once.
      table[entry] = 0;
      this.pairCount--;
    }
  }
}

/** Adds the pair unless it is there; 1 when it is new. The table must have a free entry. */
function insertPair(table: Int32Array, key: number, id: number): 0 | 1 {
  const mask = table.length - 2;
  let entry = (hashPair(key, id) << 1) & mask;
  for (;;) {
    const found = table[entry]!;
    if (found === 0) {
      table[entry] = key;
      table[entry + 1] = id;
      return 1;
    }
    if (found === key && table[entry + 1] === id) return 0;
    entry = (entry + 2) & mask;
  }
}

function hashPair(key: number, id: number): number {
  let hash = (Math.imul(key, 0x9e3779b1) + Math.imul(id, 0x85ebca77)) | 0;
  hash ^= hash >>> 15;
  hash = Math.imul(hash, 0x2c1b3c6d);
  return hash ^ (hash >>> 12);
}
