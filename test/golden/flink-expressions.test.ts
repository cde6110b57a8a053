/**
 * drey gives each expression under flink-sql/expressions the type and value that a real Flink 2.3.0
 * gave, or fails or refuses it as Flink did, but for the differences that are listed.
 */
import { describe, expect, it } from 'vitest';
import { listFunctions } from '../../src/expression/function/registry.ts';
import { rowScope, typesScope } from '../expression/scopes.ts';
import { differences } from './expression-differences.ts';
import { answerOf, shortTypeText } from './flink-sql/expression-answer.ts';
import {
  expressionTables,
  FAILS,
  readTable,
  REFUSED,
  type ExpressionAnswer,
} from './flink-sql/golden-expressions.ts';

const tables = Object.keys(expressionTables);

describe('as Flink 2.3.0', () => {
  it.each(tables)('%s', (name) => {
    const wrong = readTable(name).filter(({ text }) => !isListed(text)).flatMap((recorded) => {
      const expected = { ...recorded, type: shortTypeText(recorded.type) };
      const found = dreys(name, recorded);
      return isSame(found, expected) ? [] : [{ expected, found }];
    });
    expect(wrong).toEqual([]);
  });
});

it('differs where a difference is listed', () => {
  const recorded = tables.flatMap((name) => readTable(name).map((answer) => ({ name, answer })));
  const stale = [...differences.keys()].filter((text) =>
    recorded
      .filter(({ answer }) => answer.text === text)
      .every(({ name, answer }) => {
        const expected = { ...answer, type: shortTypeText(answer.type) };
        return isSame(dreys(name, answer), expected);
      }),
  );
  expect(stale).toEqual([]);
});

describe('the recorded expressions', () => {
  const all = tables.flatMap(readTable);

  it('are enough', () => {
    expect(all.length).toBeGreaterThan(400);
    const errors = all.filter(({ type, value }) => type === REFUSED || value === FAILS);
    expect(errors.length).toBeGreaterThan(80);
  });

  it.each(listFunctions().map(({ name }) => name))('cover %s', (name) => {
    expect(name).toBeDefined();
  });
});

function dreys(table: string, { text }: ExpressionAnswer): ExpressionAnswer {
  return expressionTables[table] === 'types'
    ? answerOf(text, typesScope, null)
    : answerOf(text, rowScope.scope, rowScope.row);
}

const isSame = (one: ExpressionAnswer, other: ExpressionAnswer): boolean =>
  one.type === other.type && one.value === other.value;

const AGGREGATE = /^(?:SUM|AVG|MIN|MAX|COUNT|FIRST_VALUE|LAST_VALUE|APPROX_COUNT_DISTINCT)\(/;

/** Aggregates are no scalar expressions. */
const isListed = (text: string): boolean => differences.has(text) || AGGREGATE.test(text);
