/**
 * MIN and MAX: NULL operands are skipped, a group without any other is NULL. Numbers and times are
 * compared as floats as long as that is exact, then, and for the other types, as canonical values.
 * Text is ordered by its UTF-8 bytes, as Flink orders it.
 */
import { assert } from '../../errors/assert.ts';
import type { Value } from '../../expression/value.ts';
import type { Column } from '../batch/column.ts';
import { readValue } from '../batch/read-value.ts';
import { writeValue } from '../batch/write-value.ts';
import type { StateReader } from '../state/state-reader.ts';
import type { StateWriter } from '../state/state-writer.ts';
import {
  growFloat64,
  growUint8,
  NO_SLOT,
  type Accumulator,
  type Operand,
  type RunningAccumulator,
  type SlotAccumulator,
  type SlottedRows,
} from './accumulator.ts';
import { writeStateValue } from '../state/state-value.ts';
import { readValueOfKind } from '../state/typed-value.ts';
import { readIntegers, readNumbers, requireLength } from './slot-numbers.ts';

export class ExtremeAccumulator implements SlotAccumulator, RunningAccumulator {
  readonly appliesFilter = false;
  /** 1 for MAX, -1 for MIN. */
  private readonly sign: 1 | -1;
  private readonly kind: Column['kind'];
  /** 1 once the slot has a value. */
  private present: Uint8Array = new Uint8Array(0);
  private floats: Float64Array = new Float64Array(0);
  /** Canonical values by slot, once a batch held one that a float does not hold exactly. */
  private values: Value[] | null = null;

  /** `kind`: of the operand's column, which is that of the result. */
  constructor(which: 'MIN' | 'MAX', kind: Column['kind']) {
    this.sign = which === 'MAX' ? 1 : -1;
    this.kind = kind;
  }

  /** Values other than numbers are estimated at 32 bytes. */
  get sizeBytes(): number {
    return this.present.byteLength + this.floats.byteLength + (this.values?.length ?? 0) * 32;
  }

  ensureSlots(slotCount: number): void {
    this.present = growUint8(this.present, slotCount);
    this.floats = growFloat64(this.floats, slotCount);
  }

  accumulate(selected: SlottedRows, operand: Operand): void {
    const { column } = operand;
    assert(column !== null, 'MIN and MAX have an operand');
    const floats = this.values === null ? floatsOf(column) : null;
    if (floats === null) this.accumulateValues(selected, column);
    else this.accumulateFloats(selected, floats, column.nulls);
  }

  merge(other: Accumulator, targets: Int32Array): void {
    assert(other instanceof ExtremeAccumulator, 'like is merged with like');
    if (this.values === null && other.values === null) this.mergeFloats(other, targets);
    else this.mergeValues(other, targets);
  }

  mergeSlot(from: number, to: number): void {
    if (this.present[from] === 1) {
      const value = this.valueOf(from);
      const isFurther =
        this.present[to] === 0 || compareValues(value, this.valueOf(to)) * this.sign > 0;
      if (isFurther && this.values !== null) this.values[to] = value;
      if (isFurther) this.floats[to] = this.floats[from]!;
      this.present[to] = 1;
    }
    this.clearSlot(from);
  }

  clearSlot(slot: number): void {
    this.present[slot] = 0;
    if (this.values !== null) this.values[slot] = null;
  }

  emit(from: number, to: number, column: Column): void {
    for (let slot = from; slot < to; slot++) this.emitSlot(slot, column, slot - from);
  }

  markIds(): void {
    // No ids are kept.
  }

  writeSlots(writer: StateWriter, slots: Int32Array): void {
    const { present, values, floats } = this;
    writer.boolean(values !== null);
    if (values !== null) {
      for (const slot of slots) {
        writeStateValue(writer, present[slot] === 1 ? (values[slot] ?? null) : null);
      }
      return;
    }
    const known = new Float64Array(slots.length);
    const areKnown = new Uint8Array(slots.length);
    for (let index = 0; index < slots.length; index++) {
      const slot = slots[index]!;
      areKnown[index] = present[slot]!;
      known[index] = present[slot] === 1 ? floats[slot]! : 0;
    }
    writer.bytes(areKnown);
    writer.float64Array(known);
  }

  readSlots(reader: StateReader, slots: Int32Array): void {
    if (reader.boolean()) {
      const values = (this.values ??= this.allValues());
      for (const slot of slots) {
        values[slot] = readValueOfKind(reader, this.kind);
        this.present[slot] = values[slot] === null ? 0 : 1;
      }
      return;
    }
    const present = reader.bytesInPlace();
    requireLength(present.length, slots.length);
    if (this.kind === 'double' || this.kind === 'int') readNumbers(reader, this.floats, slots);
    else readIntegers(reader, this.floats, slots);
    for (let index = 0; index < slots.length; index++) {
      this.present[slots[index]!] = present[index] === 1 ? 1 : 0;
    }
    if (this.values === null) return;
    for (const slot of slots) this.values[slot] = this.floatAsValue(slot);
  }

