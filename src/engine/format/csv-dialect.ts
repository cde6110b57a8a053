/** The special characters of a CSV format, as UTF-8 bytes, and the table that finds them quickly. */
import { CR, LF } from './ascii.ts';

export interface CsvDialectOptions {
  readonly fieldDelimiter: string;
  /** Null: quotes are ordinary characters. */
  readonly quoteCharacter: string | null;
  readonly escapeCharacter: string | null;
}

const encoder = new TextEncoder();

export class CsvDialect {
  readonly separator: Uint8Array;
  readonly quote: Uint8Array | null;
  readonly escape: Uint8Array | null;
  /**
   * 1 for each byte that may matter: line ends, the first bytes of the separator, of quote and
   * escape, and all that is not ASCII, because it is to be checked.
   */
  readonly isSpecial = new Uint8Array(256);

  constructor(options: CsvDialectOptions) {
    this.separator = encoder.encode(options.fieldDelimiter);
    this.quote = characterOf(options.quoteCharacter);
    this.escape = characterOf(options.escapeCharacter);
    this.isSpecial.fill(1, 0x80);
    this.isSpecial[LF] = 1;
    this.isSpecial[CR] = 1;
    for (const sequence of [this.separator, this.quote, this.escape]) {
      if (sequence !== null) this.isSpecial[sequence[0]!] = 1;
    }
  }
}

/** True when `sequence` stands at `at`; false for null. */
export function standsAt(bytes: Uint8Array, at: number, sequence: Uint8Array | null): boolean {
  if (sequence === null || bytes[at] !== sequence[0]) return false;
  for (let index = 1; index < sequence.length; index++) {
    if (bytes[at + index] !== sequence[index]) return false;
  }
  return true;
}

/**
 * Position behind the line end of the record that starts at `from`; -1 when there is none before
 * `to`. Line ends inside quotes and behind an escape character do not count.
 */
export function recordEnd(
  dialect: CsvDialect,
  bytes: Uint8Array,
  range: { readonly from: number; readonly to: number },
): number {
  const { isSpecial, separator, quote, escape } = dialect;
  const { to } = range;
  let at = range.from;
  let isFieldStart = true;
  let isQuoted = false;
  while (at < to) {
    if (isSpecial[bytes[at]!] === 0) {
      at++;
      isFieldStart = false;
    } else if (isQuoted) {
      if (standsAt(bytes, at, escape)) {
        at += escape!.length + 1;
      } else if (standsAt(bytes, at, quote)) {
        at += quote!.length;
        if (standsAt(bytes, at, quote)) at += quote!.length;
        else isQuoted = false;
      } else {
        at++;
      }
    } else if (bytes[at] === LF) {
      return at + 1;
    } else if (standsAt(bytes, at, separator)) {
      at += separator.length;
      isFieldStart = true;
    } else if (isFieldStart && standsAt(bytes, at, quote)) {
      at += quote!.length;
      isQuoted = true;
      isFieldStart = false;
    } else {
      // A carriage return ends a record, too, and the next one starts with a field.
      isFieldStart = bytes[at] === CR;
      at += standsAt(bytes, at, escape) ? escape!.length + 1 : 1;
    }
  }
  return -1;
}

function characterOf(text: string | null): Uint8Array | null {
  return text === null || text === '' ? null : encoder.encode(text);
}
