/**
 * Rows in flight as bytes: one batch, column by column, with row kinds and watermarks. Part of the
 * snapshot format. The reader trusts nothing: what does not fit the schema, or cannot be what a
 * batch holds, is a corrupt state.
 */
import type { RowSchema } from '../batch/batch.ts';
import { type Batch, rowKinds } from '../batch/batch.ts';
import { BATCH_ROWS, type Column } from '../batch/column.ts';
import { corruptState } from '../state/corrupt-state.ts';
import { StateReader } from '../state/state-reader.ts';
import { readStateValue, writeStateValue } from '../state/state-value.ts';
import { StateWriter } from '../state/state-writer.ts';
import { TransferBatch } from './transfer-batch.ts';

const WHOLE_NUMBER = /^-?\d+$/;
/** Nanoseconds below a millisecond. */
const NANOS_LIMIT = 1_000_000;

export function encodeBatch(batch: Batch): Uint8Array {
  const writer = new StateWriter();
  const { rowCount, kinds, watermarksBefore } = batch;
  writer.uint32(rowCount);
  writer.float64(batch.watermarkAfter);
  writer.boolean(kinds !== null);
  if (kinds !== null) writer.bytes(kinds.subarray(0, rowCount));
  writer.boolean(watermarksBefore !== null);
  if (watermarksBefore !== null) writer.float64Array(watermarksBefore.subarray(0, rowCount));
  for (const column of batch.columns) writeColumn(writer, column, rowCount);
  return writer.finish();
}

/** Reads a batch of this schema into memory of its own. */
export function decodeBatch(bytes: Uint8Array, schema: RowSchema): TransferBatch {
  const reader = new StateReader(bytes);
  const rowCount = reader.uint32();
  if (rowCount === 0 || rowCount > BATCH_ROWS) throw corruptState(`a batch of ${rowCount} rows`);
  const transfer = new TransferBatch(schema, rowCount, null);
  const { batch } = transfer;
  batch.watermarkAfter = reader.float64();
  if (reader.boolean()) transfer.openKinds().set(kindsFrom(reader, rowCount));
  if (reader.boolean()) transfer.openWatermarks().set(watermarksFrom(reader, rowCount));
  for (const column of batch.columns) readColumn(reader, column, rowCount);
  batch.rowCount = rowCount;
  if (!reader.isAtEnd) throw corruptState('it goes on behind a batch');
  return transfer;
}

function writeColumn(writer: StateWriter, column: Column, rowCount: number): void {
  writer.boolean(column.hasNulls);
  if (column.hasNulls) writer.bytes(column.nulls.subarray(0, rowCount));
  writeFailures(writer, column, rowCount);
  switch (column.kind) {
    case 'boolean':
      writer.bytes(column.values.subarray(0, rowCount));
      return;
    case 'int':
      writer.int32Array(column.values.subarray(0, rowCount));
      return;
    case 'double':
      writer.float64Array(column.values.subarray(0, rowCount));
      return;
    case 'long': {
      const { wide } = column;
      writer.boolean(wide !== null);
      if (wide === null) writer.float64Array(column.values.subarray(0, rowCount));
      else writer.bytes(new Uint8Array(wide.buffer, wide.byteOffset, rowCount * 8));
      return;
    }
    case 'timestamp':
      writer.float64Array(column.millis.subarray(0, rowCount));
      writer.boolean(column.nanos !== null);
      if (column.nanos !== null) writer.int32Array(column.nanos.subarray(0, rowCount));
      return;
    case 'bytes':
      for (let row = 0; row < rowCount; row++) {
        const start = column.start[row]!;
        const length = column.nulls[row] === 1 ? 0 : column.length[row]!;
        writer.bytes(column.block.bytes.subarray(start, start + length));
      }
      return;
    case 'decimal':
      for (let row = 0; row < rowCount; row++) {
        writer.text(column.nulls[row] === 1 ? '' : String(column.values[row]!));
      }
      return;
    case 'object':
      for (let row = 0; row < rowCount; row++) {
        writeStateValue(writer, column.nulls[row] === 1 ? null : column.values[row]!);
      }
      return;
  }
}

