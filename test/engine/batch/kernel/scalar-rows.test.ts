import { expect, test } from 'vitest';
import { compileExpression } from '../../../../src/engine/batch/evaluator.ts';
import { EvaluationError } from '../../../../src/expression/evaluation-error.ts';
import type { ScalarFunction } from '../../../../src/expression/function/contract.ts';
import type { Value } from '../../../../src/expression/value.ts';
import { batchOf, field, valuesOf } from '../batch-of.ts';
import { call, callOf, column, literal } from '../expressions.ts';
import { context } from '../scalar-reference.ts';
import { types } from '../nullable-types.ts';
import { kernelOnly } from './run-kernel.ts';

const schema = [field('x', types.int)];
const x = column(schema, 'x');
const share = call('/', literal(types.int, 10), x);

function run(definition: ScalarFunction, values: Value[], operand = x) {
  const expression = callOf(definition, [operand]);
  const batch = batchOf(
    schema,
    values.map((value) => [value]),
  );
  return compileExpression(expression, schema, context).evaluate(batch);
}

test('rows before and after one that fails have their values', () => {
  const definition = kernelOnly('PICKY', types.text, ([value]) => {
    if (value === 3) throw new EvaluationError('no threes');
    return `v${String(value)}`;
  });
  const result = run(definition, [1, 3, 3, 4]);
  expect(result.failures).toEqual(new Map([1, 2].map((row) => [row, 'no threes'])));
  expect(valuesOf(result, 4)).toEqual(['v1', null, null, 'v4']);
});

test('a strict function is not called for NULL', () => {
  const definition = kernelOnly('STRICT', types.text, ([value]) => `v${String(value)}`);
  expect(valuesOf(run(definition, [1, null]), 2)).toEqual(['v1', null]);
});

test('any other function is, but not for an operand that failed', () => {
  const definition = {
    ...kernelOnly('LAX', types.text, ([value]) => {
      if (value === null) throw new EvaluationError('called');
      return 'fine';
    }),
    strict: false,
  };
  expect(run(definition, [null]).failures).toEqual(new Map([[0, 'called']]));
  expect(run(definition, [0, 1], share).failures).toEqual(new Map([[0, 'Division by zero']]));
});

test('an error that is no EvaluationError is a bug and goes up', () => {
  const definition = kernelOnly('BROKEN', types.text, () => {
    throw new TypeError('broken');
  });
  expect(() => run(definition, [1])).toThrow(TypeError);
});

test('a function may keep the operands it was given', () => {
  const definition = kernelOnly('ARRAY', types.array, (operands) => operands);
  expect(valuesOf(run(definition, [1, 2, 3]), 3)).toEqual([[1], [2], [3]]);
});
