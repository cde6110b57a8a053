/**
 * Reads JSON lines into the columns of a batch: one object a line, its fields in any order, each
 * converted as Flink's json format does. A row is accepted when it is JSON as a whole, also in the
 * fields that no column wants.
 *
 * Unlike Flink, which stops reading behind the object and lets control characters pass in strings,
 * a line is refused when it is not one JSON object and nothing else.
 */
import { assert } from '../../errors/assert.ts';
import type { LogicalType } from '../../expression/type.ts';
import type { RowSchema } from '../batch/batch.ts';
import { ByteBlock } from '../batch/byte-block.ts';
import { BATCH_ROWS, type BytesColumn, type Column } from '../batch/column.ts';
import { hashBytes } from '../batch/hash.ts';
import { CLOSE_BRACE, COMMA, LF, OPEN_BRACE, QUOTE } from './ascii.ts';
import { ColumnSlot, pathOf } from './column-slot.ts';
import type { DecodeRequest, DecodeResult, RecordDecoder, UnreadableRecord } from './contract.ts';
import { checkJsonSchema } from './format-types.ts';
import { JsonFieldReader } from './json-field-reader.ts';
import type { JsonField } from './json-field.ts';
import { readInteger } from './json-integer.ts';
import { JsonLayout } from './json-layout.ts';
import { FAILED, JsonScanner } from './json-scanner.ts';
import { endLastLine, lastLineEnd, lineContentEnd, restoreLastLine } from './line-end.ts';
import { TextPlacement } from './own-text.ts';
import type { TimestampFormat } from './timestamp-text.ts';
import { PATH_HASHED_TEXT, PATH_INT, PATH_LONG, PATH_TEXT } from './value-path.ts';

export interface JsonDecoderOptions {
  /** The physical columns; the batches that are filled have the same. */
  readonly schema: RowSchema;
  /** A field that a row lacks makes it unreadable; otherwise it is NULL. */
  readonly failOnMissingField: boolean;
  readonly timestampFormat: TimestampFormat;
  /** For each column: fill `hashes` while reading. Only text columns do; true elsewhere is ignored. */
  readonly hashColumns: readonly boolean[];
}

/** Room for decoded text when a row is read on its own: numbers in a text grow fourfold at most. */
const OWN_SCRATCH_FACTOR = 8;
const OWN_SCRATCH_BYTES_MIN = 64;

export class JsonDecoder implements RecordDecoder {
  private readonly schema: RowSchema;
  private readonly failOnMissingField: boolean;
  private readonly scanner = new JsonScanner();
  private readonly layout: JsonLayout;
  private readonly text = new TextPlacement();
  private readonly readers: readonly JsonFieldReader[];
  private readonly slots: readonly ColumnSlot[];
  /** The batch's columns. */
  private columns: readonly Column[] = [];
  /** The last integer for an INT column. */
  private readonly integer = new Float64Array(1);
  /** The column whose value was being read when a row failed; -1 for the row as a whole. */
  private failedColumn = -1;
  /** Of the current call. */
  private blankLines = 0;
  private unreadable: UnreadableRecord | null = null;

  constructor(options: JsonDecoderOptions) {
    const { schema } = options;
    checkJsonSchema(schema);
    this.schema = schema;
    this.failOnMissingField = options.failOnMissingField;
    const hasDecimals = schema.some((field) => holdsDecimal(field.type));
    this.slots = schema.map(
      ({ name, type }, index) =>
        new ColumnSlot(name, index, pathOf(type.root, options.hashColumns[index] === true)),
    );
    this.layout = new JsonLayout(this.slots);
    this.readers = schema.map(
      (field, index) =>
        new JsonFieldReader(this.scanner, field.type, {
          timestampFormat: options.timestampFormat,
          failOnMissingField: options.failOnMissingField,
          hashes: options.hashColumns[index] === true,
          hasDecimals,
        }),
    );
  }

  lastRecordEnd(block: ByteBlock, from: number, to: number): number {
    return lastLineEnd(block.bytes, from, to);
  }

  decode(request: DecodeRequest): DecodeResult {
    const { block, to, batch } = request;
    const rowCountBefore = batch.rowCount;
    this.begin(request);
    const saved = endLastLine(block.bytes, to);
    const at = this.decodeRows(request);
    restoreLastLine(block.bytes, to, saved);
    const endedLines = batch.rowCount - rowCountBefore + this.blankLines;
    // The last line has an end of its own only if it was not lent one.
    const lineCount = at > to ? endedLines - 1 : endedLines;
    return { next: Math.min(at, to), lineCount, unreadable: this.unreadable };
  }

