import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compileExpression } from '../../../../src/engine/batch/evaluator.ts';
import type { LogicalType } from '../../../../src/expression/type.ts';
import type { Value } from '../../../../src/expression/value.ts';
import { batchOf, field } from '../batch-of.ts';
import { cast, column } from '../expressions.ts';
import { context } from '../scalar-reference.ts';
import { types } from '../nullable-types.ts';
import { over } from './run-kernel.ts';

const MAX = 9223372036854775807n;

function casted(from: LogicalType, to: LogicalType, values: readonly Value[]): Value[] {
  return over(from, values, (x) => cast(x, to));
}

type Types = readonly [LogicalType, LogicalType];

test.each<[string, Types, Value[], Value[]]>([
  ['INT to BIGINT', [types.int, types.bigint], [-5, null], [-5n, null]],
  ['INT to SMALLINT keeps the low bits', [types.int, types.smallint], [65_537, -1], [1, -1]],
  [
    'BIGINT to INT keeps the low bits',
    [types.bigint, types.int],
    [4_294_967_297n, null],
    [1, null],
  ],
  ['BIGINT to DOUBLE', [types.bigint, types.double], [5n, null], [5, null]],
  ['a great BIGINT to DOUBLE', [types.bigint, types.double], [MAX, 1n], [2 ** 63, 1]],
  ['TINYINT to DOUBLE', [types.tinyint, types.double], [-3], [-3]],
  ['FLOAT to DOUBLE', [types.float, types.double], [Math.fround(0.1)], [Math.fround(0.1)]],
  [
    'INT to STRING',
    [types.int, types.text],
    [0, -2_147_483_648, 42, null],
    ['0', '-2147483648', '42', null],
  ],
  ['a great BIGINT to STRING', [types.bigint, types.text], [MAX, 7n], [String(MAX), '7']],
])('%s', (_name, [from, to], values, expected) => {
  expect(casted(from, to, values)).toEqual(expected);
});

test('every safe integer is written as JavaScript writes it', () => {
  fc.assert(
    fc.property(fc.array(fc.maxSafeInteger()), (values) => {
      const longs = values.map(BigInt);
      expect(casted(types.bigint, types.text, longs)).toEqual(longs.map(String));
    }),
  );
});

test('digits are read as numbers, also next to ones beyond float range', () => {
  expect(casted(types.text, types.bigint, ['12', '-7', '0', '-0', null])).toEqual([
    12n,
    -7n,
    0n,
    0n,
    null,
  ]);
  expect(casted(types.text, types.bigint, ['12', String(MAX), '-5'])).toEqual([12n, MAX, -5n]);
  expect(casted(types.text, types.int, ['2147483647', '-2147483648'])).toEqual([
    2_147_483_647, -2_147_483_648,
  ]);
});

test('what is no number fails its row, and is NULL for TRY_CAST', () => {
  const schema = [field('x', types.text)];
  const batch = batchOf(schema, [['1'], ['abc'], ['']]);
  const strict = compileExpression(cast(column(schema, 'x'), types.int), schema, context);
  expect([...strict.evaluate(batch).failures!.keys()]).toEqual([1, 2]);
  const found = over(types.text, ['1', 'abc', ''], (x) => cast(x, types.int, true));
  expect(found).toEqual([1, null, null]);
});

test('a text is cut to the characters of VARCHAR(n)', () => {
  const short: LogicalType = { root: 'VARCHAR', length: 3, nullable: true };
  expect(casted(types.text, short, ['abcd', 'ab', 'grün', '日本語です', null])).toEqual([
    'abc',
    'ab',
    'grü',
    '日本語',
    null,
  ]);
});

test('a cast that changes nothing hands the column on', () => {
  const schema = [field('x', { root: 'CHAR', length: 3, nullable: true })];
  const batch = batchOf(schema, [['abc']]);
  const evaluator = compileExpression(cast(column(schema, 'x'), types.text), schema, context);
  expect(evaluator.evaluate(batch) === batch.columns[0]).toBe(true);
});
