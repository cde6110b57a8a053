/**
 * The patterns of java.time.format.DateTimeFormatter, as far as DATE_FORMAT, TO_TIMESTAMP and
 * the others use them: text -> parts, parts -> text, text -> point in time. English names only.
 * Unlike Java, letters for zones, eras and localised forms are refused when the pattern is read.
 */
import { EvaluationError } from './evaluation-error.ts';
import {
  civilDate,
  dayNumber,
  dayOfYear,
  daysInMonth,
  isoDayOfWeek,
  joinTimestamp,
} from './civil-date.ts';
import { nanosOfDay, pad } from './temporal-text.ts';

export const MONTHS =
  'January February March April May June July August September October November December'.split(
    ' ',
  );
export const WEEKDAYS = 'Monday Tuesday Wednesday Thursday Friday Saturday Sunday'.split(' ');
/** Longest pattern, so that reading one stays cheap. */
const PATTERN_LENGTH_MAX = 256;
/** Patterns kept parsed. */
const PATTERNS_MAX = 256;

/** A piece of a pattern: letters of one kind, or a text that stands as it is. */
export type PatternPart =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'field'; readonly letter: string; readonly width: number };

/** A point in time on a local clock, with an offset from UTC when the text had one. */
export interface ParsedTime {
  readonly localNanos: bigint;
  readonly offsetMs: number | null;
}

export interface DatePattern {
  /** `days` and nanoseconds of that day -> text. */
  readonly format: (days: number, nanos: bigint) => string;
  /** Undefined for a text that does not follow the pattern. */
  readonly parse: (text: string) => ParsedTime | undefined;
}

/** What the letters of a pattern are, and what they do. */
export interface PatternRules {
  readonly letters: string;
  /** Characters that may not stand outside quotes. */
  readonly reserved: RegExp | null;
  readonly formatPart: (part: PatternPart, days: number, nanos: bigint) => string;
  readonly parseParts: (parts: readonly PatternPart[], text: string) => ParsedTime | undefined;
}

/** Reads patterns, and keeps those it has read. It throws EvaluationErrors. */
export function patternReader(rules: PatternRules): (pattern: string) => DatePattern {
  const known = new Map<string, DatePattern>();
  return (pattern) => {
    const found = known.get(pattern);
    if (found !== undefined) return found;
    const parts = readParts(pattern, rules);
    const created: DatePattern = {
      format: (days, nanos) => parts.map((part) => rules.formatPart(part, days, nanos)).join(''),
      parse: (text) => rules.parseParts(parts, text),
    };
    if (known.size >= PATTERNS_MAX) known.clear();
    known.set(pattern, created);
    return created;
  };
}

/** Reads a pattern. Throws EvaluationError for letters that are not supported. */
export const datePattern = patternReader({
  letters: 'yuMLdDEeQqYwHhkKmsSnNAaXxZ',
  reserved: /[[\]{}#]/,
  formatPart,
  parseParts,
});

/** The pieces of a pattern. Throws EvaluationError for a letter that is not one of `letters`. */
function readParts(pattern: string, { letters, reserved }: PatternRules): readonly PatternPart[] {
  if (pattern.length > PATTERN_LENGTH_MAX) {
    throw new EvaluationError(`A date pattern has at most ${PATTERN_LENGTH_MAX} characters`);
  }
  const parts: PatternPart[] = [];
  for (const [piece] of pattern.matchAll(/([A-Za-z])\1*|'(?:[^']|'')*'?|[^A-Za-z']+/g)) {
    if (piece.startsWith("'")) {
      if (piece.length < 2 || !piece.endsWith("'")) {
        throw new EvaluationError(`In the date pattern "${pattern}" a quote is not closed`);
      }
      const text = piece === "''" ? "'" : piece.slice(1, -1).replaceAll("''", "'");
      parts.push({ kind: 'text', text });
    } else if (/^[A-Za-z]/.test(piece)) {
      if (!letters.includes(piece.charAt(0))) {
        throw new EvaluationError(
          `The letter ${piece.charAt(0)} of the date pattern "${pattern}" is not supported`,
        );
      }
      parts.push({ kind: 'field', letter: piece.charAt(0), width: piece.length });
    } else if (reserved?.test(piece) === true) {
      throw new EvaluationError(`The date pattern "${pattern}" holds a reserved character`);
    } else {
      parts.push({ kind: 'text', text: piece });
    }
  }
  return parts;
}

