import { expect, test } from 'vitest';
import {
  findFunction,
  listForms,
  listFunctions,
} from '../../../src/expression/function/registry.ts';

test('names are registered once and found in any case', () => {
  const names = listFunctions().map((definition) => definition.name);
  expect(new Set(names).size).toBe(names.length);
  expect(findFunction('upper')?.name).toBe('UPPER');
  expect(findFunction('nope')).toBeUndefined();
});

test('the forms that users see add CASE, CAST and the aggregates', () => {
  const names = listForms().map((form) => form.name);
  expect(new Set(names).size).toBe(names.length);
  expect(names).toEqual(expect.arrayContaining(['UPPER', 'CASE', 'TRY_CAST', 'COUNT', 'GROUPING']));
});

test('every function says what it is', () => {
  for (const { name, syntax, summary } of listFunctions()) {
    expect(syntax.length, name).toBeGreaterThan(0);
    expect(summary, name).toMatch(/^\S.*\.$/);
    expect(syntax.join(' '), name).toContain(name === 'ITEM' ? '[' : name.split(' ')[0]);
  }
});
