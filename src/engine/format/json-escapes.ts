/**
 * The escapes of JSON strings: how long one is, and what it stands for. A surrogate without its
 * partner becomes a question mark, as where Flink turns Java strings into UTF-8.
 */
import { BACKSLASH } from './ascii.ts';

const LETTER_U = 0x75;
const QUESTION_MARK = 0x3f;
/** Bytes of `\n` and of `\uXXXX`. */
const SIMPLE_ESCAPE_BYTES = 2;
const UNICODE_ESCAPE_BYTES = 6;

/** What the letter behind a backslash stands for; 0 where it is none. */
const simpleEscapes = new Uint8Array(256);
for (const [letter, meaning] of [
  ['"', '"'],
  ['\\', '\\'],
  ['/', '/'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
] as const) {
  simpleEscapes[letter.charCodeAt(0)] = meaning.charCodeAt(0);
}

/** Value of a hexadecimal digit; 255 where it is none. */
const hexValues = new Uint8Array(256).fill(255);
for (let value = 0; value < 16; value++) {
  const digit = value.toString(16);
  hexValues[digit.charCodeAt(0)] = value;
  hexValues[digit.toUpperCase().charCodeAt(0)] = value;
}

/** Bits of an escape's length in what `readEscape` returns. */
const LENGTH_BITS = 4;

/**
 * The escape whose backslash is at `at`: its code point and its length in one number, see the two
 * functions below; 0 when it is none. Two escapes that are a surrogate pair are one.
 */
export function readEscape(bytes: Uint8Array, at: number): number {
  const letter = bytes[at + 1]!;
  const simple = simpleEscapes[letter]!;
  if (simple !== 0) return (simple << LENGTH_BITS) | SIMPLE_ESCAPE_BYTES;
  const unit = letter === LETTER_U ? hexUnit(bytes, at + 2) : -1;
  if (unit < 0) return 0;
  if (unit < 0xd800 || unit > 0xdfff) return (unit << LENGTH_BITS) | UNICODE_ESCAPE_BYTES;
  const partner = unit < 0xdc00 ? lowSurrogate(bytes, at + UNICODE_ESCAPE_BYTES) : -1;
  if (partner < 0) return (QUESTION_MARK << LENGTH_BITS) | UNICODE_ESCAPE_BYTES;
  const codePoint = 0x10000 + ((unit - 0xd800) << 10) + (partner - 0xdc00);
  return (codePoint << LENGTH_BITS) | (2 * UNICODE_ESCAPE_BYTES);
}

/** True for a letter that is an escape of its own behind a backslash. */
export function isSimpleEscape(letter: number): boolean {
  return simpleEscapes[letter] !== 0;
}

export function escapedCodePoint(escape: number): number {
  return escape >> LENGTH_BITS;
}

export function escapeLength(escape: number): number {
  return escape & ((1 << LENGTH_BITS) - 1);
}

/** The low surrogate whose escape starts at `at`; -1 when there is none. */
function lowSurrogate(bytes: Uint8Array, at: number): number {
  if (bytes[at] !== BACKSLASH || bytes[at + 1] !== LETTER_U) return -1;
  const unit = hexUnit(bytes, at + 2);
  return unit >= 0xdc00 && unit <= 0xdfff ? unit : -1;
}

/** The value of four hexadecimal digits; negative when they are not. */
function hexUnit(bytes: Uint8Array, at: number): number {
  let unit = 0;
  for (let index = at; index < at + 4; index++) {
    const value = hexValues[bytes[index]!]!;
    if (value > 15) return -1;
    unit = (unit << 4) | value;
  }
  return unit;
}
