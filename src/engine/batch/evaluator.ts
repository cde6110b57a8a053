/**
 * Compiles typed expressions to evaluators over batches. A node becomes an object that computes
 * one column for all rows; there is no generated code. See kernel/ for the loops.
 */
import type { EvaluationContext } from '../../expression/function/contract.ts';
import type { CaseExpression, TypedExpression } from '../../expression/tree.ts';
import { assert } from '../../errors/assert.ts';
import type { RowSchema } from './batch.ts';
import { CallEvaluator } from './kernel/call.ts';
import { CASE_BRANCHES_MAX, CaseEvaluator } from './kernel/case.ts';
import { castEvaluator } from './kernel/cast.ts';
import { ColumnReferenceEvaluator } from './kernel/column-reference.ts';
import type { ColumnEvaluator } from './kernel/column-evaluator.ts';
import { LiteralEvaluator, shareBlock } from './kernel/literal.ts';
import { LogicalEvaluator } from './kernel/logical.ts';
import { kernelOf } from './kernel/registry.ts';

export type { ColumnEvaluator } from './kernel/column-evaluator.ts';

/** The evaluator of `expression` over batches of `inputSchema`; its column indexes refer to it. */
export function compileExpression(
  expression: TypedExpression,
  inputSchema: RowSchema,
  context: EvaluationContext,
): ColumnEvaluator {
  const compile = (inner: TypedExpression): ColumnEvaluator =>
    compileExpression(inner, inputSchema, context);
  const { type } = expression;
  switch (expression.kind) {
    case 'literal':
      return new LiteralEvaluator(type, expression.value);
    case 'column':
      assert(expression.index < inputSchema.length, 'a column reference lies within the input');
      return new ColumnReferenceEvaluator(type, expression.index);
    case 'call':
      return new CallEvaluator(
        type,
        expression.operands.map(compile),
        kernelOf({ function: expression.function, operands: expression.operands, type, context }),
      );
    case 'logical':
      return new LogicalEvaluator(type, expression.operator, expression.operands.map(compile));
    case 'case':
      return compileCase(expression, compile);
    case 'cast':
      return castEvaluator(expression, compile(expression.operand), context);
  }
}

function compileCase(
  expression: CaseExpression,
  compile: (inner: TypedExpression) => ColumnEvaluator,
): ColumnEvaluator {
  const { type, branches } = expression;
  // A CASE with very many branches goes on in the ELSE of the one before.
  const rest = branches.slice(CASE_BRANCHES_MAX);
  const otherwise = rest.length === 0 ? expression.otherwise : { ...expression, branches: rest };
  const compiled = branches
    .slice(0, CASE_BRANCHES_MAX)
    .map(({ when, result }) => ({ when: compile(when), result: compile(result) }));
  const last = compile(otherwise);
  const results = [...compiled.map(({ result }) => result), last];
  shareBlock(results.filter((result) => result instanceof LiteralEvaluator));
  return new CaseEvaluator(type, compiled, last);
}
