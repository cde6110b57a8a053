/**
 * Puts a column together from several of one type, by a choice for each row. Text stays where it
 * is when all columns point into one block; otherwise it is copied.
 */
import { assert } from '../../../errors/assert.ts';
import { appendRange } from '../byte-arena.ts';
import type { ByteBlock } from '../byte-block.ts';
import type { BytesColumn, Column, LongColumn, TimestampColumn } from '../column.ts';

/**
 * Fills `result`, which was reset, from `columns[choices[row]]` for each row. Rows whose choice is
 * none of the columns are left alone.
 */
export function takeChosen(
  columns: readonly Column[],
  choices: Uint8Array,
  rowCount: number,
  result: Column,
): void {
  if (result.kind === 'bytes') {
    takeBytes(columns, choices, rowCount, result);
    return;
  }
  for (const [index, column] of columns.entries()) {
    takeNulls(column, choices, { index, rowCount }, result);
    takeValues(column, choices, { index, rowCount }, result);
  }
}

function takeBytes(
  columns: readonly Column[],
  choices: Uint8Array,
  rowCount: number,
  result: BytesColumn,
): void {
  const used = columns.map((column, index) => isUsed(column, choices, { index, rowCount }));
  const blocks = new Set<ByteBlock>();
  for (const [index, column] of columns.entries()) {
    if (used[index] === true && column.kind === 'bytes') blocks.add(column.block);
  }
  const [only] = blocks;
  const isOneBlock = only !== undefined && blocks.size === 1;
  if (isOneBlock) result.block = only;
  for (const [index, column] of columns.entries()) {
    takeNulls(column, choices, { index, rowCount }, result);
    if (column.kind !== 'bytes') continue;
    if (used[index] === false) takeEmpty(choices, { index, rowCount }, result);
    else if (isOneBlock) takeRanges(column, choices, { index, rowCount }, result);
    else takeCopies(column, choices, { index, rowCount }, result);
  }
}

/** Whether a row takes bytes of this column: not NULL and not empty. */
function isUsed(column: Column, choices: Uint8Array, chosen: ChosenRows): boolean {
  if (column.kind !== 'bytes') return false;
  const { index, rowCount } = chosen;
  for (let row = 0; row < rowCount; row++) {
    if (choices[row] === index && column.nulls[row] === 0 && column.length[row] !== 0) return true;
  }
  return false;
}

/** The rows below `rowCount` whose choice is `index`. */
interface ChosenRows {
  readonly index: number;
  readonly rowCount: number;
}

function takeNulls(source: Column, choices: Uint8Array, chosen: ChosenRows, result: Column): void {
  const { index, rowCount } = chosen;
  if (!source.hasNulls) return;
  const { nulls } = source;
  for (let row = 0; row < rowCount; row++) {
    if (choices[row] === index && nulls[row] === 1) result.setNull(row);
  }
  if (source.failures === null) return;
  for (const [row, reason] of source.failures) {
    if (row < rowCount && choices[row] === index) result.setFailure(row, reason);
  }
}

function takeValues(source: Column, choices: Uint8Array, chosen: ChosenRows, result: Column): void {
  // A NULL literal without a type: its rows are NULL already.
  if (source.type.root === 'NULL') return;
  const { index, rowCount } = chosen;
  switch (result.kind) {
    case 'boolean': {
      assert(source.kind === 'boolean', 'all results of a CASE have one type');
      const { values } = source;
      const target = result.values;
      for (let row = 0; row < rowCount; row++) {
        if (choices[row] === index) target[row] = values[row]!;
      }
      return;
    }
    case 'int': {
      assert(source.kind === 'int', 'all results of a CASE have one type');
      const { values } = source;
      const target = result.values;
      for (let row = 0; row < rowCount; row++) {
        if (choices[row] === index) target[row] = values[row]!;
      }
      return;
    }
    case 'double':
      assert(source.kind === 'double', 'all results of a CASE have one type');
      takeFloats(source.values, choices, chosen, result.values);
      return;
    case 'long':
      assert(source.kind === 'long', 'all results of a CASE have one type');
      takeLongs(source, choices, chosen, result);
      return;
    case 'timestamp':
      assert(source.kind === 'timestamp', 'all results of a CASE have one type');
      takeTimestamps(source, choices, chosen, result);
      return;
    case 'decimal':
      assert(source.kind === 'decimal', 'all results of a CASE have one type');
      for (let row = 0; row < rowCount; row++) {
        if (choices[row] === index) result.values[row] = source.values[row]!;
      }
      return;
    case 'object':
      assert(source.kind === 'object', 'all results of a CASE have one type');
      for (let row = 0; row < rowCount; row++) {
        if (choices[row] === index) result.values[row] = source.values[row]!;
      }
      return;
    case 'bytes':
      assert(false, 'bytes are taken by their own functions');
  }
}

