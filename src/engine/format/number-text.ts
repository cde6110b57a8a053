/**
 * Numbers as text: reads them from bytes as Java's parse methods do, and writes doubles and
 * decimals as Java's toString does.
 */
import {
  decimalText,
  parseDecimal,
  powerOfTen,
  type ScaledNumber,
} from '../../expression/decimal.ts';
import { DIGIT_0, DOT, MINUS } from './ascii.ts';

/** Digits of a number text that are read. Source: Jackson, StreamReadConstraints. */
const NUMBER_CHARACTERS_MAX = 1000;
/** Integers of so many digits, and powers of ten up to 22, are exact in a float64. */
const EXACT_DIGITS = 15;
const EXACT_POWERS = Float64Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`));

const INTEGER = /^[+-]?[0-9]+$/;
/** As Double.parseDouble, without its hexadecimal form. */
const DOUBLE = /^[+-]?(?:NaN|Infinity|(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?[fFdD]?)$/;

/** The characters of a byte range that is ASCII. */
export function asciiText(bytes: Uint8Array, start: number, end: number): string {
  let text = '';
  for (let at = start; at < end; at++) text += String.fromCharCode(bytes[at]!);
  return text;
}

/** The integer of a text such as `+12`; null when it is none. */
export function parseInteger(text: string): bigint | null {
  if (text.length > NUMBER_CHARACTERS_MAX || !INTEGER.test(text)) return null;
  return BigInt(text.startsWith('+') ? text.slice(1) : text);
}

/** The integer of up to 15 digits in [start, end), perhaps with a minus; NaN for any other text. */
export function smallInteger(bytes: Uint8Array, start: number, end: number): number {
  const digitsAt = bytes[start] === MINUS ? start + 1 : start;
  const count = end - digitsAt;
  if (count < 1 || count > EXACT_DIGITS) return Number.NaN;
  let value = 0;
  for (let at = digitsAt; at < end; at++) {
    const digit = bytes[at]! - DIGIT_0;
    if (digit < 0 || digit > 9) return Number.NaN;
    value = value * 10 + digit;
  }
  return digitsAt === start ? value : 0 - value;
}

/** The double of a text; null when it is none. */
export function parseDouble(text: string): number | null {
  if (!DOUBLE.test(text)) return null;
  return Number(text.replace(/[fFdD]$/, ''));
}

/**
 * The double of a JSON number in [start, end), when plain digits with at most one point say it
 * exactly; NaN when the general way must be taken.
 */
export function exactDouble(bytes: Uint8Array, start: number, end: number): number {
  let at = bytes[start] === MINUS ? start + 1 : start;
  let digits = 0;
  let fractionDigits = 0;
  let value = 0;
  let hasPoint = false;
  for (; at < end; at++) {
    const byte = bytes[at]!;
    if (byte === DOT && !hasPoint) {
      hasPoint = true;
      continue;
    }
    const digit = byte - DIGIT_0;
    if (digit < 0 || digit > 9) return Number.NaN;
    value = value * 10 + digit;
    digits++;
    if (hasPoint) fractionDigits++;
  }
  if (digits === 0 || digits > EXACT_DIGITS) return Number.NaN;
  const magnitude = value / EXACT_POWERS[fractionDigits]!;
  return bytes[start] === MINUS ? -magnitude : magnitude;
}

/**
 * The exact decimal of a text such as `-12.50e3`; null when it is none. An exponent that no DECIMAL
 * can hold gives the number 0 or one that is too large for any.
 */
export function parseExactDecimal(text: string): ScaledNumber | null {
  if (text.length > NUMBER_CHARACTERS_MAX) return null;
  const parsed = parseDecimal(text);
  if (parsed !== undefined) return parsed;
  const match = /^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)[eE]([+-]?[0-9]+)$/.exec(text);
  if (match === null) return null;
  const isZero = !/[1-9]/.test(text.slice(0, text.search(/[eE]/)));
  if (isZero || match[1]!.startsWith('-')) return { unscaled: 0n, scale: 0 };
  return { unscaled: powerOfTen(NUMBER_CHARACTERS_MAX), scale: 0 };
}

/** As Java's Double.toString: `1.0`, `1.0E10`, `NaN`, `-Infinity`. */
export function doubleText(value: number): string {
  return Number.isFinite(value) ? javaText(value, value.toExponential()) : String(value);
}

/** As Java's Float.toString for a number that is rounded to 32 bits. */
export function floatText(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  return javaText(value, shortestFloat(value));
}

/** The fewest digits that still round to the same 32-bit float, as `1.5e+0`. */
function shortestFloat(value: number): string {
  for (let digits = 0; digits < 8; digits++) {
    const text = value.toExponential(digits);
    if (Math.fround(Number(text)) === value) return text;
  }
  return value.toExponential(8);
}

/** `exponential`: the digits that are written, as toExponential gives them. */
function javaText(value: number, exponential: string): string {
  if (value === 0) return Object.is(value, -0) ? '-0.0' : '0.0';
  const [mantissa = '', exponentText = '0'] = exponential.split('e');
  const exponent = Number(exponentText);
  const sign = value < 0 ? '-' : '';
  const digits = mantissa.replace('-', '').replace('.', '').replace(/0+$/, '') || '0';
  if (exponent < -3 || exponent >= 7) {
    return `${sign}${digits[0]}.${digits.slice(1) || '0'}E${exponent}`;
  }
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`;
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, '0');
  return `${sign}${whole}.${digits.slice(exponent + 1) || '0'}`;
}

/** As BigDecimal.toPlainString: all digits of the scale. */
export function plainDecimalText(unscaled: bigint, scale: number): string {
  return decimalText(unscaled, scale);
}

/** As BigDecimal.stripTrailingZeros().toString(): `1.5`, `1E+2`, `2.7E-8`. */
export function strippedDecimalText(unscaled: bigint, scale: number): string {
  if (unscaled === 0n) return '0';
  let digits = (unscaled < 0n ? -unscaled : unscaled).toString();
  const stripped = digits.replace(/0+$/, '');
  const strippedScale = scale - (digits.length - stripped.length);
  digits = stripped;
  const sign = unscaled < 0n ? '-' : '';
  const exponent = digits.length - 1 - strippedScale;
  if (strippedScale >= 0 && exponent >= -6) {
    return decimalText(BigInt(sign + digits), strippedScale);
  }
  const fraction = digits.length > 1 ? `.${digits.slice(1)}` : '';
  return `${sign}${digits[0]}${fraction}E${exponent >= 0 ? '+' : ''}${exponent}`;
}
