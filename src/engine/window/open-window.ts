/**
 * One window that has not fired: which groups it has seen and their accumulators. A group is a key
 * id of the operator's dictionary; within the window it has a slot, counted from 0.
 */
import type { Accumulator } from '../function/accumulator.ts';
import type { StateReader } from '../state/state-reader.ts';
import type { StateWriter } from '../state/state-writer.ts';

const INITIAL_SLOTS = 64;

export class OpenWindow {
  /** Window bounds on the clocks of the operator's zone, milliseconds. */
  readonly startMs: number;
  readonly endMs: number;
  /** The window fires when the watermark reaches this epoch millisecond. */
  readonly triggerMs: number;
  readonly accumulators: readonly Accumulator[];
  /** Groups seen. */
  slotCount = 0;
  /** Position among the windows that the current batch touches; -1: untouched. */
  batchIndex = -1;
  /** Slot + 1 by key id; 0: not seen. */
  private slotOfKey: Int32Array = new Int32Array(0);
  private keyOfSlot: Int32Array = new Int32Array(INITIAL_SLOTS);

  constructor(
    bounds: { readonly startMs: number; readonly endMs: number; readonly triggerMs: number },
    accumulators: readonly Accumulator[],
  ) {
    this.startMs = bounds.startMs;
    this.endMs = bounds.endMs;
    this.triggerMs = bounds.triggerMs;
    this.accumulators = accumulators;
  }

  get sizeBytes(): number {
    let bytes = this.slotOfKey.byteLength + this.keyOfSlot.byteLength;
    for (const accumulator of this.accumulators) bytes += accumulator.sizeBytes;
    return bytes;
  }

  /** Writes the slot of each listed row's key into `slots`, by row number. */
  assignSlots(
    selected: { readonly rows: Int32Array; readonly count: number; readonly slots: Int32Array },
    keyIds: Int32Array,
    idLimit: number,
  ): void {
    this.reserve(idLimit, selected.count);
    const { slotOfKey, keyOfSlot } = this;
    const { rows, count, slots } = selected;
    let { slotCount } = this;
    for (let index = 0; index < count; index++) {
      const row = rows[index]!;
      const keyId = keyIds[row]!;
      let slot = slotOfKey[keyId]! - 1;
      if (slot < 0) {
        slot = slotCount++;
        slotOfKey[keyId] = slot + 1;
        keyOfSlot[slot] = keyId;
      }
      slots[row] = slot;
    }
    this.slotCount = slotCount;
    for (const accumulator of this.accumulators) accumulator.ensureSlots(slotCount);
  }

  keyAt(slot: number): number {
    return this.keyOfSlot[slot]!;
  }

  /** Marks the key ids of this window's groups. */
  markKeys(used: Uint8Array): void {
    for (let slot = 0; slot < this.slotCount; slot++) used[this.keyOfSlot[slot]!] = 1;
  }

  /** The window has fired and its rows are out. */
  release(): void {
    for (const accumulator of this.accumulators) accumulator.release?.();
  }

  snapshotState(writer: StateWriter): void {
    writer.int32Array(this.keyOfSlot.subarray(0, this.slotCount));
    for (const accumulator of this.accumulators) accumulator.snapshotState(writer, this.slotCount);
  }

  /** Into a fresh window; `idLimit` of the restored dictionary. */
  restoreState(reader: StateReader, idLimit: number): void {
    const keys = reader.int32Array();
    this.slotCount = keys.length;
    this.reserve(idLimit, 0);
    this.keyOfSlot.set(keys);
    for (let slot = 0; slot < keys.length; slot++) this.slotOfKey[keys[slot]!] = slot + 1;
    for (const accumulator of this.accumulators) {
      accumulator.restoreState(reader, this.slotCount);
      accumulator.ensureSlots(this.slotCount);
    }
  }

  private reserve(idLimit: number, newSlots: number): void {
    if (idLimit > this.slotOfKey.length) {
      const grown = new Int32Array(Math.max(idLimit, this.slotOfKey.length * 2, INITIAL_SLOTS));
      grown.set(this.slotOfKey);
      this.slotOfKey = grown;
    }
    const needed = this.slotCount + newSlots;
    if (needed > this.keyOfSlot.length) {
      const grown = new Int32Array(Math.max(needed, this.keyOfSlot.length * 2));
      grown.set(this.keyOfSlot);
      this.keyOfSlot = grown;
    }
  }
}
