/**
 * Walks over JSON text in a block, bytes only: finds where values end, checks that they are JSON
 * (RFC 8259) and decodes escapes. Knows nothing of columns.
 * Invariant: a line feed stands at or before the end of the text. It is no JSON whitespace here, so
 * nothing reads past the line it starts in, except that a word read may look at three bytes more.
 * Methods that return a position return FAILED (-1) after `failure` was set.
 */
import { ByteBlock } from '../batch/byte-block.ts';
import { HASH_SEED, finishHash, mixWord } from '../batch/hash.ts';
import {
  BACKSLASH,
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COLON,
  COMMA,
  CR,
  DIGIT_0,
  DIGIT_9,
  LF,
  MINUS,
  OPEN_BRACE,
  OPEN_BRACKET,
  QUOTE,
  SPACE,
  TAB,
} from './ascii.ts';
import { escapeLength, escapedCodePoint, isSimpleEscape, readEscape } from './json-escapes.ts';
import { byteText, excerptText, tokenText } from './json-excerpt.ts';
import { integerEnd } from './json-integer.ts';
import { jsonNumberEnd, numberProblem } from './json-number.ts';
import {
  BACKSLASHES,
  HIGH_BITS,
  LETTER_E,
  ONES,
  QUOTES,
  SPACES,
  WORD_FALS,
  WORD_NULL,
  WORD_TRUE,
} from './json-words.ts';
import { characterBytes, writeCodePoint } from './utf8.ts';

export const FAILED = -1;
/** Nesting that is read, the row's own object included. Source: Jackson, StreamReadConstraints. */
export const JSON_DEPTH_MAX = 1000;

const EMPTY_BLOCK = new ByteBlock(0);

export class JsonScanner {
  bytes: Uint8Array = EMPTY_BLOCK.bytes;
  view: DataView = EMPTY_BLOCK.view;
  /** Why the last method failed. */
  failure = '';
  /** Where the content of the last string of `decodeString` is. */
  textStart = 0;
  textEnd = 0;
  /** Decoded text goes to [scratchAt, scratchEnd) of the block; the caller sets both. */
  scratchAt = 0;
  scratchEnd = 0;
  /** Set when decoded text did not fit; the caller resets it. */
  isOutOfScratch = false;
  /** For each open container: 1 for an array, 0 for an object. */
  private readonly isArray = new Uint8Array(JSON_DEPTH_MAX + 1);

  fail(reason: string): typeof FAILED {
    this.failure = reason;
    return FAILED;
  }

  /** First position from `at` that is not a space, tab or carriage return. */
  skipSpace(at: number): number {
    const { bytes } = this;
    for (;;) {
      const byte = bytes[at]!;
      if (byte !== SPACE && byte !== TAB && byte !== CR) return at;
      at++;
    }
  }

  /**
   * `at` is behind an opening quote. Position of the closing quote when all before it is ASCII
   * without escapes; else the complement (~) of the position of what is not.
   */
  plainStringEnd(at: number): number {
    const { view } = this;
    for (;;) {
      const word = view.getInt32(at, true);
      // Sets the high bit of the first byte that is a quote, a backslash, a control or not ASCII;
      // bits above the first one may be wrong, because borrows run upwards.
      const stops =
        (((word ^ QUOTES) - ONES) | ((word ^ BACKSLASHES) - ONES) | (word - SPACES) | word) &
        HIGH_BITS;
      if (stops !== 0) {
        at += (31 - Math.clz32(stops & -stops)) >>> 3;
        return this.bytes[at] === QUOTE ? at : ~at;
      }
      at += 4;
    }
  }

  /** As plainStringEnd; puts the hash into `hashes` when the closing quote is found. */
  hashedStringEnd(at: number, hashes: Int32Array, row: number): number {
    const { view } = this;
    const start = at;
    let hash = HASH_SEED;
    for (;;) {
      const word = view.getInt32(at, true);
      const stops =
        (((word ^ QUOTES) - ONES) | ((word ^ BACKSLASHES) - ONES) | (word - SPACES) | word) &
        HIGH_BITS;
      if (stops !== 0) {
        const count = (31 - Math.clz32(stops & -stops)) >>> 3;
        at += count;
        if (this.bytes[at] !== QUOTE) return ~at;
        if (count !== 0) hash = mixWord(hash, word & ((1 << (count << 3)) - 1));
        hashes[row] = finishHash(hash, at - start);
        return at;
      }
      hash = mixWord(hash, word);
      at += 4;
    }
  }

