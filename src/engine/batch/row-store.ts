/**
 * A growing set of rows that outlive their batches, such as a lookup table. Everything is copied
 * in, text too; `gatherRows` takes rows out by number without copying text.
 */
import type { Batch, RowSchema } from './batch.ts';
import { BATCH_ROWS, createColumn, type Column } from './column.ts';
import { appendColumn, type RowSelection } from './copy-rows.ts';

export class RowStore {
  readonly schema: RowSchema;
  private stored: Column[];
  private capacity: number;
  private count = 0;

  constructor(schema: RowSchema, capacity = BATCH_ROWS) {
    this.schema = schema;
    this.capacity = capacity;
    this.stored = schema.map((field) => createColumn(field.type, capacity));
  }

  get rowCount(): number {
    return this.count;
  }

  /** The stored columns; others after rows were added. */
  get columns(): readonly Column[] {
    return this.stored;
  }

  /** Copies the selected rows behind those that are there; returns the number of the first. */
  append(batch: Batch, selection: RowSelection): number {
    const from = this.count;
    this.reserve(selection.count);
    for (const [index, column] of this.stored.entries()) {
      appendColumn(batch.columns[index]!, selection, column, from);
    }
    this.count += selection.count;
    return from;
  }

  /** Drops all rows. */
  clear(): void {
    for (const column of this.stored) column.reset();
    this.count = 0;
  }

  private reserve(rowCount: number): void {
    const needed = this.count + rowCount;
    if (needed <= this.capacity) return;
    this.capacity = Math.max(needed, this.capacity * 2);
    const all = { rows: firstRows(this.count), count: this.count };
    this.stored = this.stored.map((column) => {
      const grown = createColumn(column.type, this.capacity);
      appendColumn(column, all, grown, 0);
      return grown;
    });
  }
}

/** The row numbers 0 to `count`. */
function firstRows(count: number): Int32Array {
  const rows = new Int32Array(count);
  for (let row = 0; row < count; row++) rows[row] = row;
  return rows;
}
