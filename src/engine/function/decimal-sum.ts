/** SUM of DECIMAL: exact, NULL when it has more than 38 digits. */
import { assert } from '../../errors/assert.ts';
import { DECIMAL_PRECISION_MAX } from '../../expression/type.ts';
import { isTakenBack } from '../batch/batch.ts';
import type { Column } from '../batch/column.ts';
import type { StateReader } from '../state/state-reader.ts';
import { readBigInt } from '../state/state-value.ts';
import type { StateWriter } from '../state/state-writer.ts';
import type { Operand, SlottedRows } from './accumulator.ts';
import { SumBase } from './sum.ts';

export class DecimalSum extends SumBase {
  /** Unscaled, of the operand's scale. */
  protected readonly sums: bigint[] = [];

  /** An estimate: a bigint of up to 128 bits. */
  get sizeBytes(): number {
    return this.counts.byteLength + this.sums.length * 32;
  }

  override ensureSlots(slotCount: number): void {
    super.ensureSlots(slotCount);
    while (this.sums.length < slotCount) this.sums.push(0n);
  }

  accumulate(selected: SlottedRows, operand: Operand): void {
    const { column } = operand;
    assert(column?.kind === 'decimal', 'a DECIMAL sum has DECIMAL operands');
    const { sums, counts } = this;
    const { rows, count, slots } = selected;
    for (let index = 0; index < count; index++) {
      const row = rows[index]!;
      if (column.nulls[row] === 1) continue;
      const slot = slots[row]!;
      sums[slot] = sums[slot]! + column.values[row]!;
      counts[slot] = counts[slot]! + 1;
    }
  }

  update({ rows, count, slots }: SlottedRows, { column }: Operand, kinds: Uint8Array): void {
    assert(column?.kind === 'decimal', 'a DECIMAL sum has DECIMAL operands');
    const { sums, counts } = this;
    for (let index = 0; index < count; index++) {
      const row = rows[index]!;
      if (column.nulls[row] === 1) continue;
      const slot = slots[row]!;
      const isBack = isTakenBack(kinds[row]!);
      sums[slot] = isBack ? sums[slot]! - column.values[row]! : sums[slot]! + column.values[row]!;
      counts[slot] = counts[slot]! + (isBack ? -1 : 1);
    }
  }

  protected mergeSum(other: SumBase, slot: number, target: number): void {
    assert(other instanceof DecimalSum, 'like is merged with like');
    this.sums[target] = this.sums[target]! + other.sums[slot]!;
  }

  protected clearSum(slot: number): void {
    this.sums[slot] = 0n;
  }

  protected emitValue(slot: number, column: Column, row: number): void {
    writeDecimal(column, row, this.sums[slot]!);
  }

  override writeSlots(writer: StateWriter, slots: Int32Array): void {
    super.writeSlots(writer, slots);
    for (const slot of slots) writer.text(String(this.sums[slot]!));
  }

  override readSlots(reader: StateReader, slots: Int32Array): void {
    super.readSlots(reader, slots);
    for (const slot of slots) this.sums[slot] = readBigInt(reader);
  }
}

/** An unscaled value of the column's scale; NULL when it has more than 38 digits. */
export function writeDecimal(column: Column, row: number, unscaled: bigint): void {
  assert(column.kind === 'decimal', 'the result column of a DECIMAL aggregate is DECIMAL');
  if (unscaled > DECIMAL_LIMIT || unscaled < -DECIMAL_LIMIT) column.setNull(row);
  else column.values[row] = unscaled;
}

const DECIMAL_LIMIT = 10n ** BigInt(DECIMAL_PRECISION_MAX) - 1n;
