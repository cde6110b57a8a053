import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { castProblem } from '../../../src/expression/function/cast.ts';
import { problemsOf, valueOf } from '../expression-of.ts';
import { typeOf, typesScope } from '../scopes.ts';

const pairs = readFileSync(new URL('cast-pairs.tsv', import.meta.url), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => line.split('\t'));
const targets = [...new Set(pairs.flatMap(([, allowed = '']) => allowed.split('; ')))];

/**
 * Flink's planner lets these pass and refuses them when it generates code: numbers to and from
 * timestamps, bytes to times, texts to arrays.
 */
function isLateRefusal(from: string, to: string): boolean {
  const isTimestamp = (name: string): boolean => name.startsWith('TIMESTAMP');
  if (['ts3', 'ltz3'].includes(from)) return /^(TINYINT|INT|BIGINT|FLOAT|DOUBLE|DECIMAL)/.test(to);
  if (['ti', 'si', 'i', 'l', 'f', 'd', 'dec_'].includes(from)) return isTimestamp(to);
  if (from === 'by_') return /^(DATE|TIME)/.test(to);
  return ['s', 'c3'].includes(from) && to.startsWith('ARRAY');
}

test('CAST may be written for the pairs that Flink casts', () => {
  for (const [from = '', allowed = ''] of pairs) {
    for (const to of targets) {
      const expected = allowed.split('; ').includes(to) && !isLateRefusal(from, to);
      const found = problemsOf(`CAST(${from} AS ${to})`, typesScope).length === 0;
      expect(found, `${from} to ${to}`).toBe(expected);
    }
  }
});

test('the reason names both types', () => {
  expect(castProblem(typeOf('DATE'), typeOf('ARRAY<INT>'))).toBe(
    'DATE cannot be cast to ARRAY<INT>',
  );
});

test('TRY_CAST gives NULL where CAST fails', () => {
  expect(valueOf("TRY_CAST('x' AS INT)")).toBeNull();
  expect(() => valueOf("CAST('x' AS INT)")).toThrow(/'x'/);
  expect(problemsOf('TRY_CAST(dt AS INT)', typesScope)).toHaveLength(1);
});

test('BIGINT is exact over its whole range', () => {
  expect(valueOf("CAST('9223372036854775807' AS BIGINT)")).toBe(2n ** 63n - 1n);
  expect(valueOf('-9223372036854775808')).toBe(-(2n ** 63n));
  expect(valueOf('CAST(-9223372036854775808 AS STRING)')).toBe('-9223372036854775808');
});

test('a smaller integer keeps the low bits of any BIGINT', () => {
  expect(valueOf('CAST(9223372036854775807 AS INT)')).toBe(-1);
  expect(valueOf('CAST(9007199254740993 AS SMALLINT)')).toBe(1);
  expect(valueOf('CAST(-9223372036854775807 AS TINYINT)')).toBe(1);
});
