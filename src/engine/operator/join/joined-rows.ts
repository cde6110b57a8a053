/**
 * Pairs of rows on their way to the output: noted by slot, made into batches when they are sent.
 * A side that is missing is NO_ROW, and its columns are NULL.
 * Invariant: slots that are noted keep their rows until all have been sent.
 */
import { Batch, type RowSchema } from '../../batch/batch.ts';
import { BATCH_ROWS, type Column } from '../../batch/column.ts';
import { gatherRows } from '../../batch/gather.ts';
import type { Output } from '../contract.ts';

export interface JoinedColumns {
  readonly left: readonly Column[];
  readonly right: readonly Column[];
}

export class JoinedRows {
  private readonly batch: Batch;
  private readonly leftColumns: readonly Column[];
  private readonly rightColumns: readonly Column[];
  private readonly watermarksBefore = new Float64Array(BATCH_ROWS);
  private left = new Int32Array(BATCH_ROWS);
  private right = new Int32Array(BATCH_ROWS);
  private watermarks = new Float64Array(BATCH_ROWS);
  private count = 0;
  private sentCount = 0;

  constructor(schema: RowSchema, leftColumnCount: number) {
    this.batch = new Batch(schema);
    this.leftColumns = this.batch.columns.slice(0, leftColumnCount);
    this.rightColumns = this.batch.columns.slice(leftColumnCount);
  }

  /** Rows that were noted and have not been sent. */
  get waitingCount(): number {
    return this.count - this.sentCount;
  }

  /** `watermarkMs`: the output's, before this row. */
  add(left: number, right: number, watermarkMs: number): void {
    if (this.count === this.left.length) this.grow();
    this.left[this.count] = left;
    this.right[this.count] = right;
    this.watermarks[this.count] = watermarkMs;
    this.count++;
  }

  /** Sends all that is noted; false: the output is full, call again. */
  send(columns: JoinedColumns, output: Output): boolean {
    while (this.sentCount < this.count) {
      if (output.isFull) return false;
      const from = this.sentCount;
      this.sentCount = Math.min(this.count, from + BATCH_ROWS);
      output.emit(this.fill(columns, from, this.sentCount));
    }
    this.count = 0;
    this.sentCount = 0;
    return true;
  }

  private fill(columns: JoinedColumns, from: number, to: number): Batch {
    const { batch, watermarksBefore } = this;
    const count = to - from;
    gatherRows(columns.left, { rows: this.left.subarray(from, to), count }, this.leftColumns);
    gatherRows(columns.right, { rows: this.right.subarray(from, to), count }, this.rightColumns);
    watermarksBefore.set(this.watermarks.subarray(from, to));
    batch.rowCount = count;
    batch.watermarksBefore = watermarksBefore;
    batch.watermarkAfter = watermarksBefore[count - 1]!;
    return batch;
  }

  private grow(): void {
    const capacity = this.left.length * 2;
    const left = new Int32Array(capacity);
    left.set(this.left);
    this.left = left;
    const right = new Int32Array(capacity);
    right.set(this.right);
    this.right = right;
    const watermarks = new Float64Array(capacity);
    watermarks.set(this.watermarks);
    this.watermarks = watermarks;
  }
}
