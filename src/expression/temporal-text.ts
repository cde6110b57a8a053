/**
 * Text <-> DATE, TIME and timestamps, in the forms that Flink's CAST reads and writes.
 * Readers answer undefined for a text that is no such value; they allow one digit where two are
 * usual, as Flink does, and those of dates and times spaces around it.
 */
import {
  civilDate,
  dayNumber,
  daysInMonth,
  joinTimestamp,
  NANOS_PER_MILLI,
  splitTimestamp,
} from './civil-date.ts';

const DATE = /^(\d{1,4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?$/;
const TIME = /^(\d{1,2})(?::(\d{1,2})(?::(\d{1,2})(?:\.(\d{0,9}))?)?)?$/;
const TIMESTAMP =
  /^(\d{1,4})-(\d{1,2})-(\d{1,2})(?: (\d{1,2}):(\d{1,2}):(\d{1,2})(?:\.(\d{1,9}))?)?$/;

/** `2020-01-02`, `2020-1-2`, `2020-01`, `2020`; what follows a space is ignored. Day number. */
export function parseDate(text: string): number | undefined {
  const [date = ''] = text.trim().split(' ', 1);
  const match = DATE.exec(date);
  if (match === null) return undefined;
  const year = Number(match[1]);
  const month = Number(match[2] ?? 1);
  const day = Number(match[3] ?? 1);
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return undefined;
  return dayNumber({ year, month, day });
}

/** `01:02:03.456`, `1:2`, `01`. Milliseconds of the day. */
export function parseTime(text: string): number | undefined {
  const match = TIME.exec(text.trim());
  if (match === null) return undefined;
  const hour = Number(match[1]);
  const minute = Number(match[2] ?? 0);
  const second = Number(match[3] ?? 0);
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  const millis = Number((match[4] ?? '').padEnd(3, '0').slice(0, 3));
  return ((hour * 60 + minute) * 60 + second) * 1000 + millis;
}

/**
 * `2020-01-02 03:04:05.678`, or a date alone. Nanoseconds since the epoch. As Flink, a day that a
 * month lacks, up to 31, becomes the month's last, and 24:00:00 is the end of a day.
 */
export function parseTimestamp(text: string): bigint | undefined {
  const match = TIMESTAMP.exec(text);
  if (match === null) return undefined;
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = match
    .slice(1, 7)
    .map((part) => Number(part ?? 0));
  if (month < 1 || month > 12 || day < 1 || day > 31) return undefined;
  const isMidnight = hour === 24 && minute === 0 && second === 0 && Number(match[7] ?? 0) === 0;
  if ((hour > 23 && !isMidnight) || minute > 59 || second > 59) return undefined;
  const date = dayNumber({ year, month, day: Math.min(day, daysInMonth(year, month)) });
  const nanosOfSecond = Number((match[7] ?? '').padEnd(9, '0'));
  return joinTimestamp(date, nanosOfDay(hour, minute, second, nanosOfSecond));
}

export function nanosOfDay(hour: number, minute: number, second: number, nanos: number): bigint {
  return BigInt((hour * 60 + minute) * 60 + second) * 1_000_000_000n + BigInt(nanos);
}

/** `2020-01-02`. */
export function dateText(days: number): string {
  const { year, month, day } = civilDate(days);
  return `${yearText(year)}-${pad(month, 2)}-${pad(day, 2)}`;
}

/** `01:02:03`, with the fraction's digits that are not zero, at most `precision`. */
export function timeText(millisOfDay: number, precision: number): string {
  const seconds = Math.floor(millisOfDay / 1000);
  const fraction = pad(millisOfDay % 1000, 3)
    .slice(0, precision)
    .replace(/0+$/, '');
  return clockText(seconds) + (fraction === '' ? '' : `.${fraction}`);
}

/** `2020-01-02 03:04:05.678` with exactly `precision` digits of the fraction. */
export function timestampText(nanos: bigint, precision: number): string {
  const { days, nanosOfDay: rest } = splitTimestamp(nanos);
  const seconds = Number(rest / 1_000_000_000n);
  const fraction = pad(Number(rest % 1_000_000_000n), 9).slice(0, precision);
  return `${dateText(days)} ${clockText(seconds)}${fraction === '' ? '' : `.${fraction}`}`;
}

/** Cuts a timestamp to `precision` digits of the second's fraction, downwards. */
export function truncateTimestamp(nanos: bigint, precision: number): bigint {
  const unit = 10n ** BigInt(9 - precision);
  const rest = ((nanos % unit) + unit) % unit;
  return nanos - rest;
}

/** Cuts a time of day; milliseconds are the finest that is kept. */
export function truncateTime(millis: number, precision: number): number {
  const unit = 10 ** Math.max(0, 3 - precision);
  return millis - (millis % unit);
}

/** `+1-02` for 14 months. */
export function monthsIntervalText(months: number): string {
  const size = Math.abs(months);
  return `${months < 0 ? '-' : '+'}${Math.floor(size / 12)}-${pad(size % 12, 2)}`;
}

/** `+1 02:03:04.005`. */
export function millisIntervalText(millis: bigint): string {
  const size = millis < 0n ? -millis : millis;
  const days = size / 86_400_000n;
  const rest = Number(size % 86_400_000n);
  const clock = clockText(Math.floor(rest / 1000));
  return `${millis < 0n ? '-' : '+'}${days} ${clock}.${pad(rest % 1000, 3)}`;
}

/** Milliseconds of the day of a timestamp. */
export function millisOfDayOf(nanos: bigint): number {
  return Number(splitTimestamp(nanos).nanosOfDay / NANOS_PER_MILLI);
}

function clockText(seconds: number): string {
  const hour = Math.floor(seconds / 3600);
  const minute = Math.floor(seconds / 60) % 60;
  return `${pad(hour, 2)}:${pad(minute, 2)}:${pad(seconds % 60, 2)}`;
}

function yearText(year: number): string {
  return year < 0 ? `-${pad(-year, 4)}` : pad(year, 4);
}

export function pad(value: number, digits: number): string {
  return String(value).padStart(digits, '0');
}
