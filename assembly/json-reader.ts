/**
 * Reads JSON lines into columns: one object a line, its fields in any order. Columns of text,
 * integers and booleans are filled here; of other columns the place of the value is noted, and the
 * decoder reads it there. A row that is unusual (an escape in a key, a number in a text column, a
 * value that does not fit) or wrong ends the call: the decoder reads that row itself.
 */
import { allocateZeroed, release } from './allocator';
import {
  Field,
  JsonLayout,
  NO_COLUMN,
  addColumnKey,
  createLayout,
  find,
  foundField,
  recall,
  releaseLayout,
  startsWith,
} from './json-layout';
import { decodeText, decodedEnd } from './json-decode-text';
import {
  BACKSLASH,
  CLOSE_BRACE,
  FALS,
  LINE_FEED,
  NULL,
  OPEN_BRACE,
  QUOTE,
  TRUE,
  fillEscapes,
  integer,
  plainEnd,
  plainUtf8End,
  readInteger,
  skipSpace,
  valueEnd,
} from './json-text';

/** Kinds of columns, as the decoder numbers them. */
const TEXT: u32 = 0;
const LONG: u32 = 1;
const INT: u32 = 2;
const BOOLEAN: u32 = 3;
/** `values` gets the place of the value. */
const PLACE: u32 = 4;

/** Integers beyond it are not exact as floats: Number.MAX_SAFE_INTEGER. */
const SAFE_INTEGER_MAX: i64 = (1 << 53) - 1;

@unmanaged
class Column {
  kind: u32;
  isNullable: u32;
  /** Starts of texts, values of numbers, places of values; by row. */
  values: usize;
  /** Lengths of texts. */
  lengths: usize;
  nulls: usize;
  /** The last row with a field for this column, + 1. */
  lastRow: u32;
  /** 1 when a row of this call is NULL. */
  hasNulls: u32;
}

@unmanaged
export class JsonReader {
  columns: usize;
  columnCount: u32;
  layout: JsonLayout;
  failsOnMissing: u32;
  block: usize;
  /** Where the next call goes on: byte of the block, row of the columns. */
  at: u32;
  row: u32;
  /** Lines without a row that the call has passed over. */
  blankLines: u32;
  /** Where decoded text goes, and where its room ends. */
  scratchAt: u32;
  scratchEnd: u32;
}

export function createJsonReader(columnCount: u32, failsOnMissing: u32): JsonReader {
  fillEscapes();
  const reader = changetype<JsonReader>(allocateZeroed(offsetof<JsonReader>()));
  reader.columnCount = columnCount;
  reader.columns = allocateZeroed(columnCount * offsetof<Column>());
  reader.layout = createLayout(columnCount);
  reader.failsOnMissing = failsOnMissing;
  return reader;
}

export function releaseJsonReader(reader: JsonReader): void {
  releaseLayout(reader.layout);
  release(reader.columns, reader.columnCount * offsetof<Column>());
  release(changetype<usize>(reader), offsetof<JsonReader>());
}

/** Says of which kind a column is, and that its values have this name. */
export function defineJsonColumn(
  reader: JsonReader,
  index: u32,
  kind: u32,
  isNullable: u32,
  name: usize,
  length: u32,
): void {
  const column = columnAt(reader, index);
  column.kind = kind;
  column.isNullable = isNullable;
  addColumnKey(reader.layout, name, length, index);
}

/** Says where the values of a column go. */
export function placeJsonColumn(
  reader: JsonReader,
  index: u32,
  values: usize,
  lengths: usize,
  nulls: usize,
): void {
  const column = columnAt(reader, index);
  column.values = values;
  column.lengths = lengths;
  column.nulls = nulls;
}

/** True when a row of the last call is NULL in this column. */
export function jsonColumnHasNulls(reader: JsonReader, index: u32): u32 {
  return columnAt(reader, index).hasNulls;
}

export function jsonReaderAt(reader: JsonReader): u32 {
  return reader.at;
}

export function jsonReaderRow(reader: JsonReader): u32 {
  return reader.row;
}

export function jsonReaderBlankLines(reader: JsonReader): u32 {
  return reader.blankLines;
}

export function jsonReaderScratchAt(reader: JsonReader): u32 {
  return reader.scratchAt;
}

/**
 * Reads rows from byte `from` of the block up to `to` into the rows from `row` to `rowEnd`. Ends
 * before, at the start of a row, when that row is not for here. `starts` gets each row's place.
 */
export function readJsonRows(
  reader: JsonReader,
  block: usize,
  from: u32,
  to: u32,
  row: u32,
  rowEnd: u32,
  starts: usize,
): void {
  reader.block = block;
  reader.blankLines = 0;
  const end = block + to;
  let at = block + from;
  for (let index: u32 = 0; index < reader.columnCount; index++) {
    const column = columnAt(reader, index);
    column.lastRow = row;
    column.hasNulls = 0;
  }
  while (row < rowEnd && at < end) {
    if (load<u8>(at) != OPEN_BRACE) {
      const content = skipSpace(at);
      if (load<u8>(content) == LINE_FEED) {
        at = content + 1;
        reader.blankLines++;
        continue;
      }
    }
    const scratchAt = reader.scratchAt;
    const next = readRow(reader, at, row);
    if (next == 0) {
      reader.scratchAt = scratchAt;
      forgetRow(reader, row);
      break;
    }
    store<u32>(starts + (row << 2), <u32>(at - block));
    at = next;
    row++;
  }
  reader.at = <u32>(at - block);
  reader.row = row;
}

