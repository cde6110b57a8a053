/**
 * Converts one scalar of a text format, as its bytes, into a value of a logical type. The rules are
 * those of Flink's converters: a number may stand in a string, any text but "true" is FALSE, a
 * DECIMAL that is too large is NULL, an integer that is too large is an error.
 * Invariant: results are only valid after a method returned true, until the next call.
 */
import { toDecimal } from '../../expression/decimal.ts';
import type { DecimalType, LogicalType } from '../../expression/type.ts';
import { SPACE } from './ascii.ts';
import {
  asciiText,
  exactDouble,
  parseDouble,
  parseExactDecimal,
  parseInteger,
  smallInteger,
} from './number-text.ts';
import { TimeTextReader, type TimestampSyntaxes } from './timestamp-text.ts';

/** What the scalar is in its format; CSV knows only strings. */
export type ScalarKind = 'string' | 'number' | 'literal';

interface IntegerRange {
  readonly min: number;
  readonly max: number;
}

const integerRanges: Readonly<Record<string, IntegerRange>> = {
  TINYINT: { min: -128, max: 127 },
  SMALLINT: { min: -32_768, max: 32_767 },
  INT: { min: -2_147_483_648, max: 2_147_483_647 },
  INTERVAL_YEAR_MONTH: { min: -2_147_483_648, max: 2_147_483_647 },
};
const LONG_MIN = -(2n ** 63n);
const LONG_MAX = 2n ** 63n - 1n;
/** Long.MIN_VALUE and Long.MAX_VALUE as doubles. */
const LONG_MIN_DOUBLE = -(2 ** 63);
const LONG_MAX_DOUBLE = 2 ** 63;
const LETTER_UPPER = 0x20;
const TRUE = [0x74, 0x72, 0x75, 0x65] as const;
const NANOS_PER_PRECISION = [
  1_000_000, 1_000_000, 1_000_000, 1_000_000, 100_000, 10_000, 1000, 100, 10, 1,
];
const MILLIS_PER_PRECISION = [1000, 100, 10, 1];

export class TextValue {
  /** The text: [start, end) of `bytes`, and what it is. */
  bytes: Uint8Array = new Uint8Array(0);
  start = 0;
  end = 0;
  kind: ScalarKind = 'string';

  number = Number.NaN;
  long = 0n;
  decimal: bigint | null = null;
  /** Of a TIMESTAMP or TIMESTAMP_LTZ. */
  millis = Number.NaN;
  nanos = 0;
  private readonly time = new TimeTextReader();
  private readonly syntax: TimestampSyntaxes;

  constructor(syntax: TimestampSyntaxes) {
    this.syntax = syntax;
  }

  /** As Boolean.parseBoolean. */
  isTrue(): boolean {
    const { bytes } = this;
    const at = this.trimmedStart();
    if (this.trimmedEnd(at) - at !== TRUE.length) return false;
    return TRUE.every((letter, index) => (bytes[at + index]! | LETTER_UPPER) === letter);
  }

  /** TINYINT, SMALLINT, INT, INTERVAL_YEAR_MONTH, DATE, TIME, FLOAT, DOUBLE: leaves `number`. */
  toNumber(type: LogicalType): boolean {
    switch (type.root) {
      case 'FLOAT':
      case 'DOUBLE':
        return this.toDouble(type.root === 'FLOAT');
      case 'DATE':
        if (!this.time.readDate(this.bytes, this.start, this.end)) return false;
        this.number = this.time.days;
        return true;
      case 'TIME':
        if (!this.time.readTime(this.bytes, this.start, this.end)) return false;
        this.number = this.time.millis;
        return true;
      default:
        return this.toInteger(type.root);
    }
  }

  /** Leaves `number` when the text is an integer of at most 15 digits and nothing else. */
  toSmallInteger(): boolean {
    this.number = smallInteger(this.bytes, this.start, this.end);
    return !Number.isNaN(this.number);
  }

  /** BIGINT, INTERVAL_DAY_TIME: leaves `long`. */
  toLong(): boolean {
    const text = this.trimmedText();
    const integer = parseInteger(text);
    if (integer !== null) {
      this.long = integer;
      return integer >= LONG_MIN && integer <= LONG_MAX;
    }
    // As Jackson's getLongValue: a number with fraction or exponent is cut.
    const value = this.kind === 'number' ? Number(text) : Number.NaN;
    if (!(value >= LONG_MIN_DOUBLE && value <= LONG_MAX_DOUBLE)) return false;
    this.long = value === LONG_MAX_DOUBLE ? LONG_MAX : BigInt(Math.trunc(value));
    return true;
  }

  /** Leaves `decimal`, null when the value has too many digits. */
  toDecimal(type: DecimalType): boolean {
    if (this.kind === 'literal') return false;
    const parsed = parseExactDecimal(this.trimmedText());
    if (parsed === null) return false;
    this.decimal = toDecimal(parsed.unscaled, parsed.scale, type);
    return true;
  }

  /** Leaves `millis` and `nanos`, cut to the precision. */
  toTimestamp(isLocalZoned: boolean, precision: number): boolean {
    const { time } = this;
    const syntax = isLocalZoned ? this.syntax.zoned : this.syntax.local;
    if (!time.readTimestamp(this.bytes, { start: this.start, end: this.end }, syntax)) return false;
    const step = MILLIS_PER_PRECISION[precision] ?? 1;
    this.millis = step === 1 ? time.millis : Math.floor(time.millis / step) * step;
    const nanosStep = NANOS_PER_PRECISION[precision] ?? 1;
    this.nanos = time.nanos === 0 ? 0 : Math.floor(time.nanos / nanosStep) * nanosStep;
    return true;
  }

  private toInteger(root: string): boolean {
    const range = integerRanges[root];
    if (range === undefined) return false;
    if (this.toSmallInteger()) return this.number >= range.min && this.number <= range.max;
    const text = this.trimmedText();
    const integer = parseInteger(text);
    if (integer !== null) {
      this.number = Number(integer);
    } else if (this.kind === 'number' && (root === 'INT' || root === 'INTERVAL_YEAR_MONTH')) {
      // As Jackson's getIntValue: a number with fraction or exponent is cut; the range holds before.
      const value = Number(text);
      if (!(value >= range.min && value <= range.max)) return false;
      this.number = Math.trunc(value) + 0;
    } else {
      return false;
    }
    return this.number >= range.min && this.number <= range.max;
  }

  private toDouble(isFloat: boolean): boolean {
    if (this.kind === 'literal') return false;
    const start = this.trimmedStart();
    const end = this.trimmedEnd(start);
    let value = exactDouble(this.bytes, start, end);
    if (Number.isNaN(value)) {
      const parsed = parseDouble(asciiText(this.bytes, start, end));
      if (parsed === null) return false;
      value = parsed;
    }
    this.number = isFloat ? Math.fround(value) : value;
    return true;
  }

  private trimmedText(): string {
    const start = this.trimmedStart();
    return asciiText(this.bytes, start, this.trimmedEnd(start));
  }

  /** As String.trim: without bytes up to the space. */
  private trimmedStart(): number {
    let at = this.start;
    while (at < this.end && this.bytes[at]! <= SPACE) at++;
    return at;
  }

  private trimmedEnd(start: number): number {
    let at = this.end;
    while (at > start && this.bytes[at - 1]! <= SPACE) at--;
    return at;
  }
}
