/**
 * Where the text of a batch lies. Normally a decoder leaves it in the caller's block and columns
 * only point to it. When decoded text of one row does not fit there, the batch's text moves into
 * the columns' own blocks, and that of every further row of the batch is copied behind it.
 */
import type { Batch } from '../batch/batch.ts';
import { appendRange } from '../batch/byte-arena.ts';
import type { ByteBlock } from '../batch/byte-block.ts';
import type { BytesColumn } from '../batch/column.ts';

export class TextPlacement {
  /** True when text must be copied row by row with `keepRow`. */
  isOwn = false;
  private columns: readonly BytesColumn[] = [];

  /** Prepares the columns of a batch for rows whose text is in `block`. */
  begin(batch: Batch, block: ByteBlock): void {
    this.columns = batch.columns.filter((column) => column.kind === 'bytes');
    this.isOwn = false;
    if (batch.rowCount === 0) {
      for (const column of this.columns) column.block = block;
    } else if (this.columns.some((column) => column.block !== block)) {
      this.own(batch.rowCount, block);
    }
  }

  /** Moves the text of the first `rowCount` rows, which is in `block`, to the columns. */
  own(rowCount: number, block: ByteBlock): void {
    this.isOwn = true;
    for (const column of this.columns) {
      if (column.block !== block) continue;
      for (let row = 0; row < rowCount; row++) keepRange(column, row, block);
      column.reserve(0);
    }
  }

  /** Copies the text of one row, which is in `block`, into the columns. */
  keepRow(row: number, block: ByteBlock): void {
    for (const column of this.columns) keepRange(column, row, block);
  }
}

function keepRange(column: BytesColumn, row: number, block: ByteBlock): void {
  if (column.nulls[row] === 1) return;
  const start = column.start[row]!;
  const length = column.length[row]!;
  const arena = column.reserve(length);
  column.start[row] = arena.end;
  appendRange(arena, block, start, length);
}
