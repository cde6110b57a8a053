/**
 * An object or array as Flink puts it into a text column: parsed to Jackson's tree and printed.
 * White space goes, numbers and escapes get their normal form, of equal keys the last value stays
 * at the place of the first.
 */
import { CLOSE_BRACE, CLOSE_BRACKET, COMMA, OPEN_BRACE, OPEN_BRACKET, QUOTE } from './ascii.ts';
import { jsonStringText } from './json-string-text.ts';
import { loadScalar } from './json-scalar.ts';
import type { JsonScanner } from './json-scanner.ts';
import { TextValue } from './text-value.ts';
import { jsonTimestamps } from './timestamp-text.ts';
import { asciiText, doubleText, parseExactDecimal, strippedDecimalText } from './number-text.ts';

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/**
 * The text of the checked value at `at`; null when an escape does not fit the scratch region.
 * `hasDecimals`: as Flink, a schema with a DECIMAL reads numbers with a fraction exactly.
 */
export function compactJson(scanner: JsonScanner, at: number, hasDecimals: boolean): string | null {
  const printer = new CompactPrinter(scanner, hasDecimals);
  const text = printer.print(at);
  return printer.isOutOfScratch ? null : text;
}

class CompactPrinter {
  isOutOfScratch = false;
  private readonly text = new TextValue(jsonTimestamps.SQL);
  private readonly scanner: JsonScanner;
  private readonly hasDecimals: boolean;
  /** Behind the value printed last. */
  private end = 0;

  constructor(scanner: JsonScanner, hasDecimals: boolean) {
    this.scanner = scanner;
    this.hasDecimals = hasDecimals;
  }

  /** Recursion is bounded by the scanner's depth limit. */
  print(at: number): string {
    const { scanner } = this;
    const { bytes } = scanner;
    const byte = bytes[at]!;
    if (byte === OPEN_BRACE) return this.printObject(at);
    if (byte === OPEN_BRACKET) return this.printArray(at);
    if (byte === QUOTE) return jsonStringText(this.stringAt(at));
    this.end = scanner.oddScalarEnd(at);
    const text = asciiText(bytes, at, this.end);
    return scanner.isNumberStart(at) ? this.numberText(text) : text;
  }

  private printObject(at: number): string {
    const { scanner } = this;
    const { bytes } = scanner;
    const members = new Map<string, string>();
    let next = scanner.skipSpace(at + 1);
    while (bytes[next] !== CLOSE_BRACE) {
      const key = this.stringAt(next);
      const value = this.print(scanner.colonEnd(this.end));
      members.set(key, value);
      next = scanner.skipSpace(this.end);
      if (bytes[next] === COMMA) next = scanner.skipSpace(next + 1);
    }
    this.end = next + 1;
    const texts = Array.from(members, ([key, value]) => `${jsonStringText(key)}:${value}`);
    return `{${texts.join(',')}}`;
  }

  private printArray(at: number): string {
    const { scanner } = this;
    const { bytes } = scanner;
    const elements: string[] = [];
    let next = scanner.skipSpace(at + 1);
    while (bytes[next] !== CLOSE_BRACKET) {
      elements.push(this.print(next));
      next = scanner.skipSpace(this.end);
      if (bytes[next] === COMMA) next = scanner.skipSpace(next + 1);
    }
    this.end = next + 1;
    return `[${elements.join(',')}]`;
  }

  private stringAt(at: number): string {
    const { scanner } = this;
    const { scratchAt } = scanner;
    const end = loadScalar(scanner, this.text, at);
    if (end < 0) {
      this.isOutOfScratch = true;
      this.end = scanner.stringEnd(at + 1) + 1;
      return '';
    }
    scanner.scratchAt = scratchAt;
    this.end = end;
    return decoder.decode(scanner.bytes.subarray(this.text.start, this.text.end));
  }

  private numberText(text: string): string {
    if (!/[.eE]/.test(text)) return BigInt(text).toString();
    if (!this.hasDecimals) return doubleText(Number(text));
    const decimal = parseExactDecimal(text);
    return decimal === null ? text : strippedDecimalText(decimal.unscaled, decimal.scale);
  }
}
