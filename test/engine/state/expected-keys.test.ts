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
    known: fc.integer({ min: 1, max: 400 }),
    partCount: fc.integer({ min: 1, max: 40 }),
    size: fc.integer({ min: 4, max: 40 }),
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
    { numRuns: runs(50) },
  );
});

test('only the first run is looked at', () => {
  const dictionary = new KeyDictionary(testMemory);
  const readers = parts(2, dictionary, internRange(dictionary, 0, 10, 8));
  const room = new ExpectedKeys(
    dictionary,
    readers.map((reader) => ({ reader })),
  );
  for (const reader of readers) dictionary.readKeys(reader);
  expect(room.afterRun(readers[0]!)).toBeGreaterThan(0);
  expect(room.afterRun(readers[1]!)).toBe(0);
});
