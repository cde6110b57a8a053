import { describe, expect, test } from 'vitest';
import { typeText } from '../../src/expression/type-text.ts';
import { aggregate, aggregateProblemsOf, problemsOf, typed, valueOf } from './expression-of.ts';
import { columnsOf, typesScope } from './scopes.ts';

const scope = {
  columns: columnsOf({
    deviceId: 'STRING',
    event: 'STRING',
    ts: 'BIGINT',
    r: 'ROW<f INT, g ROW<h STRING>>',
  }),
  timeZone: 'UTC',
};

describe('names', () => {
  test('columns are case-sensitive and the nearest is named', () => {
    const [problem] = problemsOf('deviceid = 1', scope);
    expect(problem).toMatchObject({
      code: 'DREY_EXPRESSION_UNKNOWN_COLUMN',
      start: 0,
      end: 8,
      hint: 'Did you mean deviceId?',
    });
  });

  test('functions are not case-sensitive and the nearest is named', () => {
    expect(problemsOf('upper(deviceId)', scope)).toEqual([]);
    const [problem] = problemsOf('UPER(deviceId)', scope);
    expect(problem).toMatchObject({ code: 'DREY_EXPRESSION_UNKNOWN_FUNCTION', start: 0, end: 4 });
    expect(problem?.hint).toContain('UPPER');
  });

  test('a word in double meaning is hinted at as a text', () => {
    expect(problemsOf('event = click', scope)[0]?.hint).toContain("'click'");
  });

  test('fields of rows are found by path', () => {
    expect(typeText(typed('r.g.h', scope).type)).toBe('STRING');
    expect(valueOf('(r).g.h', scope, [null, null, null, [1, ['x']]])).toBe('x');
    expect(problemsOf('r.x', scope)[0]?.code).toBe('DREY_EXPRESSION_UNKNOWN_COLUMN');
    expect(problemsOf('ts.x', scope)[0]?.code).toBe('DREY_EXPRESSION_TYPE');
  });

  test('every problem of an expression is reported at once', () => {
    const found = problemsOf('a = 1 AND UPER(b) = 2 AND ts + event > 3 AND SUM(ts) > 4', scope);
    expect(found.map(({ code, start }) => [code, start])).toEqual([
      ['DREY_EXPRESSION_UNKNOWN_COLUMN', 0],
      ['DREY_EXPRESSION_UNKNOWN_FUNCTION', 10],
      ['DREY_EXPRESSION_TYPE', 26],
      ['DREY_EXPRESSION_AGGREGATE', 45],
    ]);
  });
});

test('nested COALESCE cannot make the tree explode', () => {
  const depth = 60;
  const text = 'COALESCE('.repeat(depth) + 'ts + 1' + ', 1)'.repeat(depth);
  expect(problemsOf(text, scope)[0]?.code).toBe('DREY_EXPRESSION_LIMIT');
});

test('the expressions of the pipeline example are typed', () => {
  expect(typeText(typed('TO_TIMESTAMP_LTZ(ts, 3)', scope).type)).toBe('TIMESTAMP_LTZ(3)');
  expect(valueOf('TO_TIMESTAMP_LTZ(ts, 3)', scope, [null, null, 1_700_000_000_123n])).toBe(
    1_700_000_000_123_000_000n,
  );
  expect(valueOf("event IN ('exposure', 'click')", scope, [null, 'click'])).toBe(true);
  expect(aggregate("COUNT(*) FILTER (WHERE event = 'click')", scope)).toMatchObject({
    function: 'COUNT',
    distinct: false,
    type: { root: 'BIGINT', nullable: false },
    filter: { kind: 'call', function: { name: '=' } },
  });
  expect(aggregate('COUNT(DISTINCT deviceId)', scope)).toMatchObject({
    distinct: true,
    operand: { kind: 'column', index: 0 },
  });
});

describe('aggregates', () => {
  test.each([
    ['COUNT(*)', 'BIGINT NOT NULL'],
    ['COUNT(i)', 'BIGINT NOT NULL'],
    ['APPROX_COUNT_DISTINCT(s)', 'BIGINT NOT NULL'],
    ['SUM(ti)', 'TINYINT'],
    ['SUM(i)', 'INT'],
    ['SUM(f)', 'FLOAT'],
    ['SUM(dec_)', 'DECIMAL(38, 2)'],
    ['AVG(i)', 'INT'],
    ['AVG(d)', 'DOUBLE'],
    ['AVG(dec_)', 'DECIMAL(38, 6)'],
    ['MIN(s)', 'STRING'],
    ['MAX(ltz3)', 'TIMESTAMP_LTZ(3)'],
    ['MAX(b)', 'BOOLEAN'],
    ['FIRST_VALUE(i)', 'INT'],
    ['LAST_VALUE(r)', 'ROW<`a` INT, `b` STRING>'],
    ['SUM(1) FILTER (WHERE b)', 'INT'],
    ['SUM(DISTINCT i)', 'INT'],
  ])('%s is %s', (text, expected) => {
    expect(typeText(aggregate(text, typesScope).type)).toBe(expected);
  });

  test.each([
    ['SUM(SUM(i))', 'DREY_EXPRESSION_AGGREGATE'],
    ['i + 1', 'DREY_EXPRESSION_AGGREGATE'],
    ['SUM(i) + 1', 'DREY_EXPRESSION_AGGREGATE'],
    ['COUNT()', 'DREY_EXPRESSION_AGGREGATE'],
    ['SUM(*)', 'DREY_EXPRESSION_AGGREGATE'],
    ['SUM(i, l)', 'DREY_EXPRESSION_AGGREGATE'],
    ['SUM(s)', 'DREY_EXPRESSION_TYPE'],
    ['MAX(m)', 'DREY_EXPRESSION_TYPE'],
    ['COUNT(NULL)', 'DREY_EXPRESSION_TYPE'],
    ['SUM(i) FILTER (WHERE s)', 'DREY_EXPRESSION_TYPE'],
    ['SUM(i) FILTER (WHERE SUM(l) > 1)', 'DREY_EXPRESSION_AGGREGATE'],
    ['LISTAGG(s)', 'DREY_EXPRESSION_UNSUPPORTED'],
    ['COUNT(nope)', 'DREY_EXPRESSION_UNKNOWN_COLUMN'],
  ])('%s is refused with %s', (text, code) => {
    expect(aggregateProblemsOf(text, typesScope).map((each) => each.code)).toEqual([code]);
  });

  test('an aggregate in a scalar place is refused', () => {
    expect(problemsOf('COUNT(*) > 1', scope)[0]?.code).toBe('DREY_EXPRESSION_AGGREGATE');
    expect(problemsOf('UPPER(DISTINCT event)', scope)[0]?.code).toBe('DREY_EXPRESSION_AGGREGATE');
  });
});
