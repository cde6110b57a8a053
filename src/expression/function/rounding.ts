/** CEIL, FLOOR, ROUND and TRUNCATE of numbers. CEIL and FLOOR of times are in time-rounding.ts. */
import {
  decimalText,
  divideRounded,
  parseDecimal,
  powerOfTen,
  roundedType,
  toDecimal,
} from '../decimal.ts';
import { decimalType, isInteger, isNumeric, simple, withNullable } from '../type-relations.ts';
import type { DecimalType, LogicalType } from '../type.ts';
import type { Value } from '../value.ts';
import { wrapInteger } from './arithmetic-operators.ts';
import type { Resolution, ScalarFunction } from './contract.ts';
import { asBigint, asNumber, numberAt, valueAt } from './operand.ts';
import { parameters, signature } from './signature.ts';
import { resolveTimeRounding, roundTime } from './time-rounding.ts';

type Direction = 'up' | 'down';
/** How digits are dropped: half away from zero, or towards zero. */
type Mode = 'half-up' | 'towards-zero';

/** Digits after the point that are kept. Source: Flink keeps to what a BIGINT shows. */
const DIGITS_MAX = 400;

function wholeNumber(name: string, direction: Direction): ScalarFunction {
  const word = direction === 'up' ? 'up' : 'down';
  const resolveNumber = signature([parameters.numeric], ([type], _literals, nullable) => {
    if (type?.root === 'DECIMAL') return decimalType(type.precision, 0, nullable);
    return type ?? simple('DOUBLE', true);
  });
  return {
    name,
    category: 'arithmetic',
    syntax: [`${name}(numeric)`, `${name}(timepoint TO unit)`],
    summary: `Rounds ${word} to a whole number, or a point in time ${word} to a unit such as HOUR.`,
    deterministic: true,
    strict: true,
    resolve: (operands, literals) =>
      operands.length === 2 && !operands.every((type) => isNumeric(type))
        ? resolveTimeRounding(operands, literals)
        : resolveNumber(operands, literals),
    evaluate: (operands, types, context) =>
      operands.length === 2
        ? roundTime(operands, types, { direction, timeZone: context.timeZone })
        : roundWhole(valueAt(operands, 0), types, direction),
  };
}

function roundWhole(value: Value, types: Resolution, direction: Direction): Value {
  const type = types.operands[0];
  if (type?.root === 'DECIMAL') {
    const unscaled = asBigint(value);
    const unit = powerOfTen(type.scale);
    const rest = unscaled % unit;
    let whole = unscaled / unit;
    if (direction === 'up' && rest > 0n) whole += 1n;
    if (direction === 'down' && rest < 0n) whole -= 1n;
    return whole;
  }
  if (typeof value === 'bigint') return value;
  return direction === 'up' ? Math.ceil(asNumber(value)) : Math.floor(asNumber(value));
}

function toDigits(name: string, mode: Mode, summary: string): ScalarFunction {
  return {
    name,
    category: 'arithmetic',
    syntax: [`${name}(numeric)`, `${name}(numeric, digits)`],
    summary,
    deterministic: true,
    strict: true,
    resolve: signature(
      [parameters.numeric, parameters.int],
      ([type, digits], literals, nullable) => {
        if (type?.root !== 'DECIMAL') return withNullable(type ?? simple('DOUBLE', true), nullable);
        const literal = digits === undefined ? 0 : literals[1];
        // As Flink: without a literal the number of digits is not known, and the type stays.
        if (typeof literal !== 'number') return withNullable(type, nullable);
        return withNullable(roundedType(type, literal), nullable);
      },
      { optional: 1 },
    ),
    evaluate: (operands, types) => {
      const digits = operands.length === 1 ? 0 : numberAt(operands, 1);
      return roundDigits(valueAt(operands, 0), types, [digits, mode]);
    },
  };
}

function roundDigits(
  value: Value,
  types: Resolution,
  [digits, mode]: readonly [number, Mode],
): Value {
  const type = types.operands[0] ?? types.result;
  if (type.root === 'DECIMAL' && types.result.root === 'DECIMAL') {
    return roundDecimal(asBigint(value), type, types.result, [digits, mode]);
  }
  if (isInteger(type)) {
    if (digits >= 0) return value;
    const rounded = dropDigits(BigInt(asIntegral(value)), -digits, mode);
    return wrapInteger(type.root, rounded);
  }
  return roundDouble(asNumber(value), type, [digits, mode]);
}

function roundDecimal(
  value: bigint,
  type: DecimalType,
  result: DecimalType,
  [digits, mode]: readonly [number, Mode],
): Value {
  if (digits >= type.scale) return toDecimal(value, type.scale, result);
  const rounded = dropDigits(value, type.scale - digits, mode);
  return toDecimal(rounded, type.scale, result);
}

/** Makes the last `count` digits zero. */
function dropDigits(value: bigint, count: number, mode: Mode): bigint {
  if (count > DIGITS_MAX) return 0n;
  const unit = powerOfTen(count);
  return (mode === 'half-up' ? divideRounded(value, unit) : value / unit) * unit;
}

/** As Flink: rounds the shortest decimal text of the double, not its exact binary value. */
function roundDouble(
  value: number,
  type: LogicalType,
  [digits, mode]: readonly [number, Mode],
): number {
  if (!Number.isFinite(value)) return value;
  const text = type.root === 'FLOAT' ? Number(value.toPrecision(9)) : value;
  const exact = parseDecimal(String(text));
  if (exact === undefined || digits >= exact.scale) return value;
  const rounded = dropDigits(exact.unscaled, exact.scale - digits, mode);
  const result = Number(decimalText(rounded, exact.scale));
  return type.root === 'FLOAT' ? Math.fround(result) : result;
}

function asIntegral(value: Value): number | bigint {
  return typeof value === 'bigint' ? value : asNumber(value);
}

export const roundingFunctions: readonly ScalarFunction[] = [
  wholeNumber('CEIL', 'up'),
  wholeNumber('CEILING', 'up'),
  wholeNumber('FLOOR', 'down'),
  toDigits('ROUND', 'half-up', 'Rounds half away from zero to a number of digits after the point.'),
  toDigits('TRUNCATE', 'towards-zero', 'Cuts to a number of digits after the point.'),
];
