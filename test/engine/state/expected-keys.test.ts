import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ByteBlock } from '../../../src/engine/batch/byte-block.ts';
import { ExpectedKeys } from '../../../src/engine/state/expected-keys.ts';
import { KeyDictionary } from '../../../src/engine/state/key-dictionary.ts';
import { StateReader } from '../../../src/engine/state/state-reader.ts';
import { StateWriter } from '../../../src/engine/state/state-writer.ts';
import { runs } from '../../support/property-runs.ts';
import { testMemory } from '../../support/test-memory.ts';

/** Of the keys `from` to `to`, each of so many bytes. */
function internRange(dictionary: KeyDictionary, from: number, to: number, size: number): number[] {
  const texts = Array.from({ length: to - from }, (_none, index) =>
    String(from + index).padStart(size, '0'),
  );
  const ids = new Int32Array(texts.length);
  const keys = {
    block: ByteBlock.of(Buffer.from(texts.join(''))),
    start: Int32Array.from(texts, (_text, index) => index * size),
    length: new Int32Array(texts.length).fill(size),
  };
  dictionary.internAll(keys, texts.length, ids);
  return [...ids];
}

function parts(count: number, dictionary: KeyDictionary, ids: number[]): StateReader[] {
  return Array.from({ length: count }, () => {
    const writer = new StateWriter();
    dictionary.writeKeys(writer, Int32Array.from(ids));
    return new StateReader(writer.finish());
  });
}

test('tables have room for all keys at once, and those that were there keep their ids', () => {
  const sizes = fc.record({
    known: fc.integer({ min: 1_000, max: 2_000 }),
    partCount: fc.integer({ min: 2, max: 20 }),
    size: fc.integer({ min: 28, max: 60 }),
  });
  fc.assert(
    fc.property(sizes, ({ known, partCount, size }) => {
      const dictionary = new KeyDictionary(testMemory);
      const ids = internRange(dictionary, 0, known, size);
      const readers = parts(partCount, dictionary, ids);
      const room = new ExpectedKeys(
        dictionary,
        readers.map((reader) => ({ reader })),
      );
      dictionary.readKeys(readers[0]!);
      const expected = room.afterRun(readers[0]!);
      expect(expected).toBeGreaterThanOrEqual(known * partCount);
      expect(expected).toBeLessThanOrEqual(known * partCount * 2);
      const { sizeBytes } = dictionary;
      internRange(dictionary, known, known * partCount, size);
      expect(dictionary.sizeBytes).toBe(sizeBytes);
      expect(internRange(dictionary, 0, known, size)).toEqual(ids);
      dictionary.release();
    }),
    { numRuns: runs(30) },
  );
});

test('runs are looked at until they have a sample of keys, and only then', () => {
  const dictionary = new KeyDictionary(testMemory);
  const ids = internRange(dictionary, 0, 900, 40);
  const readers = parts(3, dictionary, ids);
  const room = new ExpectedKeys(
    dictionary,
    readers.map((reader) => ({ reader })),
  );
  dictionary.readKeys(readers[0]!);
  expect(room.afterRun(readers[0]!)).toBe(0);
  internRange(dictionary, 900, 1_800, 40);
  dictionary.readKeys(readers[1]!);
  // 1,800 keys in two parts of three, and a quarter more.
  const expected = room.afterRun(readers[1]!);
  expect(expected).toBeGreaterThan(3_300);
  expect(expected).toBeLessThan(3_400);
  dictionary.readKeys(readers[2]!);
  expect(room.afterRun(readers[2]!)).toBe(0);
  dictionary.release();
});

test('a first part of small keys does not make room for more than the state takes itself', () => {
  const dictionary = new KeyDictionary(testMemory);
  const [reader] = parts(1, dictionary, internRange(dictionary, 0, 1_000, 4));
  const rest = new StateReader(new Uint8Array(1_000_000));
  const room = new ExpectedKeys(dictionary, [{ reader: reader! }, { reader: rest }]);
  dictionary.readKeys(reader!);
  expect(room.afterRun(reader!)).toBeLessThan(64_000);
  expect(dictionary.sizeBytes).toBeLessThan(2_000_000);
  dictionary.release();
});
