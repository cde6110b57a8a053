/**
 * From SQL values to what a process function sees. The table is in docs/guide/process-functions.md;
 * value-of-cell.ts is the way back.
 */
import { assert } from '../../errors/assert.ts';
import { decimalText } from '../../expression/decimal.ts';
import type { LogicalType } from '../../expression/type.ts';
import type { Value } from '../../expression/value.ts';
import type { Cell } from './process-function.ts';

/** Timestamps of more digits are nanoseconds, as bigint: milliseconds would lose some. */
export const MILLIS_PRECISION = 3;
const NANOS_PER_MILLI = 1_000_000n;

export function cellOfValue(value: Value, type: LogicalType): Cell {
  if (value === null) return null;
  switch (type.root) {
    case 'BIGINT':
    case 'INTERVAL_DAY_TIME':
      return narrowed(value);
    case 'DECIMAL':
      assert(typeof value === 'bigint', 'a DECIMAL value is a bigint');
      return decimalText(value, type.scale);
    case 'TIMESTAMP':
    case 'TIMESTAMP_LTZ':
      assert(typeof value === 'bigint', 'a timestamp value is a bigint');
      return type.precision > MILLIS_PRECISION ? value : Number(value / NANOS_PER_MILLI);
    case 'ARRAY':
      return listOf(value).map((element) => cellOfValue(element, type.element));
    case 'MAP':
      return mapCell(listOf(value), type.key, type.value);
    case 'ROW': {
      const values = listOf(value);
      const cells = type.fields.map((field, index) => {
        return [field.name, cellOfValue(values[index] ?? null, field.type)] as const;
      });
      return Object.fromEntries(cells);
    }
    default:
      return value as boolean | number | string | Uint8Array;
  }
}

/** An integer of 64 bits as a number where one holds it exactly. */
export function narrowed(value: Value): Cell {
  assert(typeof value === 'bigint', 'a 64-bit value is a bigint');
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** An object where keys are texts, pairs otherwise. */
function mapCell(entries: readonly Value[], keyType: LogicalType, valueType: LogicalType): Cell {
  const pairs = entries.map((entry) => {
    const [key = null, value = null] = listOf(entry);
    return [cellOfValue(key, keyType), cellOfValue(value, valueType)] as const;
  });
  return isTextKey(keyType) ? Object.fromEntries(pairs) : pairs;
}

export function isTextKey({ root }: LogicalType): boolean {
  return root === 'VARCHAR' || root === 'CHAR';
}

function listOf(value: Value): readonly Value[] {
  assert(Array.isArray(value), 'an ARRAY, MAP or ROW value is a list');
  return value as readonly Value[];
}
