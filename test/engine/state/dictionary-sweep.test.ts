import { expect, test } from 'vitest';
import { ByteBlock } from '../../../src/engine/batch/byte-block.ts';
import { DictionarySweep } from '../../../src/engine/state/dictionary-sweep.ts';
import { KeyDictionary } from '../../../src/engine/state/key-dictionary.ts';
import { roomyTestMemory } from '../../support/test-memory.ts';

const BATCH = 1 << 14;
/** As many as a sweep is due at, when nothing was said of them. */
const MANY = 1 << 18;

/** New keys, in all `count`. */
function growTo(dictionary: KeyDictionary, count: number): void {
  const ids = new Int32Array(BATCH);
  while (dictionary.size < count) {
    const words = Int32Array.from({ length: BATCH }, (_none, index) => dictionary.size + index);
    const keys = {
      block: ByteBlock.of(new Uint8Array(words.buffer)),
      start: Int32Array.from(words, (_word, index) => index * 4),
      length: new Int32Array(BATCH).fill(4),
    };
    dictionary.internAll(keys, BATCH, ids);
  }
}

const memory = roomyTestMemory();

function isDue(sweep: DictionarySweep): boolean {
  let isAsked = false;
  sweep.runWhenDue((used) => {
    isAsked = true;
    used.fill(1);
  });
  return isAsked;
}

test('keys that are all in use, as after a restore, are swept when there are three times as many', () => {
  const dictionary = new KeyDictionary(memory);
  const sweep = new DictionarySweep(dictionary, memory);
  growTo(dictionary, MANY);
  sweep.allAreUsed();
  expect(isDue(sweep)).toBe(false);
  growTo(dictionary, 3 * MANY - BATCH);
  expect(isDue(sweep)).toBe(false);
  growTo(dictionary, 3 * MANY);
  expect(isDue(sweep)).toBe(true);
  expect(isDue(sweep)).toBe(false);
  dictionary.release();
});

test('keys of which nothing is known are swept when they are many', () => {
  const dictionary = new KeyDictionary(memory);
  const sweep = new DictionarySweep(dictionary, memory);
  growTo(dictionary, MANY - BATCH);
  expect(isDue(sweep)).toBe(false);
  growTo(dictionary, MANY);
  expect(isDue(sweep)).toBe(true);
  dictionary.release();
});
