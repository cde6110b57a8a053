/**
 * Which dictionary ids groups have seen: pairs of slot and id, logged as they come and told apart
 * when the log has grown or the ids are wanted (assembly/pair-log.ts), each group in a list of its
 * own. A large and dense group moves from its list to a Roaring bitmap.
 */
import type { LinearMemory } from '../memory/linear-memory.ts';
import type { IdLists, LocalIdWriter } from '../state/local-ids.ts';
import { NO_SLOT } from './accumulator.ts';
import type { PairChunk } from './pair-chunk.ts';
import type { PairRows } from './pair-rows.ts';
import { RoaringBitmap } from './roaring/roaring-bitmap.ts';

/** Scratch areas of the linear memory, by what is copied there. */
const SLOTS = 0;
const COUNTS = 1;
const IDS = 2;

/**
 * The log is sorted out when it holds this many pairs and twice as many as are known to be
 * distinct: each pair is then sorted a few times at most, and what occurs again and again takes
 * little room.
 */
const LOGGED_PAIRS_MIN = 1 << 19;
const LOGGED_SHARE_MIN = 2;
/** A smaller group stays a list: it gains nothing that is worth an object of its own. */
const BITMAP_IDS_MIN = 4096;
/**
 * A group gets a bitmap when it holds this share of all ids: then the bitmap's containers are
 * dense, and adding to it is a bit to set. Adding to sparse ones moves sorted arrays about.
 */
const BITMAP_DENSITY_MIN = 1 / 16;
/** A group of this size gets a bitmap however sparse, for the memory: 2 bytes an id, not 4. */
const BITMAP_IDS_ALWAYS = 1 << 18;
const NO_IDS: Int32Array = new Int32Array(0);

export class PairLists {
  private readonly memory: LinearMemory;
  /** Address of the pair log. */
  private readonly log: number;
  private slotCount = 0;
  /** All ids logged are below this. */
  idLimit = 0;
  /** Distinct ids by slot, in lists and in bitmaps alike; null: to be counted anew. */
  private counts: Int32Array | null = null;
  /** Bitmaps of the groups that have one. */
  private readonly bitmaps = new Map<number, RoaringBitmap>();

  constructor(memory: LinearMemory) {
    this.memory = memory;
    this.log = memory.kernels.createPairLog();
  }

  get sizeBytes(): number {
    let bytes = this.memory.kernels.pairLogSizeBytes(this.log) + (this.counts?.byteLength ?? 0);
    for (const bitmap of this.bitmaps.values()) bytes += bitmap.sizeBytes;
    return bytes;
  }

  /** Pairs, perhaps several times. */
  get pairCount(): number {
    const { kernels } = this.memory;
    let count = kernels.loggedPairs(this.log) + kernels.compactPairs(this.log);
    for (const bitmap of this.bitmaps.values()) count += bitmap.cardinality;
    return count;
  }

  ensureSlots(slotCount: number): void {
    if (slotCount <= this.slotCount) return;
    this.slotCount = slotCount;
    this.forgetCounts();
  }

  /** Adds the pairs of a batch; all ids are below `idLimit`. */
  add({ rows, slots, ids, nulls }: PairRows, count: number, idLimit: number): void {
    this.memory.kernels.logPairs(this.log, rows, count, slots, ids, nulls);
    this.idLimit = Math.max(this.idLimit, idLimit);
    this.forgetCounts();
  }

  /** Tells the pairs apart when there are many more than there were. */
  sortOut(): void {
    const { kernels } = this.memory;
    const logged = kernels.loggedPairs(this.log);
    if (logged < LOGGED_PAIRS_MIN) return;
    if (logged < kernels.compactPairs(this.log) * LOGGED_SHARE_MIN) return;
    this.moveLargeGroups(this.countedSlots());
  }

  givePairs(targets: Int32Array, chunk: PairChunk): void {
    const slotCount = Math.min(targets.length, this.countedSlots().length);
    for (let slot = 0; slot < slotCount; slot++) {
      const target = targets[slot]!;
      if (target === NO_SLOT) continue;
      chunk.addAll(target, this.bitmaps.get(slot) ?? this.listOf(slot));
    }
  }

