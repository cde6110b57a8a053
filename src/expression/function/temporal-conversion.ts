/**
 * Points in time from and to text and numbers: TO_TIMESTAMP, TO_TIMESTAMP_LTZ, DATE_FORMAT,
 * FROM_UNIXTIME and others. A text that cannot be read gives NULL, as in Flink.
 */
import {
  dayNumber,
  floorDivide,
  NANOS_PER_MILLI,
  NANOS_PER_SECOND,
  splitTimestamp,
} from '../civil-date.ts';
import { datePattern } from '../date-pattern.ts';
import { powerOfTen } from '../decimal.ts';
import { EvaluationError } from '../evaluation-error.ts';
import { simpleDatePattern } from '../simple-date-pattern.ts';
import { parseDate, parseTimestamp, truncateTimestamp } from '../temporal-text.ts';
import { isTimeZone, toInstant, toLocal } from '../time-zone.ts';
import { isNumeric, isText, isTimestamp, simple, stringType } from '../type-relations.ts';
import { bareTypeText } from '../type-text.ts';
import type { LogicalType } from '../type.ts';
import type { Value } from '../value.ts';
import type { EvaluationContext, Mismatch, Resolution, ScalarFunction } from './contract.ts';
import { asBigint, asNumber, bigintAt, textAt, valueAt } from './operand.ts';
import { parameters, results, signature } from './signature.ts';

const category = 'temporal';
const { text } = parameters;
const DEFAULT_PATTERN = 'yyyy-MM-dd HH:mm:ss';
/** First and last instant that Flink's timestamps hold: years 0000 to 9999. Epoch nanoseconds. */
const INSTANT_MIN = BigInt(dayNumber({ year: 0, month: 1, day: 1 })) * 86_400_000_000_000n;
const INSTANT_MAX =
  BigInt(dayNumber({ year: 10_000, month: 1, day: 1 })) * 86_400_000_000_000n - 1n;

function readTimestamp(operands: readonly Value[]): bigint | undefined {
  if (operands.length === 1) return parseTimestamp(textAt(operands, 0));
  return datePattern(textAt(operands, 1)).parse(textAt(operands, 0))?.localNanos;
}

const toTimestamp: ScalarFunction = {
  name: 'TO_TIMESTAMP',
  category,
  syntax: ['TO_TIMESTAMP(string[, format])'],
  summary: `Reads a text as TIMESTAMP(3), by default as ${DEFAULT_PATTERN}; NULL when it is none.`,
  deterministic: true,
  strict: true,
  resolve: signature([text, text], () => ({ root: 'TIMESTAMP', precision: 3, nullable: true }), {
    optional: 1,
  }),
  evaluate: (operands) => {
    const nanos = readTimestamp(operands);
    return nanos === undefined ? null : truncateTimestamp(nanos, 3);
  },
};

/** Forms: (number[, precision]) and (string[, format[, zone]]). */
function resolveToInstant(
  operands: readonly LogicalType[],
  literals: readonly (Value | undefined)[],
): Resolution | Mismatch {
  const [first, second] = operands;
  if (first === undefined || operands.length > 3) return { mismatch: 'it takes 1 to 3 operands' };
  const result = (precision: number): LogicalType => ({
    root: 'TIMESTAMP_LTZ',
    precision,
    nullable: true,
  });
  if (isText(first)) {
    const others = operands.slice(1).find((type) => !isText(type));
    if (others !== undefined)
      return { mismatch: `a format is STRING, not ${bareTypeText(others)}` };
    const zone = literals[2];
    if (typeof zone === 'string' && !isTimeZone(zone)) return { mismatch: noZone(zone) };
    return { operands, result: result(3) };
  }
  if (!isNumeric(first) || operands.length > 2) {
    return { mismatch: `it needs a number or STRING, not ${bareTypeText(first)}` };
  }
  const precision = second === undefined ? 3 : literals[1];
  if (second !== undefined && (second.root !== 'INT' || typeof precision !== 'number')) {
    return { mismatch: 'the precision is a literal from 0 to 9' };
  }
  if (typeof precision !== 'number' || precision < 0 || precision > 9) {
    return { mismatch: 'the precision is a literal from 0 to 9' };
  }
  return { operands, result: result(Math.max(3, precision)) };
}

function noZone(name: string): string {
  return `there is no time zone '${name.slice(0, 60)}'`;
}