function formatPart(part: PatternPart, days: number, nanos: bigint): string {
  if (part.kind === 'text') return part.text;
  const { letter, width } = part;
  const number = (value: number): string => pad(value, width);
  const seconds = Number(nanos / 1_000_000_000n);
  const hour = Math.floor(seconds / 3600);
  switch (letter) {
    case 'H':
      return number(hour);
    case 'h':
      return number(hour % 12 === 0 ? 12 : hour % 12);
    case 'k':
      return number(hour === 0 ? 24 : hour);
    case 'K':
      return number(hour % 12);
    case 'm':
      return number(Math.floor(seconds / 60) % 60);
    case 's':
      return number(seconds % 60);
    case 'S':
      return pad(Number(nanos % 1_000_000_000n), 9)
        .slice(0, width)
        .padEnd(width, '0');
    case 'n':
      return number(Number(nanos % 1_000_000_000n));
    case 'N':
      return nanos.toString().padStart(width, '0');
    case 'A':
      return number(Number(nanos / 1_000_000n));
    case 'a':
      return hour < 12 ? 'AM' : 'PM';
    default:
      return formatDate(letter, width, days);
  }
}

function formatDate(letter: string, width: number, days: number): string {
  const { year, month, day } = civilDate(days);
  switch (letter) {
    case 'y':
    case 'u':
      return yearText(year, width);
    case 'Y':
      return yearText(localWeek(days).year, width);
    case 'w':
      return pad(localWeek(days).week, width);
    case 'M':
    case 'L':
      return nameOr(MONTHS[month - 1] ?? '', month, width);
    case 'Q':
    case 'q': {
      const quarter = Math.floor((month + 2) / 3);
      if (width === 3) return `Q${quarter}`;
      return width === 4
        ? `${['1st', '2nd', '3rd', '4th'][quarter - 1]} quarter`
        : pad(quarter, width);
    }
    case 'd':
      return pad(day, width);
    case 'D':
      return pad(dayOfYear(days), width);
    case 'E':
      return nameOr(WEEKDAYS[isoDayOfWeek(days) - 1] ?? '', 0, Math.max(3, width));
    case 'e':
      return nameOr(WEEKDAYS[isoDayOfWeek(days) - 1] ?? '', (isoDayOfWeek(days) % 7) + 1, width);
    default:
      throw new EvaluationError(`The letter ${letter} needs an offset, which the value lacks`);
  }
}

/** Weeks of the locale en-US, which Flink's clusters run with: from Sunday, the first has January 1. */
function localWeek(days: number): { readonly year: number; readonly week: number } {
  const sunday = days - (isoDayOfWeek(days) % 7);
  const year = civilDate(sunday + 6).year;
  const first = dayNumber({ year, month: 1, day: 1 });
  const firstSunday = first - (isoDayOfWeek(first) % 7);
  return { year, week: Math.floor((sunday - firstSunday) / 7) + 1 };
}

function yearText(year: number, width: number): string {
  if (width === 2) return pad(((year % 100) + 100) % 100, 2);
  return year < 0 ? `-${pad(-year, width)}` : pad(year, width);
}

/** Width 3 is the short name, 4 the whole one, below a number. */
function nameOr(name: string, value: number, width: number): string {
  if (width <= 2) return pad(value, width);
  if (width === 5) return name.charAt(0);
  return width === 3 ? name.slice(0, 3) : name;
}

/** What a text gave for each letter. */
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
  nanos: number;
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
    nanos: 0,
    offsetMs: null,
  };
  let position = 0;
  for (const [index, part] of parts.entries()) {
    if (part.kind === 'text') {
      if (!text.startsWith(part.text, position)) return undefined;
      position += part.text.length;
    } else {
      const isAdjacent = parts[index + 1]?.kind === 'field';
      const end = parseField(part.letter, part.width, isAdjacent, { text, position, fields });
      if (end === undefined) return undefined;
      position = end;
    }
  }
  return position === text.length ? resolveFields(fields) : undefined;
}

