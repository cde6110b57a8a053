/**
 * Copies rows by number to rows of another column that are given one by one, text included; what
 * was there before is replaced.
 */
import { assert } from '../../errors/assert.ts';
import { appendRange } from './byte-arena.ts';
import type { BytesColumn, Column, LongColumn, TimestampColumn } from './column.ts';

export interface RowMoves {
  /** Row numbers of the source. */
  readonly from: Int32Array;
  /** The row of the target that each one goes to, below its capacity. */
  readonly to: Int32Array;
  /** Entries of both that count. */
  readonly count: number;
}

/** Both columns have one type. */
export function scatterColumn(source: Column, moves: RowMoves, target: Column): void {
  scatterNulls(source, moves, target);
  switch (source.kind) {
    case 'boolean':
    case 'int':
    case 'double':
    case 'decimal':
    case 'object':
      assert(target.kind === source.kind, 'source and target have one type');
      scatterValues<unknown>(source.values, moves, target.values);
      return;
    case 'long':
      assert(target.kind === 'long', 'source and target have one type');
      scatterLongs(source, moves, target);
      return;
    case 'timestamp':
      assert(target.kind === 'timestamp', 'source and target have one type');
      scatterTimestamps(source, moves, target);
      return;
    case 'bytes':
      assert(target.kind === 'bytes', 'source and target have one type');
      scatterRanges(source, moves, target);
      return;
  }
}

function scatterNulls(source: Column, { from, to, count }: RowMoves, target: Column): void {
  if (target.hasNulls) {
    for (let index = 0; index < count; index++) target.nulls[to[index]!] = 0;
  }
  if (target.failures !== null) {
    for (let index = 0; index < count; index++) target.failures.delete(to[index]!);
  }
  if (source.hasNulls) {
    for (let index = 0; index < count; index++) {
      if (source.nulls[from[index]!] === 1) target.setNull(to[index]!);
    }
  }
  if (source.failures === null) return;
  for (let index = 0; index < count; index++) {
    const reason = source.failures.get(from[index]!);
    if (reason !== undefined) target.setFailure(to[index]!, reason);
  }
}

function scatterValues<T>(
  source: { readonly [row: number]: T },
  { from, to, count }: RowMoves,
  target: { [row: number]: T },
): void {
  for (let index = 0; index < count; index++) target[to[index]!] = source[from[index]!]!;
}

function scatterLongs(source: LongColumn, moves: RowMoves, target: LongColumn): void {
  if (source.wide === null && target.wide === null) {
    scatterValues(source.values, moves, target.values);
    return;
  }
  const wide = target.widen(target.values.length);
  const { from, to, count } = moves;
  for (let index = 0; index < count; index++) {
    const row = from[index]!;
    if (source.nulls[row] === 1) continue;
    wide[to[index]!] = source.wide === null ? BigInt(source.values[row]!) : source.wide[row]!;
  }
}

function scatterTimestamps(
  source: TimestampColumn,
  moves: RowMoves,
  target: TimestampColumn,
): void {
  scatterValues(source.millis, moves, target.millis);
  if (source.nanos === null && target.nanos === null) return;
  target.nanos ??= new Int32Array(target.millis.length);
  if (source.nanos !== null) {
    scatterValues(source.nanos, moves, target.nanos);
    return;
  }
  const { to, count } = moves;
  for (let index = 0; index < count; index++) target.nanos[to[index]!] = 0;
}

function scatterRanges(source: BytesColumn, moves: RowMoves, target: BytesColumn): void {
  const { from, to, count } = moves;
  let byteCount = 0;
  for (let index = 0; index < count; index++) {
    const row = from[index]!;
    if (source.nulls[row] === 0) byteCount += source.length[row]!;
  }
  const { block } = source;
  const arena = target.reserve(byteCount);
  for (let index = 0; index < count; index++) {
    const row = from[index]!;
    const slot = to[index]!;
    const size = source.nulls[row] === 1 ? 0 : source.length[row]!;
    target.start[slot] = arena.end;
    target.length[slot] = size;
    appendRange(arena, block, source.start[row]!, size);
  }
}
