/**
 * What a window, or a slice of one, has seen: its groups and their accumulators. A group is a key
 * id of the operator's dictionary; within the window it has a slot, counted from 0.
 */
import type { Column } from '../batch/column.ts';
import type { Accumulator } from '../function/accumulator.ts';
import type { LinearMemory } from '../memory/linear-memory.ts';
import { corruptState } from '../state/corrupt-state.ts';
import type { FiredGroups } from './fired-groups.ts';
import type { PartReader, PartWriter } from './keyed-parts.ts';

const INITIAL_SLOTS = 64;

export class OpenWindow implements FiredGroups {
  readonly accumulators: readonly Accumulator[];
  /** Groups seen. */
  slotCount = 0;
  /** Slot + 1 by key id; 0: not seen. */
  private slotOfKey: Int32Array;
  private keyOfSlot: Int32Array;
  private readonly memory: LinearMemory;

  constructor(accumulators: readonly Accumulator[], memory: LinearMemory) {
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

  writeResult(aggregateIndex: number, from: number, to: number, column: Column): void {
    this.accumulators[aggregateIndex]!.emit(from, to, column);
  }

  /**
   * Adds all groups of another window, which stays as it is; its rows count as later than these.
   * `isMerged`: which aggregates; the state of the others is left alone. Returns the slots that the
   * groups of the other one have here.
   */
  merge(other: OpenWindow, isMerged: (aggregateIndex: number) => boolean = always): Int32Array {
    const { slotCount } = other;
    const targets = new Int32Array(slotCount);
    this.reserve(other.slotOfKey.length, slotCount);
    for (let slot = 0; slot < slotCount; slot++) {
      const key = other.keyOfSlot[slot]!;
      if (this.slotOfKey[key] === 0) {
        this.keyOfSlot[this.slotCount] = key;
        this.slotOfKey[key] = ++this.slotCount;
      }
      targets[slot] = this.slotOfKey[key]! - 1;
    }
    for (const [index, accumulator] of this.accumulators.entries()) {
      accumulator.ensureSlots(this.slotCount);
      if (isMerged(index)) accumulator.merge(other.accumulators[index]!, targets);
    }
    return targets;
  }

  /** Marks the key ids of this window's groups. */
  markKeys(used: Uint8Array): void {
    for (let slot = 0; slot < this.slotCount; slot++) used[this.keyOfSlot[slot]!] = 1;
  }

  /** Nothing is read from it any more. */
  release(): void {
    for (const accumulator of this.accumulators) accumulator.release?.();
    this.memory.release(this.slotOfKey);
    this.memory.release(this.keyOfSlot);
  }

  /** Writes some groups, in the order of these slots. */
  writeSlots({ body, keys, operands }: PartWriter, slots: Int32Array): void {
    keys.writeInOrder(
      body,
      slots.map((slot) => this.keyOfSlot[slot]!),
    );
    for (const [index, accumulator] of this.accumulators.entries()) {
      accumulator.writeSlots(body, slots, operands[index]!);
    }
  }

  /** Adds groups that were written and are not there yet; returns their slots, in that order. */
  readSlots({ body, keys, operands }: PartReader): Int32Array {
    const added = keys.readInOrder(body);
    const first = this.slotCount;
    this.reserve(keys.idLimit, added.length);
    const { keyOfSlot, slotOfKey } = this;
    const slots = new Int32Array(added.length);
    for (let index = 0; index < added.length; index++) {
      const key = added[index]!;
      if (slotOfKey[key] !== 0) throw corruptState('a window has a group twice');
      keyOfSlot[first + index] = key;
      slotOfKey[key] = first + index + 1;
      slots[index] = first + index;
    }
    this.slotCount = first + added.length;
    for (const [index, accumulator] of this.accumulators.entries()) {
      accumulator.ensureSlots(this.slotCount);
      accumulator.readSlots(body, slots, operands[index]!);
    }
    return slots;
  }

  private reserve(idLimit: number, newSlots: number): void {
    this.slotOfKey = grown(this.slotOfKey, idLimit, this.memory);
    this.keyOfSlot = grown(this.keyOfSlot, this.slotCount + newSlots, this.memory);
  }
}

const always = (): boolean => true;

/** An array of at least this length with the content of `array`, which is given up if it is not. */
function grown(array: Int32Array, length: number, memory: LinearMemory): Int32Array {
  if (length <= array.length) return array;
  const larger = memory.int32Array(Math.max(length, array.length * 2));
  larger.set(array);
  memory.release(array);
  return larger;
}
