/**
 * From what a process function emits to SQL values: the way back of cell-of-value.ts, which takes a
 * little more than that gives (an integer also as bigint, a decimal also as number). Nothing is
 * guessed: a text is no number, and a number that does not fit is no value.
 */
import {
  numberToDecimal,
  parseDecimal,
  toDecimal,
  type ScaledNumber,
} from '../../expression/decimal.ts';
import { integerBits } from '../../expression/type-relations.ts';
import { bareTypeText } from '../../expression/type-text.ts';
import type {
  DecimalType,
  LengthType,
  LogicalType,
  MapType,
  TimeType,
} from '../../expression/type.ts';
import type { Value } from '../../expression/value.ts';
import { isTextKey } from './cell-of-value.ts';
import { Misuse } from './misuse.ts';

/** A cell on its way into a column. */
interface Given<T extends LogicalType = LogicalType> {
  readonly cell: unknown;
  readonly type: T;
  readonly at: string;
}

const INT_BITS = 32;
const MILLIS_PER_DAY = 86_400_000;
const NANOS_PER_MILLI = 1_000_000n;
const TIMESTAMP_DIGITS = 9;

/**
 * Throws Misuse. Undefined is NULL.
 * @param at the column, for the message
 */
export function valueOfCell(cell: unknown, type: LogicalType, at: string): Value {
  if (cell === null || cell === undefined) {
    if (type.nullable) return null;
    throw unfit(at, `NULL, but it is ${bareTypeText(type)} NOT NULL`);
  }
  switch (type.root) {
    case 'BOOLEAN':
      return typeof cell === 'boolean' ? cell : refuse({ cell, type, at }, 'a boolean');
    case 'TINYINT':
    case 'SMALLINT':
    case 'INT':
      return Number(integerOf({ cell, type, at }, integerBits[type.root]));
    case 'INTERVAL_YEAR_MONTH':
    case 'DATE':
      return Number(integerOf({ cell, type, at }, INT_BITS));
    case 'BIGINT':
    case 'INTERVAL_DAY_TIME':
      return integerOf({ cell, type, at }, integerBits.BIGINT);
    case 'FLOAT':
      return typeof cell === 'number' ? Math.fround(cell) : refuse({ cell, type, at }, 'a number');
    case 'DOUBLE':
      return typeof cell === 'number' ? cell : refuse({ cell, type, at }, 'a number');
    case 'TIME':
      return timeOf({ cell, type, at });
    case 'TIMESTAMP':
    case 'TIMESTAMP_LTZ':
      return timestampOf({ cell, type, at });
    case 'DECIMAL':
      return decimalOf({ cell, type, at });
    case 'CHAR':
    case 'VARCHAR':
      return textOf({ cell, type, at });
    case 'BINARY':
    case 'VARBINARY':
      return bytesOf({ cell, type, at });
    case 'ARRAY':
      if (!Array.isArray(cell)) return refuse({ cell, type, at }, 'an array');
      return cell.map((element: unknown) => valueOfCell(element, type.element, at));
    case 'MAP':
      return entriesOf({ cell, type, at }).map(([key, value]) => [
        valueOfCell(key, type.key, at),
        valueOfCell(value, type.value, at),
      ]);
    case 'ROW': {
      if (!isObject(cell)) return refuse({ cell, type, at }, 'an object');
      return type.fields.map((field) => valueOfCell(cell[field.name], field.type, at));
    }
    case 'NULL':
      return refuse({ cell, type, at }, 'null');
  }
}

function integerOf({ cell, type, at }: Given, bits: number): bigint {
  if (typeof cell !== 'bigint' && !Number.isInteger(cell)) {
    return refuse({ cell, type, at }, 'a whole number');
  }
  const value = BigInt(cell as bigint | number);
  if (BigInt.asIntN(bits, value) !== value) throw outOfRange({ cell, type, at });
  return value;
}

function timeOf({ cell, type, at }: Given<TimeType>): number {
  if (typeof cell !== 'number' || !Number.isInteger(cell)) {
    return refuse({ cell, type, at }, 'the milliseconds of the day');
  }
  if (cell < 0 || cell >= MILLIS_PER_DAY) throw outOfRange({ cell, type, at });
  return cell;
}

