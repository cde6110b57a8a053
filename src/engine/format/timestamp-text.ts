/**
 * Dates and times as text, on bytes: reads what the formats of Flink accept and writes what they
 * write. Years are 0000 to 9999 when reading.
 */
import { civilDate, dayNumber, daysInMonth } from '../../expression/civil-date.ts';
import { COLON, DIGIT_0, DOT, MINUS, SPACE } from './ascii.ts';

/** Flink's `timestamp-format.standard`: a space or a T between date and time. */
export type TimestampFormat = 'SQL' | 'ISO-8601';

/** What a timestamp text must look like. */
export interface TimestampSyntax {
  /** Byte between date and time. */
  readonly separator: number;
  /** TIMESTAMP_LTZ: a Z at the end. */
  readonly endsWithZ: boolean;
  /** False where `10:15` may stand for `10:15:00`. */
  readonly needsSeconds: boolean;
  /**
   * True where a day that its month lacks is an error and 24:00:00 too; else the day becomes the
   * month's last and the time that of the next day. Java: ResolverStyle STRICT and SMART.
   */
  readonly isStrict: boolean;
}

const LETTER_T = 0x54;
const LETTER_Z = 0x5a;
const MILLIS_PER_DAY = 86_400_000;
const MILLIS_PER_HOUR = 3_600_000;
const MILLIS_PER_MINUTE = 60_000;
const MILLIS_PER_SECOND = 1000;
const NANOS_PER_MILLI = 1_000_000;
const FRACTION_DIGITS_MAX = 9;
const DATE_BYTES = 10;

export interface TimestampSyntaxes {
  readonly local: TimestampSyntax;
  /** Of TIMESTAMP_LTZ. */
  readonly zoned: TimestampSyntax;
}

const sqlSyntax = {
  separator: SPACE,
  endsWithZ: false,
  needsSeconds: true,
  isStrict: false,
} as const;
const isoSyntax = {
  separator: LETTER_T,
  endsWithZ: false,
  needsSeconds: false,
  isStrict: true,
} as const;

/** As Flink: the formatters of flink-format-common, TimeFormats, with Java's resolver styles. */
export const jsonTimestamps: Readonly<Record<TimestampFormat, TimestampSyntaxes>> = {
  SQL: { local: sqlSyntax, zoned: { ...sqlSyntax, endsWithZ: true } },
  'ISO-8601': { local: isoSyntax, zoned: { ...isoSyntax, endsWithZ: true, isStrict: false } },
};

/** Unlike Flink, which counts 02-30 as 03-02, a day that its month lacks is refused. */
export const csvTimestamps: TimestampSyntaxes = {
  local: { ...sqlSyntax, isStrict: true },
  zoned: { ...sqlSyntax, endsWithZ: true, isStrict: true },
};

/** Reads texts; the result is in the fields when a method returned true. */
export class TimeTextReader {
  /** Days since 1970-01-01. */
  days = 0;
  /** Of the day, or since 1970-01-01 00:00:00 after readTimestamp. */
  millis = Number.NaN;
  /** Below the millisecond: 0 to 999,999. */
  nanos = 0;
  /** Days of the last year, month and day, which is most often that of the next text, too. */
  private knownDate = -1;
  private knownDays = 0;

  /** `2023-11-14`. */
  readDate(bytes: Uint8Array, start: number, end: number): boolean {
    return end - start === DATE_BYTES && this.readCivilDate(bytes, start, true);
  }

  /** `22:13:00` with up to nine digits of a second's fraction; 24:00:00 is midnight. */
  readTime(bytes: Uint8Array, start: number, end: number): boolean {
    if (this.readClock(bytes, start, { end, needsSeconds: true }) !== end) return false;
    if (this.millis === MILLIS_PER_DAY) this.millis = 0;
    return true;
  }

