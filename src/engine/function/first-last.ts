/**
 * FIRST_VALUE and LAST_VALUE in order of arrival. As Flink's, they skip NULL operands; a group
 * without any other is NULL.
 */
import { assert } from '../../errors/assert.ts';
import type { Value } from '../../expression/value.ts';
import type { Column } from '../batch/column.ts';
import { readValue } from '../batch/read-value.ts';
import { writeValue } from '../batch/write-value.ts';
import type { StateReader } from '../state/state-reader.ts';
import { writeStateValue } from '../state/state-value.ts';
import type { StateWriter } from '../state/state-writer.ts';
import { readValueOfKind } from '../state/typed-value.ts';
import {
  NO_SLOT,
  type Accumulator,
  type Operand,
  type RunningAccumulator,
  type SlotAccumulator,
  type SlottedRows,
} from './accumulator.ts';

export class FirstLastAccumulator implements SlotAccumulator, RunningAccumulator {
  readonly appliesFilter = false;
  private readonly keepsFirst: boolean;
  private readonly kind: Column['kind'];
  /** By slot; NULL: no value yet. */
  private readonly values: Value[] = [];

  /** `kind`: of the operand's column, which is that of the result. */
  constructor(which: 'FIRST_VALUE' | 'LAST_VALUE', kind: Column['kind']) {
    this.keepsFirst = which === 'FIRST_VALUE';
    this.kind = kind;
  }

  /** Values are estimated at 32 bytes. */
  get sizeBytes(): number {
    return this.values.length * 32;
  }

  ensureSlots(slotCount: number): void {
    while (this.values.length < slotCount) this.values.push(null);
  }

  accumulate(selected: SlottedRows, operand: Operand): void {
    const { column } = operand;
    assert(column !== null, 'FIRST_VALUE and LAST_VALUE have an operand');
    const { values, keepsFirst } = this;
    const { rows, count, slots } = selected;
    for (let index = 0; index < count; index++) {
      const row = rows[index]!;
      if (column.nulls[row] === 1) continue;
      const slot = slots[row]!;
      if (keepsFirst && values[slot] !== null) continue;
      values[slot] = readValue(column, row);
    }
  }

  merge(other: Accumulator, targets: Int32Array): void {
    assert(other instanceof FirstLastAccumulator, 'like is merged with like');
    const { values, keepsFirst } = this;
    for (let slot = 0; slot < targets.length; slot++) {
      const target = targets[slot]!;
      if (target === NO_SLOT || other.values[slot] === null) continue;
      if (keepsFirst && values[target] !== null) continue;
      values[target] = other.values[slot]!;
    }
  }

  mergeSlot(from: number, to: number): void {
    const { values, keepsFirst } = this;
    const isTaken = values[from] !== null && !(keepsFirst && values[to] !== null);
    if (isTaken) values[to] = values[from]!;
    values[from] = null;
  }

  clearSlot(slot: number): void {
    this.values[slot] = null;
  }

  emit(from: number, to: number, column: Column): void {
    for (let slot = from; slot < to; slot++) this.emitSlot(slot, column, slot - from);
  }

  markIds(): void {
    // No ids are kept.
  }

  writeSlots(writer: StateWriter, slots: Int32Array): void {
    for (const slot of slots) writeStateValue(writer, this.values[slot]!);
  }

  readSlots(reader: StateReader, slots: Int32Array): void {
    for (const slot of slots) this.values[slot] = readValueOfKind(reader, this.kind);
  }

  emitSlot(slot: number, column: Column, row: number): void {
    writeValue(column, row, this.values[slot]!);
  }
}
