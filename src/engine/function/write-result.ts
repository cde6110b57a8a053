/** Writes results of aggregates into columns of the aggregate's type. */
import type { Column } from '../batch/column.ts';
import { assert } from '../../errors/assert.ts';

const INT64_BITS = 64;

/** A safe integer into a column of BIGINT. */
export function writeLong(column: Column, row: number, value: number): void {
  assert(column.kind === 'long', 'the result column of a 64-bit aggregate is BIGINT');
  if (column.wide === null) column.values[row] = value;
  else column.wide[row] = BigInt(value);
}

/** Counts into the first rows of an empty column of BIGINT. */
export function writeLongs(column: Column, values: Float64Array | Int32Array): void {
  assert(column.kind === 'long', 'the result column of a 64-bit aggregate is BIGINT');
  column.values.set(values);
}

/**
 * An integer sum, exact or already wrapped to 64 bits, into a column of TINYINT to BIGINT; it wraps
 * at the column's width.
 */
export function writeInteger(column: Column, row: number, value: bigint): void {
  if (column.kind === 'int') {
    column.values[row] = Number(BigInt.asIntN(integerBits(column), value));
    return;
  }
  assert(column.kind === 'long', 'the result column of an integer aggregate is an integer');
  const wrapped = BigInt.asIntN(INT64_BITS, value);
  const narrow = Number(wrapped);
  if (Number.isSafeInteger(narrow)) writeLong(column, row, narrow);
  else column.widen(row)[row] = wrapped;
}

/** The width of an integer column. */
export function integerBits({ type }: Column): number {
  switch (type.root) {
    case 'TINYINT':
      return 8;
    case 'SMALLINT':
      return 16;
    case 'BIGINT':
      return INT64_BITS;
    default:
      return 32;
  }
}
