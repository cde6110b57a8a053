/**
 * Functions on points in time: EXTRACT and its short forms, TIMESTAMPADD, TIMESTAMPDIFF and the
 * clock. Conversions from and to text are in temporal-conversion.ts. LTZ values show the clock of
 * the session's time zone.
 */
import { addMonths, civilDate, joinTimestamp, NANOS_PER_MILLI } from '../civil-date.ts';
import { offsetAtInstant } from '../time-zone.ts';
import { isDatetime, isInteger, isInterval, simple, withNullable } from '../type-relations.ts';
import { bareTypeText } from '../type-text.ts';
import type { LogicalType } from '../type.ts';
import type { Value } from '../value.ts';
import type { EvaluationContext, ScalarFunction } from './contract.ts';
import { addInterval } from './datetime-arithmetic.ts';
import { asBigint, textAt, valueAt } from './operand.ts';
import { signature } from './signature.ts';
import {
  EXTRACT_UNITS,
  extractField,
  extractInterval,
  localTime,
  type ExtractUnit,
  type LocalTime,
} from './time-unit.ts';

const category = 'temporal';

function extractUnit(name: Value | undefined): ExtractUnit | undefined {
  return EXTRACT_UNITS.find((unit) => unit === name);
}

/** What a time of day has; as Flink, that is no EPOCH. */
const CLOCK_FIELDS = ['HOUR', 'MINUTE', 'SECOND', 'MILLISECOND', 'MICROSECOND', 'NANOSECOND'];

function isOfClock(name: Value | undefined): boolean {
  return typeof name === 'string' && CLOCK_FIELDS.includes(name);
}

const extract: ScalarFunction = {
  name: 'EXTRACT',
  category,
  syntax: ['EXTRACT(unit FROM temporal)'],
  summary: `A field of a point in time or interval: ${EXTRACT_UNITS.join(', ')}.`,
  deterministic: true,
  strict: true,
  resolve: ([unit, value], literals) => {
    if (unit === undefined || value === undefined) return { mismatch: 'it takes unit FROM value' };
    if (extractUnit(literals[0]) === undefined) {
      return { mismatch: `the units are ${EXTRACT_UNITS.join(', ')}` };
    }
    if (value.root === 'TIME' && !isOfClock(literals[0])) {
      return { mismatch: `TIME has no ${String(literals[0])}` };
    }
    if (!isDatetime(value) && !isInterval(value)) {
      return { mismatch: `it needs a date, time or interval, not ${bareTypeText(value)}` };
    }
    return { operands: [unit, value], result: simple('BIGINT', value.nullable) };
  },
  evaluate: (operands, types, context) => {
    const unit = extractUnit(textAt(operands, 0)) ?? 'DAY';
    return extractFrom(unit, valueAt(operands, 1), [types.operands[1], context]);
  },
};

function extractFrom(
  unit: ExtractUnit,
  value: Value,
  [type, context]: readonly [LogicalType | undefined, EvaluationContext],
): Value {
  if (type === undefined) return null;
  if (isInterval(type)) return extractInterval(unit, value, type);
  // The epoch is an instant's, whatever clock shows it.
  if (unit === 'EPOCH' && type.root === 'TIMESTAMP_LTZ') {
    return extractField(unit, localTime(value, { ...type, root: 'TIMESTAMP' }, 'UTC'));
  }
  return extractField(unit, localTime(value, type, context.timeZone));
}

/** YEAR(x) for EXTRACT(YEAR FROM x). */
function shortExtract(name: string, unit: ExtractUnit): ScalarFunction {
  return {
    name,
    category,
    syntax: [`${name}(temporal)`],
    summary: `The same as EXTRACT(${unit} FROM temporal).`,
    deterministic: true,
    strict: true,
    resolve: ([value, ...more]) => {
      if (value === undefined || more.length > 0) return { mismatch: 'it takes 1 operand' };
      const isDateOfTime = value.root === 'TIME' && !isOfClock(unit);
      if ((!isDatetime(value) && !isInterval(value)) || isDateOfTime) {
        return { mismatch: `it needs a date or time, not ${bareTypeText(value)}` };
      }
      return { operands: [value], result: simple('BIGINT', value.nullable) };
    },
    evaluate: (operands, types, context) =>
      extractFrom(unit, valueAt(operands, 0), [types.operands[0], context]),
  };
}

