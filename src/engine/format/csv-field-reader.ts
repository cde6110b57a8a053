/**
 * Turns the text of a CSV field into a column's value, by the rules of Flink's csv format: numbers
 * are trimmed, text is not; an empty text is no number and no NULL unless it is the null literal.
 */
import type { LogicalType } from '../../expression/type.ts';
import type { Value } from '../../expression/value.ts';
import type { BytesColumn, Column } from '../batch/column.ts';
import { readBase64 } from './base64.ts';
import type { CsvScanner } from './csv-scanner.ts';
import { scalarValue, textString } from './scalar-value.ts';
import { storeScalar } from './store-scalar.ts';
import { TextValue } from './text-value.ts';
import { csvTimestamps } from './timestamp-text.ts';

/** Text between the elements of an ARRAY or ROW. Source: Flink, csv.array-element-delimiter. */
const ELEMENT_DELIMITER = ';';
/** Characters of a field that a message shows. */
const EXCERPT_LENGTH_MAX = 40;
const MILLIS_STEPS = [1000, 100, 10, 1];
const encoder = new TextEncoder();

export class CsvFieldReader {
  private readonly scanner: CsvScanner;
  private readonly type: LogicalType;
  private readonly nullLiteral: Uint8Array | null;
  private readonly text = new TextValue(csvTimestamps);

  constructor(scanner: CsvScanner, type: LogicalType, nullLiteral: string | null) {
    this.scanner = scanner;
    this.type = type;
    this.nullLiteral = nullLiteral === null ? null : encoder.encode(nullLiteral);
  }

  /** Stores the scanner's field; false with the scanner's reason when it does not fit the type. */
  store(column: Column, row: number): boolean {
    const { scanner, text, type } = this;
    text.bytes = scanner.bytes;
    text.start = scanner.textStart;
    text.end = scanner.textEnd;
    if (this.isNull()) return this.storeNull(column, row);
    if (column.kind === 'bytes') return this.storeBytes(column, row);
    if (column.kind === 'object') return this.storeNested(column, row);
    if (!storeScalar(column, row, text)) return this.failType();
    if (type.root === 'TIME' && column.kind === 'int') {
      // As Flink: digits behind the precision are cut.
      const step = MILLIS_STEPS[type.precision] ?? 1;
      column.values[row] = Math.floor(column.values[row]! / step) * step;
    }
    return column.nulls[row] === 0 || this.type.nullable || this.failNull();
  }

  private isNull(): boolean {
    const { nullLiteral, text } = this;
    if (nullLiteral === null || nullLiteral.length !== text.end - text.start) return false;
    return nullLiteral.every((byte, index) => text.bytes[text.start + index] === byte);
  }

  private storeNull(column: Column, row: number): boolean {
    if (!this.type.nullable) return this.failNull();
    column.setNull(row);
    return true;
  }

  private storeBytes(column: BytesColumn, row: number): boolean {
    const { scanner, text, type } = this;
    if (type.root === 'BINARY' || type.root === 'VARBINARY') {
      const room = text.end - text.start;
      if (scanner.scratchAt + room > scanner.scratchEnd) {
        scanner.isOutOfScratch = true;
        scanner.fail('decoded text does not fit');
        return false;
      }
      const end = readBase64(text.bytes, text, scanner.scratchAt);
      if (end < 0) return this.failType('base64');
      text.start = scanner.scratchAt;
      text.end = end;
      scanner.scratchAt = end;
    }
    column.start[row] = text.start;
    column.length[row] = text.end - text.start;
    return true;
  }

  /** ARRAY and ROW: elements between semicolons; an empty text is an empty ARRAY and a NULL ROW. */
  private storeNested(column: Extract<Column, { kind: 'object' }>, row: number): boolean {
    const { type } = this;
    const content = textString(this.text);
    const parts = content.trim() === '' ? [] : content.split(ELEMENT_DELIMITER);
    if (type.root === 'ARRAY') {
      const elements = this.elements(parts.map((part) => [part, type.element]));
      if (elements === null) return this.failType();
      column.values[row] = elements;
      return true;
    }
    if (type.root !== 'ROW') {
      this.scanner.fail(`the csv format has no ${type.root}`);
      return false;
    }
    if (parts.length === 0) return this.storeNull(column, row);
    if (parts.length !== type.fields.length) {
      this.scanner.fail(`expected ${type.fields.length} elements, found ${parts.length}`);
      return false;
    }
    const values = this.elements(parts.map((part, index) => [part, type.fields[index]!.type]));
    if (values === null) return this.failType();
    column.values[row] = values;
    return true;
  }

  private elements(parts: readonly (readonly [string, LogicalType])[]): Value[] | null {
    const { text } = this;
    const values: Value[] = [];
    for (const [part, type] of parts) {
      text.bytes = encoder.encode(part);
      text.start = 0;
      text.end = text.bytes.length;
      const value = this.isNull() ? null : scalarValue(text, type);
      if (value === undefined) return null;
      values.push(value);
    }
    return values;
  }

  private failType(expected: string = this.type.root): false {
    const { scanner, text } = this;
    const found = textString(text);
    const shown =
      found.length > EXCERPT_LENGTH_MAX ? `${found.slice(0, EXCERPT_LENGTH_MAX)}...` : found;
    scanner.fail(`expected ${expected}, found "${shown}"`);
    return false;
  }

  private failNull(): false {
    this.scanner.fail('NULL in a NOT NULL column');
    return false;
  }
}
