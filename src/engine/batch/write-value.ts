/**
 * Stores canonical values (expression/value.ts) into columns, one at a time. Rows of a column are
 * written in ascending order. Not for hot loops.
 */
import { assert } from '../../errors/assert.ts';
import type { Value } from '../../expression/value.ts';
import type { BytesColumn, Column, LongColumn, TimestampColumn } from './column.ts';
import { textBytesMax, writeText } from './text-bytes.ts';

const NANOS_PER_MILLI = 1_000_000n;

/** Writes a value of the column's type, or NULL; bytes and text go to the column's own block. */
export function writeValue(column: Column, row: number, value: Value): void {
  if (value === null) {
    column.setNull(row);
    return;
  }
  switch (column.kind) {
    case 'boolean':
      assert(typeof value === 'boolean', 'a BOOLEAN value is a boolean');
      column.values[row] = value ? 1 : 0;
      return;
    case 'int':
    case 'double':
      assert(typeof value === 'number', 'a value of this numeric type is a number');
      column.values[row] = value;
      return;
    case 'long':
      assert(typeof value === 'bigint', 'a 64-bit value is a bigint');
      writeLongValue(column, row, value);
      return;
    case 'timestamp':
      assert(typeof value === 'bigint', 'a timestamp value is a bigint');
      writeTimestampValue(column, row, value);
      return;
    case 'bytes':
      writeBytesValue(column, row, value);
      return;
    case 'decimal':
      assert(typeof value === 'bigint', 'a DECIMAL value is a bigint');
      column.values[row] = value;
      return;
    case 'object':
      column.values[row] = value;
      return;
  }
}

function writeLongValue(column: LongColumn, row: number, value: bigint): void {
  if (column.wide === null) {
    const narrow = Number(value);
    if (Number.isSafeInteger(narrow)) {
      column.values[row] = narrow;
      return;
    }
  }
  column.widen(row)[row] = value;
}

function writeTimestampValue(column: TimestampColumn, row: number, value: bigint): void {
  let millis = value / NANOS_PER_MILLI;
  let nanos = Number(value - millis * NANOS_PER_MILLI);
  if (nanos < 0) {
    millis -= 1n;
    nanos += Number(NANOS_PER_MILLI);
  }
  column.millis[row] = Number(millis);
  if (nanos === 0 && column.nanos === null) return;
  column.nanos ??= new Int32Array(column.millis.length);
  column.nanos[row] = nanos;
}

function writeBytesValue(column: BytesColumn, row: number, value: Value): void {
  if (typeof value === 'string') {
    const arena = column.reserve(textBytesMax(value));
    column.start[row] = arena.end;
    column.length[row] = writeText(arena, value);
    return;
  }
  assert(value instanceof Uint8Array, 'a value of this type is text or bytes');
  writeBytes(column, row, value);
}

function writeBytes(column: BytesColumn, row: number, value: Uint8Array): void {
  const arena = column.reserve(value.length);
  column.start[row] = arena.end;
  column.length[row] = value.length;
  arena.block.bytes.set(value, arena.end);
  arena.end += value.length;
}
