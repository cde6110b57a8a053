/**
 * Values that the author of a function keeps in state: JSON's, and bigint and bytes besides. They
 * are copied and frozen on their way in, so that state changes by its own calls alone and is the
 * same before and after a restore.
 */
import { EngineError } from '../../errors/drey-error.ts';
import { corruptState } from './corrupt-state.ts';
import type { StateReader } from './state-reader.ts';
import type { StateWriter } from './state-writer.ts';

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

const tags = {
  null: 0,
  false: 1,
  true: 2,
  number: 3,
  bigint: 4,
  text: 5,
  bytes: 6,
  list: 7,
  object: 8,
} as const;

export function writeUserValue(writer: StateWriter, value: UserValue): void {
  if (value === null) writer.uint8(tags.null);
  else if (typeof value === 'boolean') writer.uint8(value ? tags.true : tags.false);
  else if (typeof value === 'number') {
    writer.uint8(tags.number);
    writer.float64(value);
  } else if (typeof value === 'bigint') {
    writer.uint8(tags.bigint);
    writer.text(String(value));
  } else if (typeof value === 'string') {
    writer.uint8(tags.text);
    writer.text(value);
  } else if (value instanceof Uint8Array) {
    writer.uint8(tags.bytes);
    writer.bytes(value);
  } else if (isList(value)) {
    writer.uint8(tags.list);
    writer.uint32(value.length);
    for (const item of value) writeUserValue(writer, item);
  } else {
    writeObject(writer, value);
  }
}

function writeObject(writer: StateWriter, value: { readonly [name: string]: UserValue }): void {
  const entries = Object.entries(value);
  writer.uint8(tags.object);
  writer.uint32(entries.length);
  for (const [name, inner] of entries) {
    writer.text(name);
    writeUserValue(writer, inner);
  }
}

/** Frozen, as it was written. */
export function readUserValue(reader: StateReader): UserValue {
  const tag = reader.uint8();
  switch (tag) {
    case tags.null:
      return null;
    case tags.false:
      return false;
    case tags.true:
      return true;
    case tags.number:
      return reader.float64();
    case tags.bigint:
      return BigInt(reader.text());
    case tags.text:
      return reader.text();
    case tags.bytes:
      return reader.bytes();
    case tags.list:
      return Object.freeze(readMany(reader, () => readUserValue(reader)));
    case tags.object:
      return Object.freeze(
        Object.fromEntries(readMany(reader, () => [reader.text(), readUserValue(reader)] as const)),
      );
    default:
      throw corruptState(`it holds a value of unknown kind ${tag}`);
  }
}

/** Grows with what is there, so that a corrupt count ends with the bytes. */
function readMany<T>(reader: StateReader, read: () => T): T[] {
  const count = reader.uint32();
  const items: T[] = [];
  for (let index = 0; index < count; index++) items.push(read());
  return items;
}

function isList(value: object): value is readonly UserValue[] {
  return Array.isArray(value);
}
