/**
 * Fills batches with generated rows, column by column. Row n is the same for the same seed in
 * whatever batch it comes, but for the moment that unseeded time fields are of.
 */
import { assert } from '../../../errors/assert.ts';
import type { Batch } from '../../batch/batch.ts';
import { ByteBlock } from '../../batch/byte-block.ts';
import { BATCH_ROWS, type BytesColumn, type Column } from '../../batch/column.ts';
import { RowRandom } from './row-random.ts';
import { drawsNull, type GeneratedField, type ValueSource } from './value-source.ts';

/** Strings and bytes of one batch; a single row may have more. */
const BATCH_BYTES = 1024 * 1024;

/** Which rows to make, and of which moment (epoch ms) each one is. */
export interface RowRange {
  readonly firstRow: number;
  readonly rowCount: number;
  readonly momentMs: (row: number) => number;
}

export class RowGenerator {
  /** Rows that fit a batch. */
  readonly rowsMax: number;
  private readonly fields: readonly GeneratedField[];
  private readonly random: RowRandom;
  private readonly block: ByteBlock;
  private readonly row = { index: 0, nowMs: 0 };
  /** Bytes of `block` in use. */
  private blockAt = 0;

  constructor(fields: readonly GeneratedField[], seed: number) {
    this.fields = fields;
    this.random = new RowRandom(seed);
    const rowBytesMax = fields.reduce((sum, { source }) => sum + lengthMaxOf(source), 0);
    const fitting = rowBytesMax === 0 ? BATCH_ROWS : Math.floor(BATCH_BYTES / rowBytesMax);
    this.rowsMax = Math.min(BATCH_ROWS, Math.max(1, fitting));
    this.block = new ByteBlock(this.rowsMax * rowBytesMax);
  }

  /** Fills the empty batch; its strings are valid until the next call. */
  fill(batch: Batch, range: RowRange): void {
    assert(range.rowCount <= this.rowsMax, 'generated rows fit one batch');
    this.blockAt = 0;
    for (let field = 0; field < this.fields.length; field++) {
      this.fillColumn(batch.columns[field]!, field, range);
    }
    batch.rowCount = range.rowCount;
  }

  private fillColumn(column: Column, index: number, range: RowRange): void {
    const field = this.fields[index]!;
    const { random, row } = this;
    if (column.kind === 'bytes') column.block = this.block;
    if (column.kind === 'long' && field.source.kind === 'bigint') column.widen(0);
    for (let at = 0; at < range.rowCount; at++) {
      row.index = range.firstRow + at;
      row.nowMs = range.momentMs(row.index);
      random.begin(index, row.index);
      if (drawsNull(field, random)) column.setNull(at);
      else this.write(column, at, field);
    }
  }

  private write(column: Column, at: number, field: GeneratedField): void {
    const { random, row } = this;
    const { source } = field;
    switch (source.kind) {
      case 'number':
        writeNumber(column, at, source.next(random, row));
        return;
      case 'bigint':
        if (column.kind === 'long') column.widen(0)[at] = source.next(random, row);
        else if (column.kind === 'decimal') column.values[at] = source.next(random, row);
        else assert(false, 'big integers go into BIGINT and DECIMAL columns');
        return;
      case 'bytes':
        assert(column.kind === 'bytes', 'strings go into columns of bytes');
        this.writeBytes(column, at, source.write(this.block.bytes, this.blockAt, random, row));
        return;
      case 'object':
        assert(column.kind === 'object', 'nested values go into columns of objects');
        column.values[at] = source.next(random, row);
        return;
    }
  }

  private writeBytes(column: BytesColumn, at: number, length: number): void {
    column.start[at] = this.blockAt;
    column.length[at] = length;
    this.blockAt += length;
  }
}

function writeNumber(column: Column, at: number, value: number): void {
  switch (column.kind) {
    case 'boolean':
    case 'int':
    case 'long':
      column.values[at] = value;
      return;
    case 'double':
      column.values[at] = column.type.root === 'FLOAT' ? Math.fround(value) : value;
      return;
    case 'timestamp':
      column.millis[at] = value;
      return;
    case 'bytes':
    case 'decimal':
    case 'object':
      assert(false, 'numbers go into columns of numbers');
  }
}

function lengthMaxOf(source: ValueSource): number {
  return source.kind === 'bytes' ? source.lengthMax : 0;
}
