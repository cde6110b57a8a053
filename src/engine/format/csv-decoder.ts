/**
 * Reads CSV records into the columns of a batch, by position, as Flink's csv format does: no header
 * line, every record has a field for each column, a blank line is a record with one empty field.
 * One empty field behind the last column is allowed. Only `skipHeaderLines` is drey's own.
 */
import { assert } from '../../errors/assert.ts';
import type { RowSchema } from '../batch/batch.ts';
import { ByteBlock } from '../batch/byte-block.ts';
import { BATCH_ROWS, type Column } from '../batch/column.ts';
import { CR, LF, SPACE } from './ascii.ts';
import type { DecodeRequest, DecodeResult, RecordDecoder, UnreadableRecord } from './contract.ts';
import { CsvDialect, recordEnd, type CsvDialectOptions } from './csv-dialect.ts';
import { CsvFieldReader } from './csv-field-reader.ts';
import { CSV_FAILED, CsvScanner } from './csv-scanner.ts';
import { checkCsvSchema } from './format-types.ts';
import { endLastLine, lineContentEnd, restoreLastLine } from './line-end.ts';
import { TextPlacement } from './own-text.ts';

export interface CsvDecoderOptions extends CsvDialectOptions {
  /** The physical columns; the batches that are filled have the same. */
  readonly schema: RowSchema;
  /** Text that stands for NULL. */
  readonly nullLiteral: string | null;
  /** Lines that start with `#` are skipped, and blank ones. */
  readonly allowComments: boolean;
  /** Lines to skip before the first record; those that a restored split has read do not count. */
  readonly skipHeaderLines: number;
}

const HASH = 0x23;

export class CsvDecoder implements RecordDecoder {
  private readonly options: CsvDecoderOptions;
  private readonly dialect: CsvDialect;
  private readonly scanner: CsvScanner;
  private readonly readers: readonly CsvFieldReader[];
  private readonly text = new TextPlacement();
  private columns: readonly Column[] = [];
  private headerLinesLeft: number;
  private failedColumn = -1;

  constructor(options: CsvDecoderOptions) {
    checkCsvSchema(options.schema);
    this.options = options;
    this.dialect = new CsvDialect(options);
    this.scanner = new CsvScanner(this.dialect);
    this.readers = options.schema.map(
      (field) => new CsvFieldReader(this.scanner, field.type, options.nullLiteral),
    );
    this.headerLinesLeft = options.skipHeaderLines;
  }

  lastRecordEnd(block: ByteBlock, from: number, to: number): number {
    const { bytes } = block;
    const { quote, escape } = this.dialect;
    if (escape === null && (quote === null || !bytes.subarray(from, to).includes(quote[0]!))) {
      return from + bytes.subarray(from, to).lastIndexOf(LF) + 1;
    }
    let end = from;
    for (let left = this.headerLinesLeft; left > 0; left--) {
      const lineFeed = bytes.subarray(end, to).indexOf(LF);
      if (lineFeed < 0) return end;
      end += lineFeed + 1;
    }
    for (;;) {
      const next = this.isComment(bytes, end, to)
        ? lineEndBefore(bytes, end, to)
        : recordEnd(this.dialect, bytes, { from: end, to });
      if (next < 0) return end;
      end = next;
    }
  }

  decode(request: DecodeRequest): DecodeResult {
    const { block, from, to, scratchFrom, batch } = request;
    const { scanner } = this;
    const { bytes } = block;
    assert(batch.columns.length === this.readers.length, 'the batch has the columns of the schema');
    this.columns = batch.columns;
    this.text.begin(batch, block);
    scanner.bytes = bytes;
    scanner.end = to;
    scanner.scratchAt = Math.max(scratchFrom, to + 1);
    scanner.scratchEnd = block.capacity;
    const saved = endLastLine(bytes, to);
    scanner.lineFeeds = 0;
    let at = this.skipLines(from);
    let row = batch.rowCount;
    let unreadable: UnreadableRecord | null = null;
    while (row < BATCH_ROWS && at < to) {
      const { lineFeeds } = scanner;
      let next = this.decodeRecord(at, row);
      if (next < 0) {
        scanner.lineFeeds = lineFeeds;
        this.forgetRow(row);
        if (scanner.isOutOfScratch) next = this.decodeRecordAlone(request, at, row);
        if (next < 0) {
          unreadable = this.describe(bytes, at, to);
          break;
        }
      } else if (this.text.isOwn) {
        this.text.keepRow(row, block);
      }
      row++;
      at = this.skipLines(next);
    }
    restoreLastLine(bytes, to, saved);
    batch.rowCount = row;
    // The line feed at `to` was lent.
    const lineCount = at > to ? scanner.lineFeeds - 1 : scanner.lineFeeds;
    return { next: Math.min(at, to), lineCount, unreadable };
  }

