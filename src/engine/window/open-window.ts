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
import { SlotHolds } from './slot-holds.ts';

const INITIAL_SLOTS = 64;
/** Writing a group takes as long as copying so many. Source: measured, 600 ns and 60. */
const WRITING_PER_COPYING = 8;

export class OpenWindow implements FiredGroups {
  readonly accumulators: readonly Accumulator[];
  /** Groups seen. */
  slotCount = 0;
  /** Slot + 1 by key id; 0: not seen. */
  private slotOfKey: Int32Array;
  private keyOfSlot: Int32Array;
  private readonly memory: LinearMemory;
  private readonly makeEmpty: () => OpenWindow;

  /** Snapshots that still write groups of it. */
  readonly holds = new SlotHolds();

  /** `makeEmpty`: makes one with other accumulators of the same aggregates. */
  constructor(
    accumulators: readonly Accumulator[],
    memory: LinearMemory,
    makeEmpty: () => OpenWindow,
  ) {
    this.accumulators = accumulators;
    this.memory = memory;
    this.makeEmpty = makeEmpty;
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
    if (!this.holds.isEmpty) this.holds.beforeChange(slotsOf(selected), count);
    const { slotCount } = this;
    for (const accumulator of this.accumulators) accumulator.ensureSlots(slotCount);
  }

  /** Key id of a slot. */
  keyAt(slot: number): number {
    return this.keyOfSlot[slot]!;
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
    this.holds.beforeChange(targets, slotCount);
    for (const [index, accumulator] of this.accumulators.entries()) {
      accumulator.ensureSlots(this.slotCount);
      if (isMerged(index)) accumulator.merge(other.accumulators[index]!, targets);
    }
    return targets;
  }

  /**
   * What is to take the groups of another one: itself, or a copy where a snapshot holds it, the
   * other one is large, and copying costs less than writing what changes. Groups keep their slots.
   */
  forMerge(other: OpenWindow): OpenWindow {
    const isCheaper = other.slotCount * WRITING_PER_COPYING > this.slotCount;
    if (this.holds.isEmpty || !isCheaper) return this;
    const copy = this.makeEmpty();
    copy.merge(this);
    this.release();
    return copy;
  }

  /** Marks the key ids of this window's groups. */
  markKeys(used: Uint8Array): void {
    for (let slot = 0; slot < this.slotCount; slot++) used[this.keyOfSlot[slot]!] = 1;
  }

  /** An empty one with the same aggregates. */
  empty(): OpenWindow {
    return this.makeEmpty();
  }

  /** Nothing is read from it any more, but by snapshots that still write it. */
  release(): void {
    this.holds.whenEmpty(() => this.free());
  }

  private free(): void {
    for (const accumulator of this.accumulators) accumulator.release?.();
    this.memory.release(this.slotOfKey);
    this.memory.release(this.keyOfSlot);
  }

  /** Writes some groups, in the order of these slots. */
  writeSlots({ body, keys, operands, sourceOf }: PartWriter, slots: Int32Array): void {
    keys.writeInOrder(
      body,
      slots.map((slot) => this.keyOfSlot[slot]!),
    );
    for (const [index, accumulator] of this.accumulators.entries()) {
      sourceOf(accumulator).writeSlots(body, slots, operands[index]!);
    }
  }

  /** Adds groups that were written; returns their slots, in that order. */
  readSlots(part: PartReader): Int32Array {
    const added = part.keys.readInOrder(part.body);
    this.reserve(part.keys.idLimit, added.length);
    if (added.every((key) => this.slotOfKey[key] === 0)) return this.readGroups(added, part);
    // More of groups that are there: a large one is written in pieces.
    const more = this.makeEmpty();
    more.readGroups(added, part);
    const slots = this.merge(more);
    more.release();
    return slots;
  }

  /** Of keys that have no group yet. */
  private readGroups(added: Int32Array, { body, keys, operands }: PartReader): Int32Array {
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

/** The slot of each listed row. */
function slotsOf(selected: {
  readonly rows: Int32Array;
  readonly count: number;
  readonly slots: Int32Array;
}): Int32Array {
  const { rows, count, slots } = selected;
  const found = new Int32Array(count);
  for (let index = 0; index < count; index++) found[index] = slots[rows[index]!]!;
  return found;
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
