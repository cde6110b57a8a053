/**
 * Loops that compare two columns of numbers or times row by row into 0 or 1. Rows with a NULL get
 * a value too, which does not count. There are three loops for each kind of array, because one
 * loop over several kinds, or with the comparison passed in, takes four times as long.
 */
import type { DecimalColumn, LongColumn, TimestampColumn } from '../column.ts';

/** Which of the three loops; the other operators swap the sides or negate. */
export type Relation = 'equal' | 'less' | 'not-above';

export function compareInts(
  left: Int32Array,
  right: Int32Array,
  relation: Relation,
  target: Uint8Array,
): void {
  const rowCount = target.length;
  switch (relation) {
    case 'equal':
      for (let row = 0; row < rowCount; row++) target[row] = Number(left[row]! === right[row]!);
      return;
    case 'less':
      for (let row = 0; row < rowCount; row++) target[row] = Number(left[row]! < right[row]!);
      return;
    case 'not-above':
      for (let row = 0; row < rowCount; row++) target[row] = Number(left[row]! <= right[row]!);
      return;
  }
}

export function compareFloats(
  left: Float64Array,
  right: Float64Array,
  relation: Relation,
  target: Uint8Array,
): void {
  const rowCount = target.length;
  switch (relation) {
    case 'equal':
      for (let row = 0; row < rowCount; row++) target[row] = Number(left[row]! === right[row]!);
      return;
    case 'less':
      for (let row = 0; row < rowCount; row++) target[row] = Number(left[row]! < right[row]!);
      return;
    case 'not-above':
      for (let row = 0; row < rowCount; row++) target[row] = Number(left[row]! <= right[row]!);
      return;
  }
}

/** Order of 64-bit integers of which one column is wide: negative, 0 or positive a row. */
export function orderLongs(left: LongColumn, right: LongColumn, order: Int32Array): void {
  const rowCount = order.length;
  for (let row = 0; row < rowCount; row++) {
    if (left.nulls[row] === 1 || right.nulls[row] === 1) continue;
    const a = left.wide === null ? BigInt(left.values[row]!) : left.wide[row]!;
    const b = right.wide === null ? BigInt(right.values[row]!) : right.wide[row]!;
    order[row] = a < b ? -1 : a > b ? 1 : 0;
  }
}

/** Order of timestamps of which one column has nanoseconds. */
export function orderTimestamps(
  left: TimestampColumn,
  right: TimestampColumn,
  order: Int32Array,
): void {
  const rowCount = order.length;
  for (let row = 0; row < rowCount; row++) {
    const millis = left.millis[row]! - right.millis[row]!;
    const nanos = (left.nanos?.[row] ?? 0) - (right.nanos?.[row] ?? 0);
    order[row] = millis === 0 ? nanos : millis < 0 ? -1 : 1;
  }
}

/** Order of decimals of one scale. */
export function orderDecimals(left: DecimalColumn, right: DecimalColumn, order: Int32Array): void {
  const rowCount = order.length;
  for (let row = 0; row < rowCount; row++) {
    const a = left.values[row]!;
    const b = right.values[row]!;
    order[row] = a < b ? -1 : a > b ? 1 : 0;
  }
}

export function orderBooleans(left: Uint8Array, right: Uint8Array, order: Int32Array): void {
  const rowCount = order.length;
  for (let row = 0; row < rowCount; row++) order[row] = left[row]! - right[row]!;
}
