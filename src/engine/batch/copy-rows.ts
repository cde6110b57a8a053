/**
 * Copies rows by number from one column to another of the same type. Gathering leaves text where
 * it is and copies only where it starts and ends; appending copies the bytes too, for rows that
 * outlive their batch.
 */
import { assert } from '../../errors/assert.ts';
import { appendRange } from './byte-arena.ts';
import type { BytesColumn, Column, LongColumn, TimestampColumn } from './column.ts';

/** Stands for a row that is not there: all its columns are NULL. */
export const NO_ROW = -1;

export interface RowSelection {
  /** Row numbers of the source, in any order, also repeated; NO_ROW for a row of NULLs. */
  readonly rows: Int32Array;
  /** Entries of `rows` that count. */
  readonly count: number;
  /** False: no entry is NO_ROW. Absent: some may be. */
  readonly hasGaps?: boolean;
}

/**
 * Fills rows 0 to `count` of `target`, which was reset. A bytes column then points into the
 * source's block.
 */
export function gatherColumn(source: Column, selection: RowSelection, target: Column): void {
  if (source.kind === 'bytes') {
    assert(target.kind === 'bytes', 'source and target have one type');
    copyNulls(source, selection, target, 0);
    gatherRanges(source, selection, target);
  } else {
    copyValues(source, selection, target, 0);
  }
}

/** Fewer rows are copied faster without a kernel, measured on Node 20. */
const KERNEL_ROWS_MIN = 8;
const WORD_BYTES = Int32Array.BYTES_PER_ELEMENT;

/** Fills rows of `target` from `from` on; bytes are copied into the target's own block. */
export function appendColumn(
  source: Column,
  selection: RowSelection,
  target: Column,
  from: number,
): void {
  if (source.kind === 'bytes') {
    assert(target.kind === 'bytes', 'source and target have one type');
    copyNulls(source, selection, target, from);
    appendRanges(source, selection, target, from);
  } else {
    copyValues(source, selection, target, from);
  }
}

function copyValues(source: Column, selection: RowSelection, target: Column, from: number): void {
  copyNulls(source, selection, target, from);
  switch (source.kind) {
    case 'boolean':
      assert(target.kind === 'boolean', 'source and target have one type');
      copyBooleans(source.values, selection, target.values, from);
      return;
    case 'int':
      assert(target.kind === 'int', 'source and target have one type');
      copyInts(source.values, selection, target.values, from);
      return;
    case 'double':
      assert(target.kind === 'double', 'source and target have one type');
      copyFloats(source.values, selection, target.values, from);
      return;
    case 'long':
      assert(target.kind === 'long', 'source and target have one type');
      copyLongs(source, selection, target, from);
      return;
    case 'timestamp':
      assert(target.kind === 'timestamp', 'source and target have one type');
      copyTimestamps(source, selection, target, from);
      return;
    case 'decimal':
      assert(target.kind === 'decimal', 'source and target have one type');
      copyReferences(source.values, selection, target.values, from);
      return;
    case 'object':
      assert(target.kind === 'object', 'source and target have one type');
      copyReferences(source.values, selection, target.values, from);
      return;
    case 'bytes':
      assert(false, 'bytes are copied by their own functions');
  }
}

function copyNulls(source: Column, selection: RowSelection, target: Column, from: number): void {
  const { rows, count, hasGaps = true } = selection;
  if (!hasGaps && !source.hasNulls) return;
  const { nulls } = source;
  for (let index = 0; index < count; index++) {
    const row = rows[index]!;
    if (row < 0 || nulls[row] === 1) target.setNull(from + index);
  }
  if (source.failures === null) return;
  for (let index = 0; index < count; index++) {
    const reason = source.failures.get(rows[index]!);
    if (reason !== undefined) target.setFailure(from + index, reason);
  }
}

function copyBooleans(
  source: Uint8Array,
  selection: RowSelection,
  target: Uint8Array,
  from: number,
): void {
  const { rows, count } = selection;
  for (let index = 0; index < count; index++) {
    const row = rows[index]!;
    if (row >= 0) target[from + index] = source[row]!;
  }
}

