/** The grammar of JSON numbers (RFC 8259, section 6). */
import { DIGIT_0, DIGIT_9, DOT, MINUS, PLUS } from './ascii.ts';

const LETTER_E = 0x65;
const NO_DIGIT = -1;
const LEADING_ZERO = -2;
const INCOMPLETE = -3;

/** Position behind the number at `start`; negative when there is none, see numberProblem. */
export function jsonNumberEnd(bytes: Uint8Array, start: number): number {
  const wholeAt = bytes[start] === MINUS ? start + 1 : start;
  let at = digitsEnd(bytes, wholeAt);
  if (at === wholeAt) return NO_DIGIT;
  if (at - wholeAt > 1 && bytes[wholeAt] === DIGIT_0) return LEADING_ZERO;
  if (bytes[at] === DOT) {
    const fractionAt = at + 1;
    at = digitsEnd(bytes, fractionAt);
    if (at === fractionAt) return INCOMPLETE;
  }
  if ((bytes[at]! | 0x20) === LETTER_E) {
    at++;
    if (bytes[at] === PLUS || bytes[at] === MINUS) at++;
    const exponentAt = at;
    at = digitsEnd(bytes, exponentAt);
    if (at === exponentAt) return INCOMPLETE;
  }
  return at;
}

export function numberProblem(code: number): string {
  if (code === LEADING_ZERO) return 'a number with a leading zero';
  return code === INCOMPLETE ? 'an incomplete number' : 'a number without digits';
}

function digitsEnd(bytes: Uint8Array, at: number): number {
  while (bytes[at]! >= DIGIT_0 && bytes[at]! <= DIGIT_9) at++;
  return at;
}
