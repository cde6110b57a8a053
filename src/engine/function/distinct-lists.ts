/**
 * COUNT, SUM and AVG of the distinct values of groups that come, join and go one by one, as
 * sessions do. The ids of a group are a list of chunks, written as they come; two groups become one
 * by hanging one list behind the other. Ids are told apart when the result is wanted, and when a
 * list has grown to twice what was distinct in it.
 */
import { assert } from '../../errors/assert.ts';
import { BATCH_ROWS, createColumn, type Column } from '../batch/column.ts';
import { readValue } from '../batch/read-value.ts';
import { writeValue } from '../batch/write-value.ts';
import type { LocalIdReader, LocalIdWriter } from '../state/local-ids.ts';
import type { StateReader } from '../state/state-reader.ts';
import type { StateWriter } from '../state/state-writer.ts';
import {
  NO_SLOT,
  slotCapacity,
  type Accumulator,
  type Operand,
  type SlotAccumulator,
  type SlottedRows,
} from './accumulator.ts';
import { writeLong } from './write-result.ts';

/** Words of a chunk: ids, and the number of the next chunk + 1. */
const CHUNK_WORDS = 8;
const CHUNK_IDS = CHUNK_WORDS - 1;
const CHUNKS_MIN = 64;
/** A shorter list is not worth a pass over it. */
const TELL_APART_MIN = 256;

/** Entries of the smallest table; a power of two. */
const SEEN_MIN = 16;
const FACTOR = 0x9e3779b1;

/** What is made of the distinct values of a group. */
export interface DistinctResult {
  /** A plain aggregate of one group, made anew for each; null: their number is the result. */
  readonly make: (() => Accumulator) | null;
  readonly valuesOf: (ids: Int32Array) => Column;
}

export class DistinctListsAccumulator implements SlotAccumulator {
  readonly appliesFilter = false;
  private readonly result: DistinctResult;
  private pool: Int32Array = new Int32Array(CHUNKS_MIN * CHUNK_WORDS);
  /** Chunks handed out so far, whether in use or free. */
  private chunkCount = 0;
  /** Number of the first free chunk + 1; 0: none. */
  private free = 0;
  /** By slot: the first and the last chunk + 1, 0 for an empty list, and the ids in all chunks. */
  private heads: Int32Array = new Int32Array(0);
  private tails: Int32Array = new Int32Array(0);
  private lengths: Int32Array = new Int32Array(0);
  /** By slot: ids in the last chunk. */
  private fills: Int32Array = new Int32Array(0);
  /** The table that ids of one list are told apart in: an id + 1, or 0. */
  private seen: Int32Array = new Int32Array(SEEN_MIN);
  /** By slot: the length at which ids are told apart next. */
  private limits: Int32Array = new Int32Array(0);

  constructor(result: DistinctResult) {
    this.result = result;
  }

  get sizeBytes(): number {
    return this.pool.byteLength + this.heads.byteLength * 5;
  }

  ensureSlots(slotCount: number): void {
    if (slotCount <= this.heads.length) return;
    const size = slotCapacity(this.heads.length, slotCount);
    this.heads = grown(this.heads, size);
    this.tails = grown(this.tails, size);
    this.lengths = grown(this.lengths, size);
    this.fills = grown(this.fills, size);
    this.limits = grown(this.limits, size);
  }

  accumulate({ rows, count, slots }: SlottedRows, { column, ids }: Operand): void {
    assert(column !== null && ids !== null, 'a distinct aggregate has an operand with ids');
    const { nulls } = column;
    for (let index = 0; index < count; index++) {
      const row = rows[index]!;
      if (nulls[row] === 0) this.add(slots[row]!, ids[row]!);
    }
  }

  merge(other: Accumulator, targets: Int32Array): void {
    assert(other instanceof DistinctListsAccumulator, 'like is merged with like');
    for (let slot = 0; slot < targets.length; slot++) {
      const target = targets[slot]!;
      if (target === NO_SLOT) continue;
      for (const id of other.idsOf(slot)) this.add(target, id);
    }
  }

  mergeSlot(from: number, to: number): void {
    if (this.heads[from] === 0) return;
    if (this.heads[to] === 0) this.heads[to] = this.heads[from]!;
    else this.close(to, this.heads[from]!);
    this.tails[to] = this.tails[from]!;
    this.fills[to] = this.fills[from]!;
    this.lengths[to] = this.lengths[to]! + this.lengths[from]!;
    this.limits[to] = this.limits[to]! + this.limits[from]!;
    this.forget(from);
  }

  clearSlot(slot: number): void {
    const tail = this.tails[slot]!;
    if (tail === 0) return;
    // The whole list goes to the free ones at once.
    this.pool[(tail - 1) * CHUNK_WORDS + CHUNK_IDS] = this.free;
    this.free = this.heads[slot]!;
    this.forget(slot);
  }

  emit(from: number, to: number, column: Column): void {
    const { make, valuesOf } = this.result;
    for (let slot = from; slot < to; slot++) {
      const ids = this.distinctIdsOf(slot);
      if (make === null) {
        writeLong(column, slot - from, ids.length);
        continue;
      }
      // A plain aggregate writes to row 0 of a column; each group has one of its own.
      emitPlain(make(), valuesOf, ids, { column, row: slot - from });
    }
  }

  markIds(used: Uint8Array): void {
    for (let slot = 0; slot < this.heads.length; slot++) {
      for (const id of this.idsOf(slot)) used[id] = 1;
    }
  }