function readColumn(reader: StateReader, column: Column, rowCount: number): void {
  if (reader.boolean()) {
    column.nulls.set(bitsFrom(reader, rowCount, 'NULL marks'));
    column.hasNulls = true;
  }
  readFailures(reader, column, rowCount);
  switch (column.kind) {
    case 'boolean':
      column.values.set(bitsFrom(reader, rowCount, 'truth values'));
      return;
    case 'int':
      column.values.set(intsFrom(reader, rowCount));
      return;
    case 'double':
      column.values.set(floatsFrom(reader, rowCount));
      return;
    case 'long':
      if (!reader.boolean()) column.values.set(integersFrom(reader, column, rowCount));
      else column.widen(0).set(new BigInt64Array(wordsFrom(reader, rowCount, 8)));
      return;
    case 'timestamp':
      column.millis.set(integersFrom(reader, column, rowCount));
      if (reader.boolean()) column.nanos = nanosFrom(reader, rowCount);
      return;
    case 'bytes':
      for (let row = 0; row < rowCount; row++) {
        const bytes = reader.bytes();
        const arena = column.reserve(bytes.length);
        arena.block.bytes.set(bytes, arena.end);
        column.start[row] = arena.end;
        column.length[row] = bytes.length;
        arena.end += bytes.length;
      }
      return;
    case 'decimal':
      for (let row = 0; row < rowCount; row++) {
        const text = reader.text();
        if (column.nulls[row] === 1) continue;
        if (!WHOLE_NUMBER.test(text)) throw corruptState('a DECIMAL that is no number');
        column.values[row] = BigInt(text);
      }
      return;
    case 'object':
      for (let row = 0; row < rowCount; row++) {
        const value = readStateValue(reader);
        if (column.nulls[row] === 1) continue;
        if (!Array.isArray(value)) throw corruptState(`a ${column.type.root} that is none`);
        column.values[row] = value;
      }
      return;
  }
}

/** Values that could not be computed travel with their rows: one that is used fails the job. */
function writeFailures(writer: StateWriter, column: Column, rowCount: number): void {
  const failures = [...(column.failures ?? [])].filter(([row]) => row < rowCount);
  writer.uint32(failures.length);
  for (const [row, reason] of failures) {
    writer.uint32(row);
    writer.text(reason);
  }
}

function readFailures(reader: StateReader, column: Column, rowCount: number): void {
  const count = reader.uint32();
  if (count > rowCount) throw corruptState('more values that failed than rows');
  for (let index = 0; index < count; index++) {
    const row = reader.uint32();
    if (row >= rowCount) throw corruptState('a value that failed in no row');
    column.setFailure(row, reader.text());
  }
}

function kindsFrom(reader: StateReader, rowCount: number): Uint8Array {
  const kinds = ofLength(reader.bytes(), rowCount);
  if (kinds.some((kind) => kind > rowKinds.delete)) throw corruptState('an unknown row kind');
  return kinds;
}

function watermarksFrom(reader: StateReader, rowCount: number): Float64Array {
  const watermarks = floatsFrom(reader, rowCount);
  for (let row = 0; row < rowCount; row++) {
    const isKept = row === 0 || watermarks[row]! >= watermarks[row - 1]!;
    if (!isKept || Number.isNaN(watermarks[row]!)) throw corruptState('a watermark that falls');
  }
  return watermarks;
}

function nanosFrom(reader: StateReader, rowCount: number): Int32Array {
  const nanos = intsFrom(reader, rowCount);
  if (nanos.some((each) => each < 0 || each >= NANOS_LIMIT)) {
    throw corruptState('nanoseconds beyond a millisecond');
  }
  return nanos;
}

function bitsFrom(reader: StateReader, rowCount: number, what: string): Uint8Array {
  const bits = ofLength(reader.bytes(), rowCount);
  if (bits.some((bit) => bit > 1)) throw corruptState(`${what} other than 0 and 1`);
  return bits;
}

function intsFrom(reader: StateReader, rowCount: number): Int32Array {
  return new Int32Array(wordsFrom(reader, rowCount, 4));
}

function floatsFrom(reader: StateReader, rowCount: number): Float64Array {
  return new Float64Array(wordsFrom(reader, rowCount, 8));
}

/** Whole numbers where the column has a value. */
function integersFrom(reader: StateReader, column: Column, rowCount: number): Float64Array {
  const values = floatsFrom(reader, rowCount);
  for (let row = 0; row < rowCount; row++) {
    if (column.nulls[row] === 0 && !Number.isSafeInteger(values[row])) {
      throw corruptState(`a ${column.type.root} that is no whole number`);
    }
  }
  return values;
}

/** A buffer of its own with `rowCount` words. */
function wordsFrom(reader: StateReader, rowCount: number, wordBytes: number): ArrayBuffer {
  return new Uint8Array(ofLength(reader.bytes(), rowCount * wordBytes)).buffer;
}

function ofLength<T extends { readonly length: number }>(values: T, length: number): T {
  if (values.length !== length) throw corruptState('a column of another length than its batch');
  return values;
}
