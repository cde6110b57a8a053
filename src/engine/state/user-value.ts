/**
 * Values that the author of a function keeps in state: JSON's, and bigint and bytes besides. They
 * are copied and frozen on their way in, so that state changes by its own calls alone and is the
 * same before and after a restore.
 */
import { EngineError } from '../../errors/drey-error.ts';

export type UserValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | readonly UserValue[]
  | { readonly [name: string]: UserValue };

/** Deeper values are refused; a value that holds itself has no end. */
const DEPTH_MAX = 64;

/** A value that cannot be kept; the message says where in it and why. */
export class UnfitValue extends EngineError {
  constructor(message: string) {
    super('DREY_PROCESS_STATE', message);
  }
}

/** A frozen copy. Throws UnfitValue. */
export function copyUserValue(value: unknown, path = 'the value', depth = 0): UserValue {
  switch (typeof value) {
    case 'boolean':
    case 'number':
    case 'bigint':
      return value;
    case 'string':
      return value.isWellFormed() ? value : value.toWellFormed();
    case 'object':
      return value === null ? null : copyObject(value, path, depth);
    default:
      throw new UnfitValue(`${path} is ${value === undefined ? 'undefined' : `a ${typeof value}`}`);
  }
}

function copyObject(value: object, path: string, depth: number): UserValue {
  if (depth === DEPTH_MAX) {
    throw new UnfitValue(`the value is nested more than ${DEPTH_MAX} levels deep, or holds itself`);
  }
  if (value instanceof Uint8Array) return Uint8Array.from(value);
  if (Array.isArray(value)) {
    const items = Array.from(value, (item: unknown, index) =>
      copyUserValue(item, `${path}[${index}]`, depth + 1),
    );
    return Object.freeze(items);
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) {
    const { constructor } = value as { readonly constructor?: { readonly name?: string } };
    const name = constructor?.name ?? 'object of another kind';
    throw new UnfitValue(`${path} is a ${name}; only plain objects, arrays and bytes are kept`);
  }
  const entries = Object.entries(value).flatMap(([name, inner]: [string, unknown]) =>
    inner === undefined
      ? []
      : [[name.toWellFormed(), copyUserValue(inner, `${path}.${name}`, depth + 1)] as const],
  );
  return Object.freeze(Object.fromEntries(entries));
}
