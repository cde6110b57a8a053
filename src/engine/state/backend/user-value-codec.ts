/**
 * Values that the author of a function keeps in state, as bytes: how they lie in memory and in
 * snapshots alike. What cannot be kept is refused with the words of copyUserValue.
 * Invariant: what is read is frozen and equal to what copyUserValue makes of what was written.
 */
import { corruptState } from '../corrupt-state.ts';
import { copyUserValue, UnfitValue, type UserValue } from '../user-value.ts';
import type { ByteSink } from './byte-sink.ts';
import type { ByteSource } from './byte-source.ts';
import { RecentNames, type ObjectNames } from './object-names.ts';

const tags = {
  null: 0,
  false: 1,
  true: 2,
  int: 3,
  number: 4,
  bigint: 5,
  text: 6,
  bytes: 7,
  list: 8,
  object: 9,
} as const;

/** As copyUserValue: deeper values are refused. */
const DEPTH_MAX = 64;
/** Bytes of the names of one object. Source: their length has two bytes. */
const NAMES_BYTES_MAX = 65_535;

/** Appends the value. Throws UnfitValue; the sink is then to be cleared. */
export function encodeUserValue(sink: ByteSink, value: unknown): void {
  if (encode(sink, value, 0)) return;
  // Says where in the value it is and why.
  copyUserValue(value);
  throw new UnfitValue('it has too many names, or changes while it is read');
}

/** False: something in it cannot be kept. */
function encode(sink: ByteSink, value: unknown, depth: number): boolean {
  switch (typeof value) {
    case 'number':
      encodeNumber(sink, value);
      return true;
    case 'string':
      sink.uint8(tags.text);
      sink.text(value);
      return true;
    case 'boolean':
      sink.uint8(value ? tags.true : tags.false);
      return true;
    case 'bigint':
      sink.uint8(tags.bigint);
      sink.text(String(value));
      return true;
    case 'object':
      if (value === null) sink.uint8(tags.null);
      else return encodeObject(sink, value, depth);
      return true;
    default:
      return false;
  }
}

function encodeNumber(sink: ByteSink, value: number): void {
  if ((value | 0) === value && !Object.is(value, -0)) {
    sink.uint8(tags.int);
    sink.varint(((value << 1) ^ (value >> 31)) >>> 0);
    return;
  }
  sink.uint8(tags.number);
  sink.float64(value);
}

function encodeObject(sink: ByteSink, value: object, depth: number): boolean {
  if (depth === DEPTH_MAX) return false;
  if (value instanceof Uint8Array) {
    sink.uint8(tags.bytes);
    sink.varint(value.length);
    sink.raw(value, 0, value.length);
    return true;
  }
  if (isList(value)) {
    sink.uint8(tags.list);
    sink.varint(value.length);
    for (let index = 0; index < value.length; index++) {
      if (!encode(sink, value[index], depth + 1)) return false;
    }
    return true;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return false;
  return encodeMembers(sink, value as Readonly<Record<string, unknown>>, depth);
}

function encodeMembers(
  sink: ByteSink,
  value: Readonly<Record<string, unknown>>,
  depth: number,
): boolean {
  let names = Object.keys(value);
  for (const name of names) {
    if (value[name] !== undefined) continue;
    names = names.filter((each) => value[each] !== undefined);
    break;
  }
  sink.uint8(tags.object);
  const from = sink.length;
  sink.uint16(0);
  sink.varint(names.length);
  for (const name of names) sink.text(name);
  const length = sink.length - from - 2;
  if (length > NAMES_BYTES_MAX) return false;
  sink.view.setUint16(from, length, true);
  for (const name of names) if (!encode(sink, value[name], depth + 1)) return false;
  return true;
}

/** Reads values; remembers names, so each state has one of its own. */
export class UserValueDecoder {
  private readonly names = new RecentNames();

  read(source: ByteSource, depth = 0): UserValue {
    const tag = source.uint8();
    switch (tag) {
      case tags.null:
        return null;
      case tags.false:
        return false;
      case tags.true:
        return true;
      case tags.int: {
        const zigzag = source.varint();
        return (zigzag >>> 1) ^ -(zigzag & 1);
      }
      case tags.number:
        return source.float64();
      case tags.bigint:
        return bigintOf(source.text());
      case tags.text:
        return source.text();
      case tags.bytes:
        return source.copy(source.varint());
      case tags.list:
        return this.readList(source, depth);
      case tags.object:
        return this.readObject(source, this.names.read(source, source.uint16()), depth);
      default:
        throw corruptState(`it holds a value of unknown kind ${tag}`);
    }
  }

  private readList(source: ByteSource, depth: number): UserValue {
    checkDepth(depth);
    const items: UserValue[] = [];
    for (let count = source.varint(); count > 0; count--) items.push(this.read(source, depth + 1));
    return Object.freeze(items);
  }

  private readObject(
    source: ByteSource,
    { names, hasProto }: ObjectNames,
    depth: number,
  ): UserValue {
    checkDepth(depth);
    if (hasProto) {
      return Object.freeze(
        Object.fromEntries(names.map((name) => [name, this.read(source, depth + 1)] as const)),
      );
    }
    const object: Record<string, UserValue> = {};
    for (let index = 0; index < names.length; index++) {
      object[names[index]!] = this.read(source, depth + 1);
    }
    return Object.freeze(object);
  }
}

function checkDepth(depth: number): void {
  if (depth >= DEPTH_MAX) throw corruptState('it holds a value that is nested too deeply');
}

function bigintOf(text: string): bigint {
  if (!/^-?[0-9]+$/.test(text)) throw corruptState('it holds an integer that is none');
  return BigInt(text);
}

function isList(value: object): value is readonly unknown[] {
  return Array.isArray(value);
}