  writeSlots(writer: StateWriter, slots: Int32Array, ids: LocalIdWriter | null): void {
    assert(ids !== null, 'a distinct aggregate has ids');
    ids.beginLists();
    for (const slot of slots) {
      const distinct = this.distinctIdsOf(slot);
      ids.addList(distinct, 0, distinct.length);
    }
    ids.endLists(writer);
  }

  readSlots(reader: StateReader, slots: Int32Array, ids: LocalIdReader | null): void {
    assert(ids !== null, 'a distinct aggregate has ids');
    const lists = ids.readLists(reader, slots.length);
    let at = 0;
    for (const [index, slot] of slots.entries()) {
      for (const end = at + lists.counts[index]!; at < end; at++) this.add(slot, lists.ids[at]!);
    }
  }

  private add(slot: number, id: number): void {
    if (this.lengths[slot]! >= Math.max(this.limits[slot]!, TELL_APART_MIN)) this.tellApart(slot);
    let tail = this.tails[slot]!;
    let fill = this.fills[slot]!;
    if (tail === 0 || fill === CHUNK_IDS) {
      const chunk = this.newChunk();
      if (tail === 0) this.heads[slot] = chunk;
      else this.pool[(tail - 1) * CHUNK_WORDS + CHUNK_IDS] = chunk;
      this.tails[slot] = chunk;
      tail = chunk;
      fill = 0;
    }
    this.pool[(tail - 1) * CHUNK_WORDS + fill] = id;
    this.fills[slot] = fill + 1;
    this.lengths[slot] = this.lengths[slot]! + 1;
  }

  /** Writes the list anew with each id once; the next time is when it is twice as long. */
  private tellApart(slot: number): void {
    const ids = this.distinctIdsOf(slot);
    this.clearSlot(slot);
    this.limits[slot] = Math.max(ids.length * 2, TELL_APART_MIN);
    for (const id of ids) this.add(slot, id);
  }

  private distinctIdsOf(slot: number): Int32Array {
    const ids = this.idsOf(slot);
    let size = SEEN_MIN;
    while (size < ids.length * 2) size *= 2;
    if (size > this.seen.length) this.seen = new Int32Array(size);
    else this.seen.fill(0, 0, size);
    const { seen } = this;
    let count = 0;
    for (let index = 0; index < ids.length; index++) {
      const id = ids[index]!;
      let place = (Math.imul(id, FACTOR) >>> 7) & (size - 1);
      while (seen[place] !== 0 && seen[place] !== id + 1) place = (place + 1) & (size - 1);
      if (seen[place] !== 0) continue;
      seen[place] = id + 1;
      ids[count++] = id;
    }
    return ids.subarray(0, count);
  }

  private idsOf(slot: number): Int32Array {
    const { pool } = this;
    const tail = this.tails[slot]!;
    const ids = new Int32Array(this.lengths[slot]!);
    let count = 0;
    for (let chunk = this.heads[slot]!; chunk !== 0;) {
      const at = (chunk - 1) * CHUNK_WORDS;
      const fill = chunk === tail ? this.fills[slot]! : CHUNK_IDS;
      for (let index = 0; index < fill; index++) {
        // A chunk that was not full when another list was hung behind it.
        if (pool[at + index] !== GAP) ids[count++] = pool[at + index]!;
      }
      chunk = chunk === tail ? 0 : pool[at + CHUNK_IDS]!;
    }
    return ids.subarray(0, count);
  }

  /** Hangs a chunk behind the list, whose last chunk is filled up. */
  private close(slot: number, next: number): void {
    const at = (this.tails[slot]! - 1) * CHUNK_WORDS;
    for (let index = this.fills[slot]!; index < CHUNK_IDS; index++) this.pool[at + index] = GAP;
    this.pool[at + CHUNK_IDS] = next;
  }

  private forget(slot: number): void {
    this.heads[slot] = 0;
    this.tails[slot] = 0;
    this.fills[slot] = 0;
    this.lengths[slot] = 0;
    this.limits[slot] = 0;
  }

  private newChunk(): number {
    if (this.free !== 0) {
      const chunk = this.free;
      this.free = this.pool[(chunk - 1) * CHUNK_WORDS + CHUNK_IDS]!;
      return chunk;
    }
    if ((this.chunkCount + 1) * CHUNK_WORDS > this.pool.length) {
      this.pool = grown(this.pool, this.pool.length * 2);
    }
    return ++this.chunkCount;
  }
}

/** No id. */
const GAP = -1;

function emitPlain(
  plain: Accumulator,
  valuesOf: (ids: Int32Array) => Column,
  ids: Int32Array,
  { column, row }: { readonly column: Column; readonly row: number },
): void {
  plain.ensureSlots(1);
  for (let from = 0; from < ids.length; from += VALUES_MAX) {
    const part = ids.subarray(from, from + VALUES_MAX);
    const rows = Int32Array.from(part, (_id, index) => index);
    plain.accumulate(
      { rows, count: rows.length, slots: new Int32Array(rows.length) },
      { column: valuesOf(part), filter: null, keys: null, ids: null, idLimit: 0 },
    );
  }
  const result = createColumn(column.type, 1);
  plain.emit(0, 1, result);
  writeValue(column, row, readValue(result, 0));
}

/** Values are read a batch at a time. */
const VALUES_MAX = BATCH_ROWS;

function grown(array: Int32Array, length: number): Int32Array {
  const larger = new Int32Array(length);
  larger.set(array);
  return larger;
}
