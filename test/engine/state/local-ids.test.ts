/** Lists of ids by way of a snapshot into a dictionary that gives other ids. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { keyGroupOf } from '../../../src/engine/state/key-groups.ts';
import { KeyDictionary } from '../../../src/engine/state/key-dictionary.ts';
import { NULL_KEY_LENGTH } from '../../../src/engine/state/key-ranges.ts';
import { LocalIdReader, LocalIdWriter } from '../../../src/engine/state/local-ids.ts';
import { StateReader } from '../../../src/engine/state/state-reader.ts';
import { StateWriter } from '../../../src/engine/state/state-writer.ts';
import { ByteBlock } from '../../../src/engine/batch/byte-block.ts';
import { runs } from '../../support/property-runs.ts';
import { testMemory } from '../../support/test-memory.ts';

/** Null: the NULL key. */
type Key = string | null;

const keyPool: readonly Key[] = [null, '', 'a', 'b', 'twelve bytes', 'a key of more than twelve'];
const keys = fc.constantFrom(...keyPool);

function idsOf(dictionary: KeyDictionary, wanted: readonly Key[]): Int32Array {
  const texts = wanted.map((key) => new TextEncoder().encode(key ?? ''));
  const block = new ByteBlock(texts.reduce((sum, { length }) => sum + length, 16));
  const start = new Int32Array(wanted.length);
  const length = new Int32Array(wanted.length);
  let at = 0;
  for (const [index, bytes] of texts.entries()) {
    block.bytes.set(bytes, at);
    start[index] = at;
    length[index] = wanted[index] === null ? NULL_KEY_LENGTH : bytes.length;
    at += bytes.length;
  }
  const ids = new Int32Array(wanted.length);
  dictionary.internAll({ block, start, length }, wanted.length, ids);
  return ids;
}

/** Parts, each of some sets and a list in order. */
const parts = fc.array(
  fc.record({
    sets: fc.array(fc.uniqueArray(keys, { maxLength: 5 }), { maxLength: 4 }),
    list: fc.array(keys, { maxLength: 6 }),
  }),
  { minLength: 1, maxLength: 3 },
);

test('sets and lists name the same keys wherever they are read', () => {
  fc.assert(
    fc.property(parts, fc.array(keys, { maxLength: 4 }), (drawn, before) => {
      const dictionary = new KeyDictionary(testMemory);
      idsOf(dictionary, keyPool);
      const writer = new LocalIdWriter(dictionary);
      const written = drawn.map(({ sets, list }) => {
        const body = new StateWriter();
        writer.beginPart();
        writer.beginLists();
        for (const set of sets) writer.addList(idsOf(dictionary, set), 0, set.length);
        writer.endLists(body);
        writer.writeInOrder(body, idsOf(dictionary, list));
        const head = new StateWriter();
        writer.writeKeys(head);
        return { head: head.finish(), body: body.finish() };
      });
      const other = new KeyDictionary(testMemory);
      idsOf(other, before);
      const reader = new LocalIdReader(other);
      for (const [index, { head, body }] of written.entries()) {
        const { sets, list } = drawn[index]!;
        const bodyReader = new StateReader(body);
        reader.beginPart(new StateReader(head));
        const lists = reader.readLists(bodyReader, sets.length);
        expect([...lists.counts]).toEqual(sets.map((set) => set.length));
        let at = 0;
        for (const set of sets) {
          const found = lists.ids.slice(at, (at += set.length));
          expect(found.toSorted()).toEqual(idsOf(other, set).toSorted());
        }
        expect(reader.readInOrder(bodyReader)).toEqual(idsOf(other, list));
        reader.endPart();
        expect(bodyReader.remaining).toBe(0);
      }
      for (const each of [dictionary, other]) each.release();
    }),
    { numRuns: runs(200) },
  );
});

test('a key has the group that the exchange sends it by, also after its id was another key', () => {
  const dictionary = new KeyDictionary(testMemory);
  const groupOf = (key: Key, groups: number): number => {
    const bytes = new TextEncoder().encode(key ?? '');
    return keyGroupOf(bytes, 0, key === null ? NULL_KEY_LENGTH : bytes.length, groups);
  };
  const check = (wanted: readonly Key[], groups: number): void => {
    expect([...dictionary.groupsOf(idsOf(dictionary, wanted), groups)]).toEqual(
      wanted.map((key) => groupOf(key, groups)),
    );
  };
  check(keyPool, 128);
  check(keyPool, 7);
  dictionary.retain(new Uint8Array(dictionary.idLimit));
  check(['other', 'keys', 'under', 'the', 'same', 'ids'], 7);
});
