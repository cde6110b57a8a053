/** CAST to numbers and BOOLEAN. Integers keep their low bits, doubles saturate, as in Java. */
import {
  decimalToNumber,
  numberToDecimal,
  parseDecimal,
  powerOfTen,
  toDecimal,
  type ScaledNumber,
} from '../decimal.ts';
import { EvaluationError } from '../evaluation-error.ts';
import { floatText } from '../number-text.ts';
import { integerBits, isInteger, isText, type IntegerRoot } from '../type-relations.ts';
import { bareTypeText } from '../type-text.ts';
import type { DecimalType, LogicalType } from '../type.ts';
import type { Value } from '../value.ts';
import { wrapInteger } from './arithmetic-operators.ts';
import { asBigint, asNumber, asText } from './operand.ts';

const INTEGER_TEXT = /^[+-]?(?:\d+\.?\d*|\.\d*)$/;
/** Java's Double.valueOf also takes a type suffix. */
const DOUBLE_TEXT =
  /^([+-]?)(?:(\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)[dDfF]?|(NaN|Infinity))$/;
const TRUE_TEXTS: ReadonlySet<string> = new Set(['t', 'true', 'y', 'yes', '1']);
const FALSE_TEXTS: ReadonlySet<string> = new Set(['f', 'false', 'n', 'no', '0']);

export function castToNumber(value: Value, from: LogicalType, to: LogicalType): Value {
  if (to.root === 'DECIMAL') return castToDecimal(value, from, to);
  if (to.root === 'FLOAT') return Math.fround(castToDouble(value, from, to));
  if (to.root === 'DOUBLE') return castToDouble(value, from, to);
  return isInteger(to) ? castToInteger(value, from, to.root) : null;
}

export function castToBoolean(value: Value, from: LogicalType): Value {
  if (typeof value !== 'string') return typeof value === 'bigint' ? value !== 0n : value !== 0;
  const text = value.toLowerCase();
  if (TRUE_TEXTS.has(text)) return true;
  if (FALSE_TEXTS.has(text)) return false;
  return failCast(value, from, { root: 'BOOLEAN', nullable: true });
}

function castToInteger(value: Value, from: LogicalType, to: IntegerRoot): Value {
  if (typeof value === 'string') return integerOfText(value, to);
  if (typeof value === 'boolean') return wrapInteger(to, Number(value));
  if (from.root === 'DECIMAL') {
    return wrapInteger(to, BigInt.asIntN(64, asBigint(value) / powerOfTen(from.scale)));
  }
  if (isInteger(from)) return wrapInteger(to, typeof value === 'bigint' ? value : asNumber(value));
  return integerOfDouble(asNumber(value), to);
}

function integerOfText(text: string, to: IntegerRoot): Value {
  const trimmed = text.trim();
  if (!INTEGER_TEXT.test(trimmed)) failText(text, to);
  const whole = trimmed.replace(/^\+/, '').split('.', 1)[0] ?? '';
  const digits = whole === '' || whole === '-' ? '0' : whole;
  const exact = BigInt(digits);
  if (BigInt.asIntN(integerBits[to], exact) !== exact) failText(text, to);
  return to === 'BIGINT' ? exact : Number(exact);
}

/** Java: NaN is 0, too large is the largest; the small types go through INT. */
function integerOfDouble(value: number, to: IntegerRoot): Value {
  if (Number.isNaN(value)) return to === 'BIGINT' ? 0n : 0;
  if (to === 'BIGINT') {
    if (value >= 2 ** 63) return 2n ** 63n - 1n;
    return value <= -(2 ** 63) ? -(2n ** 63n) : BigInt(Math.trunc(value));
  }
  const bounded = Math.max(-2_147_483_648, Math.min(2_147_483_647, Math.trunc(value)));
  return wrapInteger(to, bounded);
}

function castToDouble(value: Value, from: LogicalType, to: LogicalType): number {
  if (typeof value === 'string') return doubleOfText(value, to);
  if (typeof value === 'boolean') return Number(value);
  if (from.root === 'DECIMAL') return decimalToNumber(asBigint(value), from.scale);
  return Number(value);
}

function doubleOfText(text: string, to: LogicalType): number {
  const match = DOUBLE_TEXT.exec(text.trim());
  if (match === null) return failText(text, bareTypeText(to));
  const [, sign = '', digits, word = ''] = match;
  const size = digits === undefined ? Number(word) : Number(digits);
  return sign === '-' ? -size : size;
}

/** Overflow of a number is NULL, of a text an error. */
function castToDecimal(value: Value, from: LogicalType, to: DecimalType): Value {
  if (typeof value === 'string') {
    const parsed = parseDecimal(value.trim());
    const result = parsed === undefined ? null : toDecimal(parsed.unscaled, parsed.scale, to);
    return result ?? failText(value, bareTypeText(to));
  }
  const exact = exactValue(value, from);
  if (exact === undefined) return failCast(value, from, to);
  return toDecimal(exact.unscaled, exact.scale, to);
}

function exactValue(value: Value, from: LogicalType): ScaledNumber | undefined {
  if (typeof value === 'bigint') {
    return { unscaled: value, scale: from.root === 'DECIMAL' ? from.scale : 0 };
  }
  if (from.root === 'FLOAT') return parseDecimal(floatText(asNumber(value)));
  if (from.root === 'DOUBLE') return numberToDecimal(asNumber(value));
  return { unscaled: BigInt(Number(value)), scale: 0 };
}

function failText(text: string, to: string): never {
  throw new EvaluationError(`CAST of '${shorten(text)}' to ${to} failed: it is no such number`);
}

/** Throws the EvaluationError for a value that its target type cannot hold. */
export function failCast(value: Value, from: LogicalType, to: LogicalType): never {
  const text = isText(from) ? `'${shorten(asText(value))}'` : `a ${bareTypeText(from)} value`;
  throw new EvaluationError(`CAST of ${text} to ${bareTypeText(to)} failed`);
}

function shorten(text: string): string {
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