  /** Skips header lines and, where allowed, comments and blank lines. */
  private skipLines(from: number): number {
    const { scanner } = this;
    const { bytes, end } = scanner;
    let at = from;
    for (; this.headerLinesLeft > 0 && at < end; this.headerLinesLeft--) {
      at = bytes.indexOf(LF, at) + 1;
      scanner.lineFeeds++;
    }
    if (!this.options.allowComments) return at;
    while (at < end) {
      // As Jackson: with comments, space before a record and blank lines are skipped, too.
      if (bytes[at] === SPACE || bytes[at] === CR) {
        at++;
      } else if (bytes[at] === LF || bytes[at] === HASH) {
        at = bytes.indexOf(LF, at) + 1;
        scanner.lineFeeds++;
      } else {
        break;
      }
    }
    return at;
  }

  private isComment(bytes: Uint8Array, from: number, to: number): boolean {
    if (!this.options.allowComments) return false;
    let at = from;
    while (at < to && (bytes[at] === SPACE || bytes[at] === CR)) at++;
    return at < to && (bytes[at] === HASH || bytes[at] === LF);
  }

  /** Position behind the record's line end; CSV_FAILED with the scanner's reason. */
  private decodeRecord(from: number, row: number): number {
    const { scanner, readers } = this;
    const { bytes } = scanner;
    const separatorBytes = this.dialect.separator.length;
    this.failedColumn = -1;
    let at = from;
    let count = 0;
    for (;;) {
      this.failedColumn = count < readers.length ? count : -1;
      const end = scanner.readField(at);
      if (end < 0) return CSV_FAILED;
      const isLast = !scanner.isSeparator(end);
      if (count < readers.length) {
        if (!readers[count]!.store(this.columns[count]!, row)) return CSV_FAILED;
      } else if (count > readers.length || !isLast || !this.isBlankField()) {
        this.failedColumn = -1;
        return scanner.fail(`expected ${readers.length} fields, found more`);
      }
      count++;
      at = end;
      if (isLast) break;
      at += separatorBytes;
    }
    this.failedColumn = -1;
    if (count < readers.length) {
      return scanner.fail(`expected ${readers.length} fields, found ${count}`);
    }
    if (bytes[at] === CR) at++;
    if (bytes[at] !== LF) return at;
    scanner.lineFeeds++;
    return at + 1;
  }

  private isBlankField(): boolean {
    const { bytes, textStart, textEnd } = this.scanner;
    for (let at = textStart; at < textEnd; at++) if (bytes[at]! > SPACE) return false;
    return true;
  }

  /** Reads a record whose decoded text does not fit behind the caller's in a block of its own. */
  private decodeRecordAlone({ block, to }: DecodeRequest, at: number, row: number): number {
    const { scanner } = this;
    const length = this.endOf(block.bytes, at, to + 1) - at;
    const own = new ByteBlock(2 * length + 1);
    own.bytes.set(block.bytes.subarray(at, at + length));
    const { scratchAt, end } = scanner;
    scanner.bytes = own.bytes;
    scanner.end = Math.min(length, to - at);
    scanner.scratchAt = length;
    scanner.scratchEnd = own.capacity;
    scanner.isOutOfScratch = false;
    const next = this.decodeRecord(0, row);
    assert(!scanner.isOutOfScratch, 'decoded text is not longer than its record');
    scanner.bytes = block.bytes;
    scanner.end = end;
    scanner.scratchAt = scratchAt;
    scanner.scratchEnd = block.capacity;
    if (next < 0) {
      this.forgetRow(row);
      return CSV_FAILED;
    }
    if (!this.text.isOwn) this.text.own(row, block);
    this.text.keepRow(row, own);
    return at + next;
  }

  /** NULL marks of a record that failed must not show in the next one. */
  private forgetRow(row: number): void {
    for (const column of this.columns) column.nulls[row] = 0;
  }

  private endOf(bytes: Uint8Array, at: number, limit: number): number {
    const end = recordEnd(this.dialect, bytes, { from: at, to: limit });
    return end < 0 ? limit : end;
  }

  private describe(bytes: Uint8Array, at: number, to: number): UnreadableRecord {
    const next = Math.min(this.endOf(bytes, at, to), to);
    const end = next > at && bytes[next - 1] === LF ? lineContentEnd(bytes, at, next - 1) : next;
    return {
      start: at,
      end,
      next,
      column: this.options.schema[this.failedColumn]?.name ?? null,
      reason: this.scanner.failure,
    };
  }
}

function lineEndBefore(bytes: Uint8Array, from: number, to: number): number {
  const lineFeed = bytes.subarray(from, to).indexOf(LF);
  return lineFeed < 0 ? -1 : from + lineFeed + 1;
}
