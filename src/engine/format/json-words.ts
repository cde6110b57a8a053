/**
 * Bytes of JSON text taken four at a time, as little-endian 32-bit words. Constants of the scan have
 * files of their own: the bundler writes a constant of another file into the code as a number, and
 * leaves one of the same file in a variable that is loaded and checked at each use. For 2,000,000
 * rows of five fields that was 0.02 s of 0.26 s.
 */

/** The four bytes of a literal. */
export const WORD_TRUE = 0x65757274;
export const WORD_FALS = 0x736c6166;
export const WORD_NULL = 0x6c6c756e;

/** The highest bit of each byte, as a signed word. */
export const HIGH_BITS = -0x7f7f7f80;
export const ONES = 0x01010101;
export const QUOTES = 0x22222222;
export const BACKSLASHES = 0x5c5c5c5c;
export const SPACES = 0x20202020;
export const ZEROS = 0x30303030;
/** Added to a byte 0 to 9 it leaves the high bit clear; to a byte 10 to 127 it sets it. */
export const ABOVE_NINE = 0x76767676;

export const LETTER_E = 0x65;
/** Digits that a float64 holds exactly, whatever they are. */
export const EXACT_DIGITS = 15;
/** What json-integer.ts answers instead of a position. */
export const NO_INTEGER = -1;
