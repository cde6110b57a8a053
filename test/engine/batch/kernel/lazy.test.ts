/** AND, OR and CASE take only what they select: failures elsewhere are forgotten. */
import { expect, test } from 'vitest';
import { compileExpression } from '../../../../src/engine/batch/evaluator.ts';
import type { TypedExpression } from '../../../../src/expression/tree.ts';
import type { Value } from '../../../../src/expression/value.ts';
import { batchOf, field } from '../batch-of.ts';
import { and, call, column, literal, or } from '../expressions.ts';
import { context } from '../scalar-reference.ts';
import { readValue } from '../../../../src/engine/batch/read-value.ts';
import { types } from '../nullable-types.ts';

const schema = [field('x', types.int), field('b', types.boolean), field('t', types.text)];
const x = column(schema, 'x');
const b = column(schema, 'b');
/** Fails where x is 0. */
const isShare = call('>', call('/', literal(types.int, 10), x), literal(types.int, 3));

function evaluate(expression: TypedExpression, rows: Value[][]): Value[] {
  const result = compileExpression(expression, schema, context).evaluate(batchOf(schema, rows));
  return rows.map((_row, row) => result.failures?.get(row) ?? readValue(result, row));
}

const rows = [
  [0, false, ''],
  [0, true, ''],
  [0, null, ''],
  [2, true, ''],
  [5, true, ''],
  [5, null, ''],
];
const FAILED = 'Division by zero';

test('AND is FALSE when the left is, whatever the right does', () => {
  expect(evaluate(and(b, isShare), rows)).toEqual([false, FAILED, FAILED, true, false, false]);
});

test('AND fails when the left does, even if the right is FALSE', () => {
  expect(evaluate(and(isShare, b), rows)).toEqual([FAILED, FAILED, FAILED, true, false, false]);
});

test('OR is TRUE when the left is, whatever the right does', () => {
  expect(evaluate(or(b, isShare), rows)).toEqual([FAILED, true, FAILED, true, true, null]);
});

test('the three-valued tables hold for all pairs', () => {
  const pairSchema = [field('a', types.boolean), field('b', types.boolean)];
  const values = [true, false, null];
  const pairs = values.flatMap((left) => values.map((right) => [left, right]));
  const operands = [column(pairSchema, 'a'), column(pairSchema, 'b')];
  const [both, either] = [and(...operands), or(...operands)].map((expression) => {
    const column = compileExpression(expression, pairSchema, context).evaluate(
      batchOf(pairSchema, pairs),
    );
    return pairs.map((_pair, row) => readValue(column, row));
  });
  expect(both).toEqual([true, false, null, false, false, false, null, false, null]);
  expect(either).toEqual([true, true, true, true, false, null, true, null, null]);
});

function caseOf(
  type: TypedExpression['type'],
  branches: [TypedExpression, TypedExpression][],
  otherwise: TypedExpression,
): TypedExpression {
  return {
    kind: 'case',
    type,
    branches: branches.map(([when, result]) => ({ when, result })),
    otherwise,
  };
}

test('CASE takes the result of the first TRUE condition, NULL counts as not TRUE', () => {
  const expression = caseOf(
    types.text,
    [
      [b, literal(types.text, 'yes')],
      [call('=', x, literal(types.int, 0)), literal(types.text, 'zero')],
    ],
    literal(types.text, null),
  );
  expect(evaluate(expression, rows)).toEqual(['zero', 'yes', 'zero', 'yes', 'yes', null]);
});

test('CASE guards a division from zero', () => {
  const isZero = call('=', x, literal(types.int, 0));
  const share = call('/', literal(types.int, 10), x);
  const guarded = caseOf(types.int, [[isZero, literal(types.int, -1)]], share);
  expect(evaluate(guarded, rows)).toEqual([-1, -1, -1, 5, 2, 2]);
});

test('a condition that fails fails its row unless an earlier one is TRUE', () => {
  const expression = caseOf(
    types.int,
    [
      [b, literal(types.int, 1)],
      [isShare, literal(types.int, 2)],
    ],
    literal(types.int, 3),
  );
  expect(evaluate(expression, rows)).toEqual([FAILED, 1, FAILED, 1, 1, 3]);
});

test('texts of columns and constants meet in one column', () => {
  const expression = caseOf(
    types.text,
    [[b, column(schema, 't')]],
    literal(types.text, 'a constant'),
  );
  expect(
    evaluate(expression, [
      [1, true, 'ein Text'],
      [1, false, 'x'],
      [1, true, null],
      [1, true, ''],
    ]),
  ).toEqual(['ein Text', 'a constant', null, '']);
});

test('a text column stays in its block where nothing else is taken', () => {
  const expression = caseOf(types.text, [[b, column(schema, 't')]], literal(types.text, null));
  const batch = batchOf(schema, [
    [1, true, 'abc'],
    [1, false, 'x'],
  ]);
  const result = compileExpression(expression, schema, context).evaluate(batch);
  const source = batch.columns[2]!;
  expect(result.kind === 'bytes' && source.kind === 'bytes' && result.block === source.block).toBe(
    true,
  );
  expect([readValue(result, 0), readValue(result, 1)]).toEqual(['abc', null]);
});

test('a CASE of a thousand branches finds the right one', () => {
  const branches = Array.from(
    { length: 1000 },
    (_unused, index): [TypedExpression, TypedExpression] => [
      call('=', x, literal(types.int, index)),
      literal(types.int, index * 2),
    ],
  );
  const expression = caseOf(types.int, branches, literal(types.int, -1));
  const values = [0, 249, 250, 251, 499, 500, 999, 1000, null];
  const found = evaluate(
    expression,
    values.map((value) => [value, null, null]),
  );
  expect(found).toEqual([0, 498, 500, 502, 998, 1000, 1998, -1, -1]);
});

test('what a failed row left behind does not disturb a later batch that is wide', () => {
  const longSchema = [
    field('b', types.boolean),
    field('n', types.bigint),
    field('z', types.bigint),
  ];
  const [flag, n, z] = longSchema.map(({ name }) => column(longSchema, name));
  const expression = caseOf(types.bigint, [[flag!, call('%', n!, z!)]], n!);
  const evaluator = compileExpression(expression, longSchema, context);
  const failing = evaluator.evaluate(batchOf(longSchema, [[true, 7n, 0n]]));
  expect(failing.failures).toEqual(new Map([[0, FAILED]]));
  const wide = evaluator.evaluate(batchOf(longSchema, [[false, 9223372036854775807n, 1n]]));
  expect(readValue(wide, 0)).toBe(9223372036854775807n);
});
