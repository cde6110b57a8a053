import fc from 'fast-check';
import { expect, test } from 'vitest';
import { KeyEncoder } from '../../../src/engine/state/key-encoder.ts';
import { keyGroupOf } from '../../../src/engine/state/key-groups.ts';
import { areHashable, KeyHashes } from '../../../src/engine/state/key-hashes.ts';
import { runs } from '../../support/property-runs.ts';
import { Batch } from '../../../src/engine/batch/batch.ts';
import { appendColumn } from '../../../src/engine/batch/copy-rows.ts';
import { roomyTestMemory } from '../../support/test-memory.ts';
import { batchOf, field } from '../batch/batch-of.ts';
import { types } from '../batch/nullable-types.ts';
import { drawFrom, randomValue } from '../batch/random-values.ts';

const named = Object.entries(types);
/** Prime, so that groups tell hashes apart. */
const GROUPS = 32_749;

const anyColumns = fc.array(fc.nat({ max: named.length - 1 }), { minLength: 1, maxLength: 3 });

test('hashes are those of the keys that an encoder writes, for one column and for several', () => {
  fc.assert(
    fc.property(fc.integer(), anyColumns, (seed, chosen) => {
      const draw = drawFrom(seed);
      const options = { narrow: draw(2) === 0, nullsOneIn: 3 };
      const schema = chosen.map((index, position) =>
        field(`${named[index]![0]}${position}`, named[index]![1]),
      );
      const rows = Array.from({ length: 6 }, () =>
        schema.map(({ type }) => randomValue(type, draw, options)),
      );
      const { columns: onHeap, rowCount } = batchOf(schema, rows);
      if (!areHashable(onHeap)) return;
      const memory = roomyTestMemory();
      const columns = draw(2) === 0 ? onHeap : Batch.inMemory(schema, memory).columns;
      if (columns !== onHeap) {
        const every = { rows: Int32Array.from(rows.keys()), count: rowCount };
        onHeap.forEach((column, index) => {
          appendColumn(column, every, columns[index]!, 0);
        });
      }
      const keyHashes = new KeyHashes(memory);
      keyHashes.read(columns, rowCount);
      const keys = new KeyEncoder(memory).encode(columns, rowCount);
      for (let row = 0; row < rowCount; row++) {
        const { block, start, length } = keys;
        const group = keyGroupOf(block.bytes, start[row]!, length[row]!, GROUPS);
        expect((keyHashes.hashes[row]! >>> 0) % GROUPS).toBe(group);
      }
    }),
    { numRuns: runs(300) },
  );
});

test('the group of a key is for ever the same', () => {
  const groupOf = (text: string): number => {
    const bytes = new TextEncoder().encode(text);
    return keyGroupOf(bytes, 0, bytes.length, 32_768);
  };
  // Murmur3 with seed 0 of "", "a", "hello" and "hello, world", as its reference implementation has it.
  const hashes = [0, 0x3c2569b2, 0x248bfa47, 0x149bbb7f];
  expect(['', 'a', 'hello', 'hello, world'].map(groupOf)).toEqual(
    hashes.map((hash) => hash % 32_768),
  );
});
