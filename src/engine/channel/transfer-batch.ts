/**
 * A batch on its way from one subtask to another: rows are copied into it, text included, so that
 * the producer can go on. The consumer gives it back when it has processed the rows.
 * Invariant: no more batches of a pool exist than were on their way at one time.
 */
import { assert } from '../../errors/assert.ts';
import { Batch, WATERMARK_MIN, rowKinds, type RowSchema } from '../batch/batch.ts';
import { BATCH_ROWS, createColumn } from '../batch/column.ts';
import { appendColumn, type RowSelection } from '../batch/copy-rows.ts';
import type { LinearMemory } from '../memory/linear-memory.ts';

/** Rows of a batch to one of few targets, and of a batch to one of very many. */
const ROWS_MIN = 64;
/** Up to so many targets each get batches of BATCH_ROWS; all open batches together hold no more rows. */
const FULL_TARGETS_MAX = 4;

/** Rows of a batch to one of so many targets: one open batch for each has to fit into memory. */
export function transferRows(targetCount: number): number {
  const rows = Math.floor((BATCH_ROWS * FULL_TARGETS_MAX) / targetCount);
  return Math.max(ROWS_MIN, Math.min(BATCH_ROWS, rows));
}

export class TransferBatch {
  readonly batch: Batch;
  readonly capacity: number;
  private readonly kinds: Uint8Array;
  private readonly watermarks: Float64Array;

  constructor(schema: RowSchema, capacity: number, memory: LinearMemory | null) {
    const columns = schema.map(({ type }) => createColumn(type, capacity, memory));
    this.batch = new Batch(schema, columns);
    this.capacity = capacity;
    this.kinds = new Uint8Array(capacity);
    this.watermarks = new Float64Array(capacity);
  }

  get isFull(): boolean {
    return this.batch.rowCount === this.capacity;
  }

  /** Copies the selected rows, for which there is room, behind those that are there. */
  append(source: Batch, { rows, count }: RowSelection): void {
    const { batch } = this;
    const selection = { rows, count, hasGaps: false };
    const from = batch.rowCount;
    assert(from + count <= this.capacity, 'appended rows fit into the batch');
    const { columns } = batch;
    for (let index = 0; index < columns.length; index++) {
      appendColumn(source.columns[index]!, selection, columns[index]!, from);
    }
    if (source.kinds !== null) copyBytes(source.kinds, selection, this.openKinds(), from);
    else if (batch.kinds !== null) this.kinds.fill(rowKinds.insert, from, from + count);
    if (source.watermarksBefore !== null) {
      const target = this.openWatermarks();
      const before = source.watermarksBefore;
      for (let index = 0; index < count; index++) target[from + index] = before[rows[index]!]!;
    } else if (batch.watermarksBefore !== null) {
      // Without event time the last one that was known still holds: watermarks never fall.
      this.watermarks.fill(from === 0 ? WATERMARK_MIN : this.watermarks[from - 1]!, from);
    }
    batch.rowCount = from + count;
    batch.watermarkAfter = source.watermarkAfter;
  }

  /** The row kinds as they are written; rows so far are inserts when there were none. */
  openKinds(): Uint8Array {
    const { batch } = this;
    if (batch.kinds === null) {
      this.kinds.fill(rowKinds.insert, 0, batch.rowCount);
      batch.kinds = this.kinds;
    }
    return this.kinds;
  }

  /** The watermarks before the rows as they are written. */
  openWatermarks(): Float64Array {
    const { batch } = this;
    if (batch.watermarksBefore === null) {
      this.watermarks.fill(WATERMARK_MIN, 0, batch.rowCount);
      batch.watermarksBefore = this.watermarks;
    }
    return this.watermarks;
  }
}

/** Batches of one gate; those that came back are used again. */
export class BatchPool {
  readonly schema: RowSchema;
  readonly capacity: number;
  private readonly memory: LinearMemory | null;
  private readonly free: TransferBatch[] = [];

  /** `memory`: of the consumer, whose kernels work on the columns; null: the heap. */
  constructor(schema: RowSchema, capacity: number, memory: LinearMemory | null) {
    this.schema = schema;
    this.capacity = capacity;
    this.memory = memory;
  }

  /** An empty batch. */
  take(): TransferBatch {
    const known = this.free.pop();
    if (known !== undefined) return known;
    return new TransferBatch(this.schema, this.capacity, this.memory);
  }

  giveBack(transfer: TransferBatch): void {
    // Restored rows come in batches of their own size.
    if (transfer.capacity !== this.capacity) return;
    transfer.batch.reset();
    this.free.push(transfer);
  }
}

function copyBytes(
  source: Uint8Array,
  { rows, count }: RowSelection,
  target: Uint8Array,
  from: number,
): void {
  for (let index = 0; index < count; index++) target[from + index] = source[rows[index]!]!;
}
