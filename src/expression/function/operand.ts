/**
 * Operand values as the JavaScript types that value.ts promises for their SQL types. The checker
 * guarantees the types; a breach is a bug of drey and says so.
 */
import { BugError } from '../../errors/drey-error.ts';
import type { Value } from '../value.ts';

export function textAt(operands: readonly Value[], index: number): string {
  const value = operands[index];
  return typeof value === 'string' ? value : breach('text', value);
}

export function numberAt(operands: readonly Value[], index: number): number {
  const value = operands[index];
  return typeof value === 'number' ? value : breach('a number', value);
}

export function bigintAt(operands: readonly Value[], index: number): bigint {
  const value = operands[index];
  return typeof value === 'bigint' ? value : breach('a bigint', value);
}

export function booleanAt(operands: readonly Value[], index: number): boolean {
  const value = operands[index];
  return typeof value === 'boolean' ? value : breach('a boolean', value);
}

export function bytesAt(operands: readonly Value[], index: number): Uint8Array {
  const value = operands[index];
  return value instanceof Uint8Array ? value : breach('bytes', value);
}

/** ARRAY, ROW, or the entries of a MAP. */
export function listAt(operands: readonly Value[], index: number): readonly Value[] {
  return asList(operands[index] ?? null);
}

/** Any operand; absent counts as NULL. */
export function valueAt(operands: readonly Value[], index: number): Value {
  return operands[index] ?? null;
}

export function asList(value: Value): readonly Value[] {
  return isList(value) ? value : breach('a list', value);
}

export function asText(value: Value): string {
  return typeof value === 'string' ? value : breach('text', value);
}

export function asNumber(value: Value): number {
  return typeof value === 'number' ? value : breach('a number', value);
}

export function asBigint(value: Value): bigint {
  return typeof value === 'bigint' ? value : breach('a bigint', value);
}

/** Key and value of a MAP's entry. */
export function asEntry(entry: Value): readonly [Value, Value] {
  const [key, value] = asList(entry);
  return [key ?? null, value ?? null];
}

export function isList(value: Value | undefined): value is readonly Value[] {
  return Array.isArray(value);
}

/** Throws the BugError for a value that its type forbids. */
export function breach(expected: string, value: unknown): never {
  throw new BugError(
    'DREY_BUG',
    `An expression's operand should be ${expected} but is a ${value === null ? 'null' : typeof value}.`,
  );
}
