/**
 * Writes the `raw` format: the bytes of the one column. As behind the rows of other formats a line
 * feed follows, which says nothing about where a row ends: whoever needs that asks row by row.
 */
import { assert } from '../../errors/assert.ts';
import type { Batch, RowSchema } from '../batch/batch.ts';
import type { Column } from '../batch/column.ts';
import { LF } from './ascii.ts';
import type { ByteSink, RecordEncoder } from './contract.ts';
import { checkRawSchema } from './format-types.ts';

export interface RawEncoderOptions {
  /** One column. */
  readonly schema: RowSchema;
  readonly endianness: 'big-endian' | 'little-endian';
}

export class RawEncoder implements RecordEncoder {
  private readonly isLittle: boolean;

  constructor({ schema, endianness }: RawEncoderOptions) {
    checkRawSchema(schema);
    this.isLittle = endianness === 'little-endian';
  }

  encode(batch: Batch, fromRow: number, target: ByteSink): void {
    const column = batch.columns[0];
    assert(column !== undefined && batch.columns.length === 1, 'raw has one column');
    for (let row = fromRow; row < batch.rowCount; row++) {
      this.encodeRow(column, row, target);
      target.reserve(1)[target.length] = LF;
      target.advance(1);
    }
  }

  /** NULL has no bytes. */
  private encodeRow(column: Column, row: number, target: ByteSink): void {
    if (column.nulls[row] === 1) return;
    if (column.kind === 'bytes') {
      const start = column.start[row]!;
      const length = column.length[row]!;
      const at = target.length;
      target.reserve(length).set(column.block.bytes.subarray(start, start + length), at);
      target.advance(length);
      return;
    }
    const bytes = new Uint8Array(8);
    const size = this.write(column, row, new DataView(bytes.buffer));
    const at = target.length;
    target.reserve(size).set(bytes.subarray(0, size), at);
    target.advance(size);
  }

  private write(column: Column, row: number, view: DataView): number {
    const { isLittle } = this;
    const { root } = column.type;
    switch (column.kind) {
      case 'boolean':
        view.setUint8(0, column.values[row]!);
        return 1;
      case 'int':
        if (root === 'TINYINT') {
          view.setInt8(0, column.values[row]!);
          return 1;
        }
        if (root === 'SMALLINT') {
          view.setInt16(0, column.values[row]!, isLittle);
          return 2;
        }
        view.setInt32(0, column.values[row]!, isLittle);
        return 4;
      case 'double':
        if (root === 'FLOAT') {
          view.setFloat32(0, column.values[row]!, isLittle);
          return 4;
        }
        view.setFloat64(0, column.values[row]!, isLittle);
        return 8;
      case 'long':
        view.setBigInt64(0, column.wide?.[row] ?? BigInt(column.values[row]!), isLittle);
        return 8;
      case 'bytes':
      case 'timestamp':
      case 'decimal':
      case 'object':
        assert(false, 'the schema was checked');
    }
  }
}
