/**
 * Reads JSON lines into the columns of a batch: one object a line, its fields in any order, each
 * converted as Flink's json format does. A row is accepted when it is JSON as a whole, also in the
 * fields that no column wants.
 *
 * Unlike Flink, which stops reading behind the object and lets control characters pass in strings,
 * a line is refused when it is not one JSON object and nothing else.
 */
import { assert } from '../../errors/assert.ts';
import type { RowSchema } from '../batch/batch.ts';
import { ByteBlock } from '../batch/byte-block.ts';
import { hashBytes } from '../batch/hash.ts';
import type { LinearMemory } from '../memory/linear-memory.ts';
import { BATCH_ROWS, type BytesColumn, type Column } from '../batch/column.ts';
import { CLOSE_BRACE, COMMA, LF, OPEN_BRACE, QUOTE } from './ascii.ts';
import { ColumnSlot, pathOf } from './column-slot.ts';
import type { DecodeRequest, DecodeResult, RecordDecoder, UnreadableRecord } from './contract.ts';
import { checkJsonSchema, holdsDecimal } from './format-types.ts';
import { JsonFieldReader } from './json-field-reader.ts';
import { readInteger } from './json-integer.ts';
import { JsonNames } from './json-names.ts';
import { JsonRowKernel } from './json-row-kernel.ts';
import { FAILED, JsonScanner } from './json-scanner.ts';
import {
  countLines,
  endLastLine,
  lastLineEnd,
  lineContentEnd,
  restoreLastLine,
} from './line-end.ts';
import { TextPlacement } from './own-text.ts';
import type { TimestampFormat } from './timestamp-text.ts';
import { PATH_INT, PATH_LONG, PATH_TEXT } from './value-path.ts';

export interface JsonDecoderOptions {
  /** The physical columns; the batches that are filled have the same. */
  readonly schema: RowSchema;
  /** A field that a row lacks makes it unreadable; otherwise it is NULL. */
  readonly failOnMissingField: boolean;
  readonly timestampFormat: TimestampFormat;
  /** Where rows of the common kind are read by a kernel; null: nowhere. */
  readonly memory: LinearMemory | null;
}

/** Room for decoded text when a row is read on its own: numbers in a text grow fourfold at most. */
const OWN_SCRATCH_FACTOR = 8;
const OWN_SCRATCH_BYTES_MIN = 64;

