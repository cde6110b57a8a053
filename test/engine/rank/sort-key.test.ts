import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SortKeys, type SortColumn } from '../../../src/engine/rank/sort-key.ts';
import { compareValues } from '../../../src/expression/value-order.ts';
import type { LogicalType } from '../../../src/expression/type.ts';
import type { Value } from '../../../src/expression/value.ts';
import { runs } from '../../support/property-runs.ts';
import { batchOf, field } from '../batch/batch-of.ts';
import { types } from '../batch/nullable-types.ts';
import { drawFrom, randomValue } from '../batch/random-values.ts';

const { array: _array, ...orderedTypes } = types;

/** NULL before all values, NaN behind all numbers, -0 as 0. */
function compareNullable(type: LogicalType, left: Value, right: Value): number {
  if (left === null || right === null) return Number(left !== null) - Number(right !== null);
  if (Number.isNaN(left) || Number.isNaN(right)) {
    return Number(Number.isNaN(left)) - Number(Number.isNaN(right));
  }
  return compareValues(type, left, right);
}

function keysOf(
  order: readonly SortColumn[],
  rows: readonly (readonly Value[])[],
  type: LogicalType,
) {
  const schema = order.map((_column, index) => field(`c${index}`, type));
  const { columns } = batchOf(schema, rows);
  const keys = new SortKeys(order);
  for (const row of rows.keys()) keys.set(row, columns, row, row);
  return keys;
}

test.each(Object.entries(orderedTypes))('keys of %s are ordered as their values', (_name, type) => {
  fc.assert(
    fc.property(fc.integer(), fc.boolean(), fc.boolean(), (seed, isFirstDown, isSecondDown) => {
      const draw = drawFrom(seed);
      const options = { narrow: draw(2) === 0, nullsOneIn: 4 };
      const rows = Array.from({ length: 12 }, () => [
        randomValue(type, draw, options),
        randomValue(type, draw, options),
      ]);
      const order = [
        { index: 0, isDescending: isFirstDown },
        { index: 1, isDescending: isSecondDown },
      ];
      const keys = keysOf(order, rows, type);
      for (const [left, leftRow] of rows.entries()) {
        for (const [right, rightRow] of rows.entries()) {
          const first = compareNullable(type, leftRow[0]!, rightRow[0]!);
          const second = compareNullable(type, leftRow[1]!, rightRow[1]!);
          const wanted =
            (isFirstDown ? -first : first) || (isSecondDown ? -second : second) || left - right;
          expect(Math.sign(keys.compare(left, right)), `${left} ${right}`).toBe(Math.sign(wanted));
        }
      }
    }),
    { numRuns: runs(30) },
  );
});

test('keys stay right while others are given up', () => {
  const texts = Array.from({ length: 2000 }, (_unused, index) => [`${index}`.padStart(60, 'x')]);
  const order = [{ index: 0, isDescending: false }];
  const keys = keysOf(order, texts, types.text);
  for (let slot = 0; slot < texts.length; slot++) if (slot % 10 !== 0) keys.drop(slot);
  const kept = texts.flatMap((_row, slot) => (slot % 10 === 0 ? [slot] : []));
  expect(kept.toReversed().sort((left, right) => keys.compare(left, right))).toEqual(
    kept.toSorted((left, right) => (texts[left]![0]! < texts[right]![0]! ? -1 : 1)),
  );
});
