/** COUNT(*) and COUNT(x): rows, or rows whose operand is not NULL. */
import { BATCH_ROWS, type BooleanColumn, type Column } from '../batch/column.ts';
import type { StateReader } from '../state/state-reader.ts';
import type { StateWriter } from '../state/state-writer.ts';
import { growFloat64, type Accumulator, type Operand, type SlottedRows } from './accumulator.ts';
import { writeLong } from './write-result.ts';

export class CountAccumulator implements Accumulator {
  readonly appliesFilter = true;
  private counts: Float64Array = new Float64Array(0);

  get sizeBytes(): number {
    return this.counts.byteLength;
  }

  ensureSlots(slotCount: number): void {
    this.counts = growFloat64(this.counts, slotCount);
  }

  accumulate(selected: SlottedRows, { column, filter }: Operand): void {
    if (filter !== null) this.countPassing(selected, filter, column);
    else if (column !== null && column.hasNulls) this.countValues(selected, column);
    else this.countRows(selected);
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

  private countRows({ rows, count, slots }: SlottedRows): void {
    const { counts } = this;
    for (let index = 0; index < count; index++) {
      const slot = slots[rows[index]!]!;
      counts[slot] = counts[slot]! + 1;
    }
  }

  private countValues({ rows, count, slots }: SlottedRows, { nulls }: Column): void {
    const { counts } = this;
    for (let index = 0; index < count; index++) {
      const row = rows[index]!;
      const slot = slots[row]!;
      counts[slot] = counts[slot]! + 1 - nulls[row]!;
    }
  }

  private countPassing(
    { rows, count, slots }: SlottedRows,
    filter: BooleanColumn,
    column: Column | null,
  ): void {
    const { counts } = this;
    const { values, nulls } = filter;
    const missing = column === null || !column.hasNulls ? noNulls : column.nulls;
    for (let index = 0; index < count; index++) {
      const row = rows[index]!;
      const slot = slots[row]!;
      counts[slot] = counts[slot]! + (values[row]! & (nulls[row]! ^ 1) & (missing[row]! ^ 1));
    }
  }
}

/** The NULL marks of a column without NULLs. */
const noNulls = new Uint8Array(BATCH_ROWS);
