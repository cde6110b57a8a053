/**
 * Reads JSON lines into the columns of a batch: one object a line, its fields in any order, each
 * converted as Flink's json format does. A row is accepted when it is JSON as a whole, also in the
 * fields that no column wants.
 *
 * Unlike Flink, which stops reading behind the object and lets control characters pass in strings,
 * a line is refused when it is not one JSON object and nothing else.
 */
import { assert } from '../../errors/assert.ts';
import type { LogicalType, TypeRoot } from '../../expression/type.ts';
import type { RowSchema } from '../batch/batch.ts';
import { ByteBlock } from '../batch/byte-block.ts';
import { BATCH_ROWS, BytesColumn, IntColumn, LongColumn, type Column } from '../batch/column.ts';
import { hashBytes } from '../batch/hash.ts';
import { CLOSE_BRACE, COMMA, LF, OPEN_BRACE, QUOTE } from './ascii.ts';
import type { DecodeRequest, DecodeResult, RecordDecoder, UnreadableRecord } from './contract.ts';
import { checkJsonSchema } from './format-types.ts';
import { JsonFieldReader } from './json-field-reader.ts';
import { EMPTY_ROW, JsonLayout, ROW_START } from './json-layout.ts';
import { FAILED, JsonScanner } from './json-scanner.ts';
import { endLastLine, lastLineEnd, lineContentEnd, restoreLastLine } from './line-end.ts';
import { TextPlacement } from './own-text.ts';
import type { TimestampFormat } from './timestamp-text.ts';

export interface JsonDecoderOptions {
  /** The physical columns; the batches that are filled have the same. */
  readonly schema: RowSchema;
  /** A field that a row lacks makes it unreadable; otherwise it is NULL. */
  readonly failOnMissingField: boolean;
  readonly timestampFormat: TimestampFormat;
  /** For each column: fill `hashes` while reading. Only text columns do; true elsewhere is ignored. */
  readonly hashColumns: readonly boolean[];
}

