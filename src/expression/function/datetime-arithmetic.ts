/**
 * Dates and times plus or minus intervals, intervals among themselves, and intervals times
 * numbers. Flink refuses the difference of two dates; TIMESTAMPDIFF gives it.
 */
import {
  addMonths,
  joinTimestamp,
  MILLIS_PER_DAY,
  modulo,
  NANOS_PER_MILLI,
  splitTimestamp,
} from '../civil-date.ts';
import { EvaluationError } from '../evaluation-error.ts';
import { isDatetime, isInteger, isInterval, isNumeric, withNullable } from '../type-relations.ts';
import { bareTypeText } from '../type-text.ts';
import type { LogicalType } from '../type.ts';
import type { Value } from '../value.ts';
import type { Mismatch, Resolution } from './contract.ts';
import { asBigint, asNumber } from './operand.ts';

/** Undefined when neither operand is a date, time or interval. */
export function resolveIntervalSum(
  operator: '+' | '-',
  left: LogicalType,
  right: LogicalType,
): Resolution | Mismatch | undefined {
  const isTemporal = (type: LogicalType): boolean => isDatetime(type) || isInterval(type);
  if (!isTemporal(left) && !isTemporal(right)) return undefined;
  const nullable = left.nullable || right.nullable;
  if (isInterval(left) && left.root === right.root) {
    return { operands: [left, right], result: withNullable(left, nullable) };
  }
  const both = `${bareTypeText(left)} ${operator} ${bareTypeText(right)}`;
  if (isDatetime(left) && isDatetime(right)) {
    return { mismatch: `Flink has no ${both}; TIMESTAMPDIFF(DAY, a, b) counts what lies between` };
  }
  const isForward = isDatetime(left) && isInterval(right);
  const isBackward = operator === '+' && isInterval(left) && isDatetime(right);
  if (!isForward && !isBackward) {
    return { mismatch: `Flink has no ${both}; add INTERVAL '1' DAY or the like` };
  }
  return { operands: [left, right], result: withNullable(isForward ? left : right, nullable) };
}

/** `interval * number`, `number * interval`, `interval / number`. */
export function resolveIntervalProduct(
  operator: '*' | '/' | '%',
  left: LogicalType,
  right: LogicalType,
): Resolution | Mismatch | undefined {
  if (!isInterval(left) && !isInterval(right)) return undefined;
  const both = `${bareTypeText(left)} ${operator} ${bareTypeText(right)}`;
  const factor = isInterval(left) ? right : left;
  const isFit = operator === '*' || (operator === '/' && isInterval(left));
  if (!isFit || !isInteger(factor)) {
    return { mismatch: `Flink has no ${both}; an interval is multiplied or divided by an integer` };
  }
  const interval = isInterval(left) ? left : right;
  const result = withNullable(interval, left.nullable || right.nullable);
  return { operands: [left, right], result };
}

export function sumOfDatetimes(left: Value, right: Value, types: Resolution): Value {
  const [leftType, rightType] = types.operands;
  if (leftType === undefined || rightType === undefined) return null;
  if (isInterval(leftType) && isInterval(rightType)) return addNumbers(left, right, 1);
  return isInterval(leftType)
    ? addInterval(right, rightType, left, leftType)
    : addInterval(left, leftType, right, rightType);
}

export function differenceOfDatetimes(left: Value, right: Value, types: Resolution): Value {
  const [leftType, rightType] = types.operands;
  if (leftType === undefined || rightType === undefined) return null;
  if (isInterval(leftType) && isInterval(rightType)) return addNumbers(left, right, -1);
  const negative = typeof right === 'bigint' ? -right : -asNumber(right);
  return addInterval(left, leftType, negative, rightType);
}

export function scaleInterval(
  operator: '*' | '/' | '%',
  left: Value,
  right: Value,
  types: Resolution,
): Value {
  const [leftType] = types.operands;
  if (leftType === undefined) return null;
  const [interval, number] = isNumeric(leftType) ? [right, left] : [left, right];
  const factor = typeof number === 'bigint' ? number : BigInt(asNumber(number));
  const amount = typeof interval === 'bigint' ? interval : BigInt(asNumber(interval));
  if (operator === '/' && factor === 0n) throw new EvaluationError('Division by zero');
  const result = operator === '*' ? amount * factor : amount / factor;
  return types.result.root === 'INTERVAL_DAY_TIME'
    ? BigInt.asIntN(64, result)
    : Number(BigInt.asIntN(32, result));
}

function addNumbers(left: Value, right: Value, sign: 1 | -1): Value {
  if (typeof left === 'bigint') return BigInt.asIntN(64, left + BigInt(sign) * asBigint(right));
  return (asNumber(left) + sign * asNumber(right)) | 0;
}

/** Adds an interval to a DATE, TIME or timestamp. Months move the date, the rest moves the clock. */
export function addInterval(
  value: Value,
  type: LogicalType,
  interval: Value,
  intervalType: LogicalType,
): Value {
  if (intervalType.root === 'INTERVAL_YEAR_MONTH') {
    const months = asNumber(interval);
    if (type.root === 'DATE') return addMonths(asNumber(value), months);
    if (type.root === 'TIME') return value;
    const { days, nanosOfDay } = splitTimestamp(asBigint(value));
    return joinTimestamp(addMonths(days, months), nanosOfDay);
  }
  const millis = asBigint(interval);
  if (type.root === 'DATE') return asNumber(value) + Number(millis / BigInt(MILLIS_PER_DAY));
  if (type.root === 'TIME') {
    return modulo(asNumber(value) + Number(millis % BigInt(MILLIS_PER_DAY)), MILLIS_PER_DAY);
  }
  return asBigint(value) + millis * NANOS_PER_MILLI;
}
