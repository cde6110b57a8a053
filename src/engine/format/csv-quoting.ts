/** Decides whether a CSV text stands in quotes, and writes it. As Jackson's CsvEncoder by default. */
import { LF } from './ascii.ts';
import type { ByteSink } from './contract.ts';
import type { CsvDialectOptions } from './csv-dialect.ts';

/** Longer texts are quoted unseen. Source: Jackson, CsvEncoder.MAX_QUOTE_CHECK. */
const CHECKED_CHARACTERS_MAX = 24;

const encoder = new TextEncoder();

export class CsvQuoting {
  private readonly quote: Uint8Array | null;
  private readonly escape: Uint8Array | null;
  /** Characters below this need quotes. */
  private readonly safeFrom: number;

  constructor(options: CsvDialectOptions) {
    const { fieldDelimiter, quoteCharacter, escapeCharacter } = options;
    this.quote = quoteCharacter === null ? null : encoder.encode(quoteCharacter);
    this.escape = escapeCharacter === null ? null : encoder.encode(escapeCharacter);
    const quoteCode = quoteCharacter === null ? 0 : quoteCharacter.charCodeAt(0);
    this.safeFrom = Math.max(fieldDelimiter.charCodeAt(0), quoteCode, LF) + 1;
  }

  /** Writes [start, end) of `source`, in quotes with quotes and escape characters doubled, or as is. */
  write(
    source: Uint8Array,
    range: { readonly start: number; readonly end: number },
    target: ByteSink,
  ): void {
    const { start, end } = range;
    const { quote } = this;
    const length = end - start;
    if (quote === null || !this.needsQuotes(source, start, end)) {
      const bytes = target.reserve(length);
      bytes.set(source.subarray(start, end), target.length);
      target.advance(length);
      return;
    }
    const bytes = target.reserve(2 * length + 2 * quote.length);
    let at = put(bytes, target.length, quote);
    for (let from = start; from < end; from++) {
      if (startsWith(source, from, quote)) at = put(bytes, at, quote);
      else if (this.escape !== null && startsWith(source, from, this.escape)) {
        at = put(bytes, at, this.escape);
      }
      bytes[at++] = source[from]!;
    }
    at = put(bytes, at, quote);
    target.advance(at - target.length);
  }

  private needsQuotes(source: Uint8Array, start: number, end: number): boolean {
    if (characterCount(source, start, end) > CHECKED_CHARACTERS_MAX) return true;
    for (let at = start; at < end; at++) {
      const byte = source[at]!;
      // Above ASCII the bytes do not say the character; with such a separator all text is quoted.
      if (byte < 0x80 ? byte < this.safeFrom : this.safeFrom > 0x80) return true;
      if (this.escape !== null && startsWith(source, at, this.escape)) return true;
    }
    return false;
  }
}

/** Length of UTF-8 text in UTF-16 units, as Java counts. */
function characterCount(source: Uint8Array, start: number, end: number): number {
  if (end - start <= CHECKED_CHARACTERS_MAX) return end - start;
  let count = 0;
  for (let at = start; at < end; at++) {
    const byte = source[at]!;
    if ((byte & 0xc0) !== 0x80) count += byte >= 0xf0 ? 2 : 1;
  }
  return count;
}

function startsWith(source: Uint8Array, at: number, sequence: Uint8Array): boolean {
  for (let index = 0; index < sequence.length; index++) {
    if (source[at + index] !== sequence[index]) return false;
  }
  return true;
}

function put(bytes: Uint8Array, at: number, sequence: Uint8Array): number {
  for (let index = 0; index < sequence.length; index++) bytes[at + index] = sequence[index]!;
  return at + sequence.length;
}
