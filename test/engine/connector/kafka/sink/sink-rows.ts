/** Rows of the columns `key`, `row`, `time`, as a sink takes them. */
import { Batch, rowKinds, type RowSchema } from '../../../../../src/engine/batch/batch.ts';
import { BytesColumn, TimestampColumn } from '../../../../../src/engine/batch/column.ts';
import { LENGTH_MAX, type LogicalType } from '../../../../../src/expression/type.ts';

const TEXT: LogicalType = { root: 'VARCHAR', length: LENGTH_MAX, nullable: true };
const TIME: LogicalType = { root: 'TIMESTAMP_LTZ', precision: 3, nullable: true };

export const rowSchema: RowSchema = [
  { name: 'key', type: TEXT },
  { name: 'row', type: TEXT },
  { name: 'time', type: TIME },
];

export interface SinkRow {
  readonly row: string | null;
  readonly key?: string | null;
  readonly timeMs?: number | null;
  /** An insert, when left out. */
  readonly kind?: keyof typeof rowKinds;
}

export function rowsBatch(rows: readonly SinkRow[]): Batch {
  const batch = new Batch(rowSchema);
  const kinds = new Uint8Array(rows.length);
  for (const [index, { row, key = null, timeMs = null, kind = 'insert' }] of rows.entries()) {
    setText(batch.columns[0], index, key);
    setText(batch.columns[1], index, row);
    const time = batch.columns[2];
    if (!(time instanceof TimestampColumn)) throw new Error('the third column is a time');
    if (timeMs === null) time.setNull(index);
    else time.millis[index] = timeMs;
    kinds[index] = rowKinds[kind];
  }
  batch.rowCount = rows.length;
  batch.kinds = kinds;
  return batch;
}

function setText(column: unknown, row: number, text: string | null): void {
  if (!(column instanceof BytesColumn)) throw new Error('the column is a text');
  if (text === null) {
    column.setNull(row);
    return;
  }
  const bytes = new TextEncoder().encode(text);
  const arena = column.reserve(bytes.length);
  column.start[row] = arena.end;
  column.length[row] = bytes.length;
  arena.block.bytes.set(bytes, arena.end);
  arena.end += bytes.length;
}
