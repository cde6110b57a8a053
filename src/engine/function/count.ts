/** COUNT(*) and COUNT(x): rows, or rows whose operand is not NULL. */
import type { Column } from '../batch/column.ts';
import type { StateReader } from '../state/state-reader.ts';
import type { StateWriter } from '../state/state-writer.ts';
import { growFloat64, type Accumulator, type Operand, type SlottedRows } from './accumulator.ts';
import { writeLong } from './write-result.ts';

export class CountAccumulator implements Accumulator {
  private counts: Float64Array = new Float64Array(0);

  get sizeBytes(): number {
    return this.counts.byteLength;
  }

  ensureSlots(slotCount: number): void {
    this.counts = growFloat64(this.counts, slotCount);
  }

  accumulate(selected: SlottedRows, operand: Operand): void {
    const { counts } = this;
    const { rows, count, slots } = selected;
    const { column } = operand;
    if (column === null || !column.hasNulls) {
      for (let index = 0; index < count; index++) {
        const slot = slots[rows[index]!]!;
        counts[slot] = counts[slot]! + 1;
      }
      return;
    }
    const { nulls } = column;
    for (let index = 0; index < count; index++) {
      const row = rows[index]!;
      const slot = slots[row]!;
      counts[slot] = counts[slot]! + 1 - nulls[row]!;
    }
  }

  emit(slot: number, column: Column, row: number): void {
    writeLong(column, row, this.counts[slot]!);
  }

  markIds(): void {
    // No ids are kept.
  }

  snapshotState(writer: StateWriter, slotCount: number): void {
    writer.float64Array(this.counts.subarray(0, slotCount));
  }

  restoreState(reader: StateReader, slotCount: number): void {
    this.counts = growFloat64(reader.float64Array(), slotCount);
  }
}
