/**
 * JSON text to values without losing digits: a whole number that a float does not hold exactly
 * becomes a bigint (Flink sends Long.MAX_VALUE where something is switched off).
 */
import { mismatch } from './fields.ts';

/** Throws DREY_FLINK_ANSWER for what is not JSON. */
export function parseLosslessJson(text: string): unknown {
  // Most answers hold no such number, and the native parser alone is ten times as fast.
  const hasLongs = LONG_VALUE.test(text);
  try {
    return hasLongs ? JSON.parse(markLongs(text), unmark) : JSON.parse(text);
  } catch (error) {
    // A RangeError: nested so deeply that the walk over it has no stack left.
    throw mismatch(error instanceof SyntaxError ? 'it is no JSON' : 'it is nested too deeply');
  }
}

/** Shorter whole numbers are always exact. Identifiers often hold as many digits in a row. */
const LONG_VALUE = /(?:[:[,]\s*|^\s*)-?\d{16}/;
const LONG = /(?<![\d.eE+-])-?\d{16,}(?![\d.eE])/g;
/** Marks such numbers as strings on their way through JSON.parse. */
const MARK = '\ue000long:';
const MARKED = /^\ue000long:(-?\d{16,})$/;

/** Numbers inside of strings stay as they are. */
function markLongs(text: string): string {
  const parts: string[] = [];
  let at = 0;
  while (at < text.length) {
    const opening = text.indexOf('"', at);
    const end = opening === -1 ? text.length : opening;
    parts.push(text.slice(at, end).replace(LONG, `"${MARK}$&"`));
    at = opening === -1 ? text.length : stringEnd(text, opening);
    parts.push(text.slice(end, at));
  }
  return parts.join('');
}

/** Where the text goes on after the string that opens at `opening`. */
function stringEnd(text: string, opening: number): number {
  let at = opening + 1;
  while (at < text.length) {
    const quote = text.indexOf('"', at);
    if (quote === -1) return text.length;
    let backslashes = 0;
    while (text.charCodeAt(quote - 1 - backslashes) === 0x5c) backslashes++;
    at = quote + 1;
    if (backslashes % 2 === 0) return at;
  }
  return at;
}

function unmark(_key: string, value: unknown): unknown {
  const digits = typeof value === 'string' ? MARKED.exec(value)?.[1] : undefined;
  if (digits === undefined) return value;
  const number = Number(digits);
  return Number.isSafeInteger(number) ? number : BigInt(digits);
}
