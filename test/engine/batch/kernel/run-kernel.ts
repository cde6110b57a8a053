/** Runs one function over columns, with a scalar definition that must not be needed. */
import { compileExpression } from '../../../../src/engine/batch/evaluator.ts';
import type { ScalarFunction } from '../../../../src/expression/function/contract.ts';
import type { TypedExpression } from '../../../../src/expression/tree.ts';
import type { LogicalType } from '../../../../src/expression/type.ts';
import type { Value } from '../../../../src/expression/value.ts';
import { batchOf, field, valuesOf } from '../batch-of.ts';
import { context } from '../scalar-reference.ts';

/** A function whose scalar definition fails the test unless one is given. */
export function kernelOnly(
  name: string,
  result: LogicalType,
  evaluate?: ScalarFunction['evaluate'],
): ScalarFunction {
  return {
    name,
    category: 'string',
    syntax: [name],
    summary: name,
    deterministic: true,
    strict: true,
    resolve: (operands) => ({ operands, result }),
    evaluate:
      evaluate ??
      (() => {
        throw new Error(`${name} was computed row by row`);
      }),
  };
}

/** The values of an expression over one column of `type`, named `x` and first in the schema. */
export function over(
  type: LogicalType,
  values: readonly Value[],
  expressionOf: (x: TypedExpression) => TypedExpression,
): Value[] {
  const schema = [field('x', type)];
  const expression = expressionOf({ kind: 'column', type, name: 'x', index: 0 });
  const batch = batchOf(
    schema,
    values.map((value) => [value]),
  );
  return valuesOf(compileExpression(expression, schema, context).evaluate(batch), values.length);
}
