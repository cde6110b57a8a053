/**
 * Reads ARRAY, MAP and ROW values from JSON into canonical values. As Flink: a missing field of a
 * ROW is NULL or an error like one of the row itself, of equal keys the last wins.
 * Recursion goes as deep as the type, not as the text.
 */
import { assert } from '../../errors/assert.ts';
import type { ArrayType, LogicalType, MapType, RowType } from '../../expression/type.ts';
import type { Value } from '../../expression/value.ts';
import { CLOSE_BRACE, CLOSE_BRACKET, COMMA, OPEN_BRACE, OPEN_BRACKET, QUOTE } from './ascii.ts';
import { compactJson } from './json-compact.ts';
import { loadScalar } from './json-scalar.ts';
import { FAILED, type JsonScanner } from './json-scanner.ts';
import { scalarValue, textString } from './scalar-value.ts';
import { TextValue } from './text-value.ts';
import { jsonTimestamps, type TimestampFormat } from './timestamp-text.ts';

export interface JsonNestedOptions {
  readonly timestampFormat: TimestampFormat;
  readonly failOnMissingField: boolean;
  readonly hasDecimals: boolean;
}

export class JsonNestedReader {
  /** What the last successful `read` found. */
  value: Value = null;
  private readonly scanner: JsonScanner;
  private readonly options: JsonNestedOptions;
  private readonly text: TextValue;

  constructor(scanner: JsonScanner, options: JsonNestedOptions) {
    this.scanner = scanner;
    this.options = options;
    this.text = new TextValue(jsonTimestamps[options.timestampFormat]);
  }

  /** Position behind the value at `at`, which is left in `value`; FAILED with a reason. */
  read(type: LogicalType, at: number): number {
    const { scanner } = this;
    const byte = scanner.bytes[at]!;
    if (scanner.isNull(at)) {
      if (!type.nullable) return scanner.fail(`null in a ${type.root} that is NOT NULL`);
      this.value = null;
      return at + 4;
    }
    switch (type.root) {
      case 'ARRAY':
        return byte === OPEN_BRACKET ? this.readArray(type, at) : this.failType('an array', at);
      case 'MAP':
        return byte === OPEN_BRACE ? this.readMap(type, at) : this.failType('an object', at);
      case 'ROW':
        return byte === OPEN_BRACE ? this.readRow(type, at) : this.failType('an object', at);
      default:
        return byte === OPEN_BRACE || byte === OPEN_BRACKET
          ? this.readContainer(type, at)
          : this.readScalar(type, at);
    }
  }

  private failType(expected: string, at: number): typeof FAILED {
    return this.scanner.fail(`expected ${expected}, found ${this.scanner.token(at)}`);
  }

  private readArray(type: ArrayType, at: number): number {
    const { scanner } = this;
    const elements: Value[] = [];
    let next = scanner.skipSpace(at + 1);
    if (scanner.bytes[next] !== CLOSE_BRACKET) {
      for (;;) {
        next = this.read(type.element, next);
        if (next < 0) return FAILED;
        elements.push(this.value);
        next = scanner.skipSpace(next);
        if (scanner.bytes[next] !== COMMA) break;
        next = scanner.skipSpace(next + 1);
      }
    }
    if (scanner.bytes[next] !== CLOSE_BRACKET) return this.failType(', or ]', next);
    this.value = elements;
    return next + 1;
  }

  private readMap(type: MapType, at: number): number {
    assert(
      type.key.root === 'VARCHAR' || type.key.root === 'CHAR',
      'the json format reads maps with text keys only',
    );
    const entries = new Map<string, Value>();
    const end = this.readObject(at, (key, valueAt) => {
      const next = this.read(type.value, valueAt);
      if (next >= 0) entries.set(key, this.value);
      return next;
    });
    this.value = [...entries];
    return end;
  }

  private readRow(type: RowType, at: number): number {
    const { scanner } = this;
    const values: Value[] = type.fields.map(() => null);
    const found = type.fields.map(() => false);
    const end = this.readObject(at, (key, valueAt) => {
      const index = type.fields.findIndex((field) => field.name === key);
      if (index < 0) return scanner.valueEnd(valueAt);
      const next = this.read(type.fields[index]!.type, valueAt);
      values[index] = this.value;
      found[index] = true;
      return next;
    });
    if (end < 0) return FAILED;
    const missing = type.fields.find(
      (field, index) => !found[index] && (this.options.failOnMissingField || !field.type.nullable),
    );
    if (missing !== undefined) return scanner.fail(`the object has no field "${missing.name}"`);
    this.value = values;
    return end;
  }

  /** Calls `readMember` with each key and the start of its value; it returns the value's end. */
  private readObject(at: number, readMember: (key: string, valueAt: number) => number): number {
    const { scanner } = this;
    let next = scanner.skipSpace(at + 1);
    if (scanner.bytes[next] !== CLOSE_BRACE) {
      for (;;) {
        if (scanner.bytes[next] !== QUOTE) return this.failType('a field name', next);
        const { scratchAt } = scanner;
        const keyEnd = loadScalar(scanner, this.text, next);
        if (keyEnd < 0) return FAILED;
        const key = textString(this.text);
        scanner.scratchAt = scratchAt;
        next = scanner.colonEnd(keyEnd);
        if (next < 0) return FAILED;
        next = readMember(key, next);
        if (next < 0) return FAILED;
        next = scanner.skipSpace(next);
        if (scanner.bytes[next] !== COMMA) break;
        next = scanner.skipSpace(next + 1);
      }
    }
    if (scanner.bytes[next] !== CLOSE_BRACE) return this.failType(', or }', next);
    return next + 1;
  }

  private readContainer(type: LogicalType, at: number): number {
    const { scanner } = this;
    if (type.root !== 'VARCHAR' && type.root !== 'CHAR') {
      const found = scanner.bytes[at] === OPEN_BRACE ? 'an object' : 'an array';
      return scanner.fail(`expected ${type.root}, found ${found}`);
    }
    const end = scanner.valueEnd(at);
    if (end < 0) return FAILED;
    const json = compactJson(scanner, at, this.options.hasDecimals);
    if (json === null) return FAILED;
    this.value = json;
    return end;
  }

  private readScalar(type: LogicalType, at: number): number {
    const { scanner, text } = this;
    const { scratchAt } = scanner;
    const end = loadScalar(scanner, text, at);
    if (end < 0) return FAILED;
    const value = scalarValue(text, type);
    scanner.scratchAt = scratchAt;
    if (value === undefined) return this.failType(type.root, at);
    this.value = value;
    return end;
  }
}
