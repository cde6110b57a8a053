/**
 * Writes the scalars of columns as the text that is the same in all text formats: numbers, booleans,
 * dates and times. What stands around it (quotes) is the format's affair.
 */
import { assert } from '../../errors/assert.ts';
import type { TypeRoot } from '../../expression/type.ts';
import type { Column, LongColumn, TimestampColumn } from '../batch/column.ts';
import { DIGIT_0, MINUS } from './ascii.ts';
import { doubleText, floatText, plainDecimalText, strippedDecimalText } from './number-text.ts';
import {
  TIMESTAMP_BYTES_MAX,
  TimeTextWriter,
  type TimestampSyntax,
  type TimestampSyntaxes,
} from './timestamp-text.ts';

export interface ScalarWriterOptions {
  readonly timestamps: TimestampSyntaxes;
  /** All digits of a DECIMAL's scale; else without trailing zeros, perhaps with an exponent. */
  readonly plainDecimals: boolean;
}

/** Room that any scalar but text and a decimal needs. */
const SCALAR_BYTES_MAX = TIMESTAMP_BYTES_MAX;
/** Digits, sign, point and exponent of a DECIMAL(38). */
const DECIMAL_BYTES_MAX = 64;
export const WRITTEN_SCALAR_BYTES_MAX = Math.max(SCALAR_BYTES_MAX, DECIMAL_BYTES_MAX);

const BILLION = 1_000_000_000;
const BILLION_DIGITS = 9;

export class ScalarWriter {
  private readonly time = new TimeTextWriter();
  private readonly plainDecimals: boolean;
  private readonly timestamps: TimestampSyntaxes;

  constructor(options: ScalarWriterOptions) {
    this.plainDecimals = options.plainDecimals;
    this.timestamps = options.timestamps;
  }

  /**
   * Writes the value of a row, which is not NULL, at `at`, where there are WRITTEN_SCALAR_BYTES_MAX
   * bytes; returns the position behind. Not for text, bytes and nested values.
   */
  write(column: Column, row: number, bytes: Uint8Array, at: number): number {
    const { type } = column;
    switch (column.kind) {
      case 'boolean':
        return writeAscii(bytes, at, column.values[row] === 1 ? 'true' : 'false');
      case 'int':
        if (type.root === 'DATE') return this.time.writeDate(bytes, at, column.values[row]!);
        if (type.root === 'TIME') {
          return this.time.writeTime(bytes, at, { millis: column.values[row]!, nanos: 0 });
        }
        return writeInteger(bytes, at, column.values[row]!);
      case 'long':
        return this.writeLong(column, row, bytes, at);
      case 'double': {
        const value = column.values[row]!;
        return writeAscii(bytes, at, type.root === 'FLOAT' ? floatText(value) : doubleText(value));
      }
      case 'timestamp':
        return this.writeTimestamp(column, row, bytes, at);
      case 'decimal': {
        assert(type.root === 'DECIMAL', 'a decimal column has a DECIMAL type');
        return writeAscii(bytes, at, this.decimalText(column.values[row]!, type.scale));
      }
      case 'bytes':
      case 'object':
        break;
    }
    assert(false, 'text, bytes and nested values are written by their format');
  }

  decimalText(unscaled: bigint, scale: number): string {
    return this.plainDecimals
      ? plainDecimalText(unscaled, scale)
      : strippedDecimalText(unscaled, scale);
  }

  /** The text of a canonical DATE, TIME, TIMESTAMP or TIMESTAMP_LTZ in its parts. */
  timeText(
    root: 'DATE' | 'TIME' | 'TIMESTAMP' | 'TIMESTAMP_LTZ',
    value: { readonly days: number; readonly millis: number; readonly nanos: number },
  ): string {
    const bytes = new Uint8Array(TIMESTAMP_BYTES_MAX);
    const { days, millis, nanos } = value;
    const end =
      root === 'DATE'
        ? this.time.writeDate(bytes, 0, days)
        : root === 'TIME'
          ? this.time.writeTime(bytes, 0, { millis, nanos })
          : this.time.writeTimestamp(bytes, 0, { millis, nanos, syntax: this.syntaxOf(root) });
    return String.fromCharCode(...bytes.subarray(0, end));
  }

  private syntaxOf(root: TypeRoot): TimestampSyntax {
    return root === 'TIMESTAMP_LTZ' ? this.timestamps.zoned : this.timestamps.local;
  }

  private writeLong(column: LongColumn, row: number, bytes: Uint8Array, at: number): number {
    if (column.wide === null) return writeInteger(bytes, at, column.values[row]!);
    return writeAscii(bytes, at, column.wide[row]!.toString());
  }

  private writeTimestamp(
    column: TimestampColumn,
    row: number,
    bytes: Uint8Array,
    at: number,
  ): number {
    return this.time.writeTimestamp(bytes, at, {
      millis: column.millis[row]!,
      nanos: column.nanos === null ? 0 : column.nanos[row]!,
      syntax: this.syntaxOf(column.type.root),
    });
  }
}

export function writeAscii(bytes: Uint8Array, at: number, text: string): number {
  for (let index = 0; index < text.length; index++) bytes[at + index] = text.charCodeAt(index);
  return at + text.length;
}

/** Writes a safe integer in decimal; returns the position behind. */
export function writeInteger(bytes: Uint8Array, at: number, value: number): number {
  let start = at;
  let magnitude = value;
  if (value < 0) {
    bytes[start++] = MINUS;
    magnitude = -value;
  }
  if (magnitude < BILLION) return writeDigits(bytes, start, magnitude, digitCount(magnitude));
  const billions = Math.floor(magnitude / BILLION);
  const behind = writeDigits(bytes, start, billions, digitCount(billions));
  return writeDigits(bytes, behind, magnitude - billions * BILLION, BILLION_DIGITS);
}

function digitCount(value: number): number {
  let count = 1;
  for (let limit = 10; limit <= value; limit *= 10) count++;
  return count;
}

/** Writes `count` digits of a number, with zeros in front. */
function writeDigits(bytes: Uint8Array, at: number, value: number, count: number): number {
  let rest = value;
  for (let index = at + count - 1; index >= at; index--) {
    const tenth = Math.floor(rest / 10);
    bytes[index] = DIGIT_0 + rest - tenth * 10;
    rest = tenth;
  }
  return at + count;
}
