/**
 * Takes CSV records apart, bytes only, by the rules of Jackson's CsvDecoder as Flink sets it: a field
 * is quoted only if the quote is its first character, quotes are doubled inside, space behind the
 * closing quote is dropped, nothing else is trimmed.
 * Invariant: a line feed stands at `end`, the end of the text, so that a field outside quotes ends
 * there.
 */
import { CR, LF, SPACE } from './ascii.ts';
import { standsAt, type CsvDialect } from './csv-dialect.ts';
import { characterBytes, writeCodePoint } from './utf8.ts';

export const CSV_FAILED = -1;

/** What letters behind an escape character stand for; others stand for themselves. */
const escapes: Readonly<Record<number, number>> = {
  0x30: 0x00, // 0
  0x6e: LF, // n
  0x72: CR, // r
  0x74: 0x09, // t
};

export class CsvScanner {
  bytes: Uint8Array = new Uint8Array(0);
  end = 0;
  /** Why the last field could not be read. */
  failure = '';
  /** Content of the last field. */
  textStart = 0;
  textEnd = 0;
  /** Line feeds inside fields, counted up. */
  lineFeeds = 0;
  scratchAt = 0;
  scratchEnd = 0;
  isOutOfScratch = false;
  private readonly dialect: CsvDialect;
  /** Content before this was copied to the scratch region, or is not part of the field. */
  private copiedTo = 0;
  private isCopied = false;

  constructor(dialect: CsvDialect) {
    this.dialect = dialect;
  }

  fail(reason: string): typeof CSV_FAILED {
    this.failure = reason;
    return CSV_FAILED;
  }

  /**
   * Reads the field at `at`; returns the position of the separator, carriage return or line feed
   * behind it, or CSV_FAILED.
   */
  readField(at: number): number {
    const { quote } = this.dialect;
    return standsAt(this.bytes, at, quote)
      ? this.readQuoted(at + quote!.length)
      : this.readPlain(at);
  }

  isSeparator(at: number): boolean {
    return standsAt(this.bytes, at, this.dialect.separator);
  }

  private readPlain(start: number): number {
    const { bytes } = this;
    const { isSpecial, separator, escape } = this.dialect;
    this.begin(start);
    let at = start;
    for (;;) {
      while (isSpecial[bytes[at]!] === 0) at++;
      const byte = bytes[at]!;
      if (byte === LF || byte === CR || standsAt(bytes, at, separator)) {
        return this.finish(at) ? at : CSV_FAILED;
      }
      if (standsAt(bytes, at, escape)) at = this.readEscape(at, escape!.length);
      else if (byte < 0x80) at++;
      else at = this.characterEnd(at);
      if (at < 0) return CSV_FAILED;
    }
  }

  private readQuoted(start: number): number {
    const { bytes } = this;
    const { isSpecial, quote, escape } = this.dialect;
    this.begin(start);
    let at = start;
    for (;;) {
      while (isSpecial[bytes[at]!] === 0) at++;
      if (standsAt(bytes, at, quote)) {
        const behind = at + quote!.length;
        if (!standsAt(bytes, behind, quote)) {
          return this.finish(at) ? this.spaceEnd(behind) : CSV_FAILED;
        }
        // Of two quotes the first is content.
        if (!this.copy(behind)) return CSV_FAILED;
        at = behind + quote!.length;
        this.copiedTo = at;
      } else if (standsAt(bytes, at, escape)) {
        at = this.readEscape(at, escape!.length);
      } else if (bytes[at] === LF) {
        if (at >= this.end) return this.fail('a quoted field has no closing quote');
        this.lineFeeds++;
        at++;
      } else {
        at = bytes[at]! < 0x80 ? at + 1 : this.characterEnd(at);
      }
      if (at < 0) return CSV_FAILED;
    }
  }

  /** Behind a closing quote only space may stand before the separator or line end. */
  private spaceEnd(start: number): number {
    const { bytes } = this;
    let at = start;
    for (;;) {
      const byte = bytes[at]!;
      if (byte === LF || byte === CR || this.isSeparator(at)) return at;
      if (byte > SPACE) return this.fail('text behind a closing quote');
      at++;
    }
  }

  private readEscape(at: number, escapeLength: number): number {
    const { bytes } = this;
    const behind = at + escapeLength;
    if (behind >= this.end) return this.fail('the text ends behind an escape character');
    if (!this.copy(at)) return CSV_FAILED;
    const byte = bytes[behind]!;
    if (byte === LF) this.lineFeeds++;
    const meaning = escapes[byte];
    // What stands for itself is content from here on; the line end among it is not looked at again.
    this.copiedTo = behind;
    if (meaning === undefined) {
      return byte < 0x80 ? behind + 1 : this.characterEnd(behind);
    }
    if (!this.hasRoom(1)) return CSV_FAILED;
    this.scratchAt = writeCodePoint(bytes, this.scratchAt, meaning);
    this.copiedTo = behind + 1;
    return behind + 1;
  }

  private characterEnd(at: number): number {
    const length = characterBytes(this.bytes, at);
    if (length > 0) return at + length;
    const byte = this.bytes[at]!.toString(16);
    return this.fail(`invalid UTF-8 in a field: byte 0x${byte}`);
  }

  private begin(start: number): void {
    this.textStart = start;
    this.copiedTo = start;
    this.isCopied = false;
  }

  /** Sets where the content is: where it stands, or in the scratch region. */
  private finish(at: number): boolean {
    if (this.isCopied) {
      if (!this.copy(at)) return false;
      this.textEnd = this.scratchAt;
    } else {
      this.textEnd = at;
    }
    return true;
  }

  /** Copies the content up to `to` behind what was copied. False when there is no room. */
  private copy(to: number): boolean {
    const { copiedTo } = this;
    if (!this.isCopied) {
      this.isCopied = true;
      this.textStart = this.scratchAt;
    }
    if (!this.hasRoom(to - copiedTo)) return false;
    this.bytes.copyWithin(this.scratchAt, copiedTo, to);
    this.scratchAt += to - copiedTo;
    this.copiedTo = to;
    return true;
  }

  private hasRoom(byteCount: number): boolean {
    if (this.scratchAt + byteCount <= this.scratchEnd) return true;
    this.isOutOfScratch = true;
    this.fail('decoded text does not fit');
    return false;
  }
}
