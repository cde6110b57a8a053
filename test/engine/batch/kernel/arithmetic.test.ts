import { expect, test } from 'vitest';
import { compileExpression } from '../../../../src/engine/batch/evaluator.ts';
import type { LogicalType } from '../../../../src/expression/type.ts';
import type { Value } from '../../../../src/expression/value.ts';
import { batchOf, field, valuesOf } from '../batch-of.ts';
import { call, callOf, column } from '../expressions.ts';
import { context } from '../scalar-reference.ts';
import { types } from '../nullable-types.ts';
import { kernelOnly, over } from './run-kernel.ts';

const MAX = 9223372036854775807n;
const SAFE = 9007199254740991n;

function check(name: string, type: LogicalType, [left, right]: Value[], expected: Value): void {
  const schema = [field('a', type), field('b', type)];
  const operands = [column(schema, 'a'), column(schema, 'b')];
  const expression = callOf(kernelOnly(name, type), operands);
  const batch = batchOf(schema, [
    [left!, right!],
    [null, right!],
    [left!, null],
  ]);
  const result = compileExpression(expression, schema, context).evaluate(batch);
  expect(valuesOf(result, 3)).toEqual([expected, null, null]);
}

test.each<[string, LogicalType, Value[], Value]>([
  ['+', types.int, [2_147_483_647, 1], -2_147_483_648],
  ['-', types.int, [-2_147_483_648, 1], 2_147_483_647],
  ['*', types.int, [65_536, 65_537], 65_536],
  ['/', types.int, [-7, 2], -3],
  ['/', types.int, [-2_147_483_648, -1], -2_147_483_648],
  ['%', types.int, [-7, 2], -1],
  ['+', types.tinyint, [127, 1], -128],
  ['*', types.smallint, [300, 300], 24_464],
  ['+', types.bigint, [2n, 3n], 5n],
  ['+', types.bigint, [SAFE, 1n], SAFE + 1n],
  ['+', types.bigint, [SAFE, 2n], SAFE + 2n],
  ['+', types.bigint, [MAX, 1n], -MAX - 1n],
  ['-', types.bigint, [-MAX, 2n], MAX],
  ['-', types.bigint, [MAX, MAX - 5n], 5n],
  ['*', types.bigint, [3_037_000_500n, 3_037_000_500n], -9223372036709301616n],
  ['*', types.bigint, [94_906_267n, 94_906_267n], 9007199515875289n],
  ['*', types.bigint, [0n, -5n], 0n],
  ['/', types.bigint, [SAFE, 2n], 4503599627370495n],
  ['/', types.bigint, [-7n, 2n], -3n],
  ['/', types.bigint, [MAX, -1n], -MAX],
  ['%', types.bigint, [-7n, 2n], -1n],
  ['%', types.bigint, [SAFE, 1_000_003n], SAFE % 1_000_003n],
  ['MOD', types.bigint, [MAX, 10n], 7n],
  ['+', types.double, [0.1, 0.2], 0.30000000000000004],
  ['/', types.double, [1, 0], Infinity],
  ['%', types.double, [5.5, 2], 1.5],
  ['*', types.float, [Math.fround(0.1), 3], Math.fround(Math.fround(0.1) * 3)],
])('%s of %o %o is %s', (name, type, operands, expected) => {
  check(name, type, operands, expected);
});

test.each<[LogicalType, Value[], Value[]]>([
  [types.int, [5, -2_147_483_648, 0, null], [-5, -2_147_483_648, 0, null]],
  [types.bigint, [5n, -1n, 0n, null], [-5n, 1n, 0n, null]],
  [types.bigint, [-MAX - 1n, 5n], [-MAX - 1n, -5n]],
  [types.double, [5, -0.5], [-5, 0.5]],
])('the negative of %o %o is %o', (type, values, expected) => {
  expect(over(type, values, (x) => callOf(kernelOnly('-', type), [x]))).toEqual(expected);
});

test('a BIGINT modulo an INT has the type of the INT', () => {
  const definition = kernelOnly('%', types.int);
  const schema = [field('a', types.bigint), field('b', types.bigint)];
  const expression = callOf(definition, [column(schema, 'a'), column(schema, 'b')]);
  const evaluator = compileExpression(expression, schema, context);
  const small = evaluator.evaluate(
    batchOf(schema, [
      [17n, 10n],
      [-17n, 10n],
      [null, 1n],
    ]),
  );
  expect(valuesOf(small, 3)).toEqual([7, -7, null]);
  const large = evaluator.evaluate(batchOf(schema, [[MAX, 10n]]));
  expect(valuesOf(large, 1)).toEqual([7]);
});

test.each([
  [types.int, 0, 7],
  [types.bigint, 0n, 7n],
  [types.bigint, 0n, MAX],
])('only the rows that divide by zero fail: %o', (type, zero, other) => {
  const schema = [field('a', type), field('b', type)];
  const expression = call('/', column(schema, 'a'), column(schema, 'b'));
  const rows = [
    [other, other],
    [other, zero],
    [null, zero],
    [zero, other],
  ];
  const result = compileExpression(expression, schema, context).evaluate(batchOf(schema, rows));
  expect(result.failures).toEqual(new Map([[1, 'Division by zero']]));
  expect(valuesOf(result, 4).slice(2)).toEqual([null, zero]);
});

test('a batch after a wide one is computed in floats again', () => {
  const schema = [field('a', types.bigint)];
  const expression = call('+', column(schema, 'a'), column(schema, 'a'));
  const evaluator = compileExpression(expression, schema, context);
  const wide = evaluator.evaluate(batchOf(schema, [[MAX]]));
  expect(valuesOf(wide, 1)).toEqual([-2n]);
  const narrow = evaluator.evaluate(batchOf(schema, [[4n]]));
  expect(narrow.kind === 'long' ? narrow.wide : undefined).toBeNull();
  expect(valuesOf(narrow, 1)).toEqual([8n]);
});

test('a BIGINT is never -0', () => {
  const schema = [field('a', types.bigint), field('b', types.bigint)];
  const batch = batchOf(schema, [[0n, -5n]]);
  const entries = ['*', '/', '%', '+'].map((name) => {
    const expression = call(name, column(schema, 'a'), column(schema, 'b'));
    const result = compileExpression(expression, schema, context).evaluate(batch);
    return result.kind === 'long' ? result.values[0] : undefined;
  });
  expect(entries).toEqual([0, 0, 0, -5]);
});
