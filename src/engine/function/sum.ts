/**
 * SUM: NULL operands are skipped, a group without any other is NULL. Integer sums are exact floats
 * as long as they are safe integers, then 64-bit integers; they wrap at the width of the result
 * type, as Flink's do. DECIMAL sums that exceed 38 digits are NULL.
 */
import { assert } from '../../errors/assert.ts';
import { isTakenBack } from '../batch/batch.ts';
import type { Column, IntColumn, LongColumn } from '../batch/column.ts';
import type { StateReader } from '../state/state-reader.ts';
import type { StateWriter } from '../state/state-writer.ts';
import {
  growFloat64,
  NO_SLOT,
  slotCapacity,
  type Accumulator,
  type Operand,
  type RetractableAccumulator,
  type SlotAccumulator,
  type SlottedRows,
} from './accumulator.ts';
import { readIntegers, readNumbers, writeNumbers } from './slot-numbers.ts';
import { writeInteger } from './write-result.ts';

/** Sum and number of the operands of each group; SUM and AVG are both read from it. */
export abstract class SumBase implements SlotAccumulator, RetractableAccumulator {
  readonly appliesFilter = false;
  /** Operands that were not NULL, by slot. */
  protected counts: Float64Array = new Float64Array(0);

  abstract get sizeBytes(): number;
  abstract accumulate(selected: SlottedRows, operand: Operand): void;
  abstract update(selected: SlottedRows, operand: Operand, kinds: Uint8Array): void;
  protected abstract emitValue(slot: number, column: Column, row: number): void;
  protected abstract clearSum(slot: number): void;
  /** Adds the sum of a slot of the other one. */
  protected abstract mergeSum(other: SumBase, slot: number, target: number): void;

  ensureSlots(slotCount: number): void {
    this.counts = growFloat64(this.counts, slotCount);
  }

  merge(other: Accumulator, targets: Int32Array): void {
    assert(other instanceof SumBase, 'like is merged with like');
    for (let slot = 0; slot < targets.length; slot++) {
      const target = targets[slot]!;
      if (target === NO_SLOT || other.counts[slot] === 0) continue;
      this.counts[target] = this.counts[target]! + other.counts[slot]!;
      this.mergeSum(other, slot, target);
    }
  }

  mergeSlot(from: number, to: number): void {
    this.counts[to] = this.counts[to]! + this.counts[from]!;
    this.mergeSum(this, from, to);
    this.clearSlot(from);
  }

  clearSlot(slot: number): void {
    this.counts[slot] = 0;
    this.clearSum(slot);
  }

  emit(from: number, to: number, column: Column): void {
    for (let slot = from; slot < to; slot++) this.emitSlot(slot, column, slot - from);
  }

  markIds(): void {
    // No ids are kept.
  }

  writeSlots(writer: StateWriter, slots: Int32Array): void {
    writeNumbers(writer, this.counts, slots);
  }

  readSlots(reader: StateReader, slots: Int32Array): void {
    readIntegers(reader, this.counts, slots);
  }

  emitSlot(slot: number, column: Column, row: number): void {
    if (this.counts[slot] === 0) column.setNull(row);
    else this.emitValue(slot, column, row);
  }
}

export class IntegerSum extends SumBase {
  protected sums: Float64Array = new Float64Array(0);
  /** All sums as 64-bit integers, once one of them was no safe integer. */
  protected wide: BigInt64Array | null = null;

  get sizeBytes(): number {
    return this.counts.byteLength + this.sums.byteLength + (this.wide?.byteLength ?? 0);
  }

  override ensureSlots(slotCount: number): void {
    super.ensureSlots(slotCount);
    this.sums = growFloat64(this.sums, slotCount);
    if (this.wide !== null) this.wide = growBigInt64(this.wide, slotCount);
  }

  accumulate(selected: SlottedRows, operand: Operand): void {
    const { column } = operand;
    assert(
      column?.kind === 'int' || column?.kind === 'long',
      'an integer sum has integer operands',
    );
    if (column.kind === 'long' && column.wide !== null) {
      this.accumulateWide(selected, column.wide, column.nulls);
    } else if (this.wide !== null) {
      this.accumulateWide(selected, column.values, column.nulls);
    } else {
      this.accumulateNarrow(selected, column.values, column.nulls);
    }
  }