/**
 * Seconds, milliseconds or finer since the epoch, cut to whole units. As Flink: a FLOAT or DOUBLE
 * of coarser units than milliseconds keeps its milliseconds.
 */
function instantOfNumber(value: Value, type: LogicalType, precision: number): Value {
  const unit = powerOfTen(9 - precision);
  let units: bigint;
  if (type.root === 'DECIMAL') units = asBigint(value) / powerOfTen(type.scale);
  else if (typeof value === 'bigint') units = value;
  else if (!Number.isFinite(value)) return null;
  else if (precision < 3) {
    const millis = Math.floor(asNumber(value) * 10 ** (3 - precision));
    return Number.isFinite(millis) ? inBounds(BigInt(millis) * NANOS_PER_MILLI) : null;
  } else units = BigInt(Math.trunc(asNumber(value)));
  return inBounds(units * unit);
}

function inBounds(nanos: bigint): bigint | null {
  return nanos < INSTANT_MIN || nanos > INSTANT_MAX ? null : nanos;
}

function instantOfText(operands: readonly Value[], context: EvaluationContext): Value {
  const zone = operands.length === 3 ? textAt(operands, 2) : 'UTC';
  if (!isTimeZone(zone)) throw new EvaluationError(noZone(zone));
  if (operands.length === 1) {
    const nanos = parseTimestamp(textAt(operands, 0));
    if (nanos === undefined) throw unreadable(textAt(operands, 0), DEFAULT_PATTERN);
    return truncateTimestamp(toInstant(context.timeZone, nanos), 3);
  }
  const parsed = datePattern(textAt(operands, 1)).parse(textAt(operands, 0));
  if (parsed === undefined) throw unreadable(textAt(operands, 0), textAt(operands, 1));
  const instant = toInstant(zone, parsed.localNanos);
  return truncateTimestamp(instant, 3);
}

function unreadable(value: string, format: string): EvaluationError {
  return new EvaluationError(`'${value.slice(0, 60)}' is no time in the form ${format}`);
}

const toTimestampLtz: ScalarFunction = {
  name: 'TO_TIMESTAMP_LTZ',
  category,
  syntax: ['TO_TIMESTAMP_LTZ(numeric[, precision])', 'TO_TIMESTAMP_LTZ(string[, format[, zone]])'],
  summary:
    'Epoch seconds (precision 0) or milliseconds (3, the default), or a text, as TIMESTAMP_LTZ.',
  deterministic: true,
  strict: true,
  resolve: resolveToInstant,
  evaluate: (operands, types, context) => {
    const type = types.operands[0] ?? types.result;
    if (isText(type)) return instantOfText(operands, context);
    const precision = operands.length === 1 ? 3 : asNumber(valueAt(operands, 1));
    return instantOfNumber(valueAt(operands, 0), type, precision);
  },
};

const toDate: ScalarFunction = {
  name: 'TO_DATE',
  category,
  syntax: ['TO_DATE(string[, format])'],
  summary: 'Reads a text as DATE, by default as yyyy-MM-dd; NULL when it is none.',
  deterministic: true,
  strict: true,
  resolve: signature([text, text], () => simple('DATE', true), { optional: 1 }),
  evaluate: (operands) => {
    if (operands.length === 1) return parseDate(textAt(operands, 0)) ?? null;
    const parsed = simpleDatePattern(textAt(operands, 1)).parse(textAt(operands, 0));
    return parsed === undefined ? null : splitTimestamp(parsed.localNanos).days;
  },
};

function formatLocal(localNanos: bigint, pattern: string): string {
  const { days, nanosOfDay } = splitTimestamp(localNanos);
  return datePattern(pattern).format(days, nanosOfDay);
}

function formatSimple(localNanos: bigint, pattern: string): string {
  const { days, nanosOfDay } = splitTimestamp(localNanos);
  return simpleDatePattern(pattern).format(days, nanosOfDay);
}

