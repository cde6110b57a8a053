/** What an expression gives for one row by the scalar definitions, failures included. */
import { EvaluationError } from '../../../src/expression/evaluation-error.ts';
import { evaluate } from '../../../src/expression/evaluate.ts';
import type {
  EvaluationContext,
  ScalarFunction,
} from '../../../src/expression/function/contract.ts';
import type { TypedExpression } from '../../../src/expression/tree.ts';
import type { Value } from '../../../src/expression/value.ts';

export const context: EvaluationContext = {
  timeZone: 'UTC',
  nowMs: () => 1_700_000_000_000,
  random: () => 0.5,
};

export type ScalarOutcome = { readonly value: Value } | { readonly failure: string };

export function scalarOutcome(expression: TypedExpression, row: readonly Value[]): ScalarOutcome {
  try {
    const value = evaluate(expression, row, context);
    // Only FLOAT and DOUBLE have a negative zero.
    const isApproximate = expression.type.root === 'FLOAT' || expression.type.root === 'DOUBLE';
    return { value: value === 0 && !isApproximate ? 0 : value };
  } catch (error) {
    if (error instanceof EvaluationError) return { failure: error.message };
    throw error;
  }
}

/** Columns hold UTF-8, which has no lone surrogates: the same function without them. */
export function wellFormed(definition: ScalarFunction): ScalarFunction {
  return {
    ...definition,
    evaluate: (operands, types, within) => {
      const value = definition.evaluate(operands, types, within);
      return typeof value === 'string' ? Buffer.from(value).toString() : value;
    },
  };
}
