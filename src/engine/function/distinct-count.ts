/**
 * COUNT(DISTINCT x), exact, of a window whose counts are asked for at its end: for all groups of
 * the window, which dictionary ids they have seen. Pairs of slot and id are logged as they come and
 * told apart when the log has grown or the counts are wanted (assembly/pair-log.ts), each group in
 * a list of its own. A large and dense group moves from its list to a Roaring bitmap. All of it is
 * dropped with the window.
 */
import { assert } from '../../errors/assert.ts';
import type { Column } from '../batch/column.ts';
import type { LinearMemory } from '../memory/linear-memory.ts';
import type { LocalIdReader, LocalIdWriter } from '../state/local-ids.ts';
import type { StateReader } from '../state/state-reader.ts';
import type { StateWriter } from '../state/state-writer.ts';
import { NO_SLOT, type Accumulator, type Operand, type SlottedRows } from './accumulator.ts';
import { isPairSource, PairChunk, type PairSource } from './pair-chunk.ts';
import { pairRowsOf } from './pair-rows.ts';
import { RoaringBitmap } from './roaring/roaring-bitmap.ts';
import { writeLongs } from './write-result.ts';

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

export class DistinctCountAccumulator implements Accumulator, PairSource {
  readonly appliesFilter = false;
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

  ensureSlots(slotCount: number): void {
    if (slotCount <= this.slotCount) return;
    this.slotCount = slotCount;
    this.forgetCounts();
  }

  accumulate(selected: SlottedRows, operand: Operand): void {
    const { kernels } = this.memory;
    const { rows, slots, ids, nulls } = pairRowsOf(this.memory, selected, operand);
    kernels.logPairs(this.log, rows, selected.count, slots, ids, nulls);
    this.idLimit = operand.idLimit;
    this.forgetCounts();
    const logged = kernels.loggedPairs(this.log);
    if (logged < LOGGED_PAIRS_MIN) return;
    if (logged < kernels.compactPairs(this.log) * LOGGED_SHARE_MIN) return;
    this.moveLargeGroups(this.countedSlots());
  }

  merge(other: Accumulator, targets: Int32Array): void {
    assert(isPairSource(other), 'a distinct count is merged with pairs');
    const chunk = new PairChunk(this.memory, (selected, { ids, nulls }) => {
      const { kernels } = this.memory;
      const { rows, count, slots } = selected;
      kernels.logPairs(
        this.log,
        rows.byteOffset,
        count,
        slots.byteOffset,
        ids.byteOffset,
        nulls.byteOffset,
      );
    });
    this.idLimit = Math.max(this.idLimit, other.idLimit);
    other.givePairs(targets, chunk);
    chunk.finish();
    this.forgetCounts();
  }

  givePairs(targets: Int32Array, chunk: PairChunk): void {
    this.countedSlots();
    const { kernels } = this.memory;
    for (let slot = 0; slot < targets.length; slot++) {
      const target = targets[slot]!;
      if (target === NO_SLOT) continue;
      const bitmap = this.bitmaps.get(slot);
      if (bitmap !== undefined) {
        chunk.addAll(target, bitmap);
        continue;
      }
      const count = kernels.idCountOfSlot(this.log, slot);
      chunk.addAll(target, this.memory.int32ArrayAt(kernels.idsOfSlot(this.log, slot), count));
    }
  }

  emit(from: number, to: number, column: Column): void {
    writeLongs(column, this.countedSlots().subarray(from, to));
  }

  markIds(used: Uint8Array): void {
    this.memory.kernels.markLoggedIds(this.log, used.byteOffset);
    for (const bitmap of this.bitmaps.values()) for (const id of bitmap) used[id] = 1;
  }

  release(): void {
    this.forgetCounts();
    this.memory.kernels.releasePairLog(this.log);
  }

  writeSlots(writer: StateWriter, slots: Int32Array, ids: LocalIdWriter | null): void {
    assert(ids !== null, 'a distinct aggregate has ids');
    this.countedSlots();
    const { kernels } = this.memory;
    const offsets = this.memory.int32ArrayAt(kernels.compactOffsets(this.log), this.slotCount + 1);
    const pairs = kernels.compactPairs(this.log);
    const compact = this.memory.int32ArrayAt(kernels.compactIds(this.log), pairs);
    ids.beginLists();
    for (const slot of slots) {
      const bitmap = this.bitmaps.get(slot);
      if (bitmap === undefined) ids.addList(compact, offsets[slot]!, offsets[slot + 1]!);
      else ids.addList(bitmap.toValues(), 0, bitmap.cardinality);
    }
    ids.endLists(writer);
  }

  readSlots(reader: StateReader, slots: Int32Array, ids: LocalIdReader | null): void {
    assert(ids !== null, 'a distinct aggregate has ids');
    const { memory } = this;
    const lists = ids.readLists(reader, slots.length);
    memory.kernels.logLists(
      this.log,
      slots.length,
      memory.addressOf(slots, slots.length, SLOTS),
      memory.addressOf(lists.counts, slots.length, COUNTS),
      memory.addressOf(lists.ids, lists.ids.length, IDS),
    );
    this.idLimit = Math.max(this.idLimit, ids.idLimit);
    this.forgetCounts();
  }

  /** The counts, for which the log is sorted out if need be. */
  private countedSlots(): Int32Array {
    if (this.counts !== null) return this.counts;
    const counts = this.memory.int32Array(this.slotCount);
    const { kernels } = this.memory;
    kernels.compactPairLog(this.log, this.slotCount, this.idLimit, counts.byteOffset);
    this.counts = counts;
    for (const slot of this.bitmaps.keys()) this.moveToBitmap(slot, counts);
    return counts;
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
    const { kernels } = this.memory;
    const bitmap = this.bitmaps.get(slot)!;
    const count = kernels.idCountOfSlot(this.log, slot);
    const ids = this.memory.int32ArrayAt(kernels.idsOfSlot(this.log, slot), count);
    for (const id of ids) bitmap.add(id);
    kernels.dropSlot(this.log, slot);
    counts[slot] = bitmap.cardinality;
  }
}
