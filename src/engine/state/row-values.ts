/**
 * Rows of columns as state, one after the other. Each value begins with a byte that says what
 * follows, so that state of other columns is not taken for these.
 * Invariant: a row that was written is read back equal, failures of its values included.
 */
import { Batch, type RowSchema } from '../batch/batch.ts';
import { BATCH_ROWS, type BytesColumn, type Column, type LongColumn } from '../batch/column.ts';
import { corruptState } from './corrupt-state.ts';
import { readStateValue, writeStateValue } from './state-value.ts';
import type { StateReader } from './state-reader.ts';
import type { StateWriter } from './state-writer.ts';

/** Part of the snapshot format: new ones are added behind. */
const marks = {
  null: 0,
  boolean: 1,
  int: 2,
  /** A safe integer, as a float. */
  long: 3,
  wideLong: 4,
  double: 5,
  /** Whole milliseconds. */
  timestamp: 6,
  fineTimestamp: 7,
  bytes: 8,
  decimal: 9,
  object: 10,
  /** A value that could not be computed: NULL, with the reason. */
  failure: 11,
} as const;

/** Source: DECIMAL has 38 digits at most. */
const DECIMAL_TEXT = /^-?\d{1,38}$/;
const NANOS_MAX = 999_999;

/** Writes the rows with these numbers. */
export function writeRows(
  writer: StateWriter,
  columns: readonly Column[],
  rows: Int32Array | readonly number[],
): void {
  for (const row of rows) writeRow(writer, columns, row);
}

export function writeRow(writer: StateWriter, columns: readonly Column[], row: number): void {
  for (const column of columns) writeValueOf(writer, column, row);
}

/** Into columns that were reset; rows are read in ascending order. */
export function readRow(reader: StateReader, columns: readonly Column[], row: number): void {
  for (const column of columns) readValueOf(reader, column, row);
}

/** Reads rows of one schema, a batch at a time. */
export class RowReader {
  private readonly batch: Batch;

  constructor(schema: RowSchema) {
    this.batch = new Batch(schema);
  }

  /**
   * Reads this many rows; `take` is told the number of the first row of each batch, which is filled
   * again afterwards.
   */
  read(reader: StateReader, rowCount: number, take: (batch: Batch, from: number) => void): void {
    const { batch } = this;
    for (let from = 0; from < rowCount; from += BATCH_ROWS) {
      batch.reset();
      const count = Math.min(rowCount - from, BATCH_ROWS);
      for (let row = 0; row < count; row++) readRow(reader, batch.columns, row);
      batch.rowCount = count;
      take(batch, from);
    }
  }
}

function writeValueOf(writer: StateWriter, column: Column, row: number): void {
  if (column.nulls[row] === 1) {
    const reason = column.failures?.get(row);
    writer.uint8(reason === undefined ? marks.null : marks.failure);
    if (reason !== undefined) writer.text(reason);
    return;
  }
  switch (column.kind) {
    case 'boolean':
      writer.uint8(marks.boolean);
      writer.uint8(column.values[row]!);
      return;
    case 'int':
      writer.uint8(marks.int);
      writer.uint32(column.values[row]!);
      return;
    case 'long':
      writeLong(writer, column, row);
      return;
    case 'double':
      writer.uint8(marks.double);
      writer.float64(column.values[row]!);
      return;
    case 'timestamp': {
      const nanos = column.nanos === null ? 0 : column.nanos[row]!;
      writer.uint8(nanos === 0 ? marks.timestamp : marks.fineTimestamp);
      writer.float64(column.millis[row]!);
      if (nanos !== 0) writer.uint32(nanos);
      return;
    }
    case 'bytes': {
      writer.uint8(marks.bytes);
      writer.byteRange(column.block.bytes, column.start[row]!, column.length[row]!);
      return;
    }
    case 'decimal':
      writer.uint8(marks.decimal);
      writer.text(String(column.values[row]!));
      return;
    case 'object':
      writer.uint8(marks.object);
      writeStateValue(writer, column.values[row]!);
      return;
  }
}

function writeLong(writer: StateWriter, column: LongColumn, row: number): void {
  const value = column.wide === null ? column.values[row]! : Number(column.wide[row]!);
  const isNarrow = Number.isSafeInteger(value);
  writer.uint8(isNarrow ? marks.long : marks.wideLong);
  if (isNarrow) writer.float64(value);
  else writer.int64(column.wide![row]!);
}

function readValueOf(reader: StateReader, column: Column, row: number): void {
  const mark = reader.uint8();
  if (mark === marks.null) {
    column.setNull(row);
    return;
  }
  if (mark === marks.failure) {
    column.setFailure(row, reader.text());
    return;
  }
  switch (column.kind) {
    case 'boolean':
      expectMark(mark, marks.boolean);
      column.values[row] = reader.boolean() ? 1 : 0;
      return;
    case 'int':
      expectMark(mark, marks.int);
      column.values[row] = reader.uint32();
      return;
    case 'long':
      readLong(reader, column, row, mark);
      return;
    case 'double':
      expectMark(mark, marks.double);
      column.values[row] = reader.float64();
      return;
    case 'timestamp':
      column.millis[row] = safeInteger(reader.float64());
      if (mark === marks.timestamp) {
        if (column.nanos !== null) column.nanos[row] = 0;
        return;
      }
      expectMark(mark, marks.fineTimestamp);
      (column.nanos ??= new Int32Array(column.millis.length))[row] = nanosOf(reader);
      return;
    case 'bytes':
      expectMark(mark, marks.bytes);
      readBytes(reader, column, row);
      return;
    case 'decimal':
      expectMark(mark, marks.decimal);
      column.values[row] = decimalOf(reader.text());
      return;
    case 'object':
      expectMark(mark, marks.object);
      column.values[row] = readStateValue(reader);
      return;
  }
}

function readLong(reader: StateReader, column: LongColumn, row: number, mark: number): void {
  if (mark === marks.long) {
    const value = safeInteger(reader.float64());
    if (column.wide === null) column.values[row] = value;
    else column.wide[row] = BigInt(value);
    return;
  }
  expectMark(mark, marks.wideLong);
  column.widen(row)[row] = reader.int64();
}

function readBytes(reader: StateReader, column: BytesColumn, row: number): void {
  const arena = column.reserve(0);
  column.start[row] = arena.end;
  column.length[row] = reader.bytesTo(arena);
  // The block is another one when it has grown.
  column.block = arena.block;
}

function expectMark(mark: number, expected: number): void {
  if (mark !== expected) throw corruptState(`it holds a value of kind ${mark}, not ${expected}`);
}

function safeInteger(value: number): number {
  if (!Number.isSafeInteger(value)) throw corruptState(`it holds the integer ${value}`);
  return value;
}

function nanosOf(reader: StateReader): number {
  const nanos = reader.uint32();
  if (nanos > NANOS_MAX) throw corruptState(`it holds ${nanos} nanoseconds`);
  return nanos;
}

function decimalOf(text: string): bigint {
  if (!DECIMAL_TEXT.test(text)) throw corruptState('it holds a decimal that is none');
  return BigInt(text);
}
