import { expect, test } from 'vitest';
import { IntColumn, createColumn } from '../../../src/engine/batch/column.ts';
import { readValue } from '../../../src/engine/batch/read-value.ts';
import { writeValue } from '../../../src/engine/batch/write-value.ts';
import { RestoredParts } from '../../../src/engine/state/restored-parts.ts';
import { SnapshotParts } from '../../../src/engine/state/snapshot-parts.ts';
import { NUMBERS_MAX, ValueNumbers } from '../../../src/engine/state/value-numbers.ts';
import type { Value } from '../../../src/expression/value.ts';
import { LaterParts } from '../../support/later-parts.ts';
import { testMemory } from '../../support/test-memory.ts';
import { NaiveNumbers } from '../../support/key-groups-of.ts';
import { types } from '../batch/nullable-types.ts';

/** With one key group numbers are dense, in the order of the first rows. */
const lasting = { ttlMs: 0, limit: NUMBERS_MAX, maxParallelism: 1 };
const mortal = { ...lasting, ttlMs: 100 };

function numbersOf(numbers: ValueNumbers, values: readonly Value[], nowMs = 0): readonly Value[] {
  const column = createColumn(types.text);
  for (const [row, value] of values.entries()) writeValue(column, row, value);
  const target = new IntColumn(types.int);
  numbers.numberRows(column, values.length, target, nowMs);
  return values.map((_value, row) => readValue(target, row));
}

function expire(numbers: ValueNumbers, nowMs: number): void {
  while (numbers.nextExpiryMs <= nowMs) numbers.expire(nowMs);
}

function restored(numbers: ValueNumbers, bounds = mortal, nowMs = 0): ValueNumbers {
  const { maxParallelism } = bounds;
  const parts = new SnapshotParts({ checkpointId: 1, isSavepoint: false, maxParallelism });
  numbers.snapshotState(parts, nowMs);
  const copy = new ValueNumbers(testMemory, bounds);
  const later = new LaterParts(() => ({ first: 0, last: 0 }));
  for (const state of parts.laterStates) while (state.writeNext(later));
  const old = [{ subtask: 0, parts: [...parts.finish(), ...later.take()] }];
  copy.restoreState(new RestoredParts(old, { subtask: 0, parallelism: 1, maxParallelism }));
  return copy;
}

test('a number is never used again, also after a restore', () => {
  const numbers = new ValueNumbers(testMemory, mortal);
  expect(numbersOf(numbers, ['a', 'b', 'c'])).toEqual([0, 1, 2]);
  numbersOf(numbers, ['b'], 50);
  expire(numbers, 100);
  expect(numbers.size).toBe(1);
  expect(numbersOf(restored(numbers), ['c', 'b', 'a'], 100)).toEqual([3, 1, 4]);
  expect(numbersOf(numbers, ['a', 'd', 'b', null], 100)).toEqual([3, 4, 1, null]);
});

test('an endless stream of new values leaves those of the time to live behind', () => {
  const numbers = new ValueNumbers(testMemory, mortal);
  for (let nowMs = 0; nowMs < 2_000; nowMs++) {
    expire(numbers, nowMs);
    expect(numbersOf(numbers, [`v${nowMs}`, 'always'], nowMs)).toEqual([
      nowMs === 0 ? 0 : nowMs + 1,
      1,
    ]);
  }
  expect(numbers.size).toBeLessThan(200);
});

test('many values are forgotten at once', () => {
  const numbers = new ValueNumbers(testMemory, mortal);
  for (let from = 0; from < 100_000; from += 2_000) {
    numbersOf(
      numbers,
      Array.from({ length: 2_000 }, (_value, index) => `v${from + index}`),
    );
  }
  numbersOf(numbers, ['v77777'], 1);
  expire(numbers, 100);
  expect(numbers.size).toBe(1);
  expect(numbersOf(numbers, ['v77777', 'v77776'], 100)).toEqual([77_777, 100_000]);
});

test('when the numbers are used up, a new value fails and the known ones do not', () => {
  const numbers = new ValueNumbers(testMemory, { ...lasting, limit: 2 });
  numbersOf(numbers, ['a', 'b']);
  expect(numbersOf(numbers, ['b', 'a', null])).toEqual([1, 0, null]);
  expect(() => numbersOf(numbers, ['c'])).toThrow(
    expect.objectContaining({ code: 'DREY_DICTIONARY_FULL' }),
  );
});

test('many values', () => {
  const numbers = new ValueNumbers(testMemory, lasting);
  for (let from = 0; from < 10_000; from += 2_000) {
    const values = Array.from({ length: 2_000 }, (_value, index) => `v${from + index}`);
    expect(numbersOf(numbers, values)[1_999]).toBe(from + 1_999);
  }
  expect(numbersOf(restored(numbers), ['v9999', 'v10000', 'v0'])).toEqual([9_999, 10_000, 0]);
});

test('a group has the numbers that are its own modulo the groups; a full one fails alone', () => {
  const bounds = { ttlMs: 0, limit: 7, maxParallelism: 3 };
  const numbers = new ValueNumbers(testMemory, bounds);
  const naive = new NaiveNumbers(types.text, 3);
  let failed = 0;
  for (let index = 0; index < 60; index++) {
    const expected = naive.next(`v${index}`);
    if (expected < 7) {
      expect(numbersOf(numbers, [`v${index}`])).toEqual([expected]);
      expect(numbersOf(restored(numbers, bounds), [`v${index}`])).toEqual([expected]);
    } else {
      failed++;
      expect(() => numbersOf(numbers, [`v${index}`])).toThrow(
        expect.objectContaining({ code: 'DREY_DICTIONARY_FULL' }),
      );
    }
  }
  expect(failed).toBe(53);
});
