import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TEXT_LENGTH_MAX } from '../../src/expression/lexer.ts';
import { parseExpression, parseType } from '../../src/expression/parse-expression.ts';
import { CHAIN_MAX } from '../../src/expression/parser.ts';
import type { Syntax } from '../../src/expression/syntax.ts';
import { NESTING_MAX } from '../../src/expression/token-reader.ts';
import { columnsOf } from './scopes.ts';
import { problemsOf } from './expression-of.ts';
import { runs } from '../support/property-runs.ts';

/** The tree in prefix form: `a + b` is `+(a, b)`. */
function shape(text: string): string {
  const parsed = parseExpression(text);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return show(parsed.value);
}

function show(syntax: Syntax): string {
  switch (syntax.kind) {
    case 'call':
      return `${syntax.name}(${syntax.star ? '*' : syntax.operands.map(show).join(', ')})`;
    case 'column':
      return syntax.path.map((part) => part.name).join('.');
    case 'field':
      return `${show(syntax.operand)}.${syntax.field.name}`;
    case 'number':
      return syntax.text;
    case 'text':
      return `'${syntax.value}'`;
    case 'symbol':
      return syntax.name;
    case 'cast':
      return `CAST(${show(syntax.operand)})`;
    default:
      return syntax.kind;
  }
}

function problem(text: string) {
  const parsed = parseExpression(text);
  if (parsed.ok) throw new Error(`${text} was read as ${show(parsed.value)}`);
  const [first] = parsed.problems;
  if (first === undefined) throw new Error('no problem');
  return first;
}

describe('precedence', () => {
  test.each([
    ['a + b * c - d', '-(+(a, *(b, c)), d)'],
    ['a OR b AND NOT c = d', 'OR(a, AND(b, NOT(=(c, d))))'],
    ['a AND b AND c', 'AND(a, b, c)'],
    ['a = b IS NULL', 'IS NULL(=(a, b))'],
    ['NOT a IS NULL', 'NOT(IS NULL(a))'],
    ['a = b BETWEEN c AND d', '=(a, BETWEEN(b, c, d))'],
    ['a BETWEEN 1 AND 2 AND b', 'AND(BETWEEN(a, 1, 2), b)'],
    ['a || b + c', '+(||(a, b), c)'],
    ['-a * b', '*(-(a), b)'],
    ['- - a', '-(-(a))'],
    ['a - b - c', '-(-(a, b), c)'],
    ["a LIKE 'x' ESCAPE '!' OR b", "OR(LIKE(a, 'x', '!'), b)"],
    ['a IS NOT DISTINCT FROM b + 1', 'IS NOT DISTINCT FROM(a, +(b, 1))'],
    ['a NOT IN (1, 2) IS TRUE', 'IS TRUE(NOT IN(a, 1, 2))'],
    ['a[1].f', 'ITEM(a, 1).f'],
    ['(a + b) * c', '*(+(a, b), c)'],
    ['(a, b)', 'ROW(a, b)'],
  ])('%s is %s', (text, expected) => {
    expect(shape(text)).toBe(expected);
  });
});

describe('functions with a syntax of their own', () => {
  test.each([
    ["TRIM(LEADING 'a' FROM b)", "TRIM(LEADING, 'a', b)"],
    ['TRIM(b)', "TRIM(BOTH, ' ', b)"],
    ['TRIM(TRAILING FROM b)', "TRIM(TRAILING, ' ', b)"],
    ['SUBSTRING(a FROM 1 FOR 2)', 'SUBSTRING(a, 1, 2)'],
    ['SUBSTRING(a, 1)', 'SUBSTRING(a, 1)'],
    ['OVERLAY(a PLACING b FROM 1)', 'OVERLAY(a, b, 1)'],
    ['POSITION(a IN b)', 'POSITION(a, b)'],
    ['EXTRACT(DAY FROM a)', 'EXTRACT(DAY, a)'],
    ['FLOOR(a TO HOUR)', 'FLOOR(a, HOUR)'],
    ['FLOOR(a)', 'FLOOR(a)'],
    ['TIMESTAMPDIFF(DAY, a, b)', 'TIMESTAMPDIFF(DAY, a, b)'],
    ['COUNT(*)', 'COUNT(*)'],
    ['LEFT(a, 1)', 'LEFT(a, 1)'],
  ])('%s becomes %s', (text, expected) => {
    expect(shape(text)).toBe(expected);
  });
});