interface ParsePlace {
  readonly text: string;
  readonly position: number;
  readonly fields: Fields;
}

/** The position after the field; undefined when it does not match. */
function parseField(
  letter: string,
  width: number,
  isAdjacent: boolean,
  { text, position, fields }: ParsePlace,
): number | undefined {
  const rest = text.slice(position, position + 32);
  if ((letter === 'M' || letter === 'L') && width > 2) {
    const names = width === 3 ? MONTHS.map((name) => name.slice(0, 3)) : MONTHS;
    const index = names.findIndex((name) => rest.startsWith(name));
    fields.month = index + 1;
    return index < 0 ? undefined : position + (names[index]?.length ?? 0);
  }
  if (letter === 'E') {
    const name = WEEKDAYS.find((each) => rest.startsWith(width > 3 ? each : each.slice(0, 3)));
    return name === undefined ? undefined : position + (width > 3 ? name.length : 3);
  }
  if (letter === 'a') {
    const half = rest.slice(0, 2).toUpperCase();
    fields.isAfternoon = half === 'PM';
    return half === 'AM' || half === 'PM' ? position + 2 : undefined;
  }
  if (letter === 'X' || letter === 'x' || letter === 'Z')
    return parseOffset(rest, position, fields);
  const digits = digitsOf(letter, width, isAdjacent).exec(rest)?.[0];
  if (digits === undefined) return undefined;
  return setNumber(letter, width, digits, fields) ? position + digits.length : undefined;
}

/** One letter takes one or more digits, several letters exactly that many; a year at least four. */
function digitsOf(letter: string, width: number, isAdjacent: boolean): RegExp {
  if (letter === 'S') return new RegExp(`^\\d{${width}}`);
  if ((letter === 'y' || letter === 'u') && width >= 4) {
    return isAdjacent ? new RegExp(`^\\d{${width}}`) : new RegExp(`^\\d{${width},9}`);
  }
  return width === 1 ? /^\d{1,9}/ : new RegExp(`^\\d{${width}}`);
}

function parseOffset(rest: string, position: number, fields: Fields): number | undefined {
  const match = /^(?:Z|([+-])(\d{2})(?::?(\d{2}))?)/.exec(rest);
  if (match === null) return undefined;
  const minutes = Number(match[2] ?? 0) * 60 + Number(match[3] ?? 0);
  fields.offsetMs = (match[1] === '-' ? -1 : 1) * minutes * 60_000;
  return position + match[0].length;
}

/** False when a letter cannot be read back. */
function setNumber(letter: string, width: number, digits: string, fields: Fields): boolean {
  const value = Number(digits);
  switch (letter) {
    case 'y':
    case 'u':
      fields.year = width === 2 ? 2000 + value : value;
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
      fields.nanos = Number(digits.slice(0, 9).padEnd(9, '0'));
      return true;
    case 'n':
      fields.nanos = value;
      return true;
    default:
      return false;
  }
}

function resolveFields(fields: Fields): ParsedTime | undefined {
  const { year, month, day, minute, second, nanos, offsetMs } = fields;
  const hour =
    fields.halfDayHour === null ? fields.hour : fields.halfDayHour + (fields.isAfternoon ? 12 : 0);
  const isMidnight = hour === 24 && minute === 0 && second === 0 && nanos === 0;
  if (!isMidnight && hour > 23) return undefined;
  if (minute > 59 || second > 59 || nanos > 999_999_999) return undefined;
  if (month < 1 || month > 12 || day < 1 || day > 31) return undefined;
  const date =
    fields.dayOfYear === null
      ? dayNumber({ year, month, day: Math.min(day, daysInMonth(year, month)) })
      : dayNumber({ year, month: 1, day: 1 }) + fields.dayOfYear - 1;
  return { localNanos: joinTimestamp(date, nanosOfDay(hour, minute, second, nanos)), offsetMs };
}
