/** Stores one scalar that is no text into a column, converted from its bytes. */
import { assert } from '../../errors/assert.ts';
import type { Column, LongColumn, TimestampColumn } from '../batch/column.ts';
import type { TextValue } from './text-value.ts';

/** False when the text is no value of the column's type. */
export function storeScalar(column: Column, row: number, text: TextValue): boolean {
  const { type } = column;
  switch (column.kind) {
    case 'boolean':
      column.values[row] = text.isTrue() ? 1 : 0;
      return true;
    case 'int':
      if (type.root === 'NULL') {
        column.setNull(row);
        return true;
      }
      if (!text.toNumber(type)) return false;
      column.values[row] = text.number;
      return true;
    case 'double':
      if (!text.toNumber(type)) return false;
      column.values[row] = text.number;
      return true;
    case 'long':
      if (column.wide === null && text.toSmallInteger()) {
        column.values[row] = text.number;
        return true;
      }
      if (!text.toLong()) return false;
      storeLong(column, row, text.long);
      return true;
    case 'timestamp':
      assert(
        type.root === 'TIMESTAMP' || type.root === 'TIMESTAMP_LTZ',
        'a timestamp column has a timestamp type',
      );
      if (!text.toTimestamp(type.root === 'TIMESTAMP_LTZ', type.precision)) return false;
      storeTimestamp(column, row, text);
      return true;
    case 'decimal':
      assert(type.root === 'DECIMAL', 'a decimal column has a DECIMAL type');
      if (!text.toDecimal(type)) return false;
      // As Flink: a decimal with too many digits is NULL.
      if (text.decimal === null) column.setNull(row);
      else column.values[row] = text.decimal;
      return true;
    case 'bytes':
    case 'object':
      return false;
  }
}

function storeLong(column: LongColumn, row: number, value: bigint): void {
  const narrow = Number(value);
  if (column.wide === null && Number.isSafeInteger(narrow)) column.values[row] = narrow;
  else column.widen(row)[row] = value;
}

function storeTimestamp(column: TimestampColumn, row: number, text: TextValue): void {
  column.millis[row] = text.millis;
  if (text.nanos === 0 && column.nanos === null) return;
  column.nanos ??= new Int32Array(column.millis.length);
  column.nanos[row] = text.nanos;
}
