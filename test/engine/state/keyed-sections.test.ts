import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createColumn } from '../../../src/engine/batch/column.ts';
import { writeValue } from '../../../src/engine/batch/write-value.ts';
import { KeyDictionary } from '../../../src/engine/state/key-dictionary.ts';
import { KeyEncoder } from '../../../src/engine/state/key-encoder.ts';
import { idsInUse, KeyedSections } from '../../../src/engine/state/keyed-sections.ts';
import { RestoredParts } from '../../../src/engine/state/restored-parts.ts';
import { SnapshotParts } from '../../../src/engine/state/snapshot-parts.ts';
import type { StatePart } from '../../../src/engine/state/state-part.ts';
import { keyGroupOfValue } from '../../support/key-groups-of.ts';
import { runs } from '../../support/property-runs.ts';
import { testMemory } from '../../support/test-memory.ts';
import { types } from '../batch/nullable-types.ts';

const MAX_PARALLELISM = 16;
const VERSION = 3;

/** Texts with a number each, kept under the ids of a dictionary. */
class Kept {
  readonly dictionary = new KeyDictionary(testMemory);
  readonly numbers: number[] = [];
  private readonly encoder = new KeyEncoder(testMemory);

  add(texts: readonly (string | null)[], numberOf: (index: number) => number): void {
    const ids = this.idsOf(texts);
    for (const [index, id] of ids.entries()) this.numbers[id] = numberOf(index);
  }

  numberOf(text: string | null): number | undefined {
    return this.numbers[this.idsOf([text])[0]!];
  }

  write(version = VERSION, groups: readonly number[] = []): readonly StatePart[] {
    const parts = new SnapshotParts({
      checkpointId: 1,
      isSavepoint: false,
      maxParallelism: MAX_PARALLELISM,
    });
    const ids = idsInUse(this.dictionary.idLimit, (id) => this.numbers[id] !== undefined);
    this.sections(version).write(
      parts,
      ids,
      (writer, own) => {
        for (const id of own) writer.uint32(this.numbers[id]!);
      },
      groups,
    );
    return parts.finish();
  }

  read(parts: readonly (readonly StatePart[])[], subtask = 0, parallelism = 1): void {
    const old = parts.map((each, index) => ({ subtask: index, parts: each }));
    const now = { subtask, parallelism, maxParallelism: MAX_PARALLELISM };
    this.sections(VERSION).read(new RestoredParts(old, now), (reader, ids) => {
      for (const id of ids) this.numbers[id] = reader.uint32();
    });
  }

  private idsOf(texts: readonly (string | null)[]): Int32Array {
    const column = createColumn(types.text);
    for (const [row, text] of texts.entries()) writeValue(column, row, text);
    const ids = new Int32Array(texts.length);
    const keys = this.encoder.encode([column], texts.length);
    this.dictionary.internAll(keys, texts.length, ids);
    return ids;
  }

  private sections(version: number): KeyedSections {
    return new KeyedSections({ dictionary: this.dictionary, version });
  }
}

const corrupt = expect.objectContaining({ code: 'DREY_STATE_CORRUPT' });

function keptOf(texts: readonly (string | null)[]): Kept {
  const kept = new Kept();
  kept.add(texts, (index) => index);
  return kept;
}

test('keys lie in the part of their group and come back at any parallelism', () => {
  const text = fc.option(fc.string({ maxLength: 20 }), { freq: 10 });
  const texts = fc.uniqueArray(text, { maxLength: 60 });
  fc.assert(
    fc.property(texts, fc.integer({ min: 1, max: 5 }), (all, parallelism) => {
      const parts = keptOf(all).write();
      const groups = new Set(all.map((each) => keyGroupOfValue(types.text, each, MAX_PARALLELISM)));
      const written = parts.map((part) => (part.kind === 'key-group' ? part.group : -1));
      expect(written).toEqual([...groups].sort((left, right) => left - right));
      const divided = Array.from({ length: parallelism }, (_, subtask) => {
        const own = new Kept();
        own.read([parts], subtask, parallelism);
        return own.write();
      });
      expect(divided.flat()).toEqual(parts);
      const merged = new Kept();
      merged.read(divided);
      expect(merged.write()).toEqual(parts);
      for (const [index, each] of all.entries()) expect(merged.numberOf(each)).toBe(index);
    }),
    { numRuns: runs(50) },
  );
});

test('more keys than a batch has rows', () => {
  const kept = new Kept();
  for (let from = 0; from < 50_000; from += 2_000) {
    const texts = Array.from({ length: 2_000 }, (_, index) => `key ${from + index}`);
    kept.add(texts, (index) => from + index);
  }
  const copy = new Kept();
  copy.read([kept.write()]);
  for (const number of [0, 1, 2_047, 2_048, 31_234, 49_999]) {
    expect(copy.numberOf(`key ${number}`)).toBe(number);
  }
});

test('a group that is named has a part also without keys', () => {
  const parts = new Kept().write(VERSION, [2, 7]);
  expect(parts).toMatchObject([{ group: 2 }, { group: 7 }]);
  new Kept().read([parts]);
});

test('another version, keys of another group and keys that are there twice are refused', () => {
  const parts = keptOf(['a']).write();
  const [part] = parts;
  expect(() => {
    new Kept().read([keptOf(['a']).write(4)]);
  }).toThrow(corrupt);
  expect(part).toMatchObject({ kind: 'key-group' });
  const group = (keyGroupOfValue(types.text, 'a', MAX_PARALLELISM) + 1) % MAX_PARALLELISM;
  expect(() => {
    new Kept().read([[{ kind: 'key-group', group, bytes: part!.bytes! }]]);
  }).toThrow(corrupt);
  const known = keptOf(['a']);
  expect(() => {
    known.read([parts]);
  }).toThrow(corrupt);
});
