/** What an expression gives for one row by the scalar definitions, failures included. */
import { castValue, tryCastValue } from '../../../src/expression/function/cast.ts';
import type { EvaluationContext } from '../../../src/expression/function/contract.ts';
import { EvaluationError } from '../../../src/expression/evaluation-error.ts';
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
    const value = evaluate(expression, row);
    // Only FLOAT and DOUBLE have a negative zero.
    const isApproximate = expression.type.root === 'FLOAT' || expression.type.root === 'DOUBLE';
    return { value: value === 0 && !isApproximate ? 0 : value };
  } catch (error) {
    if (error instanceof EvaluationError) return { failure: error.message };
    throw error;
  }
}

function evaluate(expression: TypedExpression, row: readonly Value[]): Value {
  switch (expression.kind) {
    case 'literal':
      return expression.value;
    case 'column':
      return row[expression.index] ?? null;
    case 'call': {
      const operands = expression.operands.map((operand) => evaluate(operand, row));
      if (expression.function.strict && operands.includes(null)) return null;
      const types = {
        operands: expression.operands.map((operand) => operand.type),
        result: expression.type,
      };
      return wellFormed(expression.function.evaluate(operands, types, context));
    }
    case 'logical': {
      const decisive = expression.operator === 'OR';
      let result: Value = !decisive;
      for (const operand of expression.operands) {
        const value = evaluate(operand, row);
        if (value === decisive) return decisive;
        if (value === null) result = null;
      }
      return result;
    }
    case 'case': {
      const taken = expression.branches.find(({ when }) => evaluate(when, row) === true);
      return evaluate(taken?.result ?? expression.otherwise, row);
    }
    case 'cast': {
      const cast = expression.safe ? tryCastValue : castValue;
      const value = evaluate(expression.operand, row);
      return cast(value, expression.operand.type, expression.type, context.timeZone);
    }
  }
}

/** Columns hold UTF-8, which has no lone surrogates. */
function wellFormed(value: Value): Value {
  return typeof value === 'string' ? Buffer.from(value).toString() : value;
}
