/**
 * The tables under facts/ hold what Flink 2.3.0 answered to each expression: its type and value,
 * `!refused` when its planner refused it, `!fails` when the job failed. drey must answer alike but
 * for the differences that are listed here with their reason.
 */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { checkExpression } from '../../src/expression/check-expression.ts';
import { evaluate } from '../../src/expression/evaluate.ts';
import { EvaluationError } from '../../src/expression/evaluation-error.ts';
import { parseExpression, parseType } from '../../src/expression/parse-expression.ts';
import { typeText } from '../../src/expression/type-text.ts';
import type { Value } from '../../src/expression/value.ts';
import { differences } from './flink-differences.ts';
import { javaText } from './java-text.ts';
import { rowScope, typesScope } from './scopes.ts';
import type { Scope } from '../../src/expression/check-context.ts';

interface Answer {
  readonly type: string;
  readonly value: string;
}

const context = { timeZone: 'UTC', nowMs: () => 0, random: () => 0.5 };

function answer(text: string, scope: Scope, row: readonly Value[]): Answer {
  const parsed = parseExpression(text);
  if (!parsed.ok) return { type: '!refused', value: '-' };
  const checked = checkExpression(parsed.value, scope);
  if (!checked.ok) return { type: '!refused', value: '-' };
  const type = typeText(checked.value.type);
  try {
    return { type, value: javaText(evaluate(checked.value, row, context), checked.value.type) };
  } catch (error) {
    if (error instanceof EvaluationError) return { type, value: '!fails' };
    throw error;
  }
}

/** Flink's full text of a type in drey's short words. */
function shortType(type: string): string {
  const parsed = parseType(type);
  return parsed.ok ? typeText(parsed.value) : type;
}

function readTable(name: string): readonly (readonly string[])[] {
  const url = new URL(`facts/${name}.tsv`, import.meta.url);
  return readFileSync(url, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => line.split('\t'));
}

const tables = [
  'comparison',
  'columns',
  'casts',
  'functions',
  'temporal-json-collections',
  'nulls-and-edges',
];

test.each(tables)('types and values of facts/%s.tsv are Flink’s', (name) => {
  const wrong: unknown[] = [];
  for (const [text = '', type = '', value = ''] of readTable(name)) {
    if (differences.has(text)) continue;
    const expected = { type: shortType(type), value };
    const found = answer(text, rowScope.scope, rowScope.row);
    if (found.type !== expected.type || found.value !== expected.value) {
      wrong.push({ text, expected, found });
    }
  }
  expect(wrong).toEqual([]);
});

test('types of facts/types.tsv are Flink’s', () => {
  const wrong: unknown[] = [];
  for (const [text = '', type = ''] of readTable('types')) {
    if (differences.has(text) || isAggregate(text)) continue;
    const found = answer(text, typesScope, []).type;
    if (found !== shortType(type)) wrong.push({ text, expected: type, found });
  }
  expect(wrong).toEqual([]);
});

function isAggregate(text: string): boolean {
  return /^(SUM|AVG|MIN|MAX|COUNT|FIRST_VALUE|APPROX_COUNT_DISTINCT)\(/.test(text);
}

test('a difference from Flink that is listed is a real one', () => {
  const rows = [...tables, 'types'].flatMap((name) =>
    readTable(name).map((cells) => ({ name, cells })),
  );
  const stale = [...differences.keys()].filter((text) => {
    const found = rows.filter(({ cells }) => cells[0] === text);
    return found.every(({ name, cells: [, type = '', value = ''] }) => {
      const scope = name === 'types' ? typesScope : rowScope.scope;
      const mine = answer(text, scope, name === 'types' ? [] : rowScope.row);
      return mine.type === shortType(type) && (name === 'types' || mine.value === value);
    });
  });
  expect(stale).toEqual([]);
});