  /** `at` is behind an opening quote. Position of the closing quote of any string. */
  stringEnd(at: number): number {
    const { view, bytes } = this;
    for (;;) {
      const word = view.getInt32(at, true);
      const stops =
        (((word ^ QUOTES) - ONES) | ((word ^ BACKSLASHES) - ONES) | (word - SPACES) | word) &
        HIGH_BITS;
      if (stops === 0) {
        at += 4;
        continue;
      }
      at += (31 - Math.clz32(stops & -stops)) >>> 3;
      const byte = bytes[at]!;
      if (byte === QUOTE) return at;
      if (byte === BACKSLASH && isSimpleEscape(bytes[at + 1]!)) {
        at += 2;
      } else {
        const length = this.oddLength(at);
        if (length === 0) return FAILED;
        at += length;
      }
    }
  }

  /** Length of an escape or a character that is not ASCII; 0 with a reason for what is neither. */
  private oddLength(at: number): number {
    if (this.bytes[at] !== BACKSLASH) return this.characterLength(at);
    const length = escapeLength(readEscape(this.bytes, at));
    if (length === 0) this.failEscape(at);
    return length;
  }

  /**
   * `start` is behind an opening quote, and `odd` the first position that is not plain. Position of
   * the closing quote; the content is left in [textStart, textEnd): where it is, or decoded in the
   * scratch region, with `scratchAt` behind it. FAILED and `isOutOfScratch` when there is no room.
   */
  decodeString(start: number, odd: number): number {
    const { bytes } = this;
    while (bytes[odd] !== BACKSLASH) {
      const length = this.characterLength(odd);
      if (length === 0) return FAILED;
      const end = this.plainStringEnd(odd + length);
      if (end >= 0) {
        this.textStart = start;
        this.textEnd = end;
        return end;
      }
      odd = ~end;
    }
    const textStart = this.reserveScratch(odd - start);
    if (textStart < 0) return FAILED;
    const { view } = this;
    const distance = textStart - start;
    for (let at = start; at < odd; at += 4) {
      view.setInt32(at + distance, view.getInt32(at, true), true);
    }
    this.textStart = textStart;
    return this.decodeRest(odd, odd + distance);
  }

  /** Goes on decoding at the escape at `at`, to `out`. Words are copied, into the slack at most. */
  private decodeRest(at: number, out: number): number {
    const { bytes, view, scratchEnd } = this;
    while (bytes[at] !== QUOTE) {
      if (bytes[at] === BACKSLASH) {
        const escape = readEscape(bytes, at);
        if (escape === 0) return this.failEscape(at);
        out = writeCodePoint(bytes, out, escapedCodePoint(escape));
        at += escapeLength(escape);
      } else {
        const length = this.characterLength(at);
        if (length === 0) return FAILED;
        for (let index = 0; index < length; index++) bytes[out++] = bytes[at++]!;
      }
      for (;;) {
        if (out > scratchEnd) return this.failScratch();
        const word = view.getInt32(at, true);
        view.setInt32(out, word, true);
        const stops =
          (((word ^ QUOTES) - ONES) | ((word ^ BACKSLASHES) - ONES) | (word - SPACES) | word) &
          HIGH_BITS;
        const count = stops === 0 ? 4 : (31 - Math.clz32(stops & -stops)) >>> 3;
        at += count;
        out += count;
        if (count !== 4) break;
      }
    }
    if (out > scratchEnd) return this.failScratch();
    this.textEnd = out;
    this.scratchAt = out;
    return at;
  }

  /** Length of a character that is not ASCII; 0 with a reason for what cannot be in a string. */
  private characterLength(at: number): number {
    const byte = this.bytes[at]!;
    const length = byte < 0x80 ? 0 : characterBytes(this.bytes, at);
    if (length === 0) {
      if (byte === LF) this.fail('a string has no end');
      else if (byte < 0x80) this.fail(`unescaped control character ${byteText(byte)}`);
      else this.fail(`invalid UTF-8 in a string: byte ${byteText(byte)}`);
    }
    return length;
  }

  private failEscape(at: number): typeof FAILED {
    return this.fail(`bad escape ${excerptText(this.bytes, at, at + 6)} in a string`);
  }

  private failScratch(): typeof FAILED {
    this.isOutOfScratch = true;
    return this.fail('decoded text does not fit');
  }

  /** Start of `byteCount` bytes of scratch; the caller moves `scratchAt`. FAILED as decodeString. */
  reserveScratch(byteCount: number): number {
    if (this.scratchAt + byteCount <= this.scratchEnd) return this.scratchAt;
    return this.failScratch();
  }

  /** Position behind any number. */
  private numberEnd(start: number): number {
    const end = jsonNumberEnd(this.bytes, start);
    return end < 0 ? this.fail(`${numberProblem(end)}: ${this.token(start)}`) : end;
  }

