/**
 * One window that has not fired: which groups it has seen and their accumulators. A group is a key
 * id of the operator's dictionary; within the window it has a slot, counted from 0.
 */
import type { Accumulator } from '../function/accumulator.ts';
import type { LinearMemory } from '../memory/linear-memory.ts';
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
  private slotOfKey: Int32Array;
  private keyOfSlot: Int32Array;
  private readonly memory: LinearMemory;

  constructor(
    bounds: { readonly startMs: number; readonly endMs: number; readonly triggerMs: number },
    accumulators: readonly Accumulator[],
    memory: LinearMemory,
  ) {
    this.startMs = bounds.startMs;
    this.endMs = bounds.endMs;
    this.triggerMs = bounds.triggerMs;
    this.accumulators = accumulators;
    this.memory = memory;
    this.slotOfKey = memory.int32Array(INITIAL_SLOTS);
    this.keyOfSlot = memory.int32Array(INITIAL_SLOTS);
  }

  get sizeBytes(): number {
    let bytes = this.slotOfKey.byteLength + this.keyOfSlot.byteLength;
    for (const accumulator of this.accumulators) bytes += accumulator.sizeBytes;
    return bytes;
  }

  /**
   * Writes the slot of each listed row's key into `slots`, by row number. All arrays are in the
   * linear memory.
   */
  assignSlots(
    selected: { readonly rows: Int32Array; readonly count: number; readonly slots: Int32Array },
    keyIds: Int32Array,
    idLimit: number,
  ): void {
    this.reserve(idLimit, selected.count);
    const { rows, count, slots } = selected;
    this.slotCount = this.memory.kernels.assignSlots(
      rows.byteOffset,
      count,
      keyIds.byteOffset,
      this.slotOfKey.byteOffset,
      this.keyOfSlot.byteOffset,
      this.slotCount,
      slots.byteOffset,
    );
    const { slotCount } = this;
    for (const accumulator of this.accumulators) accumulator.ensureSlots(slotCount);
  }

  /** Key ids of the slots [from, to). */
  keysOf(from: number, to: number): Int32Array {
    return this.keyOfSlot.subarray(from, to);
  }

  /** Marks the key ids of this window's groups. */
  markKeys(used: Uint8Array): void {
    for (let slot = 0; slot < this.slotCount; slot++) used[this.keyOfSlot[slot]!] = 1;
  }

  /** The window has fired and its rows are out. */
  release(): void {
    for (const accumulator of this.accumulators) accumulator.release?.();
    this.memory.release(this.slotOfKey);
    this.memory.release(this.keyOfSlot);
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
    this.slotOfKey = grown(this.slotOfKey, idLimit, this.memory);
    this.keyOfSlot = grown(this.keyOfSlot, this.slotCount + newSlots, this.memory);
  }
}

/** An array of at least this length with the content of `array`, which is given up if it is not. */
function grown(array: Int32Array, length: number, memory: LinearMemory): Int32Array {
  if (length <= array.length) return array;
  const larger = memory.int32Array(Math.max(length, array.length * 2));
  larger.set(array);
  memory.release(array);
  return larger;
}
