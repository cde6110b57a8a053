/**
 * Writes rows as JSON lines. Texts, integers, booleans and timestamps are written from the columns;
 * of other columns the JSON text of each value comes ready made.
 */
import { allocateZeroed, release } from './allocator';
import { writeInteger } from './number-text';
import { writeTimestamp } from './timestamp-text';

/** Kinds of columns, as the encoder numbers them. */
const TEXT: u32 = 0;
const LONG: u32 = 1;
const INT: u32 = 2;
const BOOLEAN: u32 = 3;
const TIMESTAMP: u32 = 4;
/** Texts that are JSON already. */
const READY: u32 = 5;

const QUOTE: u32 = 0x22;
const BACKSLASH: u32 = 0x5c;
const ZERO: u32 = 0x30;
const OPEN_BRACE: u32 = 0x7b;
const CLOSE_BRACE: u32 = 0x7d;
const LINE_FEED: u32 = 0x0a;

/** Longest escape of one byte: `\u001F`. */
const ESCAPE_BYTES_MAX: u32 = 6;
/** What any value but a text takes at most: `"+292278994-08-17T07:12:55.807Z"`. */
const SCALAR_BYTES_MAX: u32 = 40;
/** Texts are copied 16 bytes at a time, so as many are written behind their end. */
const SLACK_BYTES: u32 = 16;

@unmanaged
class Column {
  kind: u32;
  /** The comma, the name and the colon before a value. */
  prefix: usize;
  prefixBytes: u32;
  /** Starts of texts, values of others; by row. */
  values: usize;
  lengths: usize;
  nulls: usize;
  /** What starts of texts count from. */
  block: usize;
  /** Of a timestamp: the byte between date and time, and whether a Z ends it. */
  separator: u32;
  endsWithZ: u32;
}

@unmanaged
export class JsonWriter {
  columns: usize;
  columnCount: u32;
  leavesOutNulls: u32;
  /** What stands behind the last column, with its comma. */
  suffix: usize;
  suffixBytes: u32;
}

export function createJsonWriter(columnCount: u32, leavesOutNulls: u32): JsonWriter {
  const writer = changetype<JsonWriter>(allocateZeroed(offsetof<JsonWriter>()));
  writer.columnCount = columnCount;
  writer.columns = allocateZeroed(columnCount * offsetof<Column>());
  writer.leavesOutNulls = leavesOutNulls;
  return writer;
}

export function defineWrittenColumn(
  writer: JsonWriter,
  index: u32,
  prefix: usize,
  prefixBytes: u32,
): void {
  const column = columnAt(writer, index);
  column.prefix = copied(prefix, prefixBytes);
  column.prefixBytes = prefixBytes;
}

export function defineWrittenSuffix(writer: JsonWriter, suffix: usize, suffixBytes: u32): void {
  writer.suffix = copied(suffix, suffixBytes);
  writer.suffixBytes = suffixBytes;
}

/** Says of which kind a column is this time and where its values are. */
export function placeWrittenColumn(
  writer: JsonWriter,
  index: u32,
  kind: u32,
  values: usize,
  lengths: usize,
  nulls: usize,
  block: usize,
): void {
  const column = columnAt(writer, index);
  column.kind = kind;
  column.values = values;
  column.lengths = lengths;
  column.nulls = nulls;
  column.block = block;
}

export function defineTimestampSyntax(
  writer: JsonWriter,
  index: u32,
  separator: u32,
  endsWithZ: u32,
): void {
  const column = columnAt(writer, index);
  column.separator = separator;
  column.endsWithZ = endsWithZ;
}

/** Bytes that the rows [from, to) need at most. */
export function writtenBytesMax(writer: JsonWriter, from: u32, to: u32): f64 {
  // Braces, line end, null.
  let rowBytes: u64 = 4 + writer.suffixBytes;
  let bytes: u64 = SLACK_BYTES;
  for (let index: u32 = 0; index < writer.columnCount; index++) {
    const column = columnAt(writer, index);
    rowBytes += column.prefixBytes + SCALAR_BYTES_MAX;
    if (column.kind != TEXT && column.kind != READY) continue;
    const factor = column.kind == TEXT ? ESCAPE_BYTES_MAX : 1;
    for (let row = from; row < to; row++) {
      if (load<u8>(column.nulls + row) == 0)
        bytes += <u64>load<u32>(column.lengths + (row << 2)) * factor;
    }
  }
  return <f64>(bytes + rowBytes * (to - from));
}

