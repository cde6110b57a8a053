/**
 * Emits changes, batch by batch. It remembers where it stands, because the output may fill up in
 * between; the slots must not be given back before all are out.
 */
import { assert } from '../../errors/assert.ts';
import { Batch, type RowSchema } from '../batch/batch.ts';
import { BATCH_ROWS, type Column } from '../batch/column.ts';
import { gatherRows } from '../batch/gather.ts';
import type { SlotRows } from '../batch/slot-rows.ts';
import type { Output } from '../operator/contract.ts';
import { RowChanges } from './row-changes.ts';

export interface EmissionSpec {
  /** The columns of the rows, then the rank where there is one. */
  readonly outputSchema: RowSchema;
  readonly hasRank: boolean;
  /** False: all rows are inserts. */
  readonly isChangelog: boolean;
}

export class ChangeEmission {
  /** What is to be emitted; emptied once it is out. */
  readonly changes = new RowChanges();
  private readonly isChangelog: boolean;
  private readonly batch: Batch;
  private readonly rowColumns: readonly Column[];
  /** Null: the rank is not shown. */
  private readonly rank: Column | null;
  private readonly kinds = new Uint8Array(BATCH_ROWS);
  private readonly watermarks = new Float64Array(BATCH_ROWS);
  private position = 0;

  constructor({ outputSchema, hasRank, isChangelog }: EmissionSpec) {
    this.isChangelog = isChangelog;
    this.batch = new Batch(outputSchema);
    const { columns } = this.batch;
    this.rowColumns = hasRank ? columns.slice(0, -1) : columns;
    this.rank = hasRank ? columns[columns.length - 1]! : null;
  }

  get isBusy(): boolean {
    return this.changes.count > 0;
  }

  /**
   * Emits until nothing waits (true) or the output is full (false).
   * @param watermarkMs the watermark that the output has seen last
   */
  continue(rows: SlotRows, output: Output, watermarkMs: number): boolean {
    while (this.position < this.changes.count) {
      if (output.isFull) return false;
      this.fill(rows, watermarkMs);
      output.emit(this.batch);
    }
    this.position = 0;
    this.changes.clear();
    return true;
  }

  private fill(rows: SlotRows, watermarkMs: number): void {
    const { batch, changes, kinds, position, watermarks } = this;
    const count = Math.min(changes.count - position, BATCH_ROWS);
    this.position += count;
    batch.reset();
    const selected = changes.slots.subarray(position, position + count);
    gatherRows(rows.columns, { rows: selected, count }, this.rowColumns);
    if (this.rank !== null) {
      assert(this.rank.kind === 'long', 'a rank is BIGINT');
      for (let row = 0; row < count; row++) this.rank.values[row] = changes.ranks[position + row]!;
    }
    batch.rowCount = count;
    if (this.isChangelog) {
      kinds.set(changes.kinds.subarray(position, position + count));
      batch.kinds = kinds;
    }
    watermarks.fill(watermarkMs, 0, count);
    batch.watermarksBefore = watermarks;
    batch.watermarkAfter = watermarkMs;
  }
}
