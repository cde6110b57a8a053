import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ByteSink } from '../../../src/engine/state/backend/byte-sink.ts';
import { ByteSource } from '../../../src/engine/state/backend/byte-source.ts';
import {
  encodeUserValue,
  UserValueDecoder,
} from '../../../src/engine/state/backend/user-value-codec.ts';
import { copyUserValue, UnfitValue, type UserValue } from '../../../src/engine/state/user-value.ts';
import { VerificationError } from '../../../src/errors/drey-error.ts';
import { runs } from '../../support/property-runs.ts';

const scalar = fc.oneof(
  fc.constant(null),
  fc.boolean(),
  fc.double(),
  fc.bigInt(),
  fc.string({ unit: 'binary' }),
  fc.uint8Array({ maxLength: 8 }),
);
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    scalar,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.string({ unit: 'binary', maxLength: 6 }), tie('value'), { maxKeys: 4 }),
  ),
}));

test('a copy equals the value, and what is restored equals the copy', () => {
  fc.assert(
    fc.property(value, (original) => {
      const copy = copyUserValue(original);
      expect(copy).toEqual(plain(original));
      expect(throughState(copy)).toEqual(copy);
      expect(throughState(original)).toEqual(copy);
    }),
    { numRuns: runs(300) },
  );
});

test('a name such as __proto__ is a property like others', () => {
  const copy = copyUserValue(JSON.parse('{"__proto__":{"polluted":1}}')) as object;
  expect(Object.keys(copy)).toEqual(['__proto__']);
  expect(Object.getPrototypeOf(copy)).toBe(Object.prototype);
  expect(Object.keys(throughState(copy as UserValue) as object)).toEqual(['__proto__']);
});

test('a copy cannot be changed, and does not change with its original', () => {
  const original = { seen: [1, { at: 2 }] };
  const copy = copyUserValue(original) as typeof original;
  original.seen.push(3);
  expect(copy.seen).toHaveLength(2);
  expect(() => copy.seen.push(4)).toThrow(TypeError);
  const restored = throughState(copy as UserValue) as typeof original;
  expect(() => restored.seen.push(4)).toThrow(TypeError);
});

test('half a surrogate pair is the same before and after a restore', () => {
  const copy = copyUserValue('a\ud800b');
  expect(copy).toBe('a\ufffdb');
  expect(throughState(copy)).toBe(copy);
});

const circle: unknown[] = [];
circle.push(circle);

test.each([
  [undefined, 'the value is undefined'],
  [() => 1, 'the value is a function'],
  [{ a: [1, Symbol.iterator] }, 'the value.a[1] is a symbol'],
  [{ at: new Date(0) }, 'the value.at is a Date'],
  [new Map(), 'the value is a Map'],
  [Object.create(Object.create(null)), 'object of another kind'],
  [circle, 'holds itself'],
])('refuses what no snapshot can hold: case %#', (unfit, message) => {
  expect(() => copyUserValue(unfit)).toThrow(UnfitValue);
  expect(() => copyUserValue(unfit)).toThrow(message);
  expect(() => throughState(unfit)).toThrow(message);
});

test('bytes that are no value are refused, whichever byte is another', () => {
  const sink = new ByteSink();
  encodeUserValue(sink, { name: ['text', 1.5, -7, 12345678901234567890n, { deep: [null, true] }] });
  const bytes = sink.copy();
  for (let length = 0; length < bytes.length; length++) {
    expect(() => readBytes(bytes.subarray(0, length))).toThrow(VerificationError);
  }
  for (let at = 0; at < bytes.length; at++) {
    for (const bit of [1, 8, 128]) {
      const broken = bytes.slice();
      broken[at]! ^= bit;
      try {
        readBytes(broken);
      } catch (error) {
        expect(error).toBeInstanceOf(VerificationError);
      }
    }
  }
});

test('a property that is undefined is left out', () => {
  expect(copyUserValue({ a: 1, b: undefined })).toStrictEqual({ a: 1 });
  expect(throughState({ a: 1, b: undefined })).toStrictEqual({ a: 1 });
});

function readBytes(bytes: Uint8Array): UserValue {
  return new UserValueDecoder().read(new ByteSource(bytes));
}

function throughState(value: unknown): UserValue {
  const sink = new ByteSink();
  encodeUserValue(sink, value);
  const source = new ByteSource(sink.copy());
  const read = new UserValueDecoder().read(source);
  expect(source.at).toBe(sink.length);
  return read;
}

/** Texts and names as they are kept: well-formed. Objects with an ordinary prototype. */
function plain(original: unknown): unknown {
  if (typeof original === 'string') return original.toWellFormed();
  if (Array.isArray(original)) return original.map(plain);
  if (typeof original !== 'object' || original === null || original instanceof Uint8Array) {
    return original;
  }
  return Object.fromEntries(
    Object.entries(original).map(([name, inner]) => [name.toWellFormed(), plain(inner)]),
  );
}
