/**
 * How often each value of a group has come, so that it can go again: by slot, the number of rows
 * for each id of the operand's dictionary. Only streams of updates need it.
 */
import type { LocalIdReader, LocalIdWriter } from '../state/local-ids.ts';
import type { StateReader } from '../state/state-reader.ts';
import type { StateWriter } from '../state/state-writer.ts';
import { requireLength } from './slot-numbers.ts';

/** An estimate: an entry of a Map with numbers. */
const ENTRY_BYTES = 40;

export class ValueCounts {
  private readonly slots: (Map<number, number> | undefined)[] = [];

  get sizeBytes(): number {
    let entries = 0;
    for (const counts of this.slots) entries += counts?.size ?? 0;
    return entries * ENTRY_BYTES;
  }

  /** True when the value was not there. */
  add(slot: number, id: number): boolean {
    const counts = (this.slots[slot] ??= new Map());
    const count = counts.get(id) ?? 0;
    counts.set(id, count + 1);
    return count === 0;
  }

  /** True when the value is there no more; false also when it never was. */
  takeBack(slot: number, id: number): boolean {
    const counts = this.slots[slot];
    const count = counts?.get(id);
    if (counts === undefined || count === undefined) return false;
    if (count > 1) counts.set(id, count - 1);
    else counts.delete(id);
    return count === 1;
  }

  idsOf(slot: number): Int32Array {
    return Int32Array.from(this.slots[slot]?.keys() ?? []);
  }

  clearSlot(slot: number): void {
    this.slots[slot] = undefined;
  }

  markIds(used: Uint8Array): void {
    for (const counts of this.slots) for (const id of counts?.keys() ?? []) used[id] = 1;
  }

  writeSlots(writer: StateWriter, slots: Int32Array, ids: LocalIdWriter): void {
    for (const slot of slots) {
      const counts = this.slots[slot];
      ids.writeInOrder(writer, Int32Array.from(counts?.keys() ?? []));
      writer.float64Array(Float64Array.from(counts?.values() ?? []));
    }
  }

  readSlots(reader: StateReader, slots: Int32Array, ids: LocalIdReader): void {
    for (const slot of slots) {
      const values = ids.readInOrder(reader);
      const counts = reader.float64Array();
      requireLength(counts.length, values.length);
      if (values.length === 0) continue;
      this.slots[slot] = new Map(Array.from(values, (id, index) => [id, counts[index]!]));
    }
  }
}
