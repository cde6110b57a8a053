import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ByteBlock } from '../../../src/engine/batch/byte-block.ts';
import { KeyDictionary } from '../../../src/engine/state/key-dictionary.ts';
import { keyGroupOf } from '../../../src/engine/state/key-groups.ts';
import { NULL_KEY_LENGTH, type KeyRanges } from '../../../src/engine/state/key-ranges.ts';
import { StateReader } from '../../../src/engine/state/state-reader.ts';
import { StateWriter } from '../../../src/engine/state/state-writer.ts';
import { runs } from '../../support/property-runs.ts';
import { testMemory } from '../../support/test-memory.ts';

/** Keys around the inline limit of 20 bytes, with many repetitions. */
const keys = fc.array(
  fc.oneof(
    fc.uint8Array({ maxLength: 24 }),
    fc.nat({ max: 50 }).map((value) => new TextEncoder().encode(`key-${value}`)),
    fc
      .nat({ max: 50 })
      .map((value) => new TextEncoder().encode(`a key that is not inline ${value}`)),
    fc.constant(null),
  ),
  { maxLength: 3000 },
);

const ids = new Int32Array(1);

function intern(dictionary: KeyDictionary, key: Uint8Array | null): number {
  dictionary.internAll(keysOf([key]), 1, ids);
  return ids[0]!;
}

function keysOf(keys: readonly (Uint8Array | null)[]): KeyRanges {
  const block = ByteBlock.of(Buffer.concat(keys.map((key) => key ?? new Uint8Array(0))));
  const length = Int32Array.from(keys, (key) => key?.length ?? NULL_KEY_LENGTH);
  let end = 0;
  const start = length.map((size) => (end += Math.max(size, 0)) - Math.max(size, 0));
  return { block, start, length };
}

const length = testMemory.int32Array(1);
const start = testMemory.int32Array(1);

function keyOf(dictionary: KeyDictionary, id: number): string | null {
  const ids = Int32Array.of(id);
  const block = new ByteBlock(dictionary.keysSizeBytes(ids), testMemory);
  dictionary.copyKeys(ids, { block, start, length });
  const key =
    length[0] === NULL_KEY_LENGTH
      ? null
      : text(block.bytes.subarray(start[0], start[0]! + length[0]!));
  testMemory.release(block.bytes);
  return key;
}

/** Where the key lies, and its length. */
function keyBytesOf(dictionary: KeyDictionary, id: number): [Uint8Array, number, number] {
  const size = dictionary.keyLength(id);
  const at = dictionary.keyAddress(id);
  return [testMemory.uint8ArrayAt(at, Math.max(size, 0)).slice(), 0, size];
}

const corrupt = expect.objectContaining({ code: 'DREY_STATE_CORRUPT' });

function text(key: Uint8Array): string {
  return Buffer.from(key).toString('hex');
}

test('equal keys get equal ids, different keys different ones, dense from 0', () => {
  fc.assert(
    fc.property(keys, (input) => {
      const dictionary = new KeyDictionary(testMemory);
      const expected = new Map<string | null, number>();
      for (const key of input) {
        const name = key === null ? null : text(key);
        const known = expected.get(name);
        const id = intern(dictionary, key);
        expect(id).toBe(known ?? expected.size);
        expected.set(name, id);
      }
      expect(dictionary.size).toBe(expected.size);
      for (const [name, id] of expected) expect(keyOf(dictionary, id)).toBe(name);
    }),
    { numRuns: runs(50) },
  );
});

test('retain keeps the marked keys under their ids and hands the other ids out again', () => {
  fc.assert(
    fc.property(keys, fc.infiniteStream(fc.boolean()), (input, marks) => {
      const dictionary = new KeyDictionary(testMemory);
      const ids = new Map<string | null, number>();
      for (const key of input) ids.set(key === null ? null : text(key), intern(dictionary, key));
      const used = new Uint8Array(dictionary.idLimit);
      const kept = new Map<string | null, number>();
      for (const [name, id] of ids) {
        if (marks.next().value !== true) continue;
        used[id] = 1;
        kept.set(name, id);
      }
      dictionary.retain(used);
      expect(dictionary.size).toBe(kept.size);
      for (const [name, id] of kept) expect(keyOf(dictionary, id)).toBe(name);
      const seen = new Set<number>();
      for (const key of input) {
        const name = key === null ? null : text(key);
        const id = intern(dictionary, key);
        if (kept.has(name)) expect(id).toBe(kept.get(name));
        seen.add(id);
      }
      expect(seen.size).toBe(ids.size);
      expect(dictionary.idLimit).toBeLessThanOrEqual(Math.max(ids.size, 0));
    }),
    { numRuns: runs(50) },
  );
});

