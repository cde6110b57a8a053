/**
 * The escapes of JSON strings: how long one is, and what it stands for. A surrogate without its
 * partner becomes a question mark, as where Flink turns Java strings into UTF-8.
 */
import { BACKSLASH } from './ascii.ts';
import { writeCodePoint } from './utf8.ts';

const LETTER_U = 0x75;
const QUESTION_MARK = 0x3f;
/** Bytes of `\uXXXX`. */
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

/** Length of the escape whose backslash is at `at`; 0 when it is none. */
export function escapeBytes(bytes: Uint8Array, at: number): number {
  const letter = bytes[at + 1]!;
  if (simpleEscapes[letter] !== 0) return 2;
  return letter === LETTER_U && hexUnit(bytes, at + 2) >= 0 ? UNICODE_ESCAPE_BYTES : 0;
}

/**
 * Writes the checked string content [start, end) of `bytes` decoded to `targetAt` of the same
 * array, where there is room for as many bytes; returns the position behind it.
 */
export function unescapeTo(
  bytes: Uint8Array,
  range: { readonly start: number; readonly end: number },
  targetAt: number,
): number {
  let at = range.start;
  let out = targetAt;
  while (at < range.end) {
    const byte = bytes[at]!;
    if (byte !== BACKSLASH) {
      bytes[out++] = byte;
      at++;
      continue;
    }
    const simple = simpleEscapes[bytes[at + 1]!]!;
    if (simple !== 0) {
      bytes[out++] = simple;
      at += 2;
      continue;
    }
    const unit = hexUnit(bytes, at + 2);
    at += UNICODE_ESCAPE_BYTES;
    if (unit < 0xd800 || unit > 0xdfff) {
      out = writeCodePoint(bytes, out, unit);
      continue;
    }
    const partner = unit < 0xdc00 ? lowSurrogate(bytes, at) : -1;
    if (partner < 0) {
      bytes[out++] = QUESTION_MARK;
    } else {
      out = writeCodePoint(bytes, out, 0x10000 + ((unit - 0xd800) << 10) + (partner - 0xdc00));
      at += UNICODE_ESCAPE_BYTES;
    }
  }
  return out;
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