const dateFormat: ScalarFunction = {
  name: 'DATE_FORMAT',
  category,
  syntax: ['DATE_FORMAT(timestamp, format)', 'DATE_FORMAT(string, format)'],
  summary: 'A point in time as text, with the letters of Java, such as yyyy-MM-dd HH:mm.',
  deterministic: true,
  strict: true,
  resolve: ([value, format, ...more]) => {
    if (value === undefined || format === undefined || more.length > 0) {
      return { mismatch: 'it takes a timestamp and a format' };
    }
    if (!isTimestamp(value) && !isText(value)) {
      return { mismatch: `it needs a TIMESTAMP or STRING, not ${bareTypeText(value)}` };
    }
    if (!isText(format)) return { mismatch: `the format is STRING, not ${bareTypeText(format)}` };
    return { operands: [value, format], result: stringType(true) };
  },
  evaluate: (operands, types, context) => {
    const type = types.operands[0] ?? types.result;
    const value = valueAt(operands, 0);
    const pattern = textAt(operands, 1);
    if (typeof value === 'string') {
      const parsed = simpleDatePattern(DEFAULT_PATTERN).parse(value);
      return parsed === undefined ? null : formatSimple(parsed.localNanos, pattern);
    }
    const nanos = asBigint(value);
    return formatLocal(
      type.root === 'TIMESTAMP_LTZ' ? toLocal(context.timeZone, nanos) : nanos,
      pattern,
    );
  },
};

const fromUnixTime: ScalarFunction = {
  name: 'FROM_UNIXTIME',
  category,
  syntax: ['FROM_UNIXTIME(seconds[, format])'],
  summary: "Epoch seconds as text on the clock of the session's zone.",
  deterministic: true,
  strict: true,
  resolve: signature([parameters.bigint, text], results.nullableString, { optional: 1 }),
  evaluate: (operands, _types, context) => {
    // As Flink: milliseconds of 64 bits, which wrap.
    const nanos = BigInt.asIntN(64, bigintAt(operands, 0) * 1000n) * NANOS_PER_MILLI;
    const pattern = operands.length === 1 ? DEFAULT_PATTERN : textAt(operands, 1);
    return formatSimple(toLocal(context.timeZone, nanos), pattern);
  },
};

/** Flink's answer for a text that is no time: Long.MIN_VALUE. */
const NO_UNIX_TIME = -(2n ** 63n);

const unixTimestamp: ScalarFunction = {
  name: 'UNIX_TIMESTAMP',
  category,
  syntax: ['UNIX_TIMESTAMP()', 'UNIX_TIMESTAMP(string[, format])'],
  summary:
    "Epoch seconds now, or of a text on the session's clock; the smallest BIGINT when it is no time.",
  deterministic: false,
  strict: true,
  resolve: signature([text, text], results.bigint, { optional: 2 }),
  evaluate: (operands, _types, context) => {
    if (operands.length === 0) return BigInt(Math.floor(context.nowMs() / 1000));
    const pattern = operands.length === 1 ? DEFAULT_PATTERN : textAt(operands, 1);
    const parsed = simpleDatePattern(pattern).parse(textAt(operands, 0));
    if (parsed === undefined) return NO_UNIX_TIME;
    const instant =
      parsed.offsetMs === null
        ? toInstant(context.timeZone, parsed.localNanos)
        : parsed.localNanos - BigInt(parsed.offsetMs) * NANOS_PER_MILLI;
    return floorDivide(instant, NANOS_PER_SECOND);
  },
};

/** As Java's TimeZone.getTimeZone: an unknown zone is GMT. */
function zoneOrGmt(name: string): string {
  return isTimeZone(name) ? name : 'UTC';
}

const convertTz: ScalarFunction = {
  name: 'CONVERT_TZ',
  category,
  syntax: ['CONVERT_TZ(string, zone1, zone2)'],
  summary: `A time as text (${DEFAULT_PATTERN}) from the clock of one zone to that of another.`,
  deterministic: true,
  strict: true,
  resolve: signature([text, text, text], results.nullableString),
  evaluate: (operands) => {
    const parsed = simpleDatePattern(DEFAULT_PATTERN).parse(textAt(operands, 0));
    if (parsed === undefined) return null;
    const instant = toInstant(zoneOrGmt(textAt(operands, 1)), parsed.localNanos);
    return formatSimple(toLocal(zoneOrGmt(textAt(operands, 2)), instant), DEFAULT_PATTERN);
  },
};

export const temporalConversionFunctions: readonly ScalarFunction[] = [
  toTimestamp,
  toTimestampLtz,
  toDate,
  dateFormat,
  fromUnixTime,
  unixTimestamp,
  convertTz,
];
