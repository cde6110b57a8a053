import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Value } from '../../../../src/expression/value.ts';
import { compileExpression } from '../../../../src/engine/batch/evaluator.ts';
import { batchOf, field, valuesOf } from '../batch-of.ts';
import { callOf, column, literal } from '../expressions.ts';
import { context } from '../scalar-reference.ts';
import { types } from '../nullable-types.ts';
import { kernelOnly, over } from './run-kernel.ts';

function check(name: string, text: Value, numbers: readonly Value[], expected: Value): void {
  const definition = kernelOnly(name, types.text);
  const constants = numbers.map((number) => literal(types.int, number));
  expect(over(types.text, [text], (x) => callOf(definition, [x, ...constants]))).toEqual([
    expected,
  ]);
}

test.each<[Value, Value[], Value]>([
  ['hello', [1, 3], 'hel'],
  ['hello', [2], 'ello'],
  ['hello', [0, 2], 'he'],
  ['hello', [5, 9], 'o'],
  ['hello', [6, 1], ''],
  ['hello', [-2], 'lo'],
  ['hello', [-4, 2], 'el'],
  ['hello', [-6, 2], ''],
  ['hello', [2, 0], ''],
  ['hello', [2, -1], null],
  ['hello', [2_147_483_647, 2_147_483_647], ''],
  ['hello', [1, 2_147_483_647], 'hello'],
  ['hello', [-2_147_483_648, 1], ''],
  ['grün', [3, 1], 'ü'],
  ['日本語', [2, 2], '本語'],
  ['日本語', [-1], '語'],
  ['a😀b', [2, 1], '😀'],
  ['ab日', [1, 2], 'ab'],
  ['', [1, 2], ''],
  ['', [-1], ''],
  [null, [1, 2], null],
  ['hello', [null, 2], null],
])('SUBSTRING of %j at %j is %j', (text, numbers, expected) => {
  check('SUBSTRING', text, numbers, expected);
});

test.each<[string, Value, Value, Value]>([
  ['LEFT', 'hello', 2, 'he'],
  ['LEFT', 'hello', 0, ''],
  ['LEFT', 'hello', -1, ''],
  ['LEFT', 'hello', 9, 'hello'],
  ['LEFT', '日本語です', 4, '日本語で'],
  ['RIGHT', 'hello', 2, 'lo'],
  ['RIGHT', 'hello', 0, ''],
  ['RIGHT', 'hello', 9, 'hello'],
  ['RIGHT', 'a😀', 1, '😀'],
])('%s of %j and %j is %j', (name, text, number, expected) => {
  check(name, text, [number], expected);
});

test('positions and lengths may come from columns', () => {
  const schema = [field('t', types.text), field('p', types.int), field('n', types.int)];
  const definition = kernelOnly('SUBSTRING', types.text);
  const expression = callOf(definition, [
    column(schema, 't'),
    column(schema, 'p'),
    column(schema, 'n'),
  ]);
  const batch = batchOf(schema, [
    ['hello', 2, 3],
    ['grün', -2, 1],
    ['x', 1, null],
    [null, 1, 1],
  ]);
  const result = compileExpression(expression, schema, context).evaluate(batch);
  expect(valuesOf(result, 4)).toEqual(['ell', 'ü', null, null]);
});

test('a short constant part of any text is that of its characters', () => {
  const texts = fc.array(
    fc.string({ unit: fc.constantFrom('a', 'b', 'ü', '日', '😀'), maxLength: 12 }),
  );
  fc.assert(
    fc.property(texts, fc.integer({ min: 0, max: 9 }), fc.nat(9), (values, position, length) => {
      const found = over(types.text, values, (x) =>
        callOf(kernelOnly('SUBSTRING', types.text), [
          x,
          literal(types.int, position),
          literal(types.int, length),
        ]),
      );
      const start = Math.max(position, 1) - 1;
      expect(found).toEqual(
        values.map((text) =>
          Array.from(text)
            .slice(start, start + length)
            .join(''),
        ),
      );
    }),
  );
});

test('the part stays in the bytes of the text', () => {
  const schema = [field('t', types.text)];
  const batch = batchOf(schema, [['hello']]);
  const expression = callOf(kernelOnly('LEFT', types.text), [
    column(schema, 't'),
    literal(types.int, 2),
  ]);
  const result = compileExpression(expression, schema, context).evaluate(batch);
  const source = batch.columns[0]!;
  expect(result.kind === 'bytes' && source.kind === 'bytes' && result.block === source.block).toBe(
    true,
  );
});
