/**
 * Equality and order of canonical values, as `=` and `<` see them. Text is compared by code point,
 * which is the order of its UTF-8 bytes; NULL inside a row or array equals NULL.
 */
import { asBigint, asEntry, asList, asNumber, asText, breach } from './function/operand.ts';
import { integerBits, isInteger } from './type-relations.ts';
import type { LogicalType } from './type.ts';
import type { Value } from './value.ts';

/** Are two values of one type equal? NaN equals nothing, as in Java's ==. */
export function equalValues(type: LogicalType, left: Value, right: Value): boolean {
  if (left === null || right === null) return left === right;
  switch (type.root) {
    case 'ARRAY':
      return equalLists(asList(left), asList(right), () => type.element);
    case 'ROW':
      return equalLists(asList(left), asList(right), (index) => type.fields[index]?.type);
    case 'MAP':
      return equalMaps(type.key, type.value, asList(left), asList(right));
    case 'BINARY':
    case 'VARBINARY':
      return compareValues(type, left, right) === 0;
    default:
      return left === right;
  }
}

/** Below 0, 0 or above 0; for NaN every comparison by < and > is false, which NaN expresses. */
export function compareValues(type: LogicalType, left: Value, right: Value): number {
  if (isInteger(type) && integerBits[type.root] < 64) return asNumber(left) - asNumber(right);
  switch (type.root) {
    case 'CHAR':
    case 'VARCHAR':
      return compareText(asText(left), asText(right));
    case 'BINARY':
    case 'VARBINARY':
      return compareBytes(left, right);
    case 'BOOLEAN':
      return Number(left) - Number(right);
    case 'FLOAT':
    case 'DOUBLE':
      return compareDoubles(asNumber(left), asNumber(right));
    case 'DATE':
    case 'TIME':
    case 'INTERVAL_YEAR_MONTH':
      return asNumber(left) - asNumber(right);
    default: {
      const first = asBigint(left);
      const second = asBigint(right);
      return first < second ? -1 : Number(first > second);
    }
  }
}

/** As compareValues, but NaN is the greatest number and equals itself, as in Double.compare. */
export function compareTotally(type: LogicalType, left: Value, right: Value): number {
  const order = compareValues(type, left, right);
  return Number.isNaN(order) ? Number(Number.isNaN(left)) - Number(Number.isNaN(right)) : order;
}

/** By code point; JavaScript's own order of surrogates differs. */
export function compareText(left: string, right: string): number {
  const shared = Math.min(left.length, right.length);
  for (let index = 0; index < shared; index += 1) {
    const first = left.charCodeAt(index);
    const second = right.charCodeAt(index);
    if (first === second) continue;
    return codePointRank(first) - codePointRank(second);
  }
  return left.length - right.length;
}

/** Moves surrogates above U+FFFF, where the characters they encode are. */
function codePointRank(unit: number): number {
  return unit >= 0xd800 && unit < 0xe000 ? unit + 0x10000 : unit;
}

function compareDoubles(left: number, right: number): number {
  if (left < right) return -1;
  if (left > right) return 1;
  return left === right ? 0 : NaN;
}

function compareBytes(left: Value, right: Value): number {
  if (!(left instanceof Uint8Array) || !(right instanceof Uint8Array)) return breach('bytes', left);
  const shared = Math.min(left.length, right.length);
  for (let index = 0; index < shared; index += 1) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}

function equalLists(
  left: readonly Value[],
  right: readonly Value[],
  typeAt: (index: number) => LogicalType | undefined,
): boolean {
  if (left.length !== right.length) return false;
  return left.every((value, index) => {
    const type = typeAt(index);
    return type !== undefined && equalValues(type, value, right[index] ?? null);
  });
}

function equalMaps(
  keyType: LogicalType,
  valueType: LogicalType,
  left: readonly Value[],
  right: readonly Value[],
): boolean {
  if (left.length !== right.length) return false;
  return left.every((entry) => {
    const [key, value] = asEntry(entry);
    return right.some((other) => {
      const [otherKey, otherValue] = asEntry(other);
      return equalValues(keyType, key, otherKey) && equalValues(valueType, value, otherValue);
    });
  });
}
