import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  expandBraces,
  isGlob,
  literalSegment,
  matchesSegment,
} from '../../../../src/engine/connector/file/glob.ts';
import { runs } from '../../../support/property-runs.ts';

function check(segment: string, matching: readonly string[], others: readonly string[]): void {
  for (const name of matching)
    expect([segment, name, matchesSegment(segment, name)]).toContain(true);
  for (const name of others)
    expect([segment, name, matchesSegment(segment, name)]).toContain(false);
}

describe('a glob segment', () => {
  test('with a star matches any run of characters, also an empty one', () => {
    check('*.jsonl', ['.jsonl', 'a.jsonl', 'a.b.jsonl'], ['a.json', 'a.jsonl2']);
    check('a*b*c', ['abc', 'aXbYc', 'abcbc', 'abbc'], ['ab', 'acb', 'abcd']);
    check('*', ['', 'a'], []);
  });

  test('with a question mark matches exactly one character, also beyond 16 bits', () => {
    check('day-?', ['day-1', 'day-😀'], ['day-', 'day-10']);
  });

  test('with a class matches its members and ranges, or what is not in it', () => {
    check('[a-cx]', ['a', 'b', 'c', 'x'], ['d', '', 'ab']);
    check('[!0-9]', ['a'], ['0', '5']);
    check('[^0-9]', ['a'], ['0']);
    check('[]a]', [']', 'a'], ['b']);
    check('[a-]', ['a', '-'], ['b']);
  });

  test('takes an escaped or unfinished special character as it is', () => {
    check('\\*', ['*'], ['a']);
    check('[ab', ['[ab'], ['a']);
    expect(literalSegment('a\\*b')).toBe('a*b');
    expect(literalSegment('a*b')).toBeNull();
  });

  test('agrees with a regular expression on random stars and letters', () => {
    const pattern = fc.stringMatching(/^[ab*?]{0,10}$/);
    fc.assert(
      fc.property(pattern, fc.stringMatching(/^[ab]{0,12}$/), (segment, name) => {
        const expression = segment.replaceAll('*', '.*').replaceAll('?', '.');
        expect(matchesSegment(segment, name)).toBe(new RegExp(`^${expression}$`).test(name));
      }),
      { numRuns: runs(2000) },
    );
  });

  test('with many stars against a long name is decided at once', () => {
    expect(matchesSegment('*a'.repeat(50), 'a'.repeat(20_000) + 'b')).toBe(false);
  });
});

describe('braces', () => {
  test('stand for each of their choices, in order, nested ones too', () => {
    expect(expandBraces('a{1,2}b')).toEqual(['a1b', 'a2b']);
    expect(expandBraces('{a,{b,c}d}/{x,y}')).toEqual([
      'a/x',
      'a/y',
      'bd/x',
      'bd/y',
      'cd/x',
      'cd/y',
    ]);
    expect(expandBraces('{a,}b')).toEqual(['ab', 'b']);
  });

  test('without a comma, a partner or unescaped stand for themselves', () => {
    for (const pattern of ['{a}', '{a', 'a}', '\\{a,b}', '{}']) {
      expect(expandBraces(pattern)).toEqual([pattern]);
    }
    expect(expandBraces('{a}{b,c}')).toEqual(['{a}b', '{a}c']);
  });

  test('are refused when they stand for too many patterns', () => {
    expect(expandBraces('{a,b}'.repeat(9))).toHaveLength(512);
    expect(expandBraces('{a,b}'.repeat(40))).toBeNull();
  });
});

test('a path is a glob when it has a special character', () => {
  expect(['/a/b', '/a/*', '/a?', '/[a]', '/{a,b}'].map(isGlob)).toEqual([
    false,
    true,
    true,
    true,
    true,
  ]);
});
