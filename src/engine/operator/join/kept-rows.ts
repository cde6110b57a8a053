/**
 * The rows of one side of an interval join. A row gets a slot when it arrives; those that rows of
 * the other side may still meet are kept: by key in the order of time, and by time over all keys
 * so that the oldest can be taken out. Slots are not used again; once most of them are free the
 * rest moves together (`compact`), so that what is held stays within twice what is kept.
 * Invariant: rows of one key and time stand in the order of their slots, and the oldest row of all
 * is the first of its key.
 */
import { assert } from '../../../errors/assert.ts';
import { Batch, type RowSchema } from '../../batch/batch.ts';
import { BATCH_ROWS, type Column } from '../../batch/column.ts';
import { RowStore } from '../../batch/row-store.ts';
import { corruptState } from '../../state/corrupt-state.ts';
import { type RowReader, writeRows } from '../../state/row-values.ts';
import type { StateReader } from '../../state/state-reader.ts';
import type { StateWriter } from '../../state/state-writer.ts';
import { TimeHeap } from '../../time/time-heap.ts';

/** No row, or no key. */
export const NONE = -1;

/** Fewer slots than this are not worth moving together. */
const COMPACT_MIN_SLOTS = 4 * BATCH_ROWS;
const INITIAL_KEYS = 1024;

export interface KeptRow {
  readonly key: number;
  readonly timeMs: number;
  readonly isMatched: boolean;
}

export class KeptRows {
  private store: RowStore;
  private keptCount = 0;
  private readonly byTime = new TimeHeap();
  /** By slot; the key is NONE where the row is not kept. */
  private keys = new Int32Array(BATCH_ROWS).fill(NONE);
  private times = new Float64Array(BATCH_ROWS);
  private matched = new Uint8Array(BATCH_ROWS);
  private next = new Int32Array(BATCH_ROWS);
  private previous = new Int32Array(BATCH_ROWS);
  /** By key: its first and last row, and the one at which the last search ended. */
  private first = new Int32Array(INITIAL_KEYS).fill(NONE);
  private last = new Int32Array(INITIAL_KEYS).fill(NONE);
  private found = new Int32Array(INITIAL_KEYS).fill(NONE);
  private readonly allRows = Int32Array.from({ length: BATCH_ROWS }, (_, row) => row);

  constructor(schema: RowSchema) {
    this.store = new RowStore(schema);
  }

  /** By slot; other arrays after rows were added. */
  get columns(): readonly Column[] {
    return this.store.columns;
  }

  /** Time of the oldest row that is kept; Infinity when none is. */
  get oldestMs(): number {
    return this.byTime.firstMs;
  }

  /** Rows that are kept. */
  get size(): number {
    return this.keptCount;
  }

  /** Copies all rows of the batch in; returns the slot of the first. None is kept yet. */
  append(batch: Batch): number {
    const from = this.store.append(batch, { rows: this.allRows, count: batch.rowCount });
    this.reserveSlots(this.store.rowCount);
    this.keys.fill(NONE, from, this.store.rowCount);
    return from;
  }

  /** Makes room for keys below `keyLimit`. */
  reserveKeys(keyLimit: number): void {
    if (keyLimit <= this.first.length) return;
    const capacity = Math.max(keyLimit, this.first.length * 2);
    this.first = grownInts(this.first, capacity);
    this.last = grownInts(this.last, capacity);
    this.found = grownInts(this.found, capacity);
  }

  keep(slot: number, { key, timeMs, isMatched }: KeptRow): void {
    this.keys[slot] = key;
    this.times[slot] = timeMs;
    this.matched[slot] = isMatched ? 1 : 0;
    this.keptCount++;
    this.byTime.push(timeMs, slot);
    let before = this.last[key]!;
    while (before !== NONE && this.times[before]! > timeMs) before = this.previous[before]!;
    const after = before === NONE ? this.first[key]! : this.next[before]!;
    this.previous[slot] = before;
    this.next[slot] = after;
    if (before === NONE) this.first[key] = slot;
    else this.next[before] = slot;
    if (after === NONE) this.last[key] = slot;
    else this.previous[after] = slot;
  }

  /**
   * The first row of the key at or behind this time; NONE when there is none. Starts where the
   * last search of the key ended, since times of both sides rise together.
   */
  firstFrom(key: number, timeMs: number): number {
    const { times, next, previous } = this;
    let slot = this.found[key]!;
    if (slot === NONE) slot = this.first[key]!;
    if (slot === NONE) return NONE;
    if (times[slot]! < timeMs) {
      while (times[slot]! < timeMs) {
        const following = next[slot]!;
        if (following === NONE) {
          this.found[key] = slot;
          return NONE;
        }
        slot = following;
      }
    } else {
      for (;;) {
        const before = previous[slot]!;
        if (before === NONE || times[before]! < timeMs) break;
        slot = before;
      }
    }
    this.found[key] = slot;
    return slot;
  }

  /** The next row of the key that is not behind this time; NONE when there is none. */
  nextUntil(slot: number, timeMs: number): number {
    const next = this.next[slot]!;
    return next === NONE || this.times[next]! > timeMs ? NONE : next;
  }

  timeOf(slot: number): number {
    return this.times[slot]!;
  }

  isMatched(slot: number): boolean {
    return this.matched[slot] === 1;
  }

  markMatched(slot: number): void {
    this.matched[slot] = 1;
  }

