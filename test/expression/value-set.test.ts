import { expect, test } from 'vitest';
import { ValueSet } from '../../src/expression/value-set.ts';
import { compareText } from '../../src/expression/value-order.ts';
import { valueOf } from './expression-of.ts';
import { typeOf } from './scopes.ts';

test('a set tells values apart as = does, NULL being a value', () => {
  const set = new ValueSet(typeOf('ARRAY<INT>'), [[1, null], null]);
  expect(set.has([1, null])).toBe(true);
  expect(set.has([1, 2])).toBe(false);
  expect(set.has(null)).toBe(true);
  expect(set.add(null)).toBe(false);
});

test('NaN is in no set', () => {
  const set = new ValueSet(typeOf('DOUBLE'), [NaN, 0]);
  expect(set.has(NaN)).toBe(false);
  expect(set.has(-0)).toBe(true);
});

test('texts are ordered by code point, not by UTF-16 unit', () => {
  expect(compareText('\uffff', '😀')).toBeLessThan(0);
  expect(compareText('a', 'ab')).toBeLessThan(0);
  expect(compareText('é', 'z')).toBeGreaterThan(0);
});

test('bytes, rows and maps are compared by content', () => {
  expect(valueOf("X'0102' < X'0103'")).toBe(true);
  expect(valueOf("MAP['a', 1, 'b', 2] = MAP['b', 2, 'a', 1]")).toBe(true);
  expect(valueOf("ARRAY_DISTINCT(ARRAY[X'01', X'01', X'02'])")).toHaveLength(2);
});