describe('problems point at their place', () => {
  test.each([
    ["a = 'b", 4, 6, 'DREY_EXPRESSION_SYNTAX'],
    ['a -- b', 2, 4, 'DREY_EXPRESSION_SYNTAX'],
    ['a /* b */', 2, 4, 'DREY_EXPRESSION_SYNTAX'],
    ['timestamp > 1', 0, 9, 'DREY_EXPRESSION_RESERVED_WORD'],
    ['1 + value', 4, 9, 'DREY_EXPRESSION_RESERVED_WORD'],
    ['COUNT(x', 7, 7, 'DREY_EXPRESSION_SYNTAX'],
    ['a != b', 2, 4, 'DREY_EXPRESSION_SYNTAX'],
    ['a == b', 3, 4, 'DREY_EXPRESSION_SYNTAX'],
    ['', 0, 0, 'DREY_EXPRESSION_SYNTAX'],
    ['a b', 2, 3, 'DREY_EXPRESSION_SYNTAX'],
    ['a IN (SELECT b)', 6, 12, 'DREY_EXPRESSION_UNSUPPORTED'],
    ['CAST(a AS STRNG)', 10, 15, 'DREY_TYPE_INVALID'],
    ['CASE WHEN a THEN 1', 18, 18, 'DREY_EXPRESSION_SYNTAX'],
    ['"a" = 1', 0, 1, 'DREY_EXPRESSION_SYNTAX'],
    ['1abc', 0, 2, 'DREY_EXPRESSION_SYNTAX'],
    ["X'ABC'", 0, 6, 'DREY_EXPRESSION_SYNTAX'],
  ])('%s at %i to %i: %s', (text, start, end, code) => {
    expect(problem(text)).toMatchObject({ start, end, code });
  });

  test('a reserved word is told apart from a column in backticks', () => {
    expect(problem('count').hint).toContain('`count`');
    expect(shape('`count`')).toBe('count');
    expect(shape('`a``b`')).toBe('a`b');
  });

  test.each(['name', 'data', 'event', 'ts', 'type', 'key', 'user', 'état', '状态', '$x'])(
    'the word %s can be a column as it stands',
    (name) => {
      const scope = { columns: columnsOf({ [name]: 'INT' }), timeZone: 'UTC' };
      expect(problemsOf(name, scope)).toEqual([]);
    },
  );
});

describe('limits', () => {
  test('a text that is too long is refused', () => {
    expect(problem('1'.repeat(TEXT_LENGTH_MAX + 1)).code).toBe('DREY_EXPRESSION_LIMIT');
  });

  test.each([
    ['brackets', '('.repeat(NESTING_MAX + 1)],
    ['calls', 'f('.repeat(NESTING_MAX + 1)],
    ['signs', '- '.repeat(NESTING_MAX + 1) + '1'],
    ['negations', 'NOT '.repeat(30_000) + 'a'],
    ['cases', 'CASE WHEN '.repeat(NESTING_MAX + 1)],
    ['indexes', 'a['.repeat(NESTING_MAX + 1)],
    ['types', `CAST(a AS ${'ARRAY<'.repeat(NESTING_MAX + 1)}`],
    ['operators', 'a' + ' + a'.repeat(CHAIN_MAX + 1)],
    ['fields', 'a' + '[1]'.repeat(CHAIN_MAX + 1)],
  ])('%s beyond the limit are refused, not overflowed', (_name, text) => {
    expect(problem(text).code).toBe('DREY_EXPRESSION_LIMIT');
  });

  test('operators of every power inside many brackets are read', () => {
    const depth = 30;
    const text = 'a OR b AND NOT c = d + e * ('.repeat(depth) + 'f' + ')'.repeat(depth);
    expect(parseExpression(text).ok).toBe(true);
  });

  test('a condition of thousands of parts is read', () => {
    const text = Array.from({ length: 5000 }, (_, index) => `a=${index}`).join(' OR ');
    expect(parseExpression(text).ok).toBe(true);
    const scope = { columns: columnsOf({ a: 'INT' }), timeZone: 'UTC' };
    expect(problemsOf(text, scope)).toEqual([]);
  });
});

test('random token soups end with a tree or a problem inside the text', () => {
  const tokens = [
    ..."a b `c` 'd' 1 2.5 1e3 + - * / % || = <> < <= ( ) [ ] , . * { } : => ; \" ?".split(' '),
    ...'AND OR NOT IS NULL TRUE CASE WHEN THEN ELSE END CAST AS INT IN LIKE BETWEEN SELECT'.split(
      ' ',
    ),
    ...'INTERVAL DAY DATE COUNT DISTINCT FILTER WHERE EXTRACT FROM TRIM FOR TO ARRAY MAP ROW'.split(
      ' ',
    ),
    ...'JSON_VALUE RETURNING ON ERROR EMPTY DEFAULT ESCAPE SIMILAR OVER STRING < > ROW< ARRAY<'.split(
      ' ',
    ),
    "X'0A'",
    "'",
    '`',
    '--',
    '😀',
    '\u0000',
    '$',
  ];
  const scope = { columns: columnsOf({ a: 'INT', b: 'STRING', c: 'ROW<f INT>' }), timeZone: 'UTC' };
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...tokens), { maxLength: 60 }), (words) => {
      const text = words.join(' ');
      for (const { start, end } of problemsOf(text, scope)) {
        expect(start).toBeGreaterThanOrEqual(0);
        expect(end).toBeGreaterThanOrEqual(start);
        expect(end).toBeLessThanOrEqual(text.length);
      }
      parseType(text);
    }),
    { numRuns: runs(3000) },
  );
});