  /** Adds all that another one holds, which stays as it is. */
  addAll(other: PairLists): void {
    const { kernels } = this.memory;
    this.ensureSlots(other.slotCount);
    const counts = other.countedSlots().slice();
    for (const [slot, bitmap] of other.bitmaps) {
      counts[slot] = 0;
      const own = this.bitmaps.get(slot);
      if (own === undefined) this.bitmaps.set(slot, bitmap.clone());
      else own.addAll(bitmap);
    }
    const slots = new Int32Array(counts.length);
    for (let slot = 0; slot < slots.length; slot++) slots[slot] = slot;
    kernels.logLists(
      this.log,
      slots.length,
      this.memory.addressOf(slots, slots.length, SLOTS),
      this.memory.addressOf(counts, counts.length, COUNTS),
      kernels.compactIds(other.log),
    );
    this.idLimit = Math.max(this.idLimit, other.idLimit);
    this.forgetCounts();
  }

  addLists(slots: Int32Array, { counts, ids }: IdLists, idLimit: number): void {
    const { memory } = this;
    memory.kernels.logLists(
      this.log,
      slots.length,
      memory.addressOf(slots, slots.length, SLOTS),
      memory.addressOf(counts, slots.length, COUNTS),
      memory.addressOf(ids, ids.length, IDS),
    );
    this.idLimit = Math.max(this.idLimit, idLimit);
    this.forgetCounts();
  }

  /** Adds the list of each slot to those that are written; of groups of more than `idsMax`, none. */
  writeLists(lists: LocalIdWriter, slots: Int32Array, idsMax: number): void {
    const { kernels } = this.memory;
    const counts = this.countedSlots();
    const offsets = this.memory.int32ArrayAt(kernels.compactOffsets(this.log), counts.length + 1);
    const pairs = kernels.compactPairs(this.log);
    const compact = this.memory.int32ArrayAt(kernels.compactIds(this.log), pairs);
    for (const slot of slots) {
      const bitmap = this.bitmaps.get(slot);
      if (slot >= counts.length || counts[slot]! > idsMax) lists.addList(NO_IDS, 0, 0);
      else if (bitmap === undefined) lists.addList(compact, offsets[slot]!, offsets[slot + 1]!);
      else lists.addList(bitmap.toValues(), 0, bitmap.cardinality);
    }
  }

  /** The different ids of a slot; valid until anything is added. */
  idsOf(slot: number): Int32Array {
    if (slot >= this.countedSlots().length) return NO_IDS;
    return this.bitmaps.get(slot)?.toValues() ?? this.listOf(slot);
  }

  /** Different ids by slot, for which the log is sorted out if need be. */
  countedSlots(): Int32Array {
    if (this.counts !== null) return this.counts;
    const counts = this.memory.int32Array(this.slotCount);
    const { kernels } = this.memory;
    kernels.compactPairLog(this.log, this.slotCount, this.idLimit, counts.byteOffset);
    this.counts = counts;
    for (const slot of this.bitmaps.keys()) this.moveToBitmap(slot, counts);
    return counts;
  }

  markIds(used: Uint8Array): void {
    this.memory.kernels.markLoggedIds(this.log, used.byteOffset);
    for (const bitmap of this.bitmaps.values()) for (const id of bitmap) used[id] = 1;
  }

  release(): void {
    this.forgetCounts();
    this.memory.kernels.releasePairLog(this.log);
  }

  private listOf(slot: number): Int32Array {
    const { kernels } = this.memory;
    const count = kernels.idCountOfSlot(this.log, slot);
    if (count === 0) return NO_IDS;
    return this.memory.int32ArrayAt(kernels.idsOfSlot(this.log, slot), count);
  }

  private forgetCounts(): void {
    if (this.counts !== null) this.memory.release(this.counts);
    this.counts = null;
  }

  private moveLargeGroups(counts: Int32Array): void {
    const dense = Math.max(BITMAP_IDS_MIN, this.idLimit * BITMAP_DENSITY_MIN);
    const large = Math.min(dense, BITMAP_IDS_ALWAYS);
    for (let slot = 0; slot < counts.length; slot++) {
      if (counts[slot]! < large || this.bitmaps.has(slot)) continue;
      this.bitmaps.set(slot, new RoaringBitmap());
      this.moveToBitmap(slot, counts);
    }
  }

  /** Moves the list of a group to its bitmap. */
  private moveToBitmap(slot: number, counts: Int32Array): void {
    const bitmap = this.bitmaps.get(slot)!;
    for (const id of this.listOf(slot)) bitmap.add(id);
    this.memory.kernels.dropSlot(this.log, slot);
    counts[slot] = bitmap.cardinality;
  }
}
