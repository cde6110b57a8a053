/** Whether two cells hold the same value; NULL is the same as NULL. Columns are of one type. */
import { equalValues } from '../../expression/value-order.ts';
import type { Column } from './column.ts';
import { readValue } from './read-value.ts';

export function isSameCell(
  left: Column,
  leftRow: number,
  right: Column,
  rightRow: number,
): boolean {
  if (left.nulls[leftRow] === 1 || right.nulls[rightRow] === 1) {
    return left.nulls[leftRow] === right.nulls[rightRow];
  }
  if (left.kind === 'long' && right.kind === 'long' && left.wide === null && right.wide === null) {
    return left.values[leftRow] === right.values[rightRow];
  }
  const leftValue = readValue(left, leftRow);
  const rightValue = readValue(right, rightRow);
  return leftValue === rightValue || equalValues(left.type, leftValue, rightValue);
}