function takeFloats(
  source: Float64Array,
  choices: Uint8Array,
  chosen: ChosenRows,
  target: Float64Array,
): void {
  const { index, rowCount } = chosen;
  for (let row = 0; row < rowCount; row++) {
    if (choices[row] === index) target[row] = source[row]!;
  }
}

function takeLongs(
  source: LongColumn,
  choices: Uint8Array,
  chosen: ChosenRows,
  result: LongColumn,
): void {
  if (source.wide === null && result.wide === null) {
    takeFloats(source.values, choices, chosen, result.values);
    return;
  }
  const { index, rowCount } = chosen;
  const wide = result.wide ?? widenFilled(result, choices, chosen);
  for (let row = 0; row < rowCount; row++) {
    if (choices[row] !== index || source.nulls[row] === 1) continue;
    wide[row] = source.wide === null ? BigInt(source.values[row]!) : source.wide[row]!;
  }
}

/** Widens a result that only the choices before this one have filled so far. */
function widenFilled(result: LongColumn, choices: Uint8Array, chosen: ChosenRows): BigInt64Array {
  const { index, rowCount } = chosen;
  for (let row = 0; row < rowCount; row++) if (choices[row]! >= index) result.values[row] = 0;
  return result.widen(rowCount);
}

function takeTimestamps(
  source: TimestampColumn,
  choices: Uint8Array,
  chosen: ChosenRows,
  result: TimestampColumn,
): void {
  takeFloats(source.millis, choices, chosen, result.millis);
  if (source.nanos === null) return;
  const nanos = (result.nanos ??= new Int32Array(result.millis.length));
  const { index, rowCount } = chosen;
  for (let row = 0; row < rowCount; row++) {
    if (choices[row] === index) nanos[row] = source.nanos[row]!;
  }
}

function takeEmpty(choices: Uint8Array, chosen: ChosenRows, result: BytesColumn): void {
  const { index, rowCount } = chosen;
  for (let row = 0; row < rowCount; row++) {
    if (choices[row] !== index) continue;
    result.start[row] = 0;
    result.length[row] = 0;
  }
}

function takeRanges(
  source: BytesColumn,
  choices: Uint8Array,
  chosen: ChosenRows,
  result: BytesColumn,
): void {
  const { index, rowCount } = chosen;
  for (let row = 0; row < rowCount; row++) {
    if (choices[row] !== index) continue;
    result.start[row] = source.start[row]!;
    result.length[row] = source.length[row]!;
  }
}

function takeCopies(
  source: BytesColumn,
  choices: Uint8Array,
  chosen: ChosenRows,
  result: BytesColumn,
): void {
  const { index, rowCount } = chosen;
  let byteCount = 0;
  for (let row = 0; row < rowCount; row++) {
    if (choices[row] === index && source.nulls[row] === 0) byteCount += source.length[row]!;
  }
  const arena = result.reserve(byteCount);
  for (let row = 0; row < rowCount; row++) {
    if (choices[row] !== index || source.nulls[row] === 1) continue;
    result.start[row] = arena.end;
    const length = source.length[row]!;
    result.length[row] = length;
    appendRange(arena, source.block, source.start[row]!, length);
  }
}
