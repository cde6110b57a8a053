/**
 * A batch: up to BATCH_ROWS rows, one column for each field, and for each row the watermark that
 * held just before it, so that lateness depends on the data and never on where batches are cut.
 * A batch belongs to the operator that emits it and is filled again after the consumers return;
 * who wants to keep rows copies them.
 */
import type { LogicalType, RowField } from '../../expression/type.ts';
import type { LinearMemory } from '../memory/linear-memory.ts';
import { BATCH_ROWS, createColumn, type Column } from './column.ts';

/** The watermark before any row: nothing is late. */
export const WATERMARK_MIN = -Infinity;
/** The watermark after the last row of a bounded input: every window fires. */
export const WATERMARK_MAX = Infinity;

/** Row kinds of a changelog, Flink's RowKind. */
export const rowKinds = { insert: 0, updateBefore: 1, updateAfter: 2, delete: 3 } as const;

/** True for -U and -D: the row counts no more. */
export function isTakenBack(kind: number): boolean {
  return kind === rowKinds.updateBefore || kind === rowKinds.delete;
}

/** Names and types of a stream's columns, in order. */
export type RowSchema = readonly RowField[];

export class Batch {
  readonly schema: RowSchema;
  readonly columns: readonly Column[];
  rowCount: number;
  /** A rowKinds value for each row; null: all are inserts. */
  kinds: Uint8Array | null;
  /**
   * Epoch milliseconds: the watermark of this stream just before each row arrived. Never falls
   * within a batch nor from batch to batch. Null: WATERMARK_MIN for all (no event time).
   */
  watermarksBefore: Float64Array | null;
  /** The stream's watermark after the last row of the batch. */
  watermarkAfter: number;

  constructor(schema: RowSchema, columns: readonly Column[] = createColumns(schema)) {
    this.schema = schema;
    this.columns = columns;
    this.rowCount = 0;
    this.kinds = null;
    this.watermarksBefore = null;
    this.watermarkAfter = WATERMARK_MIN;
  }

  /** A batch whose columns kernels can fill. */
  static inMemory(schema: RowSchema, memory: LinearMemory): Batch {
    return new Batch(
      schema,
      schema.map(({ type }) => createColumn(type, BATCH_ROWS, memory)),
    );
  }

  /** True when no further row fits. */
  get isFull(): boolean {
    return this.rowCount === BATCH_ROWS;
  }

  /** Empties the batch and its columns. */
  reset(): void {
    for (const column of this.columns) column.reset();
    this.rowCount = 0;
    this.kinds = null;
    this.watermarksBefore = null;
    this.watermarkAfter = WATERMARK_MIN;
  }
}

function createColumns(schema: readonly { readonly type: LogicalType }[]): Column[] {
  return schema.map((field) => createColumn(field.type));
}
