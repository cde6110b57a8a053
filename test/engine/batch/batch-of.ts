/** Batches from rows of canonical values, and back. */
import { Batch, type RowSchema } from '../../../src/engine/batch/batch.ts';
import type { Column } from '../../../src/engine/batch/column.ts';
import { readValue } from '../../../src/engine/batch/read-value.ts';
import { writeValue } from '../../../src/engine/batch/write-value.ts';
import type { LogicalType, RowField } from '../../../src/expression/type.ts';
import type { Value } from '../../../src/expression/value.ts';

export type Row = readonly Value[];

export function batchOf(schema: RowSchema, rows: readonly Row[]): Batch {
  const batch = new Batch(schema);
  for (const [row, values] of rows.entries()) {
    for (const [index, column] of batch.columns.entries()) {
      writeValue(column, row, values[index] ?? null);
    }
  }
  batch.rowCount = rows.length;
  return batch;
}

export function rowsOf(batch: Batch): Value[][] {
  return Array.from({ length: batch.rowCount }, (_unused, row) =>
    batch.columns.map((column) => readValue(column, row)),
  );
}

export function valuesOf(column: Column, rowCount: number): Value[] {
  return Array.from({ length: rowCount }, (_unused, row) => readValue(column, row));
}

export function field(name: string, type: LogicalType): RowField {
  return { name, type };
}