  /** Gives up the oldest row; its columns can be read until the next `compact`. */
  removeOldest(): number {
    const slot = this.byTime.pop();
    const key = this.keys[slot]!;
    assert(this.first[key] === slot, 'the oldest row is the first of its key');
    const next = this.next[slot]!;
    this.first[key] = next;
    if (next === NONE) this.last[key] = NONE;
    else this.previous[next] = NONE;
    if (this.found[key] === slot) this.found[key] = next;
    this.keys[slot] = NONE;
    this.keptCount--;
    return slot;
  }

  /** The keys of the rows whose time is before, perhaps several times. */
  keysBefore(timeMs: number): Int32Array {
    return Int32Array.from(this.byTime.slotsBefore(timeMs), (slot) => this.keys[slot]!);
  }

  /** Sets used[key] to 1 for every key with a row. */
  markKeys(used: Uint8Array): void {
    const limit = Math.min(used.length, this.first.length);
    for (let key = 0; key < limit; key++) if (this.first[key] !== NONE) used[key] = 1;
  }

  /** Moves the rows together when most slots are free. Slots have other numbers afterwards. */
  compactWhenDue(): void {
    const { rowCount } = this.store;
    if (rowCount >= COMPACT_MIN_SLOTS && this.keptCount * 2 <= rowCount) this.compact();
  }

  /** Whether a row of the key is kept. */
  holds(key: number): boolean {
    return key < this.first.length && this.first[key] !== NONE;
  }

  /** Writes the rows of these keys, those of each in their order. */
  writeKeys(writer: StateWriter, keys: Int32Array): void {
    const counts = new Int32Array(keys.length);
    const slots: number[] = [];
    for (const [index, key] of keys.entries()) {
      const before = slots.length;
      let slot = this.holds(key) ? this.first[key]! : NONE;
      for (; slot !== NONE; slot = this.next[slot]!) slots.push(slot);
      counts[index] = slots.length - before;
    }
    writer.int32Array(counts);
    writer.bytes(Uint8Array.from(slots, (slot) => this.matched[slot]!));
    writeRows(writer, this.store.columns, slots);
  }

  /** Keeps the rows that were written for keys of which none is kept; there is room for the keys. */
  readKeys(reader: StateReader, keys: Int32Array, timeIndex: number, rows: RowReader): void {
    const counts = reader.int32Array();
    const matched = reader.bytes();
    const rowCount = counts.reduce((sum, count) => sum + count, 0);
    const isWhole = counts.length === keys.length && rowCount === matched.length;
    if (!isWhole || counts.some((count) => count < 0) || matched.some((mark) => mark > 1)) {
      throw corruptState('the rows of its keys are not whole');
    }
    const keyOfRow = new Int32Array(rowCount);
    let end = 0;
    for (const [index, key] of keys.entries()) keyOfRow.fill(key, end, (end += counts[index]!));
    rows.read(reader, rowCount, (batch, from) => {
      const column = batch.columns[timeIndex]!;
      assert(column.kind === 'timestamp', 'the time attribute is a timestamp');
      const first = this.append(batch);
      for (let row = 0; row < batch.rowCount; row++) {
        const isMatched = matched[from + row] === 1;
        const timeMs = column.millis[row]!;
        this.keep(first + row, { key: keyOfRow[from + row]!, timeMs, isMatched });
      }
    });
  }

  private compact(): void {
    const { keptCount, store } = this;
    const numbers = new Int32Array(store.rowCount);
    const rows = new Int32Array(keptCount);
    let count = 0;
    for (let slot = 0; slot < store.rowCount; slot++) {
      if (this.keys[slot] === NONE) continue;
      numbers[slot] = count;
      rows[count++] = slot;
    }
    this.store = new RowStore(store.schema, Math.max(keptCount * 2, BATCH_ROWS));
    this.store.append(new Batch(store.schema, store.columns), { rows, count });
    const { keys, times, matched, next, previous } = this;
    this.keys = new Int32Array(Math.max(keptCount * 2, BATCH_ROWS)).fill(NONE);
    this.times = new Float64Array(this.keys.length);
    this.matched = new Uint8Array(this.keys.length);
    this.next = new Int32Array(this.keys.length);
    this.previous = new Int32Array(this.keys.length);
    for (let slot = 0; slot < count; slot++) {
      const old = rows[slot]!;
      this.keys[slot] = keys[old]!;
      this.times[slot] = times[old]!;
      this.matched[slot] = matched[old]!;
      this.next[slot] = next[old] === NONE ? NONE : numbers[next[old]!]!;
      this.previous[slot] = previous[old] === NONE ? NONE : numbers[previous[old]!]!;
    }
    for (const byKey of [this.first, this.last, this.found]) {
      for (let key = 0; key < byKey.length; key++) {
        if (byKey[key] !== NONE) byKey[key] = numbers[byKey[key]!]!;
      }
    }
    this.byTime.renumber(numbers);
  }

  private reserveSlots(slotCount: number): void {
    if (slotCount <= this.keys.length) return;
    const capacity = Math.max(slotCount, this.keys.length * 2);
    this.keys = grownInts(this.keys, capacity);
    this.next = grownInts(this.next, capacity);
    this.previous = grownInts(this.previous, capacity);
    const times = new Float64Array(capacity);
    times.set(this.times);
    this.times = times;
    const matched = new Uint8Array(capacity);
    matched.set(this.matched);
    this.matched = matched;
  }
}

/** A longer copy, filled up with NONE. */
function grownInts(array: Int32Array, capacity: number): Int32Array<ArrayBuffer> {
  const grown = new Int32Array(capacity).fill(NONE, array.length);
  grown.set(array);
  return grown;
}
