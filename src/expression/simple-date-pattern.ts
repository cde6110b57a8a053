/**
 * The patterns of java.text.SimpleDateFormat, which Flink reads and writes with where an operand
 * is a text or epoch seconds: UNIX_TIMESTAMP, FROM_UNIXTIME, TO_DATE with a format, CONVERT_TZ,
 * DATE_FORMAT of a text. Reading is lenient: fields carry over, and what follows the last field is
 * not looked at. Zones as names, eras and weeks of a month are refused.
 */
import { dayNumber, isoDayOfWeek, joinTimestamp } from './civil-date.ts';
import {
  datePattern,
  MONTHS,
  patternReader,
  WEEKDAYS,
  type ParsedTime,
  type PatternPart,
} from './date-pattern.ts';
import { pad } from './temporal-text.ts';

/** Reads a pattern. Throws EvaluationError for letters that are not supported. */
export const simpleDatePattern = patternReader({
  letters: 'yMLdDEuYwHhkKmsSaXZ',
  reserved: null,
  formatPart,
  parseParts,
});

/** Most letters are those of java.time; a name is whole from four letters on. */
function formatPart(part: PatternPart, days: number, nanos: bigint): string {
  if (part.kind === 'text') return part.text;
  const { letter, width } = part;
  switch (letter) {
    case 'S':
      return pad(Number((nanos / 1_000_000n) % 1000n), width);
    case 'u':
      return pad(isoDayOfWeek(days), width);
    case 'M':
    case 'L':
    case 'E':
      return datePattern(letter.repeat(Math.min(width, 4))).format(days, nanos);
    case 'a':
      return datePattern('a').format(days, nanos);
    default:
      return datePattern(letter.repeat(width)).format(days, nanos);
  }
}

/** What a text gave for each letter; none is in its bounds. */
interface Fields {
  year: number;
  month: number;
  day: number;
  dayOfYear: number | null;
  hour: number;
  halfDayHour: number | null;
  isAfternoon: boolean;
  minute: number;
  second: number;
  milli: number;
  offsetMs: number | null;
}

function parseParts(parts: readonly PatternPart[], text: string): ParsedTime | undefined {
  const fields: Fields = {
    year: 1970,
    month: 1,
    day: 1,
    dayOfYear: null,
    hour: 0,
    halfDayHour: null,
    isAfternoon: false,
    minute: 0,
    second: 0,
    milli: 0,
    offsetMs: null,
  };
  let position = 0;
  for (const [index, part] of parts.entries()) {
    if (part.kind === 'text') {
      if (!text.startsWith(part.text, position)) return undefined;
      position += part.text.length;
      continue;
    }
    const next = parts[index + 1];
    const isCounted = next?.kind === 'field' && isNumber(next);
    while (text.charAt(position) === ' ' || text.charAt(position) === '\t') position += 1;
    const rest = text.slice(position, position + FIELD_LENGTH_MAX);
    const length = parseField(part, rest, { isCounted, fields });
    if (length === undefined) return undefined;
    position += length;
  }
  // A pattern without a field reads nothing, which Java takes for a failure.
  return position === 0 ? undefined : resolveFields(fields);
}

/** Longest text of one field. */
const FIELD_LENGTH_MAX = 32;

function isNumber({ letter, width }: { readonly letter: string; readonly width: number }): boolean {
  return !('aEXZ'.includes(letter) || ('ML'.includes(letter) && width > 2));
}

interface FieldPlace {
  /** A number follows without anything between: the letters say how many digits belong here. */
  readonly isCounted: boolean;
  readonly fields: Fields;
}