  update(selected: SlottedRows, { column }: Operand, kinds: Uint8Array): void {
    assert(
      column?.kind === 'int' || column?.kind === 'long',
      'an integer sum has integer operands',
    );
    const isWide = this.wide !== null || (column.kind === 'long' && column.wide !== null);
    const from = isWide ? 0 : this.updateNarrow(selected, column, kinds);
    if (from < selected.count) this.updateWide(selected, column, { from, kinds });
  }

  /** The exact sum of a group, wrapped to 64 bits. */
  protected sumOf(slot: number): bigint {
    return this.wide === null ? BigInt(this.sums[slot]!) : this.wide[slot]!;
  }

  protected mergeSum(other: SumBase, slot: number, target: number): void {
    assert(other instanceof IntegerSum, 'like is merged with like');
    if (this.wide === null && other.wide === null) {
      const sum = this.sums[target]! + other.sums[slot]!;
      if (Number.isSafeInteger(sum)) {
        this.sums[target] = sum;
        return;
      }
    }
    const wide = this.widen();
    wide[target] = wide[target]! + other.sumOf(slot);
  }

  protected clearSum(slot: number): void {
    this.sums[slot] = 0;
    if (this.wide !== null) this.wide[slot] = 0n;
  }

  protected emitValue(slot: number, column: Column, row: number): void {
    writeInteger(column, row, this.sumOf(slot));
  }

  override writeSlots(writer: StateWriter, slots: Int32Array): void {
    super.writeSlots(writer, slots);
    const isWide = this.wide !== null && slots.some((slot) => !isSafe(this.wide![slot]!));
    writer.boolean(isWide);
    if (isWide) for (const slot of slots) writer.int64(this.sumOf(slot));
    else if (this.wide === null) writeNumbers(writer, this.sums, slots);
    else writer.float64Array(Float64Array.from(slots, (slot) => Number(this.wide![slot]!)));
  }

  override readSlots(reader: StateReader, slots: Int32Array): void {
    super.readSlots(reader, slots);
    if (reader.boolean()) {
      const wide = this.widen();
      for (const slot of slots) wide[slot] = reader.int64();
      return;
    }
    readIntegers(reader, this.sums, slots);
    const { sums, wide } = this;
    if (wide !== null) for (const slot of slots) wide[slot] = BigInt(sums[slot]!);
  }

  private accumulateNarrow(
    selected: SlottedRows,
    values: Int32Array | Float64Array,
    nulls: Uint8Array,
  ): void {
    const { sums, counts } = this;
    const { rows, count, slots } = selected;
    for (let index = 0; index < count; index++) {
      const row = rows[index]!;
      if (nulls[row] === 1) continue;
      const slot = slots[row]!;
      const sum = sums[slot]! + values[row]!;
      if (!Number.isSafeInteger(sum)) {
        this.widen();
        const rest = { rows: rows.subarray(index), count: count - index, slots };
        this.accumulateWide(rest, values, nulls);
        return;
      }
      sums[slot] = sum;
      counts[slot] = counts[slot]! + 1;
    }
  }

  /** Until a sum is no safe integer; returns how many rows were taken. */
  private updateNarrow(
    { rows, count, slots }: SlottedRows,
    { values, nulls }: IntColumn | LongColumn,
    kinds: Uint8Array,
  ): number {
    const { sums, counts } = this;
    for (let index = 0; index < count; index++) {
      const row = rows[index]!;
      if (nulls[row] === 1) continue;
      const slot = slots[row]!;
      const sign = isTakenBack(kinds[row]!) ? -1 : 1;
      const sum = sums[slot]! + sign * values[row]!;
      if (!Number.isSafeInteger(sum)) return index;
      sums[slot] = sum;
      counts[slot] = counts[slot]! + sign;
    }
    return count;
  }

