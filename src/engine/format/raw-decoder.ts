/**
 * The `raw` format: the bytes of a record are the value of the one column, as in Flink. A record is
 * all that it is given; there are no lines.
 *
 * Unlike Flink, bytes that are no text in the charset make the record unreadable instead of putting
 * replacement characters into it.
 */
import { assert } from '../../errors/assert.ts';
import type { RowSchema } from '../batch/batch.ts';
import type { ByteBlock } from '../batch/byte-block.ts';
import type { BytesColumn, Column } from '../batch/column.ts';
import type { DecodeRequest, DecodeResult, RecordDecoder } from './contract.ts';
import { checkRawSchema } from './format-types.ts';
import { characterBytes } from './utf8.ts';

export interface RawDecoderOptions {
  /** One column. */
  readonly schema: RowSchema;
  /** As WHATWG names it. */
  readonly charset: string;
  readonly endianness: 'big-endian' | 'little-endian';
}

const UTF8 = /^utf-?8$/i;

export class RawDecoder implements RecordDecoder {
  private readonly name: string;
  private readonly isLittle: boolean;
  private readonly charset: string;
  /** Null: text is UTF-8 and stays where it is. */
  private readonly text: { decode(bytes: Uint8Array): string } | null;
  private readonly encoder = new TextEncoder();

  constructor({ schema, charset, endianness }: RawDecoderOptions) {
    checkRawSchema(schema);
    this.name = schema[0]!.name;
    this.isLittle = endianness === 'little-endian';
    this.charset = charset;
    this.text = UTF8.test(charset) ? null : new TextDecoder(charset, { fatal: true });
  }

  lastRecordEnd(_block: ByteBlock, _from: number, to: number): number {
    return to;
  }

  decode({ block, from, to, batch }: DecodeRequest): DecodeResult {
    const column = batch.columns[0];
    assert(column !== undefined && batch.columns.length === 1, 'raw has one column');
    const row = batch.rowCount;
    const reason = this.store(column, row, { block, from, to });
    if (reason === null) {
      batch.rowCount = row + 1;
      return { next: to, lineCount: 0, unreadable: null };
    }
    const unreadable = { start: from, end: to, next: to, column: this.name, reason };
    return { next: from, lineCount: 0, unreadable };
  }

  /** Why the bytes are no value of the column; null: it was stored. */
  private store(
    column: Column,
    row: number,
    range: { readonly block: ByteBlock; readonly from: number; readonly to: number },
  ): string | null {
    const { block, from, to } = range;
    const { view } = block;
    const { root } = column.type;
    if (column.kind === 'bytes') return this.storeBytes(column, row, range);
    const wanted = sizeOf(column);
    if (to - from !== wanted) return `expected ${wanted} bytes for ${root}, found ${to - from}`;
    switch (column.kind) {
      case 'boolean':
        column.values[row] = block.bytes[from] === 0 ? 0 : 1;
        return null;
      case 'int':
        column.values[row] =
          wanted === 1
            ? view.getInt8(from)
            : wanted === 2
              ? view.getInt16(from, this.isLittle)
              : view.getInt32(from, this.isLittle);
        return null;
      case 'double':
        column.values[row] =
          wanted === 4
            ? view.getFloat32(from, this.isLittle)
            : view.getFloat64(from, this.isLittle);
        return null;
      case 'long': {
        const value = view.getBigInt64(from, this.isLittle);
        const narrow = Number(value);
        if (column.wide === null && Number.isSafeInteger(narrow)) column.values[row] = narrow;
        else column.widen(row)[row] = value;
        return null;
      }
      case 'timestamp':
      case 'decimal':
      case 'object':
        return `raw has no ${root}`;
    }
  }

  private storeBytes(
    column: BytesColumn,
    row: number,
    { block, from, to }: { readonly block: ByteBlock; readonly from: number; readonly to: number },
  ): string | null {
    const isText = column.type.root === 'VARCHAR' || column.type.root === 'CHAR';
    if (isText && this.text !== null)
      return this.storeText(column, row, block.bytes.slice(from, to));
    if (isText && !isUtf8(block.bytes, from, to)) return 'the bytes are no UTF-8';
    if (row === 0) column.block = block;
    if (column.block === block) {
      column.start[row] = from;
      column.length[row] = to - from;
    } else {
      this.place(column, row, block.bytes.subarray(from, to));
    }
    return null;
  }

  private storeText(column: BytesColumn, row: number, bytes: Uint8Array): string | null {
    let text: string;
    try {
      text = this.text!.decode(bytes);
    } catch {
      return `the bytes are no ${this.charset}`;
    }
    this.place(column, row, this.encoder.encode(text));
    return null;
  }

  private place(column: BytesColumn, row: number, bytes: Uint8Array): void {
    const arena = column.reserve(bytes.length);
    column.start[row] = arena.end;
    column.length[row] = bytes.length;
    arena.block.bytes.set(bytes, arena.end);
    arena.end += bytes.length;
  }
}

/** Bytes of a value of the column; 0: raw has no such type. */
function sizeOf(column: Column): number {
  switch (column.type.root) {
    case 'BOOLEAN':
    case 'TINYINT':
      return 1;
    case 'SMALLINT':
      return 2;
    case 'INT':
    case 'FLOAT':
      return 4;
    case 'BIGINT':
    case 'DOUBLE':
      return 8;
    default:
      return 0;
  }
}

function isUtf8(bytes: Uint8Array, from: number, to: number): boolean {
  let at = from;
  while (at < to) {
    if (bytes[at]! < 0x80) {
      at++;
      continue;
    }
    const length = characterBytes(bytes, at);
    if (length === 0) return false;
    at += length;
  }
  return at === to;
}