/** Sets where decoded text may go, bytes of the block. */
export function setJsonScratch(reader: JsonReader, scratchAt: u32, scratchEnd: u32): void {
  reader.scratchAt = scratchAt;
  reader.scratchEnd = scratchEnd;
}

/** Address behind the row's line end. */
function readRow(reader: JsonReader, at: usize, row: u32): usize {
  const layout = reader.layout;
  const rowStart = layout.rowStart;
  let previous = rowStart;
  let found: u32 = 0;
  for (;;) {
    let field = previous.next;
    if (field !== null && startsWith(at, field)) {
      at += field.runBytes;
    } else if (load<u8>(at) == CLOSE_BRACE && previous !== rowStart) {
      break;
    } else if (previous !== rowStart && (field = recall(layout, at)) !== null) {
      previous.next = field;
      at += field.runBytes;
    } else {
      at = find(layout, at, previous);
      if (at == 0) return 0;
      if (foundField === null) break;
      field = foundField;
    }
    const index = field!.column;
    if (index == NO_COLUMN) {
      at = valueEnd(at);
    } else {
      const column = columnAt(reader, index);
      if (column.lastRow == row + 1) {
        // The last of several fields with one name wins.
        store<u8>(column.nulls + row, 0);
      } else {
        column.lastRow = row + 1;
        found++;
      }
      at = readValue(reader, column, at, row);
    }
    if (at == 0) return 0;
    previous = field!;
  }
  at++;
  if (load<u8>(at) != LINE_FEED) {
    at = skipSpace(at);
    if (load<u8>(at) != LINE_FEED) return 0;
  }
  if (found < reader.columnCount && !fillMissing(reader, row)) return 0;
  return at + 1;
}

/** Address behind the value at `at`, which goes into the column. */
// @ts-ignore: decorator
@inline
function readValue(reader: JsonReader, column: Column, at: usize, row: u32): usize {
  const kind = column.kind;
  if (kind == TEXT) {
    if (load<u8>(at) == QUOTE) {
      const start = at + 1;
      const end = plainEnd(start);
      if (load<u8>(end) != QUOTE) return readOddText(reader, column, start, end, row);
      store<u32>(column.values + (row << 2), <u32>(start - reader.block));
      store<u32>(column.lengths + (row << 2), <u32>(end - start));
      return end + 1;
    }
  } else if (kind <= INT) {
    const end = readInteger(at);
    if (end != 0) {
      const value = integer;
      if (kind == LONG) {
        if (value > SAFE_INTEGER_MAX || value < -SAFE_INTEGER_MAX) return 0;
        store<f64>(column.values + (row << 3), <f64>value);
        return end;
      }
      if (value != <i64>(<i32>value)) return 0;
      store<i32>(column.values + (row << 2), <i32>value);
      return end;
    }
  } else if (kind == BOOLEAN) {
    const word = load<u32>(at);
    if (word == TRUE) {
      store<u8>(column.values + row, 1);
      return at + 4;
    }
    if (word == FALS && load<u8>(at, 4) == 0x65) {
      store<u8>(column.values + row, 0);
      return at + 5;
    }
  } else {
    store<u32>(column.values + (row << 2), <u32>(at - reader.block));
    return valueEnd(at);
  }
  if (load<u32>(at) != NULL || column.isNullable == 0) return 0;
  setNull(column, row);
  return at + 4;
}

/**
 * Reads the text that starts at `start` and whose first byte that is no plain one is at `odd`.
 * Returns the address behind its closing quote.
 */
function readOddText(
  reader: JsonReader,
  column: Column,
  start: usize,
  odd: usize,
  row: u32,
): usize {
  let end = plainUtf8End(odd);
  if (end == 0) return 0;
  let textEnd = end;
  if (load<u8>(end) == BACKSLASH) {
    const scratchAt = reader.block + reader.scratchAt;
    end = decodeText(start, end, scratchAt, reader.block + reader.scratchEnd);
    if (end == 0) return 0;
    start = scratchAt;
    textEnd = decodedEnd;
    reader.scratchAt = <u32>(decodedEnd - reader.block);
  }
  store<u32>(column.values + (row << 2), <u32>(start - reader.block));
  store<u32>(column.lengths + (row << 2), <u32>(textEnd - start));
  return end + 1;
}

/** Columns without a field in the row are NULL. False when that is not allowed. */
function fillMissing(reader: JsonReader, row: u32): bool {
  for (let index: u32 = 0; index < reader.columnCount; index++) {
    const column = columnAt(reader, index);
    if (column.lastRow == row + 1) continue;
    if (reader.failsOnMissing != 0 || column.isNullable == 0) return false;
    setNull(column, row);
  }
  return true;
}

// @ts-ignore: decorator
@inline
function setNull(column: Column, row: u32): void {
  store<u8>(column.nulls + row, 1);
  column.hasNulls = 1;
}

/** What was stored for a row that is not for here is overwritten by the next; not NULL marks. */
function forgetRow(reader: JsonReader, row: u32): void {
  for (let index: u32 = 0; index < reader.columnCount; index++) {
    store<u8>(columnAt(reader, index).nulls + row, 0);
  }
}

// @ts-ignore: decorator
@inline
function columnAt(reader: JsonReader, index: u32): Column {
  return changetype<Column>(reader.columns + index * offsetof<Column>());
}
