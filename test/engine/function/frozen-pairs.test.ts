/** Distinct ids as they were at barriers, while more come: against sets. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createColumn } from '../../../src/engine/batch/column.ts';
import { readValue } from '../../../src/engine/batch/read-value.ts';
import type { FrozenGroups, SlotsSource } from '../../../src/engine/function/accumulator.ts';
import { DistinctCountAccumulator } from '../../../src/engine/function/distinct-count.ts';
import { LocalIdReader, LocalIdWriter } from '../../../src/engine/state/local-ids.ts';
import { StateReader } from '../../../src/engine/state/state-reader.ts';
import { StateWriter } from '../../../src/engine/state/state-writer.ts';
import { runs } from '../../support/property-runs.ts';
import { testMemory } from '../../support/test-memory.ts';
import { types } from '../batch/nullable-types.ts';
import { dictionaryOf } from './copy-slots.ts';

const IDS = 1200;
const SLOTS = 4;
const dictionary = dictionaryOf(IDS, testMemory);
const allSlots = Int32Array.from({ length: SLOTS }, (_, slot) => slot);

type Step =
  | { readonly do: 'add'; readonly slot: number; readonly from: number; readonly count: number }
  | { readonly do: 'freeze' | 'check oldest' | 'check newest' | 'count' | 'merge' | 'keep' };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record<Step & { do: 'add' }>({
      do: fc.constant('add'),
      slot: fc.nat(SLOTS - 1),
      from: fc.nat(IDS / 2),
      count: fc.integer({ min: 1, max: 600 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc
      .constantFrom('freeze', 'check oldest', 'check newest', 'count', 'merge', 'keep' as const)
      .map((what): Step => ({ do: what })),
  },
);

interface Frozen {
  readonly groups: FrozenGroups;
  readonly sizes: readonly bigint[];
}

function add(target: DistinctCountAccumulator, slot: number, ids: readonly number[]): void {
  target.ensureSlots(SLOTS);
  target.accumulate(
    {
      rows: Int32Array.from(ids, (_id, row) => row),
      count: ids.length,
      slots: Int32Array.from(ids, () => slot),
    },
    {
      column: createColumn(types.bigint),
      filter: null,
      keys: null,
      ids: Int32Array.from(ids),
      idLimit: IDS,
    },
  );
}

function countsOf(accumulator: DistinctCountAccumulator): readonly unknown[] {
  const result = createColumn(types.bigint);
  accumulator.emit(0, SLOTS, result);
  return Array.from(allSlots, (slot) => readValue(result, slot));
}

/** As a part of a snapshot: what is written is added to the slots of the other one. */
function copy(source: SlotsSource, target: DistinctCountAccumulator, slots: Int32Array): void {
  const body = new StateWriter();
  const ids = new LocalIdWriter(dictionary);
  ids.beginPart();
  source.writeSlots(body, slots, ids);
  const keys = new StateWriter();
  ids.writeKeys(keys);
  const reader = new LocalIdReader(dictionary);
  reader.beginPart(new StateReader(keys.finish()));
  target.readSlots(new StateReader(body.finish()), slots, reader);
  reader.endPart();
}

function check({ groups, sizes }: Frozen): void {
  const fresh = new DistinctCountAccumulator(testMemory);
  fresh.ensureSlots(SLOTS);
  copy(groups, fresh, allSlots);
  for (const piece of groups.pieces()) copy(piece, fresh, Int32Array.of(piece.slot));
  expect(countsOf(fresh)).toEqual(sizes);
  fresh.release();
  groups.release();
}

function play(steps: readonly Step[]): void {
  const accumulator = new DistinctCountAccumulator(testMemory);
  const sets = Array.from(allSlots, () => new Set<number>());
  const sizes = (): bigint[] => sets.map((set) => BigInt(set.size));
  const frozen: Frozen[] = [];
  accumulator.ensureSlots(SLOTS);
  for (const each of steps) {
    switch (each.do) {
      case 'add': {
        const ids = Array.from({ length: each.count }, (_, index) => each.from + index);
        add(accumulator, each.slot, ids);
        for (const id of ids) sets[each.slot]!.add(id);
        break;
      }
      case 'freeze':
        frozen.push({ groups: accumulator.freeze(), sizes: sizes() });
        break;
      case 'check oldest': {
        const oldest = frozen.shift();
        if (oldest !== undefined) check(oldest);
        break;
      }
      case 'check newest': {
        const newest = frozen.pop();
        if (newest !== undefined) check(newest);
        break;
      }
      case 'count':
        expect(countsOf(accumulator)).toEqual(sizes());
        break;
      case 'merge': {
        const other = new DistinctCountAccumulator(testMemory);
        other.ensureSlots(SLOTS);
        other.merge(accumulator, allSlots);
        expect(countsOf(other)).toEqual(sizes());
        other.release();
        break;
      }
      case 'keep': {
        const used = testMemory.uint8Array(IDS);
        accumulator.markIds(used);
        const kept = new Set(sets.flatMap((set) => [...set]));
        expect(used.reduce((sum, mark) => sum + mark, 0)).toBe(kept.size);
        testMemory.release(used);
        break;
      }
    }
  }
  expect(countsOf(accumulator)).toEqual(sizes());
  accumulator.release();
  for (const each of frozen) check(each);
}

test('hold what the groups held at the barrier, and the groups hold all', () => {
  fc.assert(fc.property(fc.array(step, { maxLength: 40, size: 'max' }), play), {
    numRuns: runs(150),
  });
});
