/** CEIL and FLOOR of dates and times to a unit, on the clock of the session's zone. */
import {
  civilDate,
  dayNumber,
  floorDivide,
  isoDayOfWeek,
  joinTimestamp,
  NANOS_PER_DAY,
  NANOS_PER_MILLI,
} from '../civil-date.ts';
import { toInstant } from '../time-zone.ts';
import { isDatetime } from '../type-relations.ts';
import { bareTypeText } from '../type-text.ts';
import type { LogicalType } from '../type.ts';
import type { Value } from '../value.ts';
import type { Mismatch, Resolution } from './contract.ts';
import { textAt, valueAt } from './operand.ts';
import { localTime, type LocalTime } from './time-unit.ts';

/** Nanoseconds of the units of the clock. */
const CLOCK_UNITS: ReadonlyMap<string, bigint> = new Map([
  ['DAY', NANOS_PER_DAY],
  ['HOUR', 3_600_000_000_000n],
  ['MINUTE', 60_000_000_000n],
  ['SECOND', 1_000_000_000n],
  ['MILLISECOND', 1_000_000n],
]);
const CALENDAR_UNITS: readonly string[] = [
  'MILLENNIUM',
  'CENTURY',
  'DECADE',
  'YEAR',
  'QUARTER',
  'MONTH',
  'WEEK',
];

export function resolveTimeRounding(
  operands: readonly LogicalType[],
  literals: readonly (Value | undefined)[],
): Resolution | Mismatch {
  const [value, unit] = operands;
  const name = literals[1];
  if (value === undefined || unit === undefined || !isDatetime(value)) {
    return {
      mismatch: `TO unit needs a date or time, not ${value === undefined ? 'nothing' : bareTypeText(value)}`,
    };
  }
  const isKnown =
    typeof name === 'string' && (CLOCK_UNITS.has(name) || CALENDAR_UNITS.includes(name));
  if (!isKnown) {
    const units = [...CALENDAR_UNITS, ...CLOCK_UNITS.keys()].join(', ');
    return { mismatch: `the units are ${units}` };
  }
  if (value.root === 'TIME' && CALENDAR_UNITS.includes(name)) {
    return { mismatch: `TIME has no ${name}` };
  }
  return { operands: [value, unit], result: value };
}

export interface RoundingOptions {
  readonly direction: 'up' | 'down';
  readonly timeZone: string;
}

/** Operands: the value, the unit's name. */
export function roundTime(
  operands: readonly Value[],
  types: Resolution,
  { direction, timeZone }: RoundingOptions,
): Value {
  const type = types.operands[0] ?? types.result;
  const local = localTime(valueAt(operands, 0), type, timeZone);
  const unit = textAt(operands, 1);
  const floor = floorTo(local, unit);
  const nanos = joinTimestamp(local.days, local.nanosOfDay);
  const rounded = direction === 'down' || floor === nanos ? floor : nextAfter(floor, unit);
  switch (type.root) {
    case 'DATE':
      return Number(floorDivide(rounded, NANOS_PER_DAY));
    case 'TIME':
      return Number(rounded / NANOS_PER_MILLI);
    case 'TIMESTAMP_LTZ':
      return toInstant(timeZone, rounded);
    default:
      return rounded;
  }
}

function floorTo(local: LocalTime, unit: string): bigint {
  const clock = CLOCK_UNITS.get(unit);
  if (clock !== undefined) {
    return joinTimestamp(local.days, local.nanosOfDay - (local.nanosOfDay % clock));
  }
  if (unit === 'WEEK') return joinTimestamp(local.days - (isoDayOfWeek(local.days) % 7), 0n);
  const { year, month } = civilDate(local.days);
  return startOf(floorYear(year, unit), floorMonth(month, unit));
}

/** The unit after the one that starts at `start`. */
function nextAfter(start: bigint, unit: string): bigint {
  const clock = CLOCK_UNITS.get(unit);
  if (clock !== undefined) return start + clock;
  if (unit === 'WEEK') return start + 7n * NANOS_PER_DAY;
  const { year, month } = civilDate(Number(start / NANOS_PER_DAY));
  switch (unit) {
    case 'MONTH':
      return startOf(year, month + 1);
    case 'QUARTER':
      return startOf(year, month + 3);
    default:
      return startOf(year + yearsIn(unit), 1);
  }
}

function yearsIn(unit: string): number {
  return { MILLENNIUM: 1000, CENTURY: 100, DECADE: 10 }[unit] ?? 1;
}

/** Centuries and millennia start with the year 1. */
function floorYear(year: number, unit: string): number {
  const years = yearsIn(unit);
  if (unit === 'DECADE') return Math.floor(year / 10) * 10;
  return years === 1 ? year : Math.floor((year - 1) / years) * years + 1;
}

function floorMonth(month: number, unit: string): number {
  if (unit === 'MONTH') return month;
  return unit === 'QUARTER' ? month - ((month - 1) % 3) : 1;
}

/** Midnight of the first day; a month above 12 is in the next year. */
function startOf(year: number, month: number): bigint {
  const carried = month > 12 ? { year: year + 1, month: month - 12 } : { year, month };
  return joinTimestamp(dayNumber({ ...carried, day: 1 }), 0n);
}
