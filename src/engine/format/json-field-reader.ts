/**
 * Reads the value of one column from JSON, whatever stands there, by the rules of Flink's json
 * format. The decoder's short cuts leave to it what is not common: NULL, escapes, numbers in
 * strings, every type but text and integers.
 */
import type { LogicalType } from '../../expression/type.ts';
import type { BytesColumn, Column } from '../batch/column.ts';
import { OPEN_BRACE, OPEN_BRACKET } from './ascii.ts';
import { readBase64 } from './base64.ts';
import { compactJson } from './json-compact.ts';
import { JsonNestedReader } from './json-nested-reader.ts';
import { loadScalar } from './json-scalar.ts';
import { FAILED, type JsonScanner } from './json-scanner.ts';
import { storeScalar } from './store-scalar.ts';
import { TextValue } from './text-value.ts';
import { jsonTimestamps, type TimestampFormat } from './timestamp-text.ts';

export interface JsonFieldOptions {
  readonly timestampFormat: TimestampFormat;
  /** Also for the fields of a ROW. */
  readonly failOnMissingField: boolean;
  /** Floating-point numbers in a text are written as decimals, see json-compact.ts. */
  readonly hasDecimals: boolean;
}

const encoder = new TextEncoder();

export class JsonFieldReader {
  private readonly scanner: JsonScanner;
  private readonly type: LogicalType;
  private readonly options: JsonFieldOptions;
  private readonly text: TextValue;
  private readonly nested: JsonNestedReader;

  constructor(scanner: JsonScanner, type: LogicalType, options: JsonFieldOptions) {
    this.scanner = scanner;
    this.type = type;
    this.options = options;
    this.text = new TextValue(jsonTimestamps[options.timestampFormat]);
    this.nested = new JsonNestedReader(scanner, options);
  }

  /** Position behind the value at `at`, which goes into the column; FAILED with a reason. */
  read(column: Column, row: number, at: number): number {
    const { scanner } = this;
    const valueAt = scanner.skipSpace(at);
    if (scanner.isNull(valueAt)) return this.readNull(column, row, valueAt);
    if (column.kind === 'object') {
      const end = this.nested.read(this.type, valueAt);
      if (end >= 0) column.values[row] = this.nested.value;
      return end;
    }
    const byte = scanner.bytes[valueAt]!;
    if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
      return this.readContainer(column, row, valueAt);
    }
    const { scratchAt } = scanner;
    const end = loadScalar(scanner, this.text, valueAt);
    if (end < 0) return FAILED;
    if (column.kind === 'bytes') return this.storeBytes(column, row, valueAt) ? end : FAILED;
    const isStored = storeScalar(column, row, this.text);
    scanner.scratchAt = scratchAt;
    if (isStored) return end;
    return scanner.fail(`expected ${this.type.root}, found ${scanner.token(valueAt)}`);
  }

  private readNull(column: Column, row: number, at: number): number {
    if (!this.type.nullable) return this.scanner.fail('null in a NOT NULL column');
    column.setNull(row);
    return at + 4;
  }

  private storeBytes(column: BytesColumn, row: number, at: number): boolean {
    const { scanner, text, type } = this;
    if (type.root === 'BINARY' || type.root === 'VARBINARY') {
      if (text.kind !== 'string') {
        scanner.fail(`expected base64 in a string, found ${scanner.token(at)}`);
        return false;
      }
      const scratchAt = scanner.reserveScratch(text.end - text.start);
      if (scratchAt < 0) return false;
      const end = readBase64(scanner.bytes, text, scratchAt);
      if (end < 0) {
        scanner.fail(`expected base64, found ${scanner.token(at)}`);
        return false;
      }
      scanner.scratchAt = end;
      text.start = scratchAt;
      text.end = end;
    }
    this.storeRange(column, row);
    return true;
  }

  private storeRange(column: BytesColumn, row: number): void {
    const { start, end } = this.text;
    column.start[row] = start;
    column.length[row] = end - start;
  }

  /** As Flink: an object or array in a text column is its JSON text. */
  private readContainer(column: Column, row: number, at: number): number {
    const { scanner, type, text } = this;
    if (column.kind !== 'bytes' || (type.root !== 'VARCHAR' && type.root !== 'CHAR')) {
      const found = scanner.bytes[at] === OPEN_BRACE ? 'an object' : 'an array';
      return scanner.fail(`expected ${type.root}, found ${found}`);
    }
    const end = scanner.valueEnd(at);
    if (end < 0) return FAILED;
    const json = compactJson(scanner, at, this.options.hasDecimals);
    if (json === null) return FAILED;
    const encoded = encoder.encode(json);
    const scratchAt = scanner.reserveScratch(encoded.length);
    if (scratchAt < 0) return FAILED;
    scanner.bytes.set(encoded, scratchAt);
    text.start = scratchAt;
    text.end = scratchAt + encoded.length;
    scanner.scratchAt = text.end;
    this.storeRange(column, row);
    return end;
  }
}
