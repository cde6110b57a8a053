/**
 * drey gives each expression under flink-sql/expressions the type and value that a real Flink 2.3.0
 * gave, or fails or refuses it as Flink did, but for the differences that are listed.
 */
import { describe, expect, it } from 'vitest';
import { listFunctions } from '../../src/expression/function/registry.ts';
import { castProblem } from '../../src/expression/function/cast.ts';
import { isBytes, isText } from '../../src/expression/type-relations.ts';
import { rowScope, typeOf, typesScope } from '../expression/scopes.ts';
import { differences } from './expression-differences.ts';
import { answerOf, shortTypeText } from './flink-sql/expression-answer.ts';
import { castName, triedCasts, triedFunctions } from './flink-sql/expression-coverage.ts';
import {
  expressionTables,
  FAILS,
  readTable,
  REFUSED,
  type ColumnSet,
  type ExpressionAnswer,
} from './flink-sql/golden-expressions.ts';

const tables = Object.keys(expressionTables);
const tablesWith = (columns: ColumnSet): readonly string[] =>
  tables.filter((name) => expressionTables[name] === columns);

/** One of each root. */
const castTypes = [
  'BOOLEAN',
  'TINYINT',
  'SMALLINT',
  'INT',
  'BIGINT',
  'FLOAT',
  'DOUBLE',
  'DECIMAL(5, 1)',
  'CHAR(3)',
  'VARCHAR(4)',
  'BINARY(2)',
  'BYTES',
  'DATE',
  'TIME',
  'TIMESTAMP(3)',
  'TIMESTAMP_LTZ(3)',
  'ARRAY<STRING>',
  'MAP<STRING, STRING>',
  'ROW<a STRING, b STRING>',
].map(typeOf);
const pairsOfTypes = castTypes.flatMap((from) => castTypes.map((to) => [from, to] as const));

describe('as Flink 2.3.0', () => {
  it.each(tables)('%s', (name) => {
    const wrong = readTable(name)
      .filter(({ text }) => !isListed(text))
      .flatMap((recorded) => {
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
    expect(all.length).toBeGreaterThan(5000);
    const errors = all.filter(({ type, value }) => type === REFUSED || value === FAILS);
    expect(errors.length).toBeGreaterThan(1000);
  });

  const functions = triedFunctions(all);

  it.each(listFunctions().map(({ name }) => name))('cover %s', (name) => {
    const { count, ...tried } = functions.get(name)!;
    expect(count).toBeGreaterThanOrEqual(4);
    expect(tried).toEqual({ hasNull: true, hasBoundary: true, hasError: true, hasNonAscii: true });
  });

  const casts = triedCasts(tablesWith('row').flatMap(readTable), rowScope.scope);
  const castsOfTypes = triedCasts(tablesWith('types').flatMap(readTable), typesScope);

  it.each(pairsOfTypes.map(([from, to]) => ({ name: castName(from, to), from, to })))(
    'cover the cast of $name',
    ({ name, from, to }) => {
      if (castProblem(from, to) !== null) {
        expect(casts.has(name) || castsOfTypes.has(name)).toBe(true);
        return;
      }
      expect(casts.get(name)).toMatchObject({ hasNull: true, hasBoundary: true });
      expect(casts.get(name)!.count).toBeGreaterThanOrEqual(4);
    },
  );

  it('cover errors and characters that are not ASCII of casts from texts', () => {
    const fromTexts = pairsOfTypes.filter(
      ([from, to]) => isText(from) && castProblem(from, to) === null,
    );
    const missing = fromTexts.filter(([from, to]) => {
      const tried = casts.get(castName(from, to));
      const canFail = !isText(to) && !isBytes(to);
      return !(tried?.hasNonAscii === true && (tried.hasError || !canFail));
    });
    expect(missing).toEqual([]);
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
