import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import {
  findFunction,
  listForms,
  listFunctions,
} from '../../../src/expression/function/registry.ts';

const facts = [
  'casts',
  'columns',
  'comparison',
  'functions',
  'nulls-and-edges',
  'temporal-json-collections',
  'types',
].map((name) => readFileSync(new URL(`../facts/${name}.tsv`, import.meta.url), 'utf8'));
const texts = facts.join('\n').toUpperCase();

/** Signs that stand for operators in the tables. */
const written: Readonly<Record<string, string>> = {
  ITEM: '[1]',
  '.': 'R.A',
  'IS JSON VALUE': 'IS JSON',
  'IS NOT JSON VALUE': 'IS NOT JSON',
};
/** Proven in other tests of this folder. */
const provenElsewhere: ReadonlySet<string> = new Set(['RAND', 'UUID']);

test('names are registered once and found in any case', () => {
  const names = listFunctions().map((definition) => definition.name);
  expect(new Set(names).size).toBe(names.length);
  expect(findFunction('upper')?.name).toBe('UPPER');
  expect(findFunction('nope')).toBeUndefined();
});

test('every function is in a table of facts or has a test of its own', () => {
  const missing = listFunctions()
    .map((definition) => definition.name)
    .filter((name) => !provenElsewhere.has(name))
    .filter((name) => !texts.includes(written[name] ?? name));
  expect(missing).toEqual([]);
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