test('a restored dictionary knows the same keys under the same ids and reuses free ids', () => {
  fc.assert(
    fc.property(keys, (input) => {
      const dictionary = new KeyDictionary(testMemory);
      for (const key of input) intern(dictionary, key);
      const used = new Uint8Array(dictionary.idLimit);
      for (let id = 0; id < used.length; id += 2) used[id] = 1;
      dictionary.retain(used);
      const writer = new StateWriter();
      dictionary.snapshotState(writer);
      const restored = new KeyDictionary(testMemory);
      restored.restoreState(new StateReader(writer.finish()));
      expect(restored.size).toBe(dictionary.size);
      const fresh = input.map((key) => intern(dictionary, key));
      const again = input.map((key) => intern(restored, key));
      expect(again).toEqual(fresh);
    }),
    { numRuns: runs(50) },
  );
});

test('a stream of new keys with regular clean-up stays within its ids', () => {
  const dictionary = new KeyDictionary(testMemory);
  for (let round = 0; round < 50; round++) {
    const used = new Uint8Array(20_000);
    for (let index = 0; index < 5000; index++) {
      const id = intern(dictionary, new TextEncoder().encode(`device-${round}-${index}`));
      if (index >= 4000) used[id] = 1;
    }
    dictionary.retain(used.subarray(0, dictionary.idLimit));
  }
  expect(dictionary.size).toBe(1000);
  expect(dictionary.idLimit).toBeLessThanOrEqual(6000);
  expect(dictionary.sizeBytes).toBeLessThan(1_000_000);
});

test('keys that were written come back in their order, and those of another group are refused', () => {
  fc.assert(
    fc.property(keys, fc.integer({ min: 1, max: 300 }), (input, maxParallelism) => {
      const old = new KeyDictionary(testMemory);
      const written = Int32Array.from(new Set(input.map((key) => intern(old, key))));
      const groups = old.groupsOf(written, maxParallelism);
      for (const [index, id] of written.entries()) {
        const key = keyBytesOf(old, id);
        expect(groups[index]).toBe(keyGroupOf(...key, maxParallelism));
      }
      const writer = new StateWriter();
      old.writeKeys(writer, written);
      const bytes = writer.finish();
      const copy = new KeyDictionary(testMemory);
      const read = copy.readKeys(new StateReader(bytes));
      expect(Array.from(read, (id) => keyOf(copy, id))).toEqual(
        Array.from(written, (id) => keyOf(old, id)),
      );
      const isOne = new Set(groups).size <= 1;
      const readInto = (): Int32Array =>
        copy.readKeys(new StateReader(bytes), { group: groups[0] ?? 0, maxParallelism });
      if (isOne) expect(readInto()).toEqual(read);
      else expect(readInto).toThrow(corrupt);
      for (const dictionary of [old, copy]) dictionary.release();
    }),
    { numRuns: runs(100) },
  );
});

test('lengths that do not give the bytes that are there are refused', () => {
  const write = (lengths: readonly number[], byteCount: number): StateReader => {
    const writer = new StateWriter();
    writer.uint32(lengths.length);
    writer.int32Array(Int32Array.from(lengths));
    writer.bytes(new Uint8Array(byteCount));
    return new StateReader(writer.finish());
  };
  const dictionary = new KeyDictionary(testMemory);
  expect(dictionary.readKeys(write([5, 3], 12))).toHaveLength(2);
  const most = 0x7fff_fffc;
  // The sum of the last ones is 8 in 32 bits.
  const wrong = [write([5, 3], 8), write([5, -2], 8), write([-2], 0), write([most, most, 16], 8)];
  for (const reader of wrong) expect(() => dictionary.readKeys(reader)).toThrow(corrupt);
});
