/** Pieces of JSON for messages: never longer than a line. */
import {
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COLON,
  COMMA,
  LF,
  OPEN_BRACE,
  OPEN_BRACKET,
  QUOTE,
  SPACE,
} from './ascii.ts';

/** Bytes of a value that a message shows. */
const EXCERPT_BYTES_MAX = 40;
const decoder = new TextDecoder();

/** The token at `at`, cut when it is long; or that the line ends there. */
export function tokenText(bytes: Uint8Array, at: number): string {
  if (bytes[at] === LF) return 'the end of the line';
  const limit = at + EXCERPT_BYTES_MAX + 1;
  let end = at + 1;
  if (bytes[at] === QUOTE) {
    while (end < limit && bytes[end] !== QUOTE && bytes[end] !== LF) end++;
    return excerptText(bytes, at, bytes[end] === QUOTE ? end + 1 : end);
  }
  if (!isTokenEnd(bytes[at]!)) while (end < limit && !isTokenEnd(bytes[end]!)) end++;
  return excerptText(bytes, at, end);
}

/** The text of a byte range up to its line end, cut when it is long. */
export function excerptText(bytes: Uint8Array, start: number, end: number): string {
  let stop = start;
  while (stop < end && bytes[stop] !== LF) stop++;
  const cut = Math.min(stop, start + EXCERPT_BYTES_MAX);
  return decoder.decode(bytes.subarray(start, cut)) + (cut < stop ? '...' : '');
}

/** `0x1f`. */
export function byteText(byte: number): string {
  return `0x${byte.toString(16).padStart(2, '0')}`;
}

function isTokenEnd(byte: number): boolean {
  return (
    byte <= SPACE ||
    byte === COMMA ||
    byte === COLON ||
    byte === QUOTE ||
    byte === OPEN_BRACE ||
    byte === OPEN_BRACKET ||
    byte === CLOSE_BRACE ||
    byte === CLOSE_BRACKET
  );
}
