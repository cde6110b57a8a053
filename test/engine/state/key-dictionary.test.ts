import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ByteBlock } from '../../../src/engine/batch/byte-block.ts';
import { hashBytes } from '../../../src/engine/batch/hash.ts';
import { KeyDictionary } from '../../../src/engine/state/key-dictionary.ts';
import { NULL_KEY_LENGTH } from '../../../src/engine/state/key-ranges.ts';
import { StateReader } from '../../../src/engine/state/state-reader.ts';
import { StateWriter } from '../../../src/engine/state/state-writer.ts';
import { runs } from '../../support/property-runs.ts';

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

function intern(dictionary: KeyDictionary, key: Uint8Array | null): number {
  if (key === null)
    return dictionary.intern(new DataView(new ArrayBuffer(4)), 0, NULL_KEY_LENGTH, 0);
  const block = ByteBlock.of(key);
  return dictionary.intern(block.view, 0, key.length, hashBytes(block.view, 0, key.length));
}

function keyOf(dictionary: KeyDictionary, id: number): string | null {
  const length = dictionary.lengthOf(id);
  if (length === NULL_KEY_LENGTH) return null;
  const block = new ByteBlock(length);
  dictionary.copyKey(id, block.view, 0);
  return text(block.bytes.subarray(0, length));
}

function text(key: Uint8Array): string {
  return Buffer.from(key).toString('hex');
}

test('equal keys get equal ids, different keys different ones, dense from 0', () => {
  fc.assert(
    fc.property(keys, (input) => {
      const dictionary = new KeyDictionary();
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
      const dictionary = new KeyDictionary();
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
      const dictionary = new KeyDictionary();
      for (const key of input) intern(dictionary, key);
      const used = new Uint8Array(dictionary.idLimit);
      for (let id = 0; id < used.length; id += 2) used[id] = 1;
      dictionary.retain(used);
      const writer = new StateWriter();
      dictionary.snapshotState(writer);
      const restored = new KeyDictionary();
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
  const dictionary = new KeyDictionary();
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
