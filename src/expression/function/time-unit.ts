/** Units of time as functions name them, and the fields of points in time. */
import {
  civilDate,
  dayOfYear,
  isoDayOfWeek,
  isoWeek,
  joinTimestamp,
  NANOS_PER_MILLI,
  splitTimestamp,
} from '../civil-date.ts';
import { toLocal } from '../time-zone.ts';
import { isInterval } from '../type-relations.ts';
import type { LogicalType } from '../type.ts';
import type { Value } from '../value.ts';
import { asBigint, asNumber } from './operand.ts';

export const EXTRACT_UNITS = [
  'MILLENNIUM',
  'CENTURY',
  'DECADE',
  'YEAR',
  'ISOYEAR',
  'QUARTER',
  'MONTH',
  'WEEK',
  'DAY',
  'DOW',
  'ISODOW',
  'DOY',
  'HOUR',
  'MINUTE',
  'SECOND',
  'MILLISECOND',
  'MICROSECOND',
  'NANOSECOND',
  'EPOCH',
] as const;
export type ExtractUnit = (typeof EXTRACT_UNITS)[number];

/** A point in time split into its day and the nanoseconds of that day, on the local clock. */
export interface LocalTime {
  readonly days: number;
  readonly nanosOfDay: bigint;
}

/** DATE, TIME or timestamp on the clock of the session's zone. */
export function localTime(value: Value, type: LogicalType, timeZone: string): LocalTime {
  switch (type.root) {
    case 'DATE':
      return { days: asNumber(value), nanosOfDay: 0n };
    case 'TIME':
      return { days: 0, nanosOfDay: BigInt(asNumber(value)) * NANOS_PER_MILLI };
    case 'TIMESTAMP_LTZ':
      return splitTimestamp(toLocal(timeZone, asBigint(value)));
    default:
      return splitTimestamp(asBigint(value));
  }
}

/** The field of a point in time. */
export function extractField(unit: ExtractUnit, { days, nanosOfDay }: LocalTime): bigint {
  switch (unit) {
    case 'HOUR':
      return nanosOfDay / 3_600_000_000_000n;
    case 'MINUTE':
      return (nanosOfDay / 60_000_000_000n) % 60n;
    case 'SECOND':
      return (nanosOfDay / 1_000_000_000n) % 60n;
    case 'MILLISECOND':
      return (nanosOfDay / 1_000_000n) % 1000n;
    case 'MICROSECOND':
      return (nanosOfDay / 1000n) % 1_000_000n;
    case 'NANOSECOND':
      return nanosOfDay % 1_000_000_000n;
    case 'EPOCH':
      return joinTimestamp(days, nanosOfDay) / 1_000_000_000n;
    default:
      return BigInt(dateField(unit, days));
  }
}

function dateField(unit: ExtractUnit, days: number): number {
  const { year, month, day } = civilDate(days);
  switch (unit) {
    case 'MILLENNIUM':
      return year > 0 ? Math.floor((year + 999) / 1000) : -Math.floor((999 - year) / 1000);
    case 'CENTURY':
      return year > 0 ? Math.floor((year + 99) / 100) : -Math.floor((99 - year) / 100);
    case 'DECADE':
      return Math.floor(year / 10);
    case 'YEAR':
      return year;
    case 'ISOYEAR':
      return isoWeek(days).year;
    case 'QUARTER':
      return Math.floor((month + 2) / 3);
    case 'MONTH':
      return month;
    case 'WEEK':
      return isoWeek(days).week;
    case 'DOW':
      return (isoDayOfWeek(days) % 7) + 1;
    case 'ISODOW':
      return isoDayOfWeek(days);
    case 'DOY':
      return dayOfYear(days);
    default:
      return day;
  }
}

/** The field of an interval: YEAR and MONTH of months; DAY to MILLISECOND of milliseconds. */
export function extractInterval(unit: ExtractUnit, value: Value, type: LogicalType): bigint {
  if (!isInterval(type)) return 0n;
  if (type.root === 'INTERVAL_YEAR_MONTH') {
    const months = BigInt(asNumber(value));
    if (unit === 'YEAR') return months / 12n;
    if (unit === 'QUARTER') return (months % 12n) / 3n + 1n;
    return months % 12n;
  }
  const millis = asBigint(value);
  switch (unit) {
    case 'DAY':
      return millis / 86_400_000n;
    case 'HOUR':
      return (millis / 3_600_000n) % 24n;
    case 'MINUTE':
      return (millis / 60_000n) % 60n;
    case 'SECOND':
      return (millis / 1000n) % 60n;
    case 'MILLISECOND':
      return millis % 60_000n;
    default:
      return millis / 1000n;
  }
}