/** Writes the rows [from, to) to `target`; returns the address behind them. */
export function writeJsonRows(writer: JsonWriter, from: u32, to: u32, target: usize): usize {
  let at = target;
  for (let row = from; row < to; row++) {
    const start = at;
    for (let index: u32 = 0; index < writer.columnCount; index++) {
      const column = columnAt(writer, index);
      const isNull = load<u8>(column.nulls + row) != 0;
      if (isNull && writer.leavesOutNulls != 0) continue;
      at = append(at, column.prefix, column.prefixBytes);
      if (isNull) {
        store<u32>(at, 0x6c6c756e);
        at += 4;
      } else {
        at = writeValue(column, row, at);
      }
    }
    at = append(at, writer.suffix, writer.suffixBytes);
    if (at == start) at++;
    // The comma of the first member makes room for the brace.
    store<u8>(start, OPEN_BRACE);
    store<u8>(at, CLOSE_BRACE);
    store<u8>(at, LINE_FEED, 1);
    at += 2;
  }
  return at;
}

function writeValue(column: Column, row: u32, at: usize): usize {
  switch (column.kind) {
    case TEXT:
      return writeText(
        column.block + load<u32>(column.values + (row << 2)),
        load<u32>(column.lengths + (row << 2)),
        at,
      );
    case LONG:
      return writeInteger(<i64>load<f64>(column.values + (row << 3)), at);
    case INT:
      return writeInteger(load<i32>(column.values + (row << 2)), at);
    case BOOLEAN:
      if (load<u8>(column.values + row) != 0) {
        store<u32>(at, 0x65757274);
        return at + 4;
      }
      store<u32>(at, 0x736c6166);
      store<u8>(at, 0x65, 4);
      return at + 5;
    case TIMESTAMP:
      return writeTimestamp(
        <i64>load<f64>(column.values + (row << 3)),
        column.separator,
        column.endsWithZ,
        at,
      );
    default:
      return append(
        at,
        column.block + load<u32>(column.values + (row << 2)),
        load<u32>(column.lengths + (row << 2)),
      );
  }
}

/** Copies bytes, and up to 15 more behind them that the next value overwrites. */
// @ts-ignore: decorator
@inline
function append(target: usize, source: usize, byteCount: u32): usize {
  if (byteCount > 64) {
    memory.copy(target, source, byteCount);
  } else {
    for (let offset: u32 = 0; offset < byteCount; offset += 16) {
      v128.store(target + offset, v128.load(source + offset));
    }
  }
  return target + byteCount;
}

/** Writes a text between quotes, with escapes as Jackson writes them. */
function writeText(source: usize, length: u32, target: usize): usize {
  store<u8>(target, QUOTE);
  target++;
  const end = source + length;
  while (source < end) {
    const bytes = v128.load(source);
    v128.store(target, bytes);
    const stops = <u32>(
      i8x16.bitmask(
        v128.or(
          v128.or(
            i8x16.eq(bytes, i8x16.splat(<i8>QUOTE)),
            i8x16.eq(bytes, i8x16.splat(<i8>BACKSLASH)),
          ),
          i8x16.lt_u(bytes, i8x16.splat(0x20)),
        ),
      )
    );
    const plain = min(stops == 0 ? 16 : <u32>ctz(stops), <u32>(end - source));
    source += plain;
    target += plain;
    if (plain == 16 || source == end) continue;
    target = writeEscape(load<u8>(source), target);
    source++;
  }
  store<u8>(target, QUOTE);
  return target + 1;
}

function writeEscape(byte: u32, target: usize): usize {
  store<u8>(target, BACKSLASH);
  let letter: u32 = 0;
  switch (byte) {
    case QUOTE:
    case BACKSLASH:
      letter = byte;
      break;
    case 0x08:
      letter = 0x62;
      break;
    case 0x09:
      letter = 0x74;
      break;
    case 0x0a:
      letter = 0x6e;
      break;
    case 0x0c:
      letter = 0x66;
      break;
    case 0x0d:
      letter = 0x72;
      break;
  }
  if (letter != 0) {
    store<u8>(target, letter, 1);
    return target + 2;
  }
  // `u00` and two capital hexadecimal digits.
  store<u8>(target, 0x75, 1);
  store<u16>(target, 0x3030, 2);
  store<u8>(target, ZERO + (byte >> 4), 4);
  const low = byte & 15;
  store<u8>(target, low < 10 ? ZERO + low : 0x37 + low, 5);
  return target + 6;
}

/** A copy with room behind it for copying 16 bytes at a time. */
function copied(source: usize, byteCount: u32): usize {
  const copy = allocateZeroed(byteCount + SLACK_BYTES);
  memory.copy(copy, source, byteCount);
  return copy;
}

export function releaseJsonWriter(writer: JsonWriter): void {
  for (let index: u32 = 0; index < writer.columnCount; index++) {
    const column = columnAt(writer, index);
    release(column.prefix, column.prefixBytes + SLACK_BYTES);
  }
  if (writer.suffix != 0) release(writer.suffix, writer.suffixBytes + SLACK_BYTES);
  release(writer.columns, writer.columnCount * offsetof<Column>());
  release(changetype<usize>(writer), offsetof<JsonWriter>());
}

// @ts-ignore: decorator
@inline
function columnAt(writer: JsonWriter, index: u32): Column {
  return changetype<Column>(writer.columns + index * offsetof<Column>());
}
