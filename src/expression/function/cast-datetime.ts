/** CAST to DATE, TIME, TIMESTAMP and TIMESTAMP_LTZ. */
import { joinTimestamp, NANOS_PER_MILLI, splitTimestamp } from '../civil-date.ts';
import {
  millisOfDayOf,
  parseDate,
  parseTime,
  parseTimestamp,
  truncateTime,
  truncateTimestamp,
} from '../temporal-text.ts';
import { toInstant, toLocal } from '../time-zone.ts';
import type { LogicalType } from '../type.ts';
import type { Value } from '../value.ts';
import { failCast } from './cast-number.ts';
import { asBigint, asNumber } from './operand.ts';

export function castToDatetime(
  value: Value,
  from: LogicalType,
  to: LogicalType,
  timeZone: string,
): Value {
  switch (to.root) {
    case 'DATE':
      if (typeof value === 'string') return parseDate(value) ?? failCast(value, from, to);
      return splitTimestamp(localNanos(value, from, to, timeZone)).days;
    case 'TIME': {
      const millis =
        typeof value === 'string'
          ? (parseTime(value) ?? failCast(value, from, to))
          : from.root === 'TIME'
            ? asNumber(value)
            : millisOfDayOf(localNanos(value, from, to, timeZone));
      return truncateTime(millis, to.precision);
    }
    case 'TIMESTAMP':
      return truncateTimestamp(localNanos(value, from, to, timeZone), to.precision);
    case 'TIMESTAMP_LTZ': {
      const instant =
        from.root === 'TIMESTAMP_LTZ'
          ? asBigint(value)
          : toInstant(timeZone, localNanos(value, from, to, timeZone));
      return truncateTimestamp(instant, to.precision);
    }
    default:
      return failCast(value, from, to);
  }
}

/** Wall-clock nanoseconds in the session's time zone. */
function localNanos(value: Value, from: LogicalType, to: LogicalType, timeZone: string): bigint {
  switch (from.root) {
    case 'CHAR':
    case 'VARCHAR':
      return parseTimestamp(String(value)) ?? failCast(value, from, to);
    case 'DATE':
      return joinTimestamp(asNumber(value), 0n);
    case 'TIME':
      return BigInt(asNumber(value)) * NANOS_PER_MILLI;
    case 'TIMESTAMP_LTZ':
      return toLocal(timeZone, asBigint(value));
    default:
      return asBigint(value);
  }
}
