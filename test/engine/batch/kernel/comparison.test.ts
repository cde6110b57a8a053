import { expect, test } from 'vitest';
import { compileExpression } from '../../../../src/engine/batch/evaluator.ts';
import type { LogicalType } from '../../../../src/expression/type.ts';
import type { Value } from '../../../../src/expression/value.ts';
import { batchOf, field, valuesOf } from '../batch-of.ts';
import { call, callOf, column, literal } from '../expressions.ts';
import { context } from '../scalar-reference.ts';
import { types } from '../nullable-types.ts';
import { kernelOnly, over } from './run-kernel.ts';

const BIG = 9223372036854775807n;

/** What an operator gives for pairs of values of two columns, by its kernel. */
function compare(name: string, type: LogicalType, pairs: readonly (readonly Value[])[]): Value[] {
  const schema = [field('a', type), field('b', type)];
  const operands = [column(schema, 'a'), column(schema, 'b')];
  const expression = callOf(kernelOnly(name, types.boolean), operands);
  const result = compileExpression(expression, schema, context).evaluate(batchOf(schema, pairs));
  return valuesOf(result, pairs.length);
}

const pairsByType: readonly (readonly [string, LogicalType, Value, Value])[] = [
  ['INT', types.int, -5, 3],
  ['BIGINT', types.bigint, -5n, 3n],
  ['BIGINT beyond float range', types.bigint, BIG - 1n, BIG],
  ['DOUBLE', types.double, -0.5, 0.25],
  ['TIMESTAMP', types.timestamp, -1_000_000n, 2_000_000n],
  ['TIMESTAMP within a millisecond', types.timestamp, 5n, 6n],
  ['DECIMAL', types.decimal, 150n, 151n],
  ['BOOLEAN', types.boolean, false, true],
  ['text', types.text, 'abcdefgh', 'abcdefgi'],
  ['text and a longer one', types.text, 'abcd', 'abcde'],
  ['text beyond ASCII', types.text, 'z', 'ü'],
  ['text with surrogates', types.text, '\uffee', '😀'],
  ['BYTES', types.bytes, Uint8Array.of(1, 127), Uint8Array.of(1, 128)],
];

test.each(pairsByType)('%s is ordered by every operator', (_name, type, low, high) => {
  const pairs = [
    [low, high],
    [high, low],
    [low, low],
    [low, null],
    [null, null],
  ];
  const results = ['=', '<>', '<', '<=', '>', '>='].map((name) => compare(name, type, pairs));
  expect(results).toEqual([
    [false, false, true, null, null],
    [true, true, false, null, null],
    [true, false, false, null, null],
    [true, false, true, null, null],
    [false, true, false, null, null],
    [false, true, true, null, null],
  ]);
});

test('NaN is neither equal, nor less, nor more', () => {
  const results = ['=', '<>', '<', '<=', '>', '>='].map((name) =>
    compare(name, types.double, [[NaN, NaN]]),
  );
  expect(results.flat()).toEqual([false, true, false, false, false, false]);
});

test('0 and -0 are equal', () => {
  expect(compare('=', types.double, [[0, -0]])).toEqual([true]);
});

test.each(['', 'a', 'abcd', 'abcdefg', 'abcdefgh', 'abcdefghi', '1101050000012', 'grün'])(
  'the constant %j is equal to itself and to nothing near it',
  (constant) => {
    const values = [constant, `${constant}x`, constant.slice(1), `x${constant.slice(1)}`, null];
    const wanted = values.map((value) => (value === null ? null : value === constant));
    const right = over(types.text, values, (x) =>
      callOf(kernelOnly('=', types.boolean), [x, literal(types.text, constant)]),
    );
    const left = over(types.text, values, (x) =>
      callOf(kernelOnly('=', types.boolean), [literal(types.text, constant), x]),
    );
    expect([right, left]).toEqual([wanted, wanted]);
  },
);

test.each([1, 3, 4, 5, 7, 8, 9, 12, 17])(
  'texts of %d bytes that differ in one are not equal',
  (size) => {
    const text = 'abcdefghijklmnopq'.slice(0, size);
    const values = Array.from(text, (_c, at) => `${text.slice(0, at)}#${text.slice(at + 1)}`);
    const found = over(types.text, [text, ...values], (x) =>
      callOf(kernelOnly('=', types.boolean), [x, literal(types.text, text)]),
    );
    expect(found).toEqual([true, ...values.map(() => false)]);
  },
);

test('IS [NOT] DISTINCT FROM takes NULL for a value', () => {
  const pairs = [
    [1, 1],
    [1, 2],
    [1, null],
    [null, 2],
    [null, null],
  ];
  expect(compare('IS DISTINCT FROM', types.int, pairs)).toEqual([false, true, true, true, false]);
  expect(compare('IS NOT DISTINCT FROM', types.int, pairs)).toEqual([
    true,
    false,
    false,
    false,
    true,
  ]);
});

test('BETWEEN is FALSE as soon as one bound is missed, even if the other is NULL', () => {
  const schema = [field('x', types.int), field('low', types.int), field('high', types.int)];
  const rows = [
    [2, 1, 3],
    [1, 1, 1],
    [0, 1, 3],
    [4, null, 3],
    [2, null, 3],
    [0, 1, null],
    [null, 1, 3],
  ];
  const operands = schema.map(({ name }) => column(schema, name));
  const [between, notBetween] = ['BETWEEN', 'NOT BETWEEN'].map((name) => {
    const expression = callOf(kernelOnly(name, types.boolean), operands);
    const result = compileExpression(expression, schema, context).evaluate(batchOf(schema, rows));
    return valuesOf(result, rows.length);
  });
  expect(between).toEqual([true, true, false, false, null, false, null]);
  expect(notBetween).toEqual([false, false, true, true, null, true, null]);
});

test('IS NULL looks at NULL only', () => {
  expect(over(types.text, ['', null], (x) => call('IS NULL', x))).toEqual([false, true]);
  expect(over(types.text, ['', null], (x) => call('IS NOT NULL', x))).toEqual([true, false]);
});

test.each<[string, Value[]]>([
  ['NOT', [false, true, null]],
  ['IS TRUE', [true, false, false]],
  ['IS NOT TRUE', [false, true, true]],
  ['IS FALSE', [false, true, false]],
  ['IS NOT FALSE', [true, false, true]],
  ['IS UNKNOWN', [false, false, true]],
  ['IS NOT UNKNOWN', [true, true, false]],
])('%s of TRUE, FALSE and NULL', (name, expected) => {
  const found = over(types.boolean, [true, false, null], (x) =>
    callOf(kernelOnly(name, types.boolean), [x]),
  );
  expect(found).toEqual(expected);
});