  /** Leaves millis and nanos since 1970-01-01 00:00:00. */
  readTimestamp(
    bytes: Uint8Array,
    range: { readonly start: number; readonly end: number },
    syntax: TimestampSyntax,
  ): boolean {
    const { start } = range;
    const end = syntax.endsWithZ ? range.end - 1 : range.end;
    if (end - start <= DATE_BYTES) return false;
    if (syntax.endsWithZ && bytes[end] !== LETTER_Z) return false;
    if (!this.readCivilDate(bytes, start, syntax.isStrict)) return false;
    if (bytes[start + DATE_BYTES] !== syntax.separator) return false;
    const timeAt = start + DATE_BYTES + 1;
    const timeEnd = this.readClock(bytes, timeAt, { end, needsSeconds: syntax.needsSeconds });
    if (timeEnd !== end) return false;
    if (this.millis === MILLIS_PER_DAY && syntax.isStrict) return false;
    this.millis += this.days * MILLIS_PER_DAY;
    return true;
  }

  private readCivilDate(bytes: Uint8Array, at: number, isStrict: boolean): boolean {
    const century = twoDigits(bytes, at);
    const yearOfCentury = twoDigits(bytes, at + 2);
    const month = twoDigits(bytes, at + 5);
    const day = twoDigits(bytes, at + 8);
    if (century < 0 || yearOfCentury < 0 || bytes[at + 4] !== MINUS || bytes[at + 7] !== MINUS) {
      return false;
    }
    if (month < 1 || month > 12 || day < 1 || day > 31) return false;
    const year = century * 100 + yearOfCentury;
    const date = (year * 100 + month) * 100 + day;
    if (date === this.knownDate) {
      this.days = this.knownDays;
      return true;
    }
    const daysMax = daysInMonth(year, month);
    if (day > daysMax && isStrict) return false;
    this.days = dayNumber({ year, month, day: Math.min(day, daysMax) });
    if (day <= daysMax) {
      this.knownDate = date;
      this.knownDays = this.days;
    }
    return true;
  }

  /** Position behind the time of day at `at`, -1 when there is none; sets millis and nanos. */
  private readClock(
    bytes: Uint8Array,
    at: number,
    { end, needsSeconds }: { readonly end: number; readonly needsSeconds: boolean },
  ): number {
    const hour = twoDigits(bytes, at);
    const minute = twoDigits(bytes, at + 3);
    if (at + 5 > end || hour < 0 || hour > 24 || bytes[at + 2] !== COLON) return -1;
    if (minute < 0 || minute > 59) return -1;
    this.nanos = 0;
    this.millis = hour * MILLIS_PER_HOUR + minute * MILLIS_PER_MINUTE;
    let next = at + 5;
    if (next === end || bytes[next] !== COLON) {
      return needsSeconds || this.millis > MILLIS_PER_DAY ? -1 : next;
    }
    const second = twoDigits(bytes, next + 1);
    if (next + 3 > end || second < 0 || second > 59) return -1;
    this.millis += second * MILLIS_PER_SECOND;
    next += 3;
    if (next < end && bytes[next] === DOT) next = this.readFraction(bytes, next + 1, end);
    const isPastMidnight =
      this.millis > MILLIS_PER_DAY || (this.millis === MILLIS_PER_DAY && this.nanos > 0);
    return isPastMidnight ? -1 : next;
  }

  private readFraction(bytes: Uint8Array, start: number, end: number): number {
    const limit = Math.min(end, start + FRACTION_DIGITS_MAX);
    let at = start;
    let fraction = 0;
    while (at < limit && isDigit(bytes[at]!)) fraction = fraction * 10 + bytes[at++]! - DIGIT_0;
    for (let digits = at - start; digits < FRACTION_DIGITS_MAX; digits++) fraction *= 10;
    const millis = Math.floor(fraction / NANOS_PER_MILLI);
    this.millis += millis;
    this.nanos = fraction - millis * NANOS_PER_MILLI;
    return at;
  }
}

