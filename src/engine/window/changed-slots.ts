/** Which groups of a window have got rows since their results were emitted last. */
import { requireLength } from '../function/slot-numbers.ts';
import type { StateReader } from '../state/state-reader.ts';
import type { StateWriter } from '../state/state-writer.ts';
import type { SelectedRows } from './keyed-aggregation.ts';

const INITIAL_SLOTS = 64;

export class ChangedSlots {
  private isChanged = new Uint8Array(INITIAL_SLOTS);
  private changed = new Int32Array(INITIAL_SLOTS);
  private count = 0;

  get isEmpty(): boolean {
    return this.count === 0;
  }

  /** `slotOfRow`: by row number; `slotCount`: all slots are below it. */
  mark({ rows, count }: SelectedRows, slotOfRow: Int32Array, slotCount: number): void {
    this.reserve(slotCount);
    const { isChanged, changed } = this;
    for (let index = 0; index < count; index++) {
      const slot = slotOfRow[rows[index]!]!;
      changed[this.count] = slot;
      this.count += isChanged[slot]! ^ 1;
      isChanged[slot] = 1;
    }
  }

  markAll(slots: Int32Array, slotCount: number): void {
    this.reserve(slotCount);
    for (const slot of slots) {
      this.changed[this.count] = slot;
      this.count += this.isChanged[slot]! ^ 1;
      this.isChanged[slot] = 1;
    }
  }

  /** The slots, in the order in which they changed; valid until the next call. */
  slots(): Int32Array {
    return this.changed.subarray(0, this.count);
  }

  /** The slots, in the order in which they changed, and none from now on. */
  take(): Int32Array {
    const taken = this.changed.slice(0, this.count);
    for (const slot of taken) this.isChanged[slot] = 0;
    this.count = 0;
    return taken;
  }

  /** Writes which of the slots have changed. */
  writeSlots(writer: StateWriter, slots: Int32Array): void {
    const marks = new Uint8Array(slots.length);
    for (let index = 0; index < slots.length; index++) {
      marks[index] = this.isChanged[slots[index]!] ?? 0;
    }
    writer.bytes(marks);
  }

  readSlots(reader: StateReader, slots: Int32Array, slotCount: number): void {
    const marks = reader.bytes();
    requireLength(marks.length, slots.length);
    this.markAll(
      slots.filter((_slot, index) => marks[index] === 1),
      slotCount,
    );
  }

  private reserve(slotCount: number): void {
    // One entry more: a slot that is marked already is written behind the last one.
    if (slotCount < this.changed.length) return;
    const size = Math.max(slotCount + 1, this.changed.length * 2);
    const isChanged = new Uint8Array(size);
    isChanged.set(this.isChanged);
    this.isChanged = isChanged;
    const changed = new Int32Array(size);
    changed.set(this.changed);
    this.changed = changed;
  }
}
