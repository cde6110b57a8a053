/**
 * Exact decimal arithmetic on unscaled bigints, and the precision rules of Flink's DECIMAL.
 * Rounding is half up, away from zero, as java.math.RoundingMode.HALF_UP.
 */
import { DECIMAL_PRECISION_MAX, type DecimalType } from './type.ts';
import { decimalType } from './type-relations.ts';

/** Digits of the fraction that are kept when a precision exceeds 38. Source: LogicalTypeMerging. */
const ADJUSTED_SCALE_MIN = 6;

const POWERS: bigint[] = [1n];

/** 10 to the power of `exponent`, which is not negative. */
export function powerOfTen(exponent: number): bigint {
  for (let next = POWERS.length; next <= exponent; next += 1) {
    POWERS.push((POWERS[next - 1] ?? 1n) * 10n);
  }
  return POWERS[exponent] ?? 10n ** BigInt(exponent);
}

/** Integer division rounded half away from zero; `divisor` is not 0. */
export function divideRounded(dividend: bigint, divisor: bigint): bigint {
  const quotient = dividend / divisor;
  const rest = dividend % divisor;
  const twice = (rest < 0n ? -rest : rest) * 2n;
  if (twice < (divisor < 0n ? -divisor : divisor)) return quotient;
  return dividend < 0n === divisor < 0n ? quotient + 1n : quotient - 1n;
}

/** The unscaled value at another scale, rounded. */
export function rescale(unscaled: bigint, fromScale: number, toScale: number): bigint {
  if (toScale >= fromScale) return unscaled * powerOfTen(toScale - fromScale);
  return divideRounded(unscaled, powerOfTen(fromScale - toScale));
}

/** Null when the value has more digits than the precision: Flink's overflow is NULL. */
export function fitPrecision(unscaled: bigint, precision: number): bigint | null {
  const limit = powerOfTen(precision);
  return unscaled < limit && unscaled > -limit ? unscaled : null;
}

/** Rescales and fits. */
export function toDecimal(unscaled: bigint, fromScale: number, type: DecimalType): bigint | null {
  return fitPrecision(rescale(unscaled, fromScale, type.scale), type.precision);
}

/** `-1.50` for (-150n, 2). */
export function decimalText(unscaled: bigint, scale: number): string {
  const digits = (unscaled < 0n ? -unscaled : unscaled).toString().padStart(scale + 1, '0');
  const sign = unscaled < 0n ? '-' : '';
  if (scale === 0) return sign + digits;
  return `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

export interface ScaledNumber {
  readonly unscaled: bigint;
  readonly scale: number;
}

/** Largest exponent of a number text that is still expanded to digits. */
const EXPONENT_MAX = 400;

/** Reads `-12.50e3`; undefined for what is no number or has an absurd exponent. */
export function parseDecimal(text: string): ScaledNumber | undefined {
  const match = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,9}))?$/.exec(text);
  if (match === null) return undefined;
  const [, sign = '', whole = '', fraction = '', exponentText = '0'] = match;
  if (whole === '' && fraction === '') return undefined;
  const exponent = Number(exponentText);
  if (Math.abs(exponent) > EXPONENT_MAX) return undefined;
  const digits = BigInt(whole + fraction);
  const unscaled = sign === '-' ? -digits : digits;
  const scale = fraction.length - exponent;
  return scale >= 0 ? { unscaled, scale } : { unscaled: unscaled * powerOfTen(-scale), scale: 0 };
}

/** The nearest double. */
export function decimalToNumber(unscaled: bigint, scale: number): number {
  return Number(decimalText(unscaled, scale));
}

/**
 * The exact decimal of a double's shortest text, as BigDecimal.valueOf; undefined for NaN and
 * infinities.
 */
export function numberToDecimal(value: number): ScaledNumber | undefined {
  return Number.isFinite(value) ? parseDecimal(String(value)) : undefined;
}

export function sumType(left: DecimalType, right: DecimalType): DecimalType {
  const scale = Math.max(left.scale, right.scale);
  const whole = Math.max(left.precision - left.scale, right.precision - right.scale);
  return adjust(whole + scale + 1, scale);
}

export function productType(left: DecimalType, right: DecimalType): DecimalType {
  return adjust(left.precision + right.precision + 1, left.scale + right.scale);
}

export function quotientType(left: DecimalType, right: DecimalType): DecimalType {
  const scale = Math.max(6, left.scale + right.precision + 1);
  return adjust(left.precision - left.scale + right.scale + scale, scale);
}

export function remainderType(left: DecimalType, right: DecimalType): DecimalType {
  const scale = Math.max(left.scale, right.scale);
  return adjust(
    Math.min(left.precision - left.scale, right.precision - right.scale) + scale,
    scale,
  );
}

/** ROUND to `digits` after the point, when that is known. */
export function roundedType(type: DecimalType, digits: number): DecimalType {
  if (digits >= type.scale) return decimalType(type.precision, type.scale, false);
  const whole = 1 + type.precision - type.scale;
  if (digits < 0) return decimalType(Math.min(DECIMAL_PRECISION_MAX, whole), 0, false);
  return decimalType(whole + digits, digits, false);
}

/** A precision over 38 takes from the scale, so that whole digits are not lost. */
function adjust(precision: number, scale: number): DecimalType {
  if (precision <= DECIMAL_PRECISION_MAX) return decimalType(precision, scale, false);
  const kept = Math.min(scale, ADJUSTED_SCALE_MIN);
  const fitted = Math.max(DECIMAL_PRECISION_MAX - (precision - scale), kept);
  return decimalType(DECIMAL_PRECISION_MAX, fitted, false);
}
