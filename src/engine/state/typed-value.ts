/** Reads canonical values (expression/value.ts) of a known type back, and refuses others. */
import type { LogicalType } from '../../expression/type.ts';
import type { Value } from '../../expression/value.ts';
import { columnKindOf, type Column } from '../batch/column.ts';
import { corruptState } from './corrupt-state.ts';
import type { StateReader } from './state-reader.ts';
import { readStateValue } from './state-value.ts';

/** A value of the type, or NULL. */
export function readTypedValue(reader: StateReader, type: LogicalType): Value {
  return readValueOfKind(reader, columnKindOf(type.root));
}

/** A value that a column of this kind takes, or NULL. */
export function readValueOfKind(reader: StateReader, kind: Column['kind']): Value {
  const value = readStateValue(reader);
  if (value !== null && !isOfKind(value, kind)) {
    throw corruptState(`it holds a ${typeof value} where a value of kind ${kind} belongs`);
  }
  return value;
}

function isOfKind(value: Value, kind: Column['kind']): boolean {
  switch (kind) {
    case 'boolean':
      return typeof value === 'boolean';
    case 'int':
    case 'double':
      return typeof value === 'number';
    case 'long':
    case 'timestamp':
    case 'decimal':
      return typeof value === 'bigint';
    case 'bytes':
      return typeof value === 'string' || value instanceof Uint8Array;
    case 'object':
      return Array.isArray(value);
  }
}
