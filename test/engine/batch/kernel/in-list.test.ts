import { expect, test } from 'vitest';
import type { LogicalType } from '../../../../src/expression/type.ts';
import type { Value } from '../../../../src/expression/value.ts';
import { callOf, literal } from '../expressions.ts';
import { types } from '../nullable-types.ts';
import { kernelOnly, over } from './run-kernel.ts';

function isIn(name: string, type: LogicalType, values: Value[], items: readonly Value[]): Value[] {
  return over(type, values, (x) =>
    callOf(kernelOnly(name, types.boolean), [x, ...items.map((item) => literal(type, item))]),
  );
}

const events = ['exposure', 'click', 'delivery', 'view'];
const manyTexts = Array.from({ length: 50 }, (_unused, index) => `text ${index}`);
const manyInts = Array.from({ length: 50 }, (_unused, index) => index * 3);

test.each([
  ['a few', events],
  ['many', [...manyTexts, ...events]],
])('a text is found in %s texts', (_name, items) => {
  const values = ['click', 'clicks', 'clic', 'clack', 'view', '', 'exposura', 'exposure', null];
  const wanted = values.map((value) => (value === null ? null : items.includes(value)));
  expect(isIn('IN', types.text, values, items)).toEqual(wanted);
  expect(isIn('NOT IN', types.text, values, items)).toEqual(
    wanted.map((found) => (found === null ? null : !found)),
  );
});

test('the empty text and long texts are found', () => {
  const long = 'a text that is longer than a few words';
  const items = ['', long];
  expect(isIn('IN', types.text, ['', long, `${long}!`, long.replace('few', 'fEw')], items)).toEqual(
    [true, true, false, false],
  );
});

test.each([
  ['a few', [1, 2, 3]],
  ['many', manyInts],
])('an INT and a BIGINT is found in %s numbers', (_name, items) => {
  const values = [0, 1, 2, 3, 30, 31, -1];
  const wanted = values.map((value) => items.includes(value));
  expect(isIn('IN', types.int, values, items)).toEqual(wanted);
  expect(isIn('IN', types.bigint, values.map(BigInt), items.map(BigInt))).toEqual(wanted);
});

test('a BIGINT beyond float range is found exactly', () => {
  const items = [9007199254740993n, 5n];
  const values = [9007199254740992n, 9007199254740993n, 5n, null];
  expect(isIn('IN', types.bigint, values, items)).toEqual([false, true, true, null]);
  expect(isIn('IN', types.bigint, [9007199254740991n, 5n], items)).toEqual([false, true]);
});

test('without a match a NULL in the list makes the answer NULL', () => {
  expect(isIn('IN', types.int, [1, 2], [1, null])).toEqual([true, null]);
  expect(isIn('NOT IN', types.text, ['a', 'b'], ['a', null])).toEqual([false, null]);
});
