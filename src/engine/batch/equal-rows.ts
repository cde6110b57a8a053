/** Whether two rows of the same columns have equal values; two NULLs are equal, as are two NaN. */
import { equalValues } from '../../expression/value-order.ts';
import type { BytesColumn, Column } from './column.ts';

export function areRowsEqual(columns: readonly Column[], left: number, right: number): boolean {
  for (const column of columns) if (!areEqual(column, left, right)) return false;
  return true;
}

function areEqual(column: Column, left: number, right: number): boolean {
  if (column.nulls[left] === 1 || column.nulls[right] === 1) {
    return column.nulls[left] === column.nulls[right];
  }
  switch (column.kind) {
    case 'boolean':
    case 'int':
    case 'decimal':
      return column.values[left] === column.values[right];
    case 'double':
      return Object.is(column.values[left]! + 0, column.values[right]! + 0);
    case 'long':
      return column.wide === null
        ? column.values[left] === column.values[right]
        : column.wide[left] === column.wide[right];
    case 'timestamp':
      return (
        column.millis[left] === column.millis[right] &&
        (column.nanos === null || column.nanos[left] === column.nanos[right])
      );
    case 'bytes':
      return areBytesEqual(column, left, right);
    case 'object':
      return equalValues(column.type, column.values[left]!, column.values[right]!);
  }
}

function areBytesEqual(
  { block, start, length }: BytesColumn,
  left: number,
  right: number,
): boolean {
  const size = length[left]!;
  if (size !== length[right]!) return false;
  const { bytes } = block;
  const leftAt = start[left]!;
  const rightAt = start[right]!;
  for (let offset = 0; offset < size; offset++) {
    if (bytes[leftAt + offset] !== bytes[rightAt + offset]) return false;
  }
  return true;
}
