/** Batches of given rows. */
import { Batch, type RowSchema } from '../../src/engine/batch/batch.ts';
import { writeValue } from '../../src/engine/batch/write-value.ts';
import type { Value } from '../../src/expression/value.ts';

export function batchOfRows(schema: RowSchema, rows: readonly (readonly Value[])[]): Batch {
  const batch = new Batch(schema);
  for (const row of rows) {
    for (const [index, value] of row.entries()) {
      writeValue(batch.columns[index]!, batch.rowCount, value);
    }
    batch.rowCount++;
  }
  return batch;
}
