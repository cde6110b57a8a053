/**
 * The watermarks that rows are judged by. After a restore rows may come under an earlier watermark
 * than rows were judged by before, since those who make watermarks start again, too: a window that
 * has fired would open once more for them.
 * Invariant: what rows are judged by never falls.
 */
import { WATERMARK_MIN, type Batch } from '../batch/batch.ts';
import { BATCH_ROWS } from '../batch/column.ts';

export class RowWatermarks {
  /** The highest so far. */
  judgedMs = WATERMARK_MIN;
  private readonly raised = new Float64Array(BATCH_ROWS);

  /** The operator's watermark is now this: it has fired what this makes fire. */
  advance(watermarkMs: number): void {
    if (watermarkMs > this.judgedMs) this.judgedMs = watermarkMs;
  }

  /** All rows of the batch have been taken. */
  judged({ watermarksBefore, rowCount }: Batch): void {
    if (watermarksBefore !== null && rowCount > 0) this.advance(watermarksBefore[rowCount - 1]!);
  }

  /** Of a batch by row, rising; valid until the next call. Null: nothing is late. */
  of({ watermarksBefore, rowCount }: Batch): Float64Array | null {
    if (watermarksBefore === null || rowCount === 0) return watermarksBefore;
    const { judgedMs } = this;
    if (watermarksBefore[0]! >= judgedMs) return watermarksBefore;
    for (let row = 0; row < rowCount; row++) {
      this.raised[row] = Math.max(watermarksBefore[row]!, judgedMs);
    }
    return this.raised;
  }
}
