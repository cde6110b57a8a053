/**
 * An accumulator: one aggregate's state for all groups of one window, in arrays indexed by slot (a
 * group's number within its window). Rows come as lists, a column at a time; nothing is allocated
 * per row or per group.
 */
import type { BooleanColumn, Column } from '../batch/column.ts';
import type { KeyRanges } from '../state/key-ranges.ts';
import type { LocalIdReader, LocalIdWriter } from '../state/local-ids.ts';
import type { StateReader } from '../state/state-reader.ts';
import type { StateWriter } from '../state/state-writer.ts';

/** Rows of the current batch that belong to one window, and the slot of each. */
export interface SlottedRows {
  /** Row numbers; the first `count` entries are valid. */
  readonly rows: Int32Array;
  readonly count: number;
  /** Slot by row number. */
  readonly slots: Int32Array;
}

/** The aggregate's operand for the current batch. */
export interface Operand {
  /** The operand's column; null for COUNT(*). */
  readonly column: Column | null;
  /** The FILTER condition; null without one. For accumulators that apply it themselves. */
  readonly filter: BooleanColumn | null;
  /** For a distinct count: the operand as key bytes, by row number. */
  readonly keys: KeyRanges | null;
  /** For an exact one: dictionary id by row number; NULL rows are to be skipped by `column`. */
  readonly ids: Int32Array | null;
  /** All ids are below this; 0 without ids. */
  readonly idLimit: number;
}

/** What writes the state of groups, by slot. */
export interface SlotsSource {
  /**
   * Writes what it knows of some slots, in their order. `ids`: of the operand's dictionary, for
   * accumulators that keep ids.
   */
  writeSlots(writer: StateWriter, slots: Int32Array, ids: LocalIdWriter | null): void;
}

/** One piece of a large group. */
export interface GroupPiece extends SlotsSource {
  readonly slot: number;
}

/** What groups that may be too large to be written at once were at a barrier. */
export interface FrozenGroups extends SlotsSource {
  /** As `pieces` are written by themselves, nothing of large groups is written by `writeSlots`. */
  pieces(): Iterable<GroupPiece>;
  /** Nothing is asked for any more. */
  release(): void;
}

export interface Accumulator extends SlotsSource {
  /**
   * True when `accumulate` itself leaves out the rows that the operand's filter does not pass;
   * otherwise it is only given rows that pass.
   */
  readonly appliesFilter: boolean;
  /** Makes room for slots below `slotCount`; new slots are empty groups. */
  ensureSlots(slotCount: number): void;
  accumulate(selected: SlottedRows, operand: Operand): void;
  /**
   * Adds the state of another accumulator of the same aggregate: that of its slot s to the slot
   * targets[s] of this one, which has room for it; not where that is NO_SLOT. The other one stays
   * as it is, and what it has seen counts as later than what this one has.
   */
  merge(other: Accumulator, targets: Int32Array): void;
  /** Writes the results of the slots [from, to) to the rows from 0 on of a column of their type. */
  emit(from: number, to: number, column: Column): void;
  /** Marks the dictionary ids that this state refers to. */
  markIds(used: Uint8Array): void;
  /** Gives tables back for others to use; nothing else is called afterwards. */
  release?(): void;
  /** Bytes held by the tables of this state. */
  readonly sizeBytes: number;
  /** Of groups that may be large: keeps what they are now, for a snapshot. */
  freeze?(): FrozenGroups;
  /** What such groups hold in all, at most. */
  readonly heldIds?: number;
  /** Into empty slots, which there is room for; other slots may hold something. */
  readSlots(reader: StateReader, slots: Int32Array, ids: LocalIdReader | null): void;
}

/** Of groups that come and go one by one, and of which two may become one. */
export interface SlotAccumulator extends Accumulator {
  /** Adds the state of one slot to another, and leaves the first one empty. */
  mergeSlot(from: number, to: number): void;
  /** Makes the slot that of a group that has seen nothing. */
  clearSlot(slot: number): void;
}

/** Results of groups that come and go one by one, and that are asked for all the time. */
export interface SlotResults extends Pick<
  Accumulator,
  'ensureSlots' | 'markIds' | 'release' | 'sizeBytes' | 'writeSlots' | 'readSlots'
> {
  /** Writes the result of one slot to a row of a column of its type. */
  emitSlot(slot: number, column: Column, row: number): void;
  /** Makes the slot that of a group that has seen nothing. */
  clearSlot(slot: number): void;
}

/** Of groups whose rows are only added. */
export interface RunningAccumulator
  extends SlotResults, Pick<Accumulator, 'accumulate' | 'appliesFilter'> {}

/** Of groups whose rows may be taken back. */
export interface RetractableAccumulator extends SlotResults {
  /**
   * Adds the rows of kind +I and +U and takes back those of -U and -D, in their order; `kinds` by
   * row number. All of them pass the operand's filter.
   */
  update(selected: SlottedRows, operand: Operand, kinds: Uint8Array): void;
}

/** A slot that is merged into none. */
export const NO_SLOT = -1;

/** First number of slots of every table. */
const INITIAL_SLOTS = 64;

/** The capacity that holds `slotCount`, at least doubling. */
export function slotCapacity(current: number, slotCount: number): number {
  return Math.max(INITIAL_SLOTS, slotCount, current * 2);
}

export function growFloat64(values: Float64Array, slotCount: number): Float64Array {
  if (slotCount <= values.length) return values;
  const grown = new Float64Array(slotCapacity(values.length, slotCount));
  grown.set(values);
  return grown;
}

export function growUint8(values: Uint8Array, slotCount: number): Uint8Array {
  if (slotCount <= values.length) return values;
  const grown = new Uint8Array(slotCapacity(values.length, slotCount));
  grown.set(values);
  return grown;
}
