/** Copies rows of a batch to the end of a batch that somebody keeps, text included. */
import { assert } from '../../errors/assert.ts';
import { WATERMARK_MIN, rowKinds, type Batch } from './batch.ts';
import { BATCH_ROWS } from './column.ts';
import { appendColumn, type RowSelection } from './copy-rows.ts';

/**
 * Appends the selected rows of `source` to `target`, which owns its columns and has room for them.
 * Kinds and watermarks come along; the target's watermark becomes that after the source.
 */
export function appendRows(source: Batch, selection: RowSelection, target: Batch): void {
  const { rows, count } = selection;
  const from = target.rowCount;
  assert(from + count <= BATCH_ROWS, 'appended rows fit into the batch');
  for (const [index, column] of target.columns.entries()) {
    appendColumn(source.columns[index]!, selection, column, from);
  }
  if (source.kinds !== null || target.kinds !== null) {
    target.kinds ??= new Uint8Array(BATCH_ROWS).fill(rowKinds.insert);
    for (let index = 0; index < count; index++) {
      target.kinds[from + index] = source.kinds?.[rows[index]!] ?? rowKinds.insert;
    }
  }
  if (source.watermarksBefore !== null || target.watermarksBefore !== null) {
    target.watermarksBefore ??= new Float64Array(BATCH_ROWS).fill(WATERMARK_MIN);
    for (let index = 0; index < count; index++) {
      target.watermarksBefore[from + index] =
        source.watermarksBefore?.[rows[index]!] ?? WATERMARK_MIN;
    }
  }
  target.rowCount = from + count;
  target.watermarkAfter = source.watermarkAfter;
}
