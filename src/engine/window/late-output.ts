/** The side stream `late`: dropped rows with the reason and the watermark that made them late. */
import { LENGTH_MAX } from '../../expression/type.ts';
import { Batch, type RowSchema } from '../batch/batch.ts';
import { BATCH_ROWS, type TimestampColumn } from '../batch/column.ts';
import { gatherRows } from '../batch/gather.ts';
import { writeValue } from '../batch/write-value.ts';
import { assert } from '../../errors/assert.ts';
import type { Output } from '../operator/contract.ts';

/** The one reason so far; a word of the side stream's contract. */
const REASON = 'window fired';

/** Columns of the stream. */
export function lateSchemaOf(inputSchema: RowSchema): RowSchema {
  return [
    ...inputSchema,
    { name: 'reason', type: { root: 'VARCHAR', length: LENGTH_MAX, nullable: true } },
    { name: 'watermark', type: { root: 'TIMESTAMP_LTZ', precision: 3, nullable: true } },
  ];
}

export class LateOutput {
  private readonly output: Output;
  private readonly batch: Batch;
  private readonly watermarks = new Float64Array(BATCH_ROWS);
  private hasRows = false;

  constructor(output: Output, inputSchema: RowSchema) {
    this.output = output;
    this.batch = new Batch(lateSchemaOf(inputSchema));
  }

  /** True while rows were taken that the output had no room for. */
  get isPending(): boolean {
    return this.hasRows;
  }

  /** Takes these rows of the batch; at least one. */
  take(batch: Batch, rows: Int32Array, count: number): void {
    const late = this.batch;
    late.reset();
    gatherRows(batch.columns, { rows, count }, late.columns.slice(0, batch.columns.length));
    const reason = late.columns[late.columns.length - 2]!;
    const watermark = late.columns[late.columns.length - 1]!;
    assert(watermark.kind === 'timestamp', 'a watermark is a timestamp');
    for (let index = 0; index < count; index++) {
      writeValue(reason, index, REASON);
      this.writeWatermark(batch, rows[index]!, watermark, index);
    }
    late.rowCount = count;
    late.watermarksBefore = this.watermarks;
    late.watermarkAfter = batch.watermarkAfter;
    this.hasRows = true;
  }

  /** Emits what was taken; false when the output is full. */
  flush(): boolean {
    if (this.output.isFull) return false;
    this.hasRows = false;
    this.output.emit(this.batch);
    return true;
  }

  private writeWatermark(batch: Batch, row: number, column: TimestampColumn, index: number): void {
    const watermark = batch.watermarksBefore![row]!;
    column.millis[index] = watermark;
    this.watermarks[index] = watermark;
  }
}