/** How a column's common values are read; `other` leaves all to its JsonFieldReader. */
const paths = { text: 0, hashedText: 1, long: 2, int: 3, other: 4 } as const;

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
  /** One of `paths` for each column. */
  private readonly paths: Uint8Array;
  /** Number of the last row that had a value for the column, over the decoder's whole life. */
  private readonly rowOfValue: Float64Array;
  private rowNumber = 0;
  /** The batch's columns, and again those of one kind at their places. */
  private columns: readonly Column[] = [];
  private readonly bytesColumns: BytesColumn[];
  private readonly longColumns: LongColumn[];
  private readonly intColumns: IntColumn[];
  /** The column whose value was being read when a row failed; -1 for the row as a whole. */
  private failedColumn = -1;

  constructor(options: JsonDecoderOptions) {
    const { schema } = options;
    checkJsonSchema(schema);
    this.schema = schema;
    this.failOnMissingField = options.failOnMissingField;
    const hasDecimals = schema.some((field) => holdsDecimal(field.type));
    this.layout = new JsonLayout(schema.map((field) => field.name));
    this.readers = schema.map(
      (field, index) =>
        new JsonFieldReader(this.scanner, field.type, {
          timestampFormat: options.timestampFormat,
          failOnMissingField: options.failOnMissingField,
          hashes: options.hashColumns[index] === true,
          hasDecimals,
        }),
    );
    this.paths = Uint8Array.from(schema, (field, index) =>
      pathOf(field.type.root, options.hashColumns[index] === true),
    );
    this.rowOfValue = new Float64Array(schema.length);
    // Placeholders keep the arrays' elements of one class; only the places of their kind are used.
    const anyType = { root: 'NULL', nullable: true } as const;
    this.bytesColumns = schema.map(() => NO_BYTES);
    this.longColumns = schema.map(() => new LongColumn(anyType, 0));
    this.intColumns = schema.map(() => new IntColumn(anyType, 0));
  }

  lastRecordEnd(block: ByteBlock, from: number, to: number): number {
    return lastLineEnd(block.bytes, from, to);
  }

  decode(request: DecodeRequest): DecodeResult {
    const { block, from, to, batch } = request;
    const rowCountBefore = batch.rowCount;
    this.begin(request);
    const saved = endLastLine(block.bytes, to);
    const { bytes } = block;
    let at = from;
    let row = rowCountBefore;
    let blankLines = 0;
    let unreadable: UnreadableRecord | null = null;
    while (row < BATCH_ROWS && at < to) {
      if (bytes[at] !== OPEN_BRACE) {
        const contentAt = this.scanner.skipSpace(at);
        if (bytes[contentAt] === LF) {
          at = contentAt + 1;
          blankLines++;
          continue;
        }
      }
      let next = this.decodeRow(at, row);
      if (next < 0) {
        this.forgetRow(row);
        if (this.scanner.isOutOfScratch) next = this.decodeRowAlone(request, at, row);
        if (next < 0) {
          unreadable = this.describe(bytes, at, to);
          break;
        }
      } else if (this.text.isOwn) {
        this.text.keepRow(row, block);
      }
      at = next;
      row++;
    }
    restoreLastLine(bytes, to, saved);
    batch.rowCount = row;
    const endedLines = row - rowCountBefore + blankLines;
    // The last line has an end of its own only if it was not lent one.
    const lineCount = at > to ? endedLines - 1 : endedLines;
    return { next: Math.min(at, to), lineCount, unreadable };
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
    for (const [index, column] of batch.columns.entries()) {
      if (column.kind === 'bytes') {
        this.bytesColumns[index] = column;
        if (batch.rowCount === 0) column.hasHashes = this.paths[index] === paths.hashedText;
      } else if (column.kind === 'long') this.longColumns[index] = column;
      else if (column.kind === 'int') this.intColumns[index] = column;
    }
    this.text.begin(batch, block);
  }

  /** Position behind the row's line end, or FAILED with the scanner's reason and failedColumn. */
  private decodeRow(from: number, row: number): number {
    const { scanner, layout, rowOfValue } = this;
    const { bytes, view } = scanner;
    const { next, lengths, columns } = layout;
    const rowNumber = ++this.rowNumber;
    this.failedColumn = -1;
    let at = from;
    let found = 0;
    let field = ROW_START;
    if (bytes[at] !== OPEN_BRACE) {
      at = scanner.skipSpace(at);
      if (bytes[at] !== OPEN_BRACE) return this.failRow(`expected {, found ${scanner.token(at)}`);
    }
    for (;;) {
      const previous = field;
      field = next[previous]!;
      if (!layout.matches(view, at, field)) field = layout.recall(view, at, previous);
      if (field >= 0) {
        at += lengths[field]!;
      } else {
        field = layout.find(scanner, at, previous);
        if (field === FAILED) return FAILED;
        at = layout.valueAt;
        if (field === EMPTY_ROW) break;
      }
      const column = columns[field]!;
      if (column < 0) {
        at = scanner.valueEnd(at);
      } else {
        if (rowOfValue[column] === rowNumber) {
          // As Flink: the last of several fields with one name wins.
          this.columns[column]!.nulls[row] = 0;
        } else {
          rowOfValue[column] = rowNumber;
          found++;
        }
        at = this.readField(column, row, at);
      }
      if (at < 0) {
        this.failedColumn = column;
        return FAILED;
      }
      let byte = bytes[at]!;
      if (byte === COMMA) continue;
      if (byte === CLOSE_BRACE) break;
      at = scanner.skipSpace(at);
      byte = bytes[at]!;
      if (byte === COMMA) continue;
      if (byte === CLOSE_BRACE) break;
      return this.failRow(`expected , or }, found ${scanner.token(at)}`);
    }
    at++;
    if (bytes[at] !== LF) {
      at = scanner.skipSpace(at);
      if (bytes[at] !== LF) return this.failRow(`text behind the object: ${scanner.token(at)}`);
    }
    if (found < rowOfValue.length && !this.fillMissing(row)) return FAILED;
    return at + 1;
  }

  /** Position behind the value of a column, FAILED when it cannot be read. */
  private readField(column: number, row: number, at: number): number {
    const { scanner } = this;
    switch (this.paths[column]) {
      case paths.hashedText: {
        if (scanner.bytes[at] !== QUOTE) break;
        const end = scanner.hashedStringEnd(at + 1);
        const target = this.bytesColumns[column]!;
        if (end < 0) return this.readOddText(target, row, at + 1, ~end);
        target.start[row] = at + 1;
        target.length[row] = end - at - 1;
        target.hashes[row] = scanner.hash;
        return end + 1;
      }
      case paths.text: {
        if (scanner.bytes[at] !== QUOTE) break;
        const end = scanner.plainStringEnd(at + 1);
        const target = this.bytesColumns[column]!;
        if (end < 0) return this.readOddText(target, row, at + 1, ~end);
        target.start[row] = at + 1;
        target.length[row] = end - at - 1;
        return end + 1;
      }
      case paths.long: {
        const end = scanner.integerEnd(at);
        const target = this.longColumns[column]!;
        if (end < 0 || target.wide !== null) break;
        target.values[row] = scanner.integer;
        return end;
      }
      case paths.int: {
        const end = scanner.integerEnd(at);
        const value = scanner.integer | 0;
        if (end < 0 || value !== scanner.integer) break;
        this.intColumns[column]!.values[row] = value;
        return end;
      }
      default:
        break;
    }
    return this.readOddField(column, row, at);
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

  private readOddField(column: number, row: number, at: number): number {
    const valueAt = this.scanner.skipSpace(at);
    if (valueAt !== at) return this.readField(column, row, valueAt);
    return this.readers[column]!.read(this.columns[column]!, row, at);
  }

  /** Columns without a field in the row are NULL. False when that is not allowed. */
  private fillMissing(row: number): boolean {
    for (const [index, column] of this.columns.entries()) {
      if (this.rowOfValue[index] === this.rowNumber) continue;
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
    for (const column of this.columns) {
      column.nulls[row] = 0;
    }
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

const NO_BYTES = new BytesColumn({ root: 'NULL', nullable: true }, 0);

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

function pathOf(root: TypeRoot, isHashed: boolean): number {
  switch (root) {
    case 'CHAR':
    case 'VARCHAR':
      return isHashed ? paths.hashedText : paths.text;
    case 'BIGINT':
      return paths.long;
    case 'INT':
      return paths.int;
    default:
      return paths.other;
  }
}