/** Digits that the type does not have are cut off, as a CAST does. */
function timestampOf({ cell, type, at }: Given<TimeType>): bigint {
  const isMillis = Number.isSafeInteger(cell);
  if (!isMillis && typeof cell !== 'bigint') {
    return refuse({ cell, type, at }, 'whole milliseconds, or nanoseconds as bigint');
  }
  const nanos = isMillis ? BigInt(cell as number) * NANOS_PER_MILLI : (cell as bigint);
  const unit = 10n ** BigInt(TIMESTAMP_DIGITS - type.precision);
  const rest = ((nanos % unit) + unit) % unit;
  return nanos - rest;
}

function decimalOf({ cell, type, at }: Given<DecimalType>): bigint {
  const scaled = scaledOf(cell);
  if (scaled === undefined) return refuse({ cell, type, at }, 'a number, or its digits as text');
  const value = toDecimal(scaled.unscaled, scaled.scale, type);
  if (value === null) throw outOfRange({ cell, type, at });
  return value;
}

function scaledOf(cell: unknown): ScaledNumber | undefined {
  if (typeof cell === 'string') return parseDecimal(cell);
  if (typeof cell === 'bigint') return { unscaled: cell, scale: 0 };
  return typeof cell === 'number' && Number.isFinite(cell) ? numberToDecimal(cell) : undefined;
}

function textOf({ cell, type, at }: Given<LengthType>): string {
  if (typeof cell !== 'string') return refuse({ cell, type, at }, 'a text');
  // Code points are never more than code units.
  if (cell.length > type.length || type.root === 'CHAR') {
    const length = Array.from(cell).length;
    if (length > type.length) throw unfit(at, `${length} characters, but is ${bareTypeText(type)}`);
    if (type.root === 'CHAR') return cell + ' '.repeat(type.length - length);
  }
  return cell;
}

function bytesOf({ cell, type, at }: Given<LengthType>): Uint8Array {
  if (!(cell instanceof Uint8Array)) return refuse({ cell, type, at }, 'a Uint8Array');
  const fits = type.root === 'BINARY' ? cell.length === type.length : cell.length <= type.length;
  if (!fits) throw unfit(at, `${cell.length} bytes, but is ${bareTypeText(type)}`);
  return Uint8Array.from(cell);
}

function entriesOf({ cell, type, at }: Given<MapType>): readonly (readonly [unknown, unknown])[] {
  if (cell instanceof Map) return [...cell] as [unknown, unknown][];
  if (Array.isArray(cell)) {
    return cell.map((pair: unknown) => {
      if (!Array.isArray(pair)) return refuse({ cell: pair, type, at }, 'pairs');
      return [pair[0], pair[1]];
    });
  }
  if (isObject(cell) && isTextKey(type.key)) return Object.entries(cell);
  return refuse(
    { cell, type, at },
    isTextKey(type.key) ? 'an object, a Map or pairs' : 'a Map or pairs',
  );
}

function isObject(cell: unknown): cell is Readonly<Record<string, unknown>> {
  return typeof cell === 'object' && cell !== null;
}

function refuse({ cell, type, at }: Given, wanted: string): never {
  throw unfit(at, `${shown(cell)}, but ${bareTypeText(type)} takes ${wanted}`);
}

function outOfRange({ cell, type, at }: Given): Misuse {
  return unfit(at, `${shown(cell)}, which is out of the range of ${bareTypeText(type)}`);
}

function unfit(at: string, found: string): Misuse {
  return new Misuse(
    'DREY_PROCESS_ROW',
    `${at} got ${found}`,
    'Emit values of the declared types; docs/guide/process-functions.md has the table.',
  );
}

/** Longest text that a message shows whole. */
const SHOWN_LENGTH_MAX = 60;

function shown(cell: unknown): string {
  switch (typeof cell) {
    case 'number':
    case 'boolean':
      return String(cell);
    case 'bigint':
      return `${cell}n`;
    case 'string':
      return `the text ${JSON.stringify(cell.slice(0, SHOWN_LENGTH_MAX))}`;
    case 'object':
      return Array.isArray(cell) ? 'an array' : `a ${cell?.constructor?.name ?? 'object'}`;
    default:
      return `a ${typeof cell}`;
  }
}
