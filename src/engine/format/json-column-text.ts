/** The JSON texts of a column's values, for the columns whose values the kernel does not write. */
import type { ByteArena } from '../batch/byte-arena.ts';
import type { BytesColumn, Column } from '../batch/column.ts';
import { QUOTE } from './ascii.ts';
import { base64Length, writeBase64 } from './base64.ts';
import { JsonValueText, isQuotedRoot } from './json-value-text.ts';
import { WRITTEN_SCALAR_BYTES_MAX, type ScalarWriter } from './scalar-writer.ts';

/** What one value takes besides its text: two quotes. */
const QUOTES_BYTES = 2;
const encoder = new TextEncoder();

export class JsonColumnText {
  private readonly scalars: ScalarWriter;
  private readonly nested: JsonValueText;

  constructor(scalars: ScalarWriter, ignoreNullFields: boolean) {
    this.scalars = scalars;
    this.nested = new JsonValueText(scalars, ignoreNullFields);
  }

  /** Writes the texts of the rows [from, to) that are not NULL into `target`, which is emptied. */
  render(column: Column, from: number, to: number, target: BytesColumn): void {
    target.reset();
    for (let row = from; row < to; row++) {
      if (column.nulls[row] === 1) continue;
      const arena = target.reserve(bytesMax(column, row));
      target.start[row] = arena.end;
      this.write(column, row, arena);
      target.length[row] = arena.end - target.start[row]!;
    }
  }

  private write(column: Column, row: number, arena: ByteArena): void {
    if (column.kind === 'object') {
      const text = encoder.encode(this.nested.render(column.type, column.values[row]!));
      arena.reserve(text.length);
      arena.block.bytes.set(text, arena.end);
      arena.end += text.length;
      return;
    }
    const { bytes } = arena.block;
    // As Jackson: what JSON has no number for is a string.
    const isQuoted =
      isQuotedRoot(column.type.root) ||
      (column.kind === 'double' && !Number.isFinite(column.values[row]!));
    let at = arena.end;
    if (isQuoted) bytes[at++] = QUOTE;
    at =
      column.kind === 'bytes'
        ? writeBinary(column, row, bytes, at)
        : this.scalars.write(column, row, bytes, at);
    if (isQuoted) bytes[at++] = QUOTE;
    arena.end = at;
  }
}

function bytesMax(column: Column, row: number): number {
  switch (column.kind) {
    case 'object':
      return 0;
    case 'bytes':
      return base64Length(column.length[row]!) + QUOTES_BYTES;
    default:
      return WRITTEN_SCALAR_BYTES_MAX + QUOTES_BYTES;
  }
}

function writeBinary(column: BytesColumn, row: number, bytes: Uint8Array, at: number): number {
  const start = column.start[row]!;
  return writeBase64(column.block.bytes, { start, end: start + column.length[row]! }, bytes, at);
}
