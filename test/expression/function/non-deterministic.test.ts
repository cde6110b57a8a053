import { expect, test } from 'vitest';
import { evaluate } from '../../../src/expression/evaluate.ts';
import { problemsOf, typed } from '../expression-of.ts';

const random = [0, 0.25, 0.5, 0.75, 0.999_999];
function context() {
  let index = 0;
  return {
    timeZone: 'UTC',
    nowMs: () => 1_700_000_000_123,
    random: () => random[index++ % random.length] ?? 0,
  };
}

test('RAND and RAND_INTEGER take their numbers from the context', () => {
  const world = context();
  expect(evaluate(typed('RAND()'), [], world)).toBe(0);
  expect(evaluate(typed('RAND_INTEGER(8)'), [], world)).toBe(2);
  expect(() => evaluate(typed('RAND_INTEGER(0)'), [], world)).toThrow(/above 0/);
});

test('UUID is of version 4 and differs from row to row', () => {
  const world = context();
  const expression = typed('UUID()');
  const first = evaluate(expression, [], world);
  expect(first).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(evaluate(expression, [], world)).not.toBe(first);
});

test('the clock is that of the context', () => {
  const world = context();
  expect(evaluate(typed('NOW()'), [], world)).toBe(1_700_000_000_123_000_000n);
  expect(evaluate(typed('CURRENT_DATE'), [], world)).toBe(19_675);
  expect(evaluate(typed('CURRENT_TIME'), [], world)).toBe(80_000_000);
  expect(evaluate(typed('UNIX_TIMESTAMP()'), [], world)).toBe(1_700_000_000n);
});

test('building a text without bound fails the row', () => {
  expect(() => evaluate(typed("REPEAT('abcdefgh', 2147483647)"), [], context())).toThrow(
    /16777216/,
  );
  expect(() => evaluate(typed("LPAD('a', 2147483647, 'b')"), [], context())).toThrow(/16777216/);
  expect(problemsOf("REGEXP('a', '(?=a)')")[0]?.message).toContain('look-around');
});