  /**
   * Position behind the rows that were read; the batch counts them. A function of its own, because
   * code behind a hot loop is compiled before it ever ran, and then thrown away.
   */
  private decodeRows(request: DecodeRequest): number {
    const { block, from, to, batch } = request;
    const { bytes } = block;
    let at = from;
    let row = batch.rowCount;
    while (row < BATCH_ROWS && at < to) {
      if (bytes[at] !== OPEN_BRACE) {
        const contentAt = this.scanner.skipSpace(at);
        if (bytes[contentAt] === LF) {
          at = contentAt + 1;
          this.blankLines++;
          continue;
        }
      }
      let next = this.decodeRow(at, row);
      if (next < 0) {
        this.forgetRow(row);
        if (this.scanner.isOutOfScratch) next = this.decodeRowAlone(request, at, row);
        if (next < 0) {
          this.unreadable = this.describe(bytes, at, to);
          break;
        }
      } else if (this.text.isOwn) {
        this.text.keepRow(row, block);
      }
      at = next;
      row++;
    }
    batch.rowCount = row;
    return at;
  }

  private begin({ block, to, scratchFrom, batch }: DecodeRequest): void {
    assert(batch.columns.length === this.schema.length, 'the batch has the columns of the schema');
    const { scanner } = this;
    scanner.bytes = block.bytes;
    scanner.view = block.view;
    // The byte at `to` is lent to a line end.
    scanner.scratchAt = Math.max(scratchFrom, to + 1);
    scanner.scratchEnd = block.capacity;
    this.columns = batch.columns;
    this.blankLines = 0;
    this.unreadable = null;
    for (const slot of this.slots) slot.begin(batch.columns[slot.index]!, batch.rowCount === 0);
    this.text.begin(batch, block);
  }

  /** Position behind the row's line end, or FAILED with the scanner's reason and failedColumn. */
  private decodeRow(from: number, row: number): number {
    const { scanner, layout } = this;
    const { bytes, view } = scanner;
    let at = from;
    let found = 0;
    let field = layout.rowStart;
    for (;;) {
      const previous = field;
      field = previous.next;
      if (field.matches(view, at)) {
        at += field.length;
      } else if (bytes[at] === CLOSE_BRACE && previous !== layout.rowStart) {
        break;
      } else {
        at = this.findField(at, previous);
        if (at < 0) return this.failValue(-1);
        field = layout.field;
        if (field === layout.rowEnd) break;
      }
      const { slot } = field;
      if (slot === null) {
        at = scanner.valueEnd(at);
        if (at < 0) return this.failValue(-1);
        continue;
      }
      if (slot.lastRow === row) {
        // As Flink: the last of several fields with one name wins.
        this.columns[slot.index]!.nulls[row] = 0;
      } else {
        slot.lastRow = row;
        found++;
      }
      at = this.readField(slot, row, at);
      if (at < 0) return this.failValue(slot.index);
    }
    at++;
    if (bytes[at] !== LF) {
      at = scanner.skipSpace(at);
      if (bytes[at] !== LF) return this.failRow(`text behind the object: ${scanner.token(at)}`);
    }
    if (found < this.slots.length && !this.fillMissing(row)) return FAILED;
    return at + 1;
  }

  /**
   * Position of the value of the field that follows the end of a value at `at`, or the start of the
   * row there; the field is left in the layout. At the row's end it is rowEnd, and the position
   * that of the closing brace.
   */
  private findField(at: number, previous: JsonField): number {
    const { scanner, layout } = this;
    const { bytes, view } = scanner;
    const isFirst = previous === layout.rowStart;
    const opening = isFirst ? OPEN_BRACE : COMMA;
    if (bytes[at] !== opening) {
      at = scanner.skipSpace(at);
      if (bytes[at] === CLOSE_BRACE && !isFirst) {
        layout.field = layout.rowEnd;
        return at;
      }
      if (bytes[at] !== opening) {
        return scanner.fail(`expected ${isFirst ? '{' : ', or }'}, found ${scanner.token(at)}`);
      }
    }
    const valueAt = layout.recall(view, at, previous);
    return valueAt < 0 ? layout.find(scanner, at, previous) : valueAt;
  }

  /** Position behind the value of a column, FAILED when it cannot be read. */
  private readField(slot: ColumnSlot, row: number, at: number): number {
    const { scanner } = this;
    const { path } = slot;
    if (path <= PATH_HASHED_TEXT) {
      if (scanner.bytes[at] === QUOTE) {
        const start = at + 1;
        const { bytes: target } = slot;
        const end =
          path === PATH_TEXT
            ? scanner.plainStringEnd(start)
            : scanner.hashedStringEnd(start, target.hashes, row);
        if (end < 0) return this.readOddText(target, row, start, ~end);
        target.start[row] = start;
        target.length[row] = end - start;
        return end + 1;
      }
    } else if (path === PATH_LONG) {
      const { long: target } = slot;
      if (target.wide === null) {
        const end = readInteger(scanner.view, at, target.values, row);
        if (end >= 0) return end;
      }
    } else if (path === PATH_INT) {
      const end = readInteger(scanner.view, at, this.integer, 0);
      const value = this.integer[0]!;
      if (end >= 0 && value === (value | 0)) {
        slot.int.values[row] = value;
        return end;
      }
    }
    return this.readOddField(slot, row, at);
  }

