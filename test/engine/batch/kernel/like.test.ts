import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Value } from '../../../../src/expression/value.ts';
import { callOf, literal } from '../expressions.ts';
import { types } from '../nullable-types.ts';
import { kernelOnly, over } from './run-kernel.ts';
import { runs } from '../../../support/property-runs.ts';

function like(texts: readonly Value[], pattern: string, escape?: string): Value[] {
  const constants = [pattern, ...(escape === undefined ? [] : [escape])];
  return over(types.text, texts, (x) =>
    callOf(kernelOnly('LIKE', types.boolean), [
      x,
      ...constants.map((value) => literal(types.text, value)),
    ]),
  );
}

test.each<[string, string, boolean]>([
  ['abc', 'abc', true],
  ['abc', 'ab', false],
  ['abc', 'abcd', false],
  ['abc', 'a%', true],
  ['abc', '%c', true],
  ['abc', '%b%', true],
  ['abc', '%d%', false],
  ['abc', '%', true],
  ['', '%', true],
  ['', '', true],
  ['a', '', false],
  ['abc', 'a_c', true],
  ['abc', '_', false],
  ['ü', '_', true],
  ['日本', '__', true],
  ['日本', '_', false],
  ['aXbXc', 'a%X%c', true],
  ['aXbXcd', 'a%X%c', false],
  ['a.c', 'a.c', true],
  ['abc', 'a.c', false],
  ['line\nbreak', 'line%break', true],
  ['ABC', 'abc', false],
  ['abcabc', '%abc', true],
  ['aab', '%ab', true],
])('%j LIKE %j is %j', (text, pattern, expected) => {
  expect(like([text], pattern)).toEqual([expected]);
});

test('NULL is neither like nor unlike', () => {
  expect(like([null], 'a%')).toEqual([null]);
  const notLike = over(types.text, ['b', 'a', null], (x) =>
    callOf(kernelOnly('NOT LIKE', types.boolean), [x, literal(types.text, 'a%')]),
  );
  expect(notLike).toEqual([true, false, null]);
});

test('the escape character takes the meaning of the one behind it away', () => {
  expect(like(['50%', '50x'], '50!%', '!')).toEqual([true, false]);
  expect(like(['a!b', 'a!!b'], 'a!!b', '!')).toEqual([true, false]);
});

test.each(['\n', '\r', '\u0085', '\u2028', '\u2029'])('_ does not match the line end %j', (end) => {
  expect(like([`a${end}b`], 'a_b')).toEqual([false]);
  expect(like([`a${end}b`], 'a%_')).toEqual([true]);
  expect(like([`a${end}`], 'a%_')).toEqual([false]);
});

test('any pattern over any text agrees with the regular expression for it', () => {
  const unit = fc.constantFrom('a', 'b', 'ü', '日', '😀');
  const patternUnit = fc.constantFrom('a', 'b', 'ü', '日', '%', '_', '.');
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit, maxLength: 10 })),
      fc.string({ unit: patternUnit, maxLength: 7 }),
      (texts, pattern) => {
        const source = Array.from(pattern, (character) =>
          character === '%'
            ? '.*'
            : character === '_'
              ? '.'
              : character === '.'
                ? '\\.'
                : character,
        );
        const expression = new RegExp(`^${source.join('')}$`, 'su');
        expect(like(texts, pattern)).toEqual(texts.map((text) => expression.test(text)));
      },
    ),
    { numRuns: runs(500) },
  );
});

test('a pattern with many wildcards does not explode', () => {
  const text = 'a'.repeat(5000);
  expect(like([text], `${'%a_'.repeat(20)}%b`)).toEqual([false]);
});
