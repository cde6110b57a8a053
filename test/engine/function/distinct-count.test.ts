import { describe, expect, test } from 'vitest';
import { BATCH_ROWS, createColumn } from '../../../src/engine/batch/column.ts';
import { readValue } from '../../../src/engine/batch/read-value.ts';
import { DistinctCountAccumulator } from '../../../src/engine/function/distinct-count.ts';
import { types } from '../batch/nullable-types.ts';
import { testMemory } from '../../support/test-memory.ts';
import { copySlots, dictionaryOf } from './copy-slots.ts';

const SLOTS = 1001;
const LARGE_IDS = 400_000;
const SMALL_IDS = 700;
/** An id in a list. */
const ID_BYTES = 4;

const dictionary = dictionaryOf(LARGE_IDS, testMemory);
const column = createColumn(types.bigint);
const rows = Int32Array.from({ length: BATCH_ROWS }, (_, row) => row);

/** Adds `count` pairs; `pairAt` gives slot and id of the nth. */
function add(
  accumulator: DistinctCountAccumulator,
  count: number,
  pairAt: (index: number) => readonly [slot: number, id: number],
): void {
  const slots = new Int32Array(BATCH_ROWS);
  const ids = new Int32Array(BATCH_ROWS);
  for (let from = 0; from < count; from += BATCH_ROWS) {
    const rowCount = Math.min(BATCH_ROWS, count - from);
    for (let row = 0; row < rowCount; row++) [slots[row], ids[row]] = pairAt(from + row);
    accumulator.accumulate(
      { rows, count: rowCount, slots },
      { column, filter: null, keys: null, ids, idLimit: LARGE_IDS },
    );
  }
}

function countOf(accumulator: DistinctCountAccumulator, slot: number): unknown {
  const result = createColumn(types.bigint);
  accumulator.emit(slot, slot + 1, result);
  return readValue(result, 0);
}

function restored(accumulator: DistinctCountAccumulator): DistinctCountAccumulator {
  const fresh = new DistinctCountAccumulator(testMemory);
  copySlots(accumulator, fresh, { slotCount: SLOTS, dictionary });
  return fresh;
}

/** Slot 0 has seen all even ids of [0, LARGE_IDS), each of the others SMALL_IDS of its own. */
function filled(): DistinctCountAccumulator {
  const accumulator = new DistinctCountAccumulator(testMemory);
  accumulator.ensureSlots(SLOTS);
  add(accumulator, LARGE_IDS / 2, (index) => [0, index * 2]);
  add(accumulator, (SLOTS - 1) * SMALL_IDS, (index) => [
    1 + (index % (SLOTS - 1)),
    Math.floor(index / (SLOTS - 1)) * 7,
  ]);
  // Once more: fills the table up to where it is rebuilt, and adds nothing.
  add(accumulator, LARGE_IDS / 2, (index) => [0, index * 2]);
  add(accumulator, 30_000, (index) => [SLOTS - 1, index]);
  return accumulator;
}

describe('a distinct count of a large group among many small ones', () => {
  test('is exact before and after the large group has a bitmap, and after a restore', () => {
    const accumulator = filled();
    expect(countOf(accumulator, 0)).toBe(BigInt(LARGE_IDS / 2));
    const listedIds = (SLOTS - 2) * SMALL_IDS + 30_000;
    expect(accumulator.sizeBytes, 'the large group has a bitmap').toBeLessThan(
      listedIds * ID_BYTES + LARGE_IDS,
    );
    for (const counted of [accumulator, restored(accumulator)]) {
      expect(countOf(counted, 0)).toBe(BigInt(LARGE_IDS / 2));
      expect(countOf(counted, 1)).toBe(BigInt(SMALL_IDS));
      expect(countOf(counted, SLOTS - 1)).toBe(30_000n);
      // Half of these are known: to the bitmap, and to the pairs of a small group.
      add(counted, 1000, (index) => [0, index]);
      add(counted, 2 * SMALL_IDS, (index) => [1, Math.floor(index / 2) * 7 + (index % 2)]);
      expect(countOf(counted, 0)).toBe(BigInt(LARGE_IDS / 2 + 500));
      expect(countOf(counted, 1)).toBe(BigInt(2 * SMALL_IDS));
      expect(countOf(counted, 2)).toBe(BigInt(SMALL_IDS));
    }
  });

  test('marks the ids of table and bitmaps', () => {
    const used = testMemory.uint8Array(LARGE_IDS);
    filled().markIds(used);
    const expected = Uint8Array.from({ length: LARGE_IDS }, (_, id) =>
      id % 2 === 0 || id < 30_000 || (id % 7 === 0 && id < SMALL_IDS * 7) ? 1 : 0,
    );
    expect(Buffer.compare(used, expected)).toBe(0);
  });
});

test('rows with a NULL operand count for nobody', () => {
  const accumulator = new DistinctCountAccumulator(testMemory);
  accumulator.ensureSlots(1);
  const operand = createColumn(types.bigint);
  operand.setNull(1);
  accumulator.accumulate(
    { rows, count: 3, slots: new Int32Array(3) },
    { column: operand, filter: null, keys: null, ids: Int32Array.of(5, 6, 5), idLimit: 7 },
  );
  expect(countOf(accumulator, 0)).toBe(1n);
});