  /** A string with the content from `start`, of which what is at `odd` is not plain. */
  private readOddText(target: BytesColumn, row: number, start: number, odd: number): number {
    const { scanner } = this;
    const end = scanner.decodeString(start, odd);
    if (end < 0) return FAILED;
    const { textStart } = scanner;
    const length = scanner.textEnd - textStart;
    target.start[row] = textStart;
    target.length[row] = length;
    if (target.hasHashes) target.hashes[row] = hashBytes(scanner.view, textStart, length);
    return end + 1;
  }

  private readOddField(slot: ColumnSlot, row: number, at: number): number {
    const valueAt = this.scanner.skipSpace(at);
    if (valueAt !== at) return this.readField(slot, row, valueAt);
    return this.readers[slot.index]!.read(this.columns[slot.index]!, row, at);
  }

  /** Columns without a field in the row are NULL. False when that is not allowed. */
  private fillMissing(row: number): boolean {
    for (const { index, lastRow } of this.slots) {
      if (lastRow === row) continue;
      const column = this.columns[index]!;
      const { name, type } = this.schema[index]!;
      if (this.failOnMissingField || !type.nullable) {
        this.failedColumn = index;
        const why = this.failOnMissingField ? '' : ', and the column is NOT NULL';
        this.scanner.fail(`the row has no field "${name}"${why}`);
        return false;
      }
      column.setNull(row);
      if (column.kind === 'bytes' && column.hasHashes) column.hashes[row] = 0;
    }
    return true;
  }

  /** Reads a row whose decoded text does not fit behind the caller's in a block of its own. */
  private decodeRowAlone({ block, to }: DecodeRequest, at: number, row: number): number {
    const { scanner } = this;
    const lineEnd = block.bytes.indexOf(LF, at) + 1;
    const length = lineEnd - at;
    const own = new ByteBlock(length * (1 + OWN_SCRATCH_FACTOR) + OWN_SCRATCH_BYTES_MIN);
    own.bytes.set(block.bytes.subarray(at, lineEnd));
    const { scratchAt } = scanner;
    scanner.bytes = own.bytes;
    scanner.view = own.view;
    scanner.scratchAt = length;
    scanner.scratchEnd = own.capacity;
    scanner.isOutOfScratch = false;
    const end = this.decodeRow(0, row);
    assert(!scanner.isOutOfScratch, 'the decoded text of a row fits into a block made for it');
    scanner.bytes = block.bytes;
    scanner.view = block.view;
    scanner.scratchAt = scratchAt;
    scanner.scratchEnd = block.capacity;
    if (end < 0) {
      this.forgetRow(row);
      return FAILED;
    }
    assert(at + end <= to + 1, 'a row ends with its line');
    if (!this.text.isOwn) this.text.own(row, block);
    this.text.keepRow(row, own);
    return at + end;
  }

  /** What was stored for a row that failed is overwritten by the next; NULL marks are not. */
  private forgetRow(row: number): void {
    for (const slot of this.slots) {
      slot.lastRow = -1;
      this.columns[slot.index]!.nulls[row] = 0;
    }
  }

  private failValue(column: number): typeof FAILED {
    this.failedColumn = column;
    return FAILED;
  }

  private failRow(reason: string): typeof FAILED {
    this.failedColumn = -1;
    return this.scanner.fail(reason);
  }

  private describe(bytes: Uint8Array, at: number, to: number): UnreadableRecord {
    const lineEnd = bytes.indexOf(LF, at);
    return {
      start: at,
      end: lineContentEnd(bytes, at, lineEnd),
      next: Math.min(lineEnd + 1, to),
      column: this.schema[this.failedColumn]?.name ?? null,
      reason: this.scanner.failure,
    };
  }
}

function holdsDecimal(type: LogicalType): boolean {
  switch (type.root) {
    case 'DECIMAL':
      return true;
    case 'ARRAY':
      return holdsDecimal(type.element);
    case 'MAP':
      return holdsDecimal(type.key) || holdsDecimal(type.value);
    case 'ROW':
      return type.fields.some((field) => holdsDecimal(field.type));
    default:
      return false;
  }
}
