import fc from 'fast-check';
import { expect, test } from 'vitest';
import { checkSyntax } from '../../src/expression/check.ts';
import { evaluate } from '../../src/expression/evaluate.ts';
import { EvaluationError } from '../../src/expression/evaluation-error.ts';
import { foldConstants } from '../../src/expression/fold.ts';
import { parseExpression } from '../../src/expression/parse-expression.ts';
import type { TypedExpression } from '../../src/expression/tree.ts';
import type { Value } from '../../src/expression/value.ts';
import { typed } from './expression-of.ts';
import { rowScope } from './scopes.ts';
import { runs } from '../support/property-runs.ts';

const context = { timeZone: 'UTC', nowMs: () => 1_700_000_000_000, random: () => 0.25 };

function unfolded(text: string): TypedExpression {
  const parsed = parseExpression(text);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  const checked = checkSyntax(parsed.value, rowScope.scope);
  if (!checked.ok) throw new Error(`${text}: ${JSON.stringify(checked.problems)}`);
  return checked.value;
}

const FAILS = Symbol('fails');

function outcome(expression: TypedExpression, row: readonly Value[]): Value | typeof FAILS {
  try {
    return evaluate(expression, row, context);
  } catch (error) {
    if (error instanceof EvaluationError) return FAILS;
    throw error;
  }
}

test.each([
  ['1 + 2 * 3', 7],
  ["UPPER('a') || 'b'", 'Ab'],
  ["CAST('42' AS INT)", 42],
  ["FALSE AND CAST('x' AS INT) = 1", false],
  ["CASE WHEN TRUE THEN 1 ELSE CAST('x' AS INT) END", 1],
  ['i > 1 OR TRUE', true],
])('%s folds to %j', (text, value) => {
  const folded = typed(text, rowScope.scope);
  expect(folded).toMatchObject(
    text.includes('OR TRUE') ? { kind: 'logical' } : { kind: 'literal', value },
  );
  expect(evaluate(folded, rowScope.row, context)).toBe(value);
});

test.each(["CAST('x' AS INT)", '1 / 0', 'i + 1', 'RAND() < 2', 'CURRENT_DATE', 'UUID()'])(
  '%s stays unfolded',
  (text) => {
    expect(typed(text, rowScope.scope).kind).not.toBe('literal');
  },
);

const literals = [
  '1',
  '0',
  '-7',
  '2.5',
  '1e2',
  'NULLIF(1, 1)',
  'i',
  'l',
  'd',
  'dc',
  'ti',
  '9223372036854775807',
];
const { number, condition } = fc.letrec<{ number: string; condition: string }>((tie) => ({
  number: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom(...literals),
    fc
      .tuple(tie('number'), fc.constantFrom('+', '-', '*', '/'), tie('number'))
      .map(([left, operator, right]) => `(${left} ${operator} ${right})`),
    fc
      .tuple(tie('condition'), tie('number'), tie('number'))
      .map(([when, left, right]) => `CASE WHEN ${when} THEN ${left} ELSE ${right} END`),
    tie('number').map((operand) => `COALESCE(${operand}, 3)`),
    tie('number').map((operand) => `ABS(${operand})`),
    tie('number').map((operand) => `CAST(${operand} AS INT)`),
  ),
  condition: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom('TRUE', 'FALSE', 'UNKNOWN', 'b', "s = 'abc'", "s LIKE 'a%'"),
    fc
      .tuple(tie('number'), fc.constantFrom('=', '<>', '<', '>='), tie('number'))
      .map(([left, operator, right]) => `${left} ${operator} ${right}`),
    fc
      .tuple(tie('condition'), fc.constantFrom('AND', 'OR'), tie('condition'))
      .map(([left, operator, right]) => `(${left} ${operator} ${right})`),
    tie('condition').map((operand) => `NOT (${operand})`),
    fc.tuple(tie('number'), tie('number')).map(([tested, item]) => `${tested} IN (1, ${item}, 0)`),
  ),
}));

test('folding changes neither the value nor the type', () => {
  const nulls = rowScope.row.map(() => null);
  fc.assert(
    fc.property(fc.oneof(number, condition), (text) => {
      const whole = unfolded(text);
      const folded = foldConstants(whole, 'UTC');
      expect(folded.type).toEqual(whole.type);
      for (const row of [rowScope.row, nulls]) {
        const expected = outcome(whole, row);
        const found = outcome(folded, row);
        // A FALSE beside a failing part may decide before the part is tried, never the reverse.
        if (expected !== FAILS) expect(found).toEqual(expected);
      }
    }),
    { numRuns: runs(1000) },
  );
});