  /** Position behind `true`, `false` or `null`. */
  literalEnd(at: number): number {
    const word = this.view.getInt32(at, true);
    if (word === WORD_TRUE || word === WORD_NULL) return at + 4;
    if (word === WORD_FALS && this.bytes[at + 4] === LETTER_E) return at + 5;
    return this.fail(`expected a value, found ${this.token(at)}`);
  }

  isNumberStart(at: number): boolean {
    const byte = this.bytes[at]!;
    return byte === MINUS || (byte >= DIGIT_0 && byte <= DIGIT_9);
  }

  /** True when `null` starts here; what follows it is not looked at. */
  isNull(at: number): boolean {
    return this.view.getInt32(at, true) === WORD_NULL;
  }

  /** Position behind the value of any kind that starts at `at` or behind the space there. */
  valueEnd(at: number): number {
    const byte = this.bytes[at]!;
    return byte === OPEN_BRACE || byte === OPEN_BRACKET ? this.nestedEnd(at) : this.scalarEnd(at);
  }

  /** As valueEnd, with short cuts for what is common. */
  private scalarEnd(at: number): number {
    const byte = this.bytes[at]!;
    if (byte === QUOTE) {
      const end = this.stringEnd(at + 1);
      return end < 0 ? FAILED : end + 1;
    }
    if (byte > DIGIT_9) return this.literalEnd(at);
    const end = integerEnd(this.view, at);
    if (end >= 0) return end;
    const valueAt = this.skipSpace(at);
    return valueAt === at ? this.oddScalarEnd(at) : this.valueEnd(valueAt);
  }

  /** Position behind a string, number or literal. */
  oddScalarEnd(at: number): number {
    const byte = this.bytes[at]!;
    if (byte === QUOTE) {
      const end = this.stringEnd(at + 1);
      return end < 0 ? FAILED : end + 1;
    }
    return this.isNumberStart(at) ? this.numberEnd(at) : this.literalEnd(at);
  }

  /** Position behind the object or array that starts at `at`, one level below the row's object. */
  private nestedEnd(at: number): number {
    const { bytes, isArray } = this;
    let depth = 1;
    let inArray = 0;
    for (;;) {
      let byte = bytes[at]!;
      if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
        isArray[depth++] = inArray;
        if (depth > JSON_DEPTH_MAX) return this.fail(`nested deeper than ${JSON_DEPTH_MAX} levels`);
        inArray = byte === OPEN_BRACKET ? 1 : 0;
        byte = bytes[++at]!;
        if (byte <= SPACE) byte = bytes[(at = this.skipSpace(at))]!;
        if (byte !== (inArray === 1 ? CLOSE_BRACKET : CLOSE_BRACE)) {
          if (inArray === 0) at = this.keyEnd(at);
          if (at < 0) return FAILED;
          continue;
        }
      } else {
        at = this.scalarEnd(at);
        if (at < 0) return FAILED;
        byte = bytes[at]!;
        if (byte <= SPACE) byte = bytes[(at = this.skipSpace(at))]!;
      }
      while (byte === (inArray === 1 ? CLOSE_BRACKET : CLOSE_BRACE)) {
        byte = bytes[++at]!;
        if (--depth === 1) return at;
        inArray = isArray[depth]!;
        if (byte <= SPACE) byte = bytes[(at = this.skipSpace(at))]!;
      }
      if (byte !== COMMA) {
        return this.fail(`expected , or ${inArray === 1 ? ']' : '}'}, found ${this.token(at)}`);
      }
      at++;
      if (bytes[at]! <= SPACE) at = this.skipSpace(at);
      if (inArray === 0) at = this.keyEnd(at);
      if (at < 0) return FAILED;
    }
  }

  /** From a key's opening quote to the first byte of its value. */
  private keyEnd(at: number): number {
    const { bytes } = this;
    if (bytes[at] !== QUOTE) return this.fail(`expected a field name, found ${this.token(at)}`);
    const end = this.stringEnd(at + 1);
    if (end < 0) return FAILED;
    return bytes[end + 1] === COLON && bytes[end + 2]! > SPACE ? end + 2 : this.colonEnd(end + 1);
  }

  /** From behind a key to the first byte of its value. */
  colonEnd(at: number): number {
    const colonAt = this.skipSpace(at);
    if (this.bytes[colonAt] !== COLON) {
      return this.fail(`expected :, found ${this.token(colonAt)}`);
    }
    return this.skipSpace(colonAt + 1);
  }

  /** What stands at `at`, for a message: a whole token, cut when it is long. */
  token(at: number): string {
    return tokenText(this.bytes, at);
  }
}