/** Months or milliseconds in the units of TIMESTAMPADD and TIMESTAMPDIFF. */
const MONTHS_IN: ReadonlyMap<string, number> = new Map([
  ['YEAR', 12],
  ['QUARTER', 3],
  ['MONTH', 1],
]);
const MILLIS_IN: ReadonlyMap<string, bigint> = new Map([
  ['WEEK', 604_800_000n],
  ['DAY', 86_400_000n],
  ['HOUR', 3_600_000n],
  ['MINUTE', 60_000n],
  ['SECOND', 1000n],
]);
const UNIT_LIST = [...MONTHS_IN.keys(), ...MILLIS_IN.keys()].join(', ');

/** SQL_TSI_DAY is ODBC's name of DAY. */
function plainUnit(name: Value | undefined): string | undefined {
  if (typeof name !== 'string') return undefined;
  const unit = name.replace(/^SQL_TSI_/, '');
  return MONTHS_IN.has(unit) || MILLIS_IN.has(unit) ? unit : undefined;
}

function isClockUnit(unit: string): boolean {
  return unit === 'HOUR' || unit === 'MINUTE' || unit === 'SECOND';
}

const timestampAdd: ScalarFunction = {
  name: 'TIMESTAMPADD',
  category,
  syntax: ['TIMESTAMPADD(unit, integer, timepoint)'],
  summary: `A point in time moved by a number of units: ${UNIT_LIST}.`,
  deterministic: true,
  strict: true,
  resolve: ([unitType, count, value, ...more], literals) => {
    if (unitType === undefined || count === undefined || value === undefined || more.length > 0) {
      return { mismatch: 'it takes a unit, an integer and a point in time' };
    }
    const unit = plainUnit(literals[0]);
    if (unit === undefined) return { mismatch: `the units are ${UNIT_LIST}` };
    if (!isInteger(count))
      return { mismatch: `the count is an integer, not ${bareTypeText(count)}` };
    if (!isDatetime(value)) {
      return { mismatch: `it needs a date or time, not ${bareTypeText(value)}` };
    }
    const nullable = count.nullable || value.nullable;
    // As Flink: a DATE that is moved by hours becomes a TIMESTAMP(6).
    const becomes: LogicalType =
      value.root === 'DATE' && isClockUnit(unit)
        ? { root: 'TIMESTAMP', precision: 6, nullable: value.nullable }
        : value;
    const operands = [unitType, simple('BIGINT', count.nullable), becomes];
    return { operands, result: withNullable(becomes, nullable) };
  },
  evaluate: (operands, types) => {
    const unit = plainUnit(textAt(operands, 0)) ?? 'DAY';
    const count = asBigint(valueAt(operands, 1));
    const type = types.operands[2] ?? types.result;
    const months = MONTHS_IN.get(unit);
    if (months !== undefined) {
      const interval = Number(BigInt.asIntN(32, count * BigInt(months)));
      return addInterval(
        valueAt(operands, 2),
        type,
        interval,
        simple('INTERVAL_YEAR_MONTH', false),
      );
    }
    const interval = BigInt.asIntN(64, count * (MILLIS_IN.get(unit) ?? 0n));
    return addInterval(valueAt(operands, 2), type, interval, simple('INTERVAL_DAY_TIME', false));
  },
};

const timestampDiff: ScalarFunction = {
  name: 'TIMESTAMPDIFF',
  category,
  syntax: ['TIMESTAMPDIFF(unit, timepoint1, timepoint2)'],
  summary: `The whole units from timepoint1 to timepoint2 as INT, which wraps: ${UNIT_LIST}.`,
  deterministic: true,
  strict: true,
  resolve: ([unitType, from, to, ...more], literals) => {
    if (unitType === undefined || from === undefined || to === undefined || more.length > 0) {
      return { mismatch: 'it takes a unit and two points in time' };
    }
    if (plainUnit(literals[0]) === undefined) return { mismatch: `the units are ${UNIT_LIST}` };
    const isTime = (type: LogicalType): boolean => type.root === 'TIME';
    if (!isDatetime(from) || !isDatetime(to) || isTime(from) !== isTime(to)) {
      return {
        mismatch: `it cannot count from ${bareTypeText(from)} to ${bareTypeText(to)}`,
      };
    }
    return {
      operands: [unitType, from, to],
      result: simple('INT', from.nullable || to.nullable),
    };
  },
  evaluate: (operands, types, context) => {
    const unit = plainUnit(textAt(operands, 0)) ?? 'DAY';
    const [, fromType, toType] = types.operands;
    if (fromType === undefined || toType === undefined) return null;
    const from = comparable(valueAt(operands, 1), fromType, context.timeZone);
    const to = comparable(valueAt(operands, 2), toType, context.timeZone);
    const months = MONTHS_IN.get(unit);
    if (months !== undefined) return Math.trunc(monthsBetween(from, to) / months) | 0;
    const millis = (nanosOf(to) - nanosOf(from)) / NANOS_PER_MILLI;
    return Number(BigInt.asIntN(32, millis / (MILLIS_IN.get(unit) ?? 1n)));
  },
};

