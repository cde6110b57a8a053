/**
 * Batches made of chosen rows of another batch or of a row store, in a given order. Text is not
 * copied: the result points into the source's blocks and is as short-lived as they are.
 */
import { Batch, type RowSchema } from './batch.ts';
import { BATCH_ROWS, type Column } from './column.ts';
import { gatherColumn, type RowSelection } from './copy-rows.ts';

/** Fills rows 0 to `count` of `targets` from `sources`, column by column. */
export function gatherRows(
  sources: readonly Column[],
  selection: RowSelection,
  targets: readonly Column[],
): void {
  for (const [index, target] of targets.entries()) {
    target.reset();
    gatherColumn(sources[index]!, selection, target);
  }
}

/** A reused batch that takes over rows of other batches, with their kinds and watermarks. */
export class GatheredBatch {
  private readonly batch: Batch;
  private readonly kinds = new Uint8Array(BATCH_ROWS);
  private readonly watermarks = new Float64Array(BATCH_ROWS);

  constructor(schema: RowSchema) {
    this.batch = new Batch(schema);
  }

  /**
   * The selected rows of `source`; valid until the next call or until the source is filled again.
   * The watermark after the batch is that after all rows of the source.
   */
  take(source: Batch, selection: RowSelection): Batch {
    const { batch } = this;
    const { rows, count } = selection;
    gatherRows(source.columns, selection, batch.columns);
    batch.rowCount = count;
    batch.kinds = null;
    if (source.kinds !== null) {
      for (let index = 0; index < count; index++) this.kinds[index] = source.kinds[rows[index]!]!;
      batch.kinds = this.kinds;
    }
    batch.watermarksBefore = null;
    if (source.watermarksBefore !== null) {
      const { watermarksBefore } = source;
      for (let index = 0; index < count; index++) {
        this.watermarks[index] = watermarksBefore[rows[index]!]!;
      }
      batch.watermarksBefore = this.watermarks;
    }
    batch.watermarkAfter = source.watermarkAfter;
    return batch;
  }
}