  private updateWide(
    { rows, count, slots }: SlottedRows,
    column: IntColumn | LongColumn,
    { from, kinds }: { readonly from: number; readonly kinds: Uint8Array },
  ): void {
    const wide = this.widen();
    const { counts } = this;
    const values = column.kind === 'long' && column.wide !== null ? column.wide : column.values;
    for (let index = from; index < count; index++) {
      const row = rows[index]!;
      if (column.nulls[row] === 1) continue;
      const slot = slots[row]!;
      const isBack = isTakenBack(kinds[row]!);
      const value = BigInt(values[row]!);
      wide[slot] = isBack ? wide[slot]! - value : wide[slot]! + value;
      counts[slot] = counts[slot]! + (isBack ? -1 : 1);
    }
  }

  private accumulateWide(
    selected: SlottedRows,
    values: Int32Array | Float64Array | BigInt64Array,
    nulls: Uint8Array,
  ): void {
    const wide = this.widen();
    const { counts } = this;
    const { rows, count, slots } = selected;
    for (let index = 0; index < count; index++) {
      const row = rows[index]!;
      if (nulls[row] === 1) continue;
      const slot = slots[row]!;
      wide[slot] = wide[slot]! + BigInt(values[row]!);
      counts[slot] = counts[slot]! + 1;
    }
  }

  private widen(): BigInt64Array {
    if (this.wide !== null) return this.wide;
    const wide = new BigInt64Array(this.sums.length);
    for (let slot = 0; slot < wide.length; slot++) wide[slot] = BigInt(this.sums[slot]!);
    this.wide = wide;
    return wide;
  }
}

export class DoubleSum extends SumBase {
  protected sums: Float64Array = new Float64Array(0);

  get sizeBytes(): number {
    return this.counts.byteLength + this.sums.byteLength;
  }

  override ensureSlots(slotCount: number): void {
    super.ensureSlots(slotCount);
    this.sums = growFloat64(this.sums, slotCount);
  }

  accumulate(selected: SlottedRows, operand: Operand): void {
    const { column } = operand;
    assert(column?.kind === 'double', 'a floating-point sum has floating-point operands');
    const { sums, counts } = this;
    const { rows, count, slots } = selected;
    const { values, nulls } = column;
    for (let index = 0; index < count; index++) {
      const row = rows[index]!;
      if (nulls[row] === 1) continue;
      const slot = slots[row]!;
      sums[slot] = sums[slot]! + values[row]!;
      counts[slot] = counts[slot]! + 1;
    }
  }

  /** In the order of the rows: sums of floats depend on it. */
  update({ rows, count, slots }: SlottedRows, { column }: Operand, kinds: Uint8Array): void {
    assert(column?.kind === 'double', 'a floating-point sum has floating-point operands');
    const { sums, counts } = this;
    const { values, nulls } = column;
    for (let index = 0; index < count; index++) {
      const row = rows[index]!;
      if (nulls[row] === 1) continue;
      const slot = slots[row]!;
      const sign = isTakenBack(kinds[row]!) ? -1 : 1;
      sums[slot] = sums[slot]! + sign * values[row]!;
      counts[slot] = counts[slot]! + sign;
    }
  }

  protected mergeSum(other: SumBase, slot: number, target: number): void {
    assert(other instanceof DoubleSum, 'like is merged with like');
    this.sums[target] = this.sums[target]! + other.sums[slot]!;
  }

  protected clearSum(slot: number): void {
    this.sums[slot] = 0;
  }

  protected emitValue(slot: number, column: Column, row: number): void {
    writeDouble(column, row, this.sums[slot]!);
  }

  override writeSlots(writer: StateWriter, slots: Int32Array): void {
    super.writeSlots(writer, slots);
    writeNumbers(writer, this.sums, slots);
  }

  override readSlots(reader: StateReader, slots: Int32Array): void {
    super.readSlots(reader, slots);
    readNumbers(reader, this.sums, slots);
  }
}

/** FLOAT results are rounded to 32 bits. */
export function writeDouble(column: Column, row: number, value: number): void {
  assert(column.kind === 'double', 'the result column of a floating-point aggregate is one');
  column.values[row] = column.type.root === 'FLOAT' ? Math.fround(value) : value;
}

/** A float holds it exactly. */
function isSafe(sum: bigint): boolean {
  return Number.isSafeInteger(Number(sum));
}

function growBigInt64(values: BigInt64Array, slotCount: number): BigInt64Array {
  if (slotCount <= values.length) return values;
  const grown = new BigInt64Array(slotCapacity(values.length, slotCount));
  grown.set(values);
  return grown;
}