/** The characters that a field takes; undefined when it does not match. */
function parseField(
  part: Extract<PatternPart, { kind: 'field' }>,
  rest: string,
  { isCounted, fields }: FieldPlace,
): number | undefined {
  const { letter, width } = part;
  if (isNumber(part)) {
    const pattern = isCounted ? new RegExp(`^\\d{1,${width}}`) : /^-?\d{1,9}(?!\d)/;
    const digits = pattern.exec(rest)?.[0];
    if (digits === undefined || !setNumber(part, digits, fields)) return undefined;
    return digits.length;
  }
  if (letter === 'M' || letter === 'L') {
    const [index, length] = nameAt(MONTHS, rest);
    fields.month = index + 1;
    return index < 0 ? undefined : length;
  }
  if (letter === 'E') {
    const [index, length] = nameAt(WEEKDAYS, rest);
    return index < 0 ? undefined : length;
  }
  if (letter === 'a') {
    const half = rest.slice(0, 2).toUpperCase();
    fields.isAfternoon = half === 'PM';
    return half === 'AM' || half === 'PM' ? 2 : undefined;
  }
  const offset = /^(?:Z|([+-])(\d{2})(?::?(\d{2}))?)/.exec(rest);
  if (offset === null) return undefined;
  const minutes = Number(offset[2] ?? 0) * 60 + Number(offset[3] ?? 0);
  fields.offsetMs = (offset[1] === '-' ? -1 : 1) * minutes * 60_000;
  return offset[0].length;
}

/** Index and length of the longest name, whole or short, in any case. */
function nameAt(names: readonly string[], rest: string): readonly [index: number, length: number] {
  const lower = rest.toLowerCase();
  const whole = names.findIndex((name) => lower.startsWith(name.toLowerCase()));
  if (whole >= 0) return [whole, names[whole]!.length];
  const short = names.findIndex((name) => lower.startsWith(name.slice(0, 3).toLowerCase()));
  return [short, 3];
}

/** False when a letter cannot be read back. */
function setNumber(
  { letter, width }: { readonly letter: string; readonly width: number },
  digits: string,
  fields: Fields,
): boolean {
  const value = Number(digits);
  switch (letter) {
    case 'y':
      fields.year = width <= 2 && digits.length === 2 ? wholeYear(value) : value;
      return true;
    case 'M':
    case 'L':
      fields.month = value;
      return true;
    case 'd':
      fields.day = value;
      return true;
    case 'D':
      fields.dayOfYear = value;
      return true;
    case 'H':
      fields.hour = value;
      return true;
    case 'k':
      fields.hour = value === 24 ? 0 : value;
      return true;
    case 'h':
    case 'K':
      fields.halfDayHour = value === 12 && letter === 'h' ? 0 : value;
      return true;
    case 'm':
      fields.minute = value;
      return true;
    case 's':
      fields.second = value;
      return true;
    case 'S':
      fields.milli = value;
      return true;
    case 'u':
      return true;
    default:
      return false;
  }
}

/**
 * Unlike Java, whose two digits mean a year from 80 before to 20 after now: the span is that of
 * 2026 for good, so that a job reads the same tomorrow.
 */
const YEAR_OF_TWO_DIGITS_MAX = 2046;

function wholeYear(twoDigits: number): number {
  return 2000 + twoDigits > YEAR_OF_TWO_DIGITS_MAX ? 1900 + twoDigits : 2000 + twoDigits;
}

/** Years further away are no times, and a DATE has 32 bits. */
const YEAR_MAX = 5_000_000;
const DAYS_MAX = 2 ** 31 - 1;

function resolveFields(fields: Fields): ParsedTime | undefined {
  const { year, month, day, minute, second, milli, offsetMs } = fields;
  const hour =
    fields.halfDayHour === null ? fields.hour : fields.halfDayHour + (fields.isAfternoon ? 12 : 0);
  const months = month - 1;
  const carried = year + Math.floor(months / 12);
  if (Math.abs(carried) > YEAR_MAX) return undefined;
  const inYear = ((months % 12) + 12) % 12;
  const date =
    fields.dayOfYear === null
      ? dayNumber({ year: carried, month: inYear + 1, day: 1 }) + day - 1
      : dayNumber({ year, month: 1, day: 1 }) + fields.dayOfYear - 1;
  if (Math.abs(date) > DAYS_MAX) return undefined;
  const millis = BigInt(hour) * 3_600_000n + BigInt(minute) * 60_000n + BigInt(second) * 1000n;
  return {
    localNanos: joinTimestamp(date, (millis + BigInt(milli)) * 1_000_000n),
    offsetMs,
  };
}
