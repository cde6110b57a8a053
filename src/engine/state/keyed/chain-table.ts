/**
 * What lists and maps share: elements, each with a slot and a number that counts up, in a chain for
 * each key. A link is a slot plus one, 0 for none.
 * Invariant: the elements of a chain stand in the order of their numbers.
 */
import type { CellHeap } from '../backend/cell-heap.ts';
import type { TtlEvent } from '../ttl/decide-ttl.ts';
import { KeyedTable } from './keyed-table.ts';

const INITIAL_KEYS = 16;
/** Stands for the key of a slot that is free. */
const FREE = -1;

export abstract class ChainTable extends KeyedTable {
  /** By slot. */
  protected keys: Int32Array;
  protected next: Int32Array;
  private previous: Int32Array;
  private numbers: Float64Array;
  /** By key. */
  private firsts = new Int32Array(INITIAL_KEYS);
  private lasts = new Int32Array(INITIAL_KEYS);
  private limit = 0;
  /** First free slot, as a link; `next` chains them. */
  private free = 0;
  private keysEnd = 0;
  private lastNumber = 0;
  /** Where an element was placed last; the next one mostly belongs behind it. */
  private lastPlaced = 0;

  constructor(heap: CellHeap) {
    super(heap);
    const { length } = this.addresses;
    this.keys = new Int32Array(length);
    this.next = new Int32Array(length);
    this.previous = new Int32Array(length);
    this.numbers = new Float64Array(length);
  }

  get keyLimit(): number {
    return this.keysEnd;
  }

  get slotLimit(): number {
    return this.limit;
  }

  /** Removes all elements of the key. */
  remove(key: number): void {
    let mustNote = false;
    for (let link = this.firstOf(key); link !== 0;) {
      const slot = link - 1;
      link = this.next[slot]!;
      if (this.cellLog.leave(slot)) mustNote = true;
      this.unlink(slot);
    }
    if (mustNote) this.cellLog.noteClear(key);
  }

  dropExpired(key: number, nowMs: number, event: TtlEvent): number {
    let count = 0;
    for (let link = this.firstOf(key); link !== 0; count++) {
      const slot = link - 1;
      link = this.next[slot]!;
      if (this.decide(event, this.stampOf(slot), nowMs)!.next === 'drop') this.removeSlot(slot);
    }
    return count;
  }

  markKeys(used: Uint8Array): void {
    for (let key = 0; key < this.keysEnd; key++) if (this.firsts[key] !== 0) used[key] = 1;
  }

  holdsSlot(slot: number): boolean {
    return slot < this.limit && this.keys[slot] !== FREE;
  }

  keyOfSlot(slot: number): number {
    return this.keys[slot]!;
  }

  protected numberOf(slot: number): number {
    return this.numbers[slot]!;
  }

  /** Link of the first element of the key. */
  protected firstOf(key: number): number {
    return this.firsts[key] ?? 0;
  }

  /** A new element with the content, behind the others. */
  protected append(key: number, stampMs: number): number {
    return this.insert(key, ++this.lastNumber, stampMs);
  }

  /** A new element with the content, at the place that its number says. */
  protected insert(key: number, number: number, stampMs: number): number {
    if (number > this.lastNumber) this.lastNumber = number;
    const slot = this.takeSlot(key);
    this.cellLog.add(slot);
    this.storeContent(slot);
    this.numbers[slot] = number;
    this.keys[slot] = key;
    this.setStamp(slot, stampMs);
    const before = this.placeBefore(key, number);
    const behind = before === 0 ? this.firsts[key]! : this.next[before - 1]!;
    this.previous[slot] = before;
    this.next[slot] = behind;
    if (before === 0) this.firsts[key] = slot + 1;
    else this.next[before - 1] = slot + 1;
    if (behind === 0) this.lasts[key] = slot + 1;
    else this.previous[behind - 1] = slot + 1;
    this.lastPlaced = slot + 1;
    return slot;
  }

  /** Link of the element of this number; 0: none. */
  protected findNumber(key: number, number: number): number {
    if (this.firstOf(key) === 0) return 0;
    const link = this.placeBefore(key, number);
    return link !== 0 && this.numbers[link - 1] === number ? link : 0;
  }

  /** Puts the content in the place of what the element holds. */
  protected replace(slot: number, stampMs: number): void {
    this.cellLog.touch(slot);
    this.storeContent(slot);
    this.setStamp(slot, stampMs);
  }

  protected removeSlot(slot: number): void {
    this.cellLog.remove(slot);
    this.unlink(slot);
  }

  /** Takes the element out; snapshots know. */
  protected unlink(slot: number): void {
    const key = this.keys[slot]!;
    const before = this.previous[slot]!;
    const behind = this.next[slot]!;
    if (before === 0) this.firsts[key] = behind;
    else this.next[before - 1] = behind;
    if (behind === 0) this.lasts[key] = before;
    else this.previous[behind - 1] = before;
    this.releaseContent(slot);
    this.keys[slot] = FREE;
    this.next[slot] = this.free;
    this.free = slot + 1;
    if (this.lastPlaced === slot + 1) this.lastPlaced = 0;
  }

  protected override reachSlot(slot: number): number {
    const length = super.reachSlot(slot);
    this.keys = grown(this.keys, length);
    this.next = grown(this.next, length);
    this.previous = grown(this.previous, length);
    const numbers = new Float64Array(length);
    numbers.set(this.numbers);
    this.numbers = numbers;
    return length;
  }

  /** Link of the last element of the key whose number is not greater; 0: it goes to the front. */
  private placeBefore(key: number, number: number): number {
    const near = this.lastPlaced;
    let link = near !== 0 && this.keys[near - 1] === key ? near : this.lasts[key]!;
    if (link === 0) return 0;
    // New elements have the greatest number.
    const last = this.lasts[key]!;
    if (this.numbers[last - 1]! <= number) return last;
    while (link !== 0 && this.numbers[link - 1]! > number) link = this.previous[link - 1]!;
    if (link === 0) return 0;
    for (;;) {
      const behind = this.next[link - 1]!;
      if (behind === 0 || this.numbers[behind - 1]! > number) return link;
      link = behind;
    }
  }

  private takeSlot(key: number): number {
    if (key >= this.keysEnd) {
      if (key >= this.firsts.length) {
        const length = Math.max(this.firsts.length * 2, key + 1);
        this.firsts = grown(this.firsts, length);
        this.lasts = grown(this.lasts, length);
      }
      this.keysEnd = key + 1;
    }
    if (this.free === 0) {
      if (this.limit === this.addresses.length) this.reachSlot(this.limit);
      return this.limit++;
    }
    const slot = this.free - 1;
    this.free = this.next[slot]!;
    return slot;
  }
}

function grown(from: Int32Array, length: number): Int32Array<ArrayBuffer> {
  const to = new Int32Array(length);
  to.set(from);
  return to;
}