/** Bytes that a written timestamp takes at most: `-271821-04-20 00:00:00.123456789Z` and room. */
export const TIMESTAMP_BYTES_MAX = 48;

/** Writes texts; methods return the position behind what they wrote. */
export class TimeTextWriter {
  private knownDays = Number.NaN;
  private readonly dateBytes = new Uint8Array(16);
  private dateLength = 0;

  /** `2023-11-14`; years over 9999 get a plus, as in Java. */
  writeDate(bytes: Uint8Array, at: number, days: number): number {
    if (days !== this.knownDays) this.formatDate(days);
    const { dateBytes, dateLength } = this;
    for (let index = 0; index < dateLength; index++) bytes[at + index] = dateBytes[index]!;
    return at + dateLength;
  }

  /** `22:13:00`, with a fraction without trailing zeros when it is not zero. */
  writeTime(bytes: Uint8Array, at: number, time: { millis: number; nanos: number }): number {
    const seconds = Math.floor(time.millis / MILLIS_PER_SECOND);
    const minutes = Math.floor(seconds / 60);
    const hour = Math.floor(minutes / 60);
    writeTwo(bytes, at, hour);
    bytes[at + 2] = COLON;
    writeTwo(bytes, at + 3, minutes - hour * 60);
    bytes[at + 5] = COLON;
    writeTwo(bytes, at + 6, seconds - minutes * 60);
    const fraction = (time.millis - seconds * MILLIS_PER_SECOND) * NANOS_PER_MILLI + time.nanos;
    return fraction === 0 ? at + 8 : writeFraction(bytes, at + 8, fraction);
  }

  writeTimestamp(
    bytes: Uint8Array,
    at: number,
    timestamp: {
      readonly millis: number;
      readonly nanos: number;
      readonly syntax: TimestampSyntax;
    },
  ): number {
    const { millis, nanos, syntax } = timestamp;
    const days = Math.floor(millis / MILLIS_PER_DAY);
    let next = this.writeDate(bytes, at, days);
    bytes[next] = syntax.separator;
    next = this.writeTime(bytes, next + 1, { millis: millis - days * MILLIS_PER_DAY, nanos });
    if (!syntax.endsWithZ) return next;
    bytes[next] = LETTER_Z;
    return next + 1;
  }

  private formatDate(days: number): void {
    const { year, month, day } = civilDate(days);
    const sign = year > 9999 ? '+' : year < 0 ? '-' : '';
    const text = [
      sign + Math.abs(year).toString().padStart(4, '0'),
      month.toString().padStart(2, '0'),
      day.toString().padStart(2, '0'),
    ].join('-');
    for (let index = 0; index < text.length; index++) {
      this.dateBytes[index] = text.charCodeAt(index);
    }
    this.dateLength = text.length;
    this.knownDays = days;
  }
}

/** The number of two digits; -1 when they are not. */
function twoDigits(bytes: Uint8Array, at: number): number {
  const tens = bytes[at]! - DIGIT_0;
  const ones = bytes[at + 1]! - DIGIT_0;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : -1;
}

function isDigit(byte: number): boolean {
  return byte >= DIGIT_0 && byte <= DIGIT_0 + 9;
}

function writeTwo(bytes: Uint8Array, at: number, value: number): void {
  const tens = Math.floor(value / 10);
  bytes[at] = DIGIT_0 + tens;
  bytes[at + 1] = DIGIT_0 + value - tens * 10;
}

/** A point and the digits of `nanos`, which is not 0, without trailing zeros. */
function writeFraction(bytes: Uint8Array, at: number, nanos: number): number {
  bytes[at] = DOT;
  let rest = nanos;
  let last = at;
  for (let index = FRACTION_DIGITS_MAX; index > 0; index--) {
    const tenth = Math.floor(rest / 10);
    const digit = rest - tenth * 10;
    bytes[at + index] = DIGIT_0 + digit;
    if (digit !== 0 && last === at) last = at + index;
    rest = tenth;
  }
  return last + 1;
}
