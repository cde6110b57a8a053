/**
 * Constant folding over the typed tree. Only what always gives the same value is folded; what
 * would throw stays as it is, so that the row decides whether it is ever evaluated.
 */
import { evaluate } from './evaluate.ts';
import { EvaluationError } from './evaluation-error.ts';
import type { EvaluationContext } from './function/contract.ts';
import type { CaseExpression, LogicalExpression, TypedExpression } from './tree.ts';
import { withNullable } from './type-relations.ts';

/** An equal expression with its constant parts computed. */
export function foldConstants(expression: TypedExpression, timeZone: string): TypedExpression {
  const context: EvaluationContext = {
    timeZone,
    nowMs: () => 0,
    random: () => 0,
  };
  return fold(expression, context, new Map());
}

/** Nodes that a rewriting shares are folded once. */
type Folded = Map<TypedExpression, TypedExpression>;

function fold(
  expression: TypedExpression,
  context: EvaluationContext,
  folded: Folded,
): TypedExpression {
  const known = folded.get(expression);
  if (known !== undefined) return known;
  const result = foldNode(expression, context, folded);
  folded.set(expression, result);
  return result;
}

function foldNode(
  expression: TypedExpression,
  context: EvaluationContext,
  folded: Folded,
): TypedExpression {
  switch (expression.kind) {
    case 'literal':
    case 'column':
      return expression;
    case 'call': {
      const operands = expression.operands.map((operand) => fold(operand, context, folded));
      const call = { ...expression, operands };
      return expression.function.deterministic ? compute(call, operands, context) : call;
    }
    case 'cast': {
      const operand = fold(expression.operand, context, folded);
      return compute({ ...expression, operand }, [operand], context);
    }
    case 'logical':
      return foldLogical(expression, context, folded);
    case 'case':
      return foldCase(expression, context, folded);
  }
}

/** Replaces a node by its value when all operands are literals and it does not throw. */
function compute(
  expression: TypedExpression,
  operands: readonly TypedExpression[],
  context: EvaluationContext,
): TypedExpression {
  if (operands.some((operand) => operand.kind !== 'literal')) return expression;
  try {
    const value = evaluate(expression, [], context);
    return { kind: 'literal', type: expression.type, value };
  } catch (error) {
    if (error instanceof EvaluationError) return expression;
    throw error;
  }
}

/** Drops operands that decide nothing; stops at one that decides all that come after it. */
function foldLogical(
  expression: LogicalExpression,
  context: EvaluationContext,
  folded: Folded,
): TypedExpression {
  const deciding = expression.operator === 'OR';
  const operands: TypedExpression[] = [];
  for (const operand of expression.operands) {
    const result = fold(operand, context, folded);
    if (result.kind !== 'literal') {
      operands.push(result);
    } else if (result.value === deciding) {
      operands.push(result);
      break;
    } else if (result.value === null) {
      operands.push(result);
    }
  }
  const [first] = operands;
  if (first === undefined) return { kind: 'literal', type: expression.type, value: !deciding };
  if (operands.length === 1) return asResultOf(expression, first);
  return compute({ ...expression, operands }, operands, context);
}

function foldCase(
  expression: CaseExpression,
  context: EvaluationContext,
  folded: Folded,
): TypedExpression {
  const branches: CaseExpression['branches'][number][] = [];
  let otherwise = fold(expression.otherwise, context, folded);
  for (const branch of expression.branches) {
    const when = fold(branch.when, context, folded);
    const result = fold(branch.result, context, folded);
    if (when.kind === 'literal' && when.value === true) {
      otherwise = result;
      break;
    }
    if (when.kind !== 'literal') branches.push({ when, result });
  }
  if (branches.length === 0) return asResultOf(expression, otherwise);
  return { ...expression, branches, otherwise };
}

/** A part in place of the whole, whose type must stay as it was checked. */
function asResultOf(whole: TypedExpression, part: TypedExpression): TypedExpression {
  if (part.kind === 'literal') return { ...part, type: whole.type };
  return { ...part, type: withNullable(part.type, whole.type.nullable) };
}
