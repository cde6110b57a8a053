/** Distinct counts against sets: lists that are walked, bitmaps and tables, few ids and many. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createColumn } from '../../../src/engine/batch/column.ts';
import { readValue } from '../../../src/engine/batch/read-value.ts';
import type { Accumulator } from '../../../src/engine/function/accumulator.ts';
import { createAccumulator } from '../../../src/engine/function/create-accumulator.ts';
import { DistinctCountAccumulator } from '../../../src/engine/function/distinct-count.ts';
import { runs } from '../../support/property-runs.ts';
import { testMemory } from '../../support/test-memory.ts';
import { aggregate } from '../../expression/expression-of.ts';
import { types } from '../batch/nullable-types.ts';
import { copySlots, dictionaryOf } from './copy-slots.ts';

const IDS_MAX = 1_000_000;
const dictionary = dictionaryOf(IDS_MAX, testMemory);

interface Load {
  readonly slotCount: number;
  readonly idLimit: number;
  readonly pairs: readonly (readonly [slot: number, id: number, isNull: boolean])[];
}

const loads = fc
  .tuple(fc.constantFrom(1, 3, 40), fc.constantFrom(5, 300, IDS_MAX))
  .chain(([slotCount, idLimit]) =>
    fc.record({
      slotCount: fc.constant(slotCount),
      idLimit: fc.constant(idLimit),
      pairs: fc.array(
        fc.tuple(
          fc.nat(slotCount - 1),
          fc.nat(idLimit - 1),
          fc.nat(9).map((n) => n === 0),
        ),
        { maxLength: 2000, size: 'max' },
      ),
    }),
  );

function add(accumulator: Accumulator, { slotCount, idLimit, pairs }: Load): void {
  const column = createColumn(types.bigint);
  const count = pairs.length;
  for (const [row, [, id, isNull]] of pairs.entries()) {
    if (column.kind === 'long') column.values[row] = id;
    if (isNull) column.setNull(row);
  }
  accumulator.ensureSlots(slotCount);
  accumulator.accumulate(
    {
      rows: Int32Array.from(pairs, (_, row) => row),
      count,
      slots: Int32Array.from(pairs, ([slot]) => slot),
    },
    { column, filter: null, keys: null, ids: Int32Array.from(pairs, ([, id]) => id), idLimit },
  );
}

function resultsOf(accumulator: Accumulator, slotCount: number): unknown[] {
  const result = createColumn(types.bigint);
  accumulator.emit(0, slotCount, result);
  return Array.from({ length: slotCount }, (_, slot) => readValue(result, slot));
}

function setsOf({ slotCount, pairs }: Load): Set<number>[] {
  const sets = Array.from({ length: slotCount }, () => new Set<number>());
  for (const [slot, id, isNull] of pairs) if (!isNull) sets[slot]!.add(id);
  return sets;
}

test('a distinct count is the size of the set of values, also asked for and restored in between', () => {
  fc.assert(
    fc.property(loads, fc.nat(2000), fc.boolean(), (load, cut, isRestored) => {
      let accumulator = new DistinctCountAccumulator(testMemory);
      add(accumulator, { ...load, pairs: load.pairs.slice(0, cut) });
      if (isRestored) {
        const fresh = new DistinctCountAccumulator(testMemory);
        copySlots(accumulator, fresh, { slotCount: load.slotCount, dictionary });
        accumulator.release();
        accumulator = fresh;
      } else {
        resultsOf(accumulator, load.slotCount);
      }
      add(accumulator, { ...load, pairs: load.pairs.slice(cut) });
      const sizes = setsOf(load).map((set) => BigInt(set.size));
      expect(resultsOf(accumulator, load.slotCount)).toEqual(sizes);
      accumulator.release();
    }),
    { numRuns: runs(150) },
  );
});

test('a sum of distinct values is that of the set, and marks its ids', () => {
  const scope = { columns: [{ name: 'x', type: types.bigint }], timeZone: 'UTC' };
  fc.assert(
    fc.property(loads, (load) => {
      const accumulator = createAccumulator(aggregate('SUM(DISTINCT x)', scope), {
        memory: testMemory,
        valuesOf: () => expect.fail('nothing is merged'),
        isAskedOften: false,
      });
      add(accumulator, load);
      const sets = setsOf(load);
      const sums = sets.map((set) => (set.size === 0 ? null : BigInt([...set].reduce(plus, 0))));
      expect(resultsOf(accumulator, load.slotCount)).toEqual(sums);
      const used = testMemory.uint8Array(load.idLimit);
      accumulator.markIds(used);
      const marked = new Set(sets.flatMap((set) => [...set]));
      expect(used.reduce(plus, 0)).toBe(marked.size);
      for (const id of marked) expect(used[id]).toBe(1);
      testMemory.release(used);
      accumulator.release?.();
    }),
    { numRuns: runs(60) },
  );
});

const plus = (left: number, right: number): number => left + right;