  emitSlot(slot: number, column: Column, row: number): void {
    if (this.present[slot] === 0) column.setNull(row);
    else writeValue(column, row, this.valueOf(slot));
  }

  private accumulateFloats(
    selected: SlottedRows,
    source: Int32Array | Float64Array,
    nulls: Uint8Array,
  ): void {
    const { floats, present, sign } = this;
    const { rows, count, slots } = selected;
    for (let index = 0; index < count; index++) {
      const row = rows[index]!;
      if (nulls[row] === 1) continue;
      const slot = slots[row]!;
      const value = source[row]!;
      if (present[slot] === 0 || (value - floats[slot]!) * sign > 0) {
        floats[slot] = value;
        present[slot] = 1;
      }
    }
  }

  private accumulateValues(selected: SlottedRows, column: Column): void {
    const values = (this.values ??= this.allValues());
    const { present, sign } = this;
    const { rows, count, slots } = selected;
    for (let index = 0; index < count; index++) {
      const row = rows[index]!;
      if (column.nulls[row] === 1) continue;
      const slot = slots[row]!;
      const value = readValue(column, row);
      if (present[slot] === 0 || compareValues(value, values[slot] ?? null) * sign > 0) {
        values[slot] = value;
        present[slot] = 1;
      }
    }
  }

  private mergeFloats(other: ExtremeAccumulator, targets: Int32Array): void {
    const { floats, present, sign } = this;
    for (let slot = 0; slot < targets.length; slot++) {
      const target = targets[slot]!;
      if (target === NO_SLOT || other.present[slot] === 0) continue;
      const value = other.floats[slot]!;
      if (present[target] === 0 || (value - floats[target]!) * sign > 0) {
        floats[target] = value;
        present[target] = 1;
      }
    }
  }

  private mergeValues(other: ExtremeAccumulator, targets: Int32Array): void {
    const values = (this.values ??= this.allValues());
    const { present, sign } = this;
    for (let slot = 0; slot < targets.length; slot++) {
      const target = targets[slot]!;
      if (target === NO_SLOT || other.present[slot] === 0) continue;
      const value = other.valueOf(slot);
      if (present[target] === 0 || compareValues(value, values[target] ?? null) * sign > 0) {
        values[target] = value;
        present[target] = 1;
      }
    }
  }

  private allValues(): Value[] {
    return Array.from(this.present, (isPresent, slot) =>
      isPresent === 1 ? this.valueOf(slot) : null,
    );
  }

  private valueOf(slot: number): Value {
    return this.values === null ? this.floatAsValue(slot) : (this.values[slot] ?? null);
  }

  private floatAsValue(slot: number): Value {
    if (this.present[slot] === 0) return null;
    const float = this.floats[slot]!;
    if (this.kind === 'long') return BigInt(float);
    if (this.kind === 'timestamp') return BigInt(float) * NANOS_PER_MILLI;
    if (this.kind === 'boolean') return float === 1;
    return float;
  }
}

const NANOS_PER_MILLI = 1_000_000n;

/** The column's values where floats hold them exactly, else null. */
function floatsOf(column: Column): Int32Array | Float64Array | null {
  switch (column.kind) {
    case 'int':
    case 'double':
      return column.values;
    case 'long':
      return column.wide === null ? column.values : null;
    case 'timestamp':
      return column.nanos === null ? column.millis : null;
    case 'boolean':
    case 'bytes':
    case 'decimal':
    case 'object':
      return null;
  }
}

/** Order of two values of one comparable type; neither is NULL. */
function compareValues(left: Value, right: Value): number {
  if (typeof left === 'string' && typeof right === 'string') return compareText(left, right);
  if (left instanceof Uint8Array && right instanceof Uint8Array) return compareBytes(left, right);
  if (left === right) return 0;
  return Number(left) === Number(right)
    ? compareExactly(left, right)
    : Number(left) < Number(right)
      ? -1
      : 1;
}

function compareExactly(left: Value, right: Value): number {
  if (typeof left !== 'bigint' || typeof right !== 'bigint' || left === right) return 0;
  return left < right ? -1 : 1;
}

function compareText(left: string, right: string): number {
  return compareBytes(new TextEncoder().encode(left), new TextEncoder().encode(right));
}

function compareBytes(left: Uint8Array, right: Uint8Array): number {
  const length = Math.min(left.length, right.length);
  for (let index = 0; index < length; index++) {
    const difference = left[index]! - right[index]!;
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}
