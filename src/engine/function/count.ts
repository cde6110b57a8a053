/** COUNT(*) and COUNT(x): rows, or rows whose operand is not NULL. */
import { assert } from '../../errors/assert.ts';
import { isTakenBack } from '../batch/batch.ts';
import { BATCH_ROWS, type Column } from '../batch/column.ts';
import type { LinearMemory } from '../memory/linear-memory.ts';
import type { StateReader } from '../state/state-reader.ts';
import type { StateWriter } from '../state/state-writer.ts';
import {
  NO_SLOT,
  slotCapacity,
  type Accumulator,
  type Operand,
  type RetractableAccumulator,
  type SlotAccumulator,
  type SlottedRows,
} from './accumulator.ts';
import { readIntegers, writeNumbers } from './slot-numbers.ts';
import { writeLong, writeLongs } from './write-result.ts';

/** Scratch areas of the linear memory, by what is copied there. */
const ROWS = 0;
const SLOTS = 1;
const PASSES = 2;
const NULLS = 3;
const OTHER_NULLS = 4;
const CHOSEN = 5;

/** The marks of columns without NULLs, or of a condition that all rows pass. */
const noNulls = new Uint8Array(BATCH_ROWS);
const allPass = new Uint8Array(BATCH_ROWS).fill(1);

export class CountAccumulator implements SlotAccumulator, RetractableAccumulator {
  readonly appliesFilter = true;
  private readonly memory: LinearMemory;
  private counts: Float64Array;

  constructor(memory: LinearMemory) {
    this.memory = memory;
    this.counts = memory.float64Array(slotCapacity(0, 0));
  }

  get sizeBytes(): number {
    return this.counts.byteLength;
  }

  ensureSlots(slotCount: number): void {
    const { counts, memory } = this;
    if (slotCount <= counts.length) return;
    this.counts = memory.float64Array(slotCapacity(counts.length, slotCount));
    this.counts.set(counts);
    memory.release(counts);
  }

  accumulate(selected: SlottedRows, { column, filter }: Operand): void {
    const { memory, counts } = this;
    const { rows, count, slots } = selected;
    const rowsAt = memory.addressOf(rows, count, ROWS);
    const slotsAt = memory.addressOf(slots, slots.length, SLOTS);
    if (filter === null && (column === null || !column.hasNulls)) {
      memory.kernels.countRows(rowsAt, count, slotsAt, counts.byteOffset);
      return;
    }
    const isCounted = this.choose(
      filter === null ? allPass : filter.values,
      filter === null ? noNulls : filter.nulls,
      column === null || !column.hasNulls ? noNulls : column.nulls,
    );
    memory.kernels.countChosen(rowsAt, count, slotsAt, isCounted, counts.byteOffset);
  }

  update({ rows, count, slots }: SlottedRows, { column }: Operand, kinds: Uint8Array): void {
    const { counts } = this;
    const nulls = column === null ? noNulls : column.nulls;
    for (let index = 0; index < count; index++) {
      const row = rows[index]!;
      const slot = slots[row]!;
      if (nulls[row] === 0) counts[slot] = counts[slot]! + (isTakenBack(kinds[row]!) ? -1 : 1);
    }
  }

  merge(other: Accumulator, targets: Int32Array): void {
    assert(other instanceof CountAccumulator, 'like is merged with like');
    const { counts } = this;
    for (let slot = 0; slot < targets.length; slot++) {
      const target = targets[slot]!;
      if (target !== NO_SLOT) counts[target] = counts[target]! + other.counts[slot]!;
    }
  }

  mergeSlot(from: number, to: number): void {
    const { counts } = this;
    counts[to] = counts[to]! + counts[from]!;
    counts[from] = 0;
  }

  clearSlot(slot: number): void {
    this.counts[slot] = 0;
  }

  emit(from: number, to: number, column: Column): void {
    writeLongs(column, this.counts.subarray(from, to));
  }

  emitSlot(slot: number, column: Column, row: number): void {
    writeLong(column, row, this.counts[slot]!);
  }

  markIds(): void {
    // No ids are kept.
  }

  release(): void {
    this.memory.release(this.counts);
  }

  writeSlots(writer: StateWriter, slots: Int32Array): void {
    writeNumbers(writer, this.counts, slots);
  }

  readSlots(reader: StateReader, slots: Int32Array): void {
    readIntegers(reader, this.counts, slots);
  }

  /** Address of 1 for each row that passes and is not NULL. */
  private choose(passes: Uint8Array, nulls: Uint8Array, otherNulls: Uint8Array): number {
    const { memory } = this;
    const isChosen = memory.scratch(CHOSEN, BATCH_ROWS);
    memory.kernels.chooseRows(
      BATCH_ROWS,
      memory.addressOf(passes, BATCH_ROWS, PASSES),
      memory.addressOf(nulls, BATCH_ROWS, NULLS),
      memory.addressOf(otherNulls, BATCH_ROWS, OTHER_NULLS),
      isChosen,
    );
    return isChosen;
  }
}