function comparable(value: Value, type: LogicalType, timeZone: string): LocalTime {
  return localTime(value, type, timeZone);
}

function nanosOf({ days, nanosOfDay }: LocalTime): bigint {
  return joinTimestamp(days, nanosOfDay);
}

/** Whole months; a day that the target month lacks counts as reached at its end. */
function monthsBetween(from: LocalTime, to: LocalTime): number {
  const first = civilDate(from.days);
  const last = civilDate(to.days);
  let months = (last.year - first.year) * 12 + (last.month - first.month);
  const reached = joinTimestamp(addMonths(from.days, months), from.nanosOfDay);
  const target = nanosOf(to);
  if (months > 0 && reached > target) months -= 1;
  else if (months < 0 && reached < target) months += 1;
  return months;
}

interface Clock {
  readonly name: string;
  readonly summary: string;
  readonly type: LogicalType;
  readonly isBare: boolean;
  readonly read: (context: EvaluationContext) => Value;
}

function clock({ name, summary, type, isBare, read }: Clock): ScalarFunction {
  return {
    name,
    category,
    syntax: [isBare ? name : `${name}()`],
    summary,
    deterministic: false,
    strict: true,
    resolve: signature([], () => type),
    evaluate: (_operands, _types, context) => read(context),
  };
}

const localNowMs = (context: EvaluationContext): number => {
  const now = context.nowMs();
  return now + offsetAtInstant(context.timeZone, now);
};
const instantType: LogicalType = { root: 'TIMESTAMP_LTZ', precision: 3, nullable: false };
const nowInstant = (context: EvaluationContext): Value => BigInt(context.nowMs()) * NANOS_PER_MILLI;
const DAY_MS = 86_400_000;
const localTimeOfDay = (context: EvaluationContext): Value => {
  const millis = ((localNowMs(context) % DAY_MS) + DAY_MS) % DAY_MS;
  return millis - (millis % 1000);
};

const instantSummary = 'The current point in time as TIMESTAMP_LTZ(3), for each row.';
const timeType: LogicalType = { root: 'TIME', precision: 0, nullable: false };

export const temporalFunctions: readonly ScalarFunction[] = [
  extract,
  shortExtract('YEAR', 'YEAR'),
  shortExtract('QUARTER', 'QUARTER'),
  shortExtract('MONTH', 'MONTH'),
  shortExtract('WEEK', 'WEEK'),
  shortExtract('DAYOFYEAR', 'DOY'),
  shortExtract('DAYOFMONTH', 'DAY'),
  shortExtract('DAYOFWEEK', 'DOW'),
  shortExtract('HOUR', 'HOUR'),
  shortExtract('MINUTE', 'MINUTE'),
  shortExtract('SECOND', 'SECOND'),
  timestampAdd,
  timestampDiff,
  clock({
    name: 'CURRENT_TIMESTAMP',
    summary: instantSummary,
    type: instantType,
    isBare: true,
    read: nowInstant,
  }),
  clock({
    name: 'NOW',
    summary: instantSummary,
    type: instantType,
    isBare: false,
    read: nowInstant,
  }),
  clock({
    name: 'CURRENT_ROW_TIMESTAMP',
    summary: instantSummary,
    type: instantType,
    isBare: false,
    read: nowInstant,
  }),
  clock({
    name: 'LOCALTIMESTAMP',
    summary: "The current time of the session's zone as TIMESTAMP(3), for each row.",
    type: { root: 'TIMESTAMP', precision: 3, nullable: false },
    isBare: true,
    read: (context) => BigInt(localNowMs(context)) * NANOS_PER_MILLI,
  }),
  clock({
    name: 'CURRENT_DATE',
    summary: "The current date in the session's zone, for each row.",
    type: simple('DATE', false),
    isBare: true,
    read: (context) => Math.floor(localNowMs(context) / DAY_MS),
  }),
  clock({
    name: 'CURRENT_TIME',
    summary: "The current time of day in the session's zone, for each row.",
    type: timeType,
    isBare: true,
    read: localTimeOfDay,
  }),
  clock({
    name: 'LOCALTIME',
    summary: "The current time of day in the session's zone, for each row.",
    type: timeType,
    isBare: true,
    read: localTimeOfDay,
  }),
];
