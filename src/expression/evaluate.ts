/**
 * The value of a typed expression for one row: the reference that the engine's column kernels are
 * tested against. AND, OR and CASE evaluate only what they need.
 */
import { castValue, tryCastValue } from './function/cast.ts';
import type { EvaluationContext } from './function/contract.ts';
import type { CallExpression, LogicalExpression, TypedExpression } from './tree.ts';
import type { Value } from './value.ts';

/**
 * `row` holds the canonical values of the scope's columns. Throws EvaluationError where Flink
 * fails the job.
 */
export function evaluate(
  expression: TypedExpression,
  row: readonly Value[],
  context: EvaluationContext,
): Value {
  switch (expression.kind) {
    case 'literal':
      return expression.value;
    case 'column':
      return row[expression.index] ?? null;
    case 'call':
      return evaluateCall(expression, row, context);
    case 'logical':
      return evaluateLogical(expression, row, context);
    case 'case':
      for (const { when, result } of expression.branches) {
        if (evaluate(when, row, context) === true) return evaluate(result, row, context);
      }
      return evaluate(expression.otherwise, row, context);
    case 'cast': {
      const { operand, type, safe } = expression;
      const cast = safe ? tryCastValue : castValue;
      return cast(evaluate(operand, row, context), operand.type, type, context.timeZone);
    }
  }
}

function evaluateCall(
  call: CallExpression,
  row: readonly Value[],
  context: EvaluationContext,
): Value {
  const values = call.operands.map((operand) => evaluate(operand, row, context));
  if (call.function.strict && values.includes(null)) return null;
  const types = { operands: call.operands.map((operand) => operand.type), result: call.type };
  return call.function.evaluate(values, types, context);
}

/** FALSE decides AND, TRUE decides OR; else a NULL makes the result NULL. */
function evaluateLogical(
  expression: LogicalExpression,
  row: readonly Value[],
  context: EvaluationContext,
): Value {
  const deciding = expression.operator === 'OR';
  let hasNull = false;
  for (const operand of expression.operands) {
    const value = evaluate(operand, row, context);
    if (value === deciding) return deciding;
    if (value === null) hasNull = true;
  }
  return hasNull ? null : !deciding;
}