function copyInts(
  source: Int32Array,
  selection: RowSelection,
  target: Int32Array,
  from: number,
): void {
  const { rows, count } = selection;
  for (let index = 0; index < count; index++) {
    const row = rows[index]!;
    if (row >= 0) target[from + index] = source[row]!;
  }
}

function copyFloats(
  source: Float64Array,
  selection: RowSelection,
  target: Float64Array,
  from: number,
): void {
  const { rows, count } = selection;
  for (let index = 0; index < count; index++) {
    const row = rows[index]!;
    if (row >= 0) target[from + index] = source[row]!;
  }
}

function copyReferences<T>(
  source: readonly T[],
  selection: RowSelection,
  target: T[],
  from: number,
): void {
  const { rows, count } = selection;
  for (let index = 0; index < count; index++) {
    const row = rows[index]!;
    if (row >= 0) target[from + index] = source[row]!;
  }
}

function copyLongs(
  source: LongColumn,
  selection: RowSelection,
  target: LongColumn,
  from: number,
): void {
  const { rows, count } = selection;
  if (source.wide === null && target.wide === null) {
    copyFloats(source.values, selection, target.values, from);
    return;
  }
  const wide = target.widen(from);
  for (let index = 0; index < count; index++) {
    const row = rows[index]!;
    if (row < 0 || source.nulls[row] === 1) continue;
    wide[from + index] = source.wide === null ? BigInt(source.values[row]!) : source.wide[row]!;
  }
}

function copyTimestamps(
  source: TimestampColumn,
  selection: RowSelection,
  target: TimestampColumn,
  from: number,
): void {
  copyFloats(source.millis, selection, target.millis, from);
  if (source.nanos === null && target.nanos === null) return;
  target.nanos ??= new Int32Array(target.millis.length);
  if (source.nanos === null) target.nanos.fill(0, from, from + selection.count);
  else copyInts(source.nanos, selection, target.nanos, from);
}

function gatherRanges(source: BytesColumn, selection: RowSelection, target: BytesColumn): void {
  target.block = source.block;
  copyInts(source.start, selection, target.start, 0);
  copyInts(source.length, selection, target.length, 0);
}

function appendRanges(
  source: BytesColumn,
  selection: RowSelection,
  target: BytesColumn,
  from: number,
): void {
  if (appendByKernel(source, selection, target, from)) return;
  const { rows, count } = selection;
  const { nulls, start: sourceStart, length: sourceLength, block } = source;
  let byteCount = 0;
  for (let index = 0; index < count; index++) {
    const row = rows[index]!;
    if (row >= 0 && nulls[row] === 0) byteCount += sourceLength[row]!;
  }
  const arena = target.reserve(byteCount);
  const { start, length } = target;
  for (let index = 0; index < count; index++) {
    const row = rows[index]!;
    if (row < 0 || nulls[row] === 1) continue;
    const size = sourceLength[row]!;
    start[from + index] = arena.end;
    length[from + index] = size;
    appendRange(arena, block, sourceStart[row]!, size);
  }
}

/** False: it cannot be done so, as not everything lies in one memory. */
function appendByKernel(
  source: BytesColumn,
  { rows, count, hasGaps = true }: RowSelection,
  target: BytesColumn,
  from: number,
): boolean {
  const { memory } = source;
  if (memory === null || target.memory !== memory || source.block.memory !== memory) return false;
  if (hasGaps || count < KERNEL_ROWS_MIN || !memory.holds(rows)) return false;
  const { kernels } = memory;
  const lengths = source.length.byteOffset;
  const nulls = source.nulls.byteOffset;
  const arena = target.reserve(kernels.textBytes(rows.byteOffset, count, lengths, nulls));
  arena.end = kernels.appendTexts(
    rows.byteOffset,
    count,
    source.block.bytes.byteOffset,
    source.start.byteOffset,
    lengths,
    nulls,
    arena.block.bytes.byteOffset,
    arena.end,
    target.start.byteOffset + from * WORD_BYTES,
    target.length.byteOffset + from * WORD_BYTES,
  );
  return true;
}