export class JsonDecoder implements RecordDecoder {
  private readonly schema: RowSchema;
  private readonly failOnMissingField: boolean;
  private readonly scanner = new JsonScanner();
  private readonly names: JsonNames;
  private readonly kernel: JsonRowKernel | null;
  private readonly hashOfName = new Int32Array(1);
  private readonly text = new TextPlacement();
  private readonly readers: readonly JsonFieldReader[];
  private readonly slots: readonly ColumnSlot[];
  /** The batch's columns. */
  private columns: readonly Column[] = [];
  /** The last integer for an INT column. */
  private readonly integer = new Float64Array(1);
  /** Set by `findField`: the column of the field, null for none, and whether the row has ended. */
  private slot: ColumnSlot | null = null;
  private isRowEnd = false;
  private readonly readPlaced = (index: number, row: number, at: number): boolean =>
    this.readers[index]!.read(this.columns[index]!, row, at) >= 0;
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
      ({ name, type }, index) => new ColumnSlot(name, index, pathOf(type.root)),
    );
    this.names = new JsonNames(this.slots);
    const { memory, failOnMissingField } = options;
    this.kernel = memory === null ? null : new JsonRowKernel(memory, schema, failOnMissingField);
    this.readers = schema.map(
      (field) =>
        new JsonFieldReader(this.scanner, field.type, {
          timestampFormat: options.timestampFormat,
          failOnMissingField: options.failOnMissingField,
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

  release(): void {
    this.kernel?.release();
  }

  /** Position behind the rows that were read; the batch counts them. */
  private decodeRows(request: DecodeRequest): number {
    const { block, from, to, batch } = request;
    const { bytes } = block;
    let at = from;
    let row = batch.rowCount;
    while (row < BATCH_ROWS && at < to) {
      if (!this.text.isOwn && this.kernel?.isFor(batch, block) === true) {
        ({ at, row } = this.readByKernel(this.kernel, request, { at, row }));
        if (row === BATCH_ROWS || at >= to) break;
      }
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
    for (const slot of this.slots) slot.begin(batch.columns[slot.index]!);
    this.text.begin(batch, block);
  }

  /** Reads rows from position `at` into the rows from `row`; where both then are. */
  private readByKernel(
    kernel: JsonRowKernel,
    { block, to, batch }: DecodeRequest,
    { at, row }: { readonly at: number; readonly row: number },
  ): { readonly at: number; readonly row: number } {
    const { scanner } = this;
    const read = kernel.read({ block, from: at, to, scratchAt: scanner.scratchAt, batch, row });
    scanner.scratchAt = read.scratchAt;
    const rowEnd = kernel.readPlaced(row, read.row, this.readPlaced);
    if (rowEnd === read.row) {
      this.blankLines += read.blankLines;
      return read;
    }
    // That row is read once more, on its own, to say what is wrong with it.
    scanner.isOutOfScratch = false;
    for (let odd = rowEnd; odd < read.row; odd++) this.forgetRow(odd);
    const end = kernel.startOf(rowEnd);
    this.blankLines += countLines(block.bytes, at, end) - (rowEnd - row);
    return { at: end, row: rowEnd };
  }

  /** Position behind the row's line end, or FAILED with the scanner's reason and failedColumn. */
  private decodeRow(from: number, row: number): number {
    const { scanner } = this;
    const { bytes } = scanner;
    let at = from;
    let found = 0;
    for (let isFirst = true; ; isFirst = false) {
      at = this.findField(at, isFirst);
      if (at < 0) return this.failValue(-1);
      if (this.isRowEnd) break;
      const { slot } = this;
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
   * row there; its column is left in `slot`. At the row's end `isRowEnd` is set, and the position is
   * that of the closing brace. FAILED with the scanner's reason.
   */
  private findField(at: number, isFirst: boolean): number {
    const { scanner } = this;
    const { bytes } = scanner;
    const opening = isFirst ? OPEN_BRACE : COMMA;
    const openingAt = scanner.skipSpace(at);
    this.isRowEnd = !isFirst && bytes[openingAt] === CLOSE_BRACE;
    if (this.isRowEnd) return openingAt;
    if (bytes[openingAt] !== opening) {
      return scanner.fail(
        `expected ${isFirst ? '{' : ', or }'}, found ${scanner.token(openingAt)}`,
      );
    }
    const nameAt = scanner.skipSpace(openingAt + 1);
    this.isRowEnd = isFirst && bytes[nameAt] === CLOSE_BRACE;
    if (this.isRowEnd) return nameAt;
    if (bytes[nameAt] !== QUOTE) {
      return scanner.fail(`expected a field name, found ${scanner.token(nameAt)}`);
    }
    const end = this.findName(nameAt + 1);
    return end < 0 ? FAILED : scanner.colonEnd(end + 1);
  }

  /** Position of the closing quote of the name at `start`; its column is left in `slot`. */
  private findName(start: number): number {
    const { scanner, hashOfName } = this;
    let end = scanner.hashedStringEnd(start, hashOfName, 0);
    if (end >= 0) {
      this.slot = this.names.find(scanner.bytes, start, end, hashOfName[0]!);
      return end;
    }
    const { scratchAt } = scanner;
    end = scanner.decodeString(start, ~end);
    if (end < 0) return FAILED;
    scanner.scratchAt = scratchAt;
    const { textStart, textEnd } = scanner;
    const hash = hashBytes(scanner.view, textStart, textEnd - textStart);
    this.slot = this.names.find(scanner.bytes, textStart, textEnd, hash);
    return end;
  }

  /** Position behind the value of a column, FAILED when it cannot be read. */
  private readField(slot: ColumnSlot, row: number, at: number): number {
    const { scanner } = this;
    const { path } = slot;
    if (path === PATH_TEXT) {
      if (scanner.bytes[at] === QUOTE) {
        const start = at + 1;
        const { bytes: target } = slot;
        const end = scanner.plainStringEnd(start);
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
