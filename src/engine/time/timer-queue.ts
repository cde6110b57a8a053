/**
 * The timers of one kind: a set of (key, time), taken out in the order of their times, those of one
 * time in the order in which they were registered. A 4-ary heap over typed arrays; where a timer
 * stands in it is known, so that deletion is real and a queue that only moves timers does not grow.
 * Each timer keeps its slot; `slotsOfHeap` and `times` are by position in the heap, the rest by
 * slot. The hash table holds slot + 1, 0 for nothing, and finds a timer by key and time.
 */
import type { ByteSink } from '../state/backend/byte-sink.ts';
import type { ByteSource } from '../state/backend/byte-source.ts';
import type { CellLog } from '../state/backend/cell-log.ts';
import type { CellTable } from '../state/backend/cell-table.ts';

const INITIAL_CAPACITY = 64;
const ARITY = 4;
/** Stands for the key of a slot that is free. */
const FREE = -1;

export class TimerQueue implements CellTable {
  readonly kind: 'event-timers' | 'processing-timers';
  /** Null: nobody takes snapshots of the timers. */
  log: CellLog | null = null;
  /** Slots below this have been used. */
  private limit = 0;
  /** First free slot plus one; `positions` chains them. */
  private free = 0;
  private count = 0;
  private capacity = INITIAL_CAPACITY;
  private times = new Float64Array(INITIAL_CAPACITY);
  private slotsOfHeap = new Int32Array(INITIAL_CAPACITY);
  private positions = new Int32Array(INITIAL_CAPACITY);
  private keys = new Int32Array(INITIAL_CAPACITY);
  /** Number of the registration. */
  private sequences = new Float64Array(INITIAL_CAPACITY);
  private table = new Int32Array(INITIAL_CAPACITY * 2);
  private nextSequence = 0;

  constructor(kind: TimerQueue['kind'] = 'event-timers') {
    this.kind = kind;
  }

  get size(): number {
    return this.count;
  }

  /** Time of the first timer; Infinity: there is none. */
  get nextMs(): number {
    return this.count === 0 ? Infinity : this.times[0]!;
  }

  /** Key of the first timer; -1: there is none. */
  get nextKey(): number {
    return this.count === 0 ? -1 : this.keys[this.slotsOfHeap[0]!]!;
  }

  /** Bytes of all arrays. */
  get sizeBytes(): number {
    const arrays = [this.times, this.slotsOfHeap, this.positions, this.keys, this.sequences];
    return arrays.reduce((sum, { byteLength }) => sum + byteLength, this.table.byteLength);
  }

  /** False when the key has this timer already. */
  register(key: number, timeMs: number): boolean {
    const at = this.find(key, timeMs);
    if (this.table[at] !== 0) return false;
    this.add(key, timeMs, this.nextSequence++);
    return true;
  }

  /** False when the key has no such timer. */
  delete(key: number, timeMs: number): boolean {
    const at = this.find(key, timeMs);
    const entry = this.table[at]!;
    if (entry === 0) return false;
    this.removeSlot(entry - 1, at);
    return true;
  }

  /** Drops the first timer. */
  removeNext(): void {
    const slot = this.slotsOfHeap[0]!;
    this.removeSlot(slot, this.find(this.keys[slot]!, this.times[0]!));
  }

  /** Sets used[key] to 1 for every key that has a timer. */
  markKeys(used: Uint8Array): void {
    for (let at = 0; at < this.count; at++) used[this.keys[this.slotsOfHeap[at]!]!] = 1;
  }

  get slotLimit(): number {
    return this.limit;
  }

  holdsSlot(slot: number): boolean {
    return slot < this.limit && this.keys[slot] !== FREE;
  }

  keyOfSlot(slot: number): number {
    return this.keys[slot]!;
  }

  isLeftOut(): boolean {
    return false;
  }

  writeCell(sink: ByteSink, slot: number): void {
    this.writeName(sink, slot);
    sink.float64(this.sequences[slot]!);
  }

  writeName(sink: ByteSink, slot: number): void {
    sink.float64(this.times[this.positions[slot]!]!);
  }

  putCell(key: number, source: ByteSource): number {
    const timeMs = source.float64();
    const sequence = source.float64();
    if (sequence >= this.nextSequence) this.nextSequence = sequence + 1;
    const entry = this.table[this.find(key, timeMs)]!;
    if (entry !== 0) {
      // Set anew since: it has another place among those of its time.
      if (this.sequences[entry - 1] === sequence) return entry - 1;
      this.delete(key, timeMs);
    }
    return this.add(key, timeMs, sequence);
  }

  dropCell(key: number, source: ByteSource): void {
    this.delete(key, source.float64());
  }

  /** Timers are only removed one by one. */
  dropKey(): void {}

