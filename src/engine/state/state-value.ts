/** Canonical values (expression/value.ts) as state, with a tag each. */
import { corruptState } from './corrupt-state.ts';
import type { Value } from '../../expression/value.ts';
import type { StateReader } from './state-reader.ts';
import type { StateWriter } from './state-writer.ts';

const tags = { null: 0, boolean: 1, number: 2, bigint: 3, text: 4, bytes: 5, list: 6 } as const;

/** Each value begins with its tag. */
const TAG_BYTES = 4;

export function writeStateValue(writer: StateWriter, value: Value): void {
  if (value === null) {
    writer.uint32(tags.null);
  } else if (typeof value === 'boolean') {
    writer.uint32(tags.boolean);
    writer.boolean(value);
  } else if (typeof value === 'number') {
    writer.uint32(tags.number);
    writer.float64(value);
  } else if (typeof value === 'bigint') {
    writer.uint32(tags.bigint);
    writer.text(String(value));
  } else if (typeof value === 'string') {
    writer.uint32(tags.text);
    writer.text(value);
  } else if (value instanceof Uint8Array) {
    writer.uint32(tags.bytes);
    writer.bytes(value);
  } else {
    writer.uint32(tags.list);
    writer.uint32(value.length);
    for (const element of value) writeStateValue(writer, element);
  }
}

export function readStateValue(reader: StateReader): Value {
  const tag = reader.uint32();
  switch (tag) {
    case tags.null:
      return null;
    case tags.boolean:
      return reader.boolean();
    case tags.number:
      return reader.float64();
    case tags.bigint:
      return readBigInt(reader);
    case tags.text:
      return reader.text();
    case tags.bytes:
      return reader.bytes();
    case tags.list:
      return Array.from({ length: reader.count(TAG_BYTES) }, () => readStateValue(reader));
    default:
      throw corruptState(`it holds a value of unknown kind ${tag}`);
  }
}

/** More digits than any value has; sums of DECIMALs have a few more than 38. */
const DIGITS_MAX = 1024;
const integer = new RegExp(`^-?\\d{1,${DIGITS_MAX}}$`);

/** An integer that was written as text. */
export function readBigInt(reader: StateReader): bigint {
  const text = reader.text();
  if (!integer.test(text)) throw corruptState('it holds a text where an integer belongs');
  return BigInt(text);
}
