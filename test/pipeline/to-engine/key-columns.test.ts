import { expect, test } from 'vitest';
import { keyColumnNames } from '../../../src/pipeline/to-engine/key-columns.ts';
import { around, planOf } from '../load-text.ts';

async function keysOf(fields: string): Promise<readonly string[]> {
  const window = `t: { from: s, window: { type: tumble, size: 1min }, ${fields} }`;
  return [...keyColumnNames(await planOf(around(window)))].sort();
}

test('group columns and distinct operands are keys', async () => {
  expect(await keysOf('group-by: [name], aggregate: { n: COUNT(DISTINCT id) }')).toEqual([
    'id',
    'name',
  ]);
});

test('other operands are none, nor is an expression', async () => {
  expect(await keysOf('aggregate: { n: COUNT(name), m: MAX(name) }')).toEqual([]);
  expect(
    await keysOf('group-by: [k: UPPER(name)], aggregate: { n: COUNT(DISTINCT LOWER(name)) }'),
  ).toEqual([]);
});
