/** Boxes one entry of a column as a canonical value (expression/value.ts). Not for hot loops. */
import type { Value } from '../../expression/value.ts';
import type { BytesColumn, Column } from './column.ts';
import { decodeText } from './text-bytes.ts';

const NANOS_PER_MILLI = 1_000_000n;

/** The value at `row`; null for NULL, also where the value could not be computed. */
export function readValue(column: Column, row: number): Value {
  if (column.nulls[row] === 1) return null;
  switch (column.kind) {
    case 'boolean':
      return column.values[row] === 1;
    case 'int':
    case 'double':
      return column.values[row]!;
    case 'long':
      return column.wide === null ? BigInt(column.values[row]!) : column.wide[row]!;
    case 'timestamp': {
      const nanos = BigInt(column.millis[row]!) * NANOS_PER_MILLI;
      return column.nanos === null ? nanos : nanos + BigInt(column.nanos[row]!);
    }
    case 'bytes':
      return readBytes(column, row);
    case 'decimal':
    case 'object':
      return column.values[row]!;
  }
}

function readBytes(column: BytesColumn, row: number): Value {
  const start = column.start[row]!;
  const length = column.length[row]!;
  const { root } = column.type;
  if (root === 'CHAR' || root === 'VARCHAR') return decodeText(column.block, start, length);
  return column.block.bytes.slice(start, start + length);
}
