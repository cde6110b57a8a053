/** Narrows columns to the kind that a kernel was made for. */
import { assert } from '../../../errors/assert.ts';
import type {
  BooleanColumn,
  BytesColumn,
  Column,
  DoubleColumn,
  IntColumn,
  LongColumn,
  TimestampColumn,
} from '../column.ts';

export function asBoolean(column: Column): BooleanColumn {
  assert(column.kind === 'boolean', 'the operand is a boolean column');
  return column;
}

export function asInt(column: Column): IntColumn {
  assert(column.kind === 'int', 'the operand is an int column');
  return column;
}

export function asLong(column: Column): LongColumn {
  assert(column.kind === 'long', 'the operand is a long column');
  return column;
}

export function asDouble(column: Column): DoubleColumn {
  assert(column.kind === 'double', 'the operand is a double column');
  return column;
}

export function asTimestamp(column: Column): TimestampColumn {
  assert(column.kind === 'timestamp', 'the operand is a timestamp column');
  return column;
}

export function asBytes(column: Column): BytesColumn {
  assert(column.kind === 'bytes', 'the operand is a bytes column');
  return column;
}