  /** Returns its slot. */
  private add(key: number, timeMs: number, sequence: number): number {
    if (this.count === this.capacity) this.grow();
    const slot = this.takeSlot();
    const position = this.count++;
    this.keys[slot] = key;
    this.sequences[slot] = sequence;
    this.times[position] = timeMs;
    this.slotsOfHeap[position] = slot;
    this.positions[slot] = position;
    this.log?.add(slot);
    this.table[this.find(key, timeMs)] = slot + 1;
    this.moveUp(position);
    return slot;
  }

  /** `at`: where the hash table has the slot. */
  private removeSlot(slot: number, at: number): void {
    this.log?.remove(slot);
    this.clearEntry(at);
    const hole = this.positions[slot]!;
    const last = --this.count;
    if (hole !== last) {
      this.place(hole, this.slotsOfHeap[last]!, this.times[last]!);
      this.moveUp(hole);
      this.moveDown(this.positions[this.slotsOfHeap[hole]!]!);
    }
    this.keys[slot] = FREE;
    this.positions[slot] = this.free;
    this.free = slot + 1;
  }

  private takeSlot(): number {
    if (this.free === 0) return this.limit++;
    const slot = this.free - 1;
    this.free = this.positions[slot]!;
    return slot;
  }

  private place(position: number, slot: number, timeMs: number): void {
    this.times[position] = timeMs;
    this.slotsOfHeap[position] = slot;
    this.positions[slot] = position;
  }

  private moveUp(from: number): void {
    const timeMs = this.times[from]!;
    const slot = this.slotsOfHeap[from]!;
    let position = from;
    while (position > 0) {
      const parent = ((position - 1) / ARITY) | 0;
      if (!this.isBefore(timeMs, slot, parent)) break;
      this.place(position, this.slotsOfHeap[parent]!, this.times[parent]!);
      position = parent;
    }
    this.place(position, slot, timeMs);
  }

  private moveDown(from: number): void {
    const timeMs = this.times[from]!;
    const slot = this.slotsOfHeap[from]!;
    let position = from;
    for (;;) {
      const first = position * ARITY + 1;
      if (first >= this.count) break;
      const end = Math.min(first + ARITY, this.count);
      let least = first;
      for (let child = first + 1; child < end; child++) {
        if (this.isBefore(this.times[child]!, this.slotsOfHeap[child]!, least)) least = child;
      }
      if (this.isBefore(timeMs, slot, least)) break;
      this.place(position, this.slotsOfHeap[least]!, this.times[least]!);
      position = least;
    }
    this.place(position, slot, timeMs);
  }

  private isBefore(timeMs: number, slot: number, position: number): boolean {
    const other = this.times[position]!;
    if (timeMs !== other) return timeMs < other;
    return this.sequences[slot]! < this.sequences[this.slotsOfHeap[position]!]!;
  }

  /** Where the hash table has the timer, or where it would go. */
  private find(key: number, timeMs: number): number {
    const mask = this.table.length - 1;
    let at = hashOf(key, timeMs) & mask;
    for (;;) {
      const slot = this.table[at]! - 1;
      if (slot < 0) return at;
      if (this.keys[slot] === key && this.times[this.positions[slot]!] === timeMs) return at;
      at = (at + 1) & mask;
    }
  }

  /** Empties a place and moves up what is behind it, so that no search stops too early. */
  private clearEntry(from: number): void {
    const { table } = this;
    const mask = table.length - 1;
    let hole = from;
    let at = (from + 1) & mask;
    while (table[at] !== 0) {
      const slot = table[at]! - 1;
      const home = hashOf(this.keys[slot]!, this.times[this.positions[slot]!]!) & mask;
      if (((at - home) & mask) >= ((at - hole) & mask)) {
        table[hole] = table[at]!;
        hole = at;
      }
      at = (at + 1) & mask;
    }
    table[hole] = 0;
  }

  private grow(): void {
    this.capacity *= 2;
    this.times = grown(this.times, new Float64Array(this.capacity));
    this.sequences = grown(this.sequences, new Float64Array(this.capacity));
    this.slotsOfHeap = grown(this.slotsOfHeap, new Int32Array(this.capacity));
    this.positions = grown(this.positions, new Int32Array(this.capacity));
    this.keys = grown(this.keys, new Int32Array(this.capacity));
    this.table = new Int32Array(this.capacity * 2);
    for (let slot = 0; slot < this.limit; slot++) {
      if (this.keys[slot] === FREE) continue;
      this.table[this.find(this.keys[slot]!, this.times[this.positions[slot]!]!)] = slot + 1;
    }
  }
}

function grown<A extends Float64Array | Int32Array>(from: A, to: A): A {
  to.set(from);
  return to;
}

const TWO_32 = 4_294_967_296;

function hashOf(key: number, timeMs: number): number {
  const high = Math.floor(timeMs / TWO_32) | 0;
  let hash = Math.imul(key, 0x9e37_79b1) ^ Math.imul((timeMs % TWO_32) | 0, 0x85eb_ca6b) ^ high;
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b_3c6d);
  return hash ^ (hash >>> 13);
}
