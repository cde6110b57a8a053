/**
 * Reads integers of JSON text four digits at a time. What is no plain integer is left to
 * json-number.ts.
 */
import { DIGIT_0, DOT, MINUS } from './ascii.ts';
import { ABOVE_NINE, EXACT_DIGITS, HIGH_BITS, LETTER_E, NO_INTEGER, ZEROS } from './json-words.ts';

const POWERS_OF_TEN = new Float64Array([1, 10, 100, 1000, 10_000]);

/**
 * Position behind an integer of at most 15 digits, whose value goes into `values`; NO_INTEGER for
 * anything else, also for a number with fraction or exponent.
 */
export function readInteger(
  view: DataView,
  start: number,
  values: Float64Array,
  row: number,
): number {
  const isNegative = view.getUint8(start) === MINUS;
  const digitsAt = isNegative ? start + 1 : start;
  let at = digitsAt;
  let value = 0;
  for (;;) {
    const word = view.getInt32(at, true) ^ ZEROS;
    const stops = ((word + ABOVE_NINE) | word) & HIGH_BITS;
    if (stops !== 0) {
      const count = (31 - Math.clz32(stops & -stops)) >>> 3;
      if (count !== 0) {
        value = value * POWERS_OF_TEN[count]! + fourDigits(word << (32 - (count << 3)));
        at += count;
      }
      break;
    }
    value = value * 10_000 + fourDigits(word);
    at += 4;
  }
  if (at - digitsAt > EXACT_DIGITS || !endsInteger(view, digitsAt, at)) return NO_INTEGER;
  values[row] = isNegative ? 0 - value : value;
  return at;
}

/** Position behind an integer of any length; NO_INTEGER for anything else. */
export function integerEnd(view: DataView, start: number): number {
  const digitsAt = view.getUint8(start) === MINUS ? start + 1 : start;
  let at = digitsAt;
  for (;;) {
    const word = view.getInt32(at, true) ^ ZEROS;
    const stops = ((word + ABOVE_NINE) | word) & HIGH_BITS;
    if (stops !== 0) {
      at += (31 - Math.clz32(stops & -stops)) >>> 3;
      return endsInteger(view, digitsAt, at) ? at : NO_INTEGER;
    }
    at += 4;
  }
}

/** True when the digits [digitsAt, end) are a whole number of JSON. */
function endsInteger(view: DataView, digitsAt: number, end: number): boolean {
  const digits = end - digitsAt;
  if (digits === 0 || (digits > 1 && view.getUint8(digitsAt) === DIGIT_0)) return false;
  const next = view.getUint8(end);
  return next !== DOT && (next | 0x20) !== LETTER_E;
}

/** The number of four digits; the first is in the lowest byte. */
function fourDigits(digits: number): number {
  const pairs = (Math.imul(digits, 10) + (digits >>> 8)) & 0x00ff00ff;
  return (pairs & 0xff) * 100 + (pairs >>> 16);
}
