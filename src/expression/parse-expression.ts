/**
 * The doors of this folder for readers of pipeline files: text -> syntax -> typed tree.
 * All of them answer with a value or with problems; none throws, whatever the input.
 */
import { checkAggregateSyntax, type CheckedAggregate } from './check-aggregate.ts';
import { checkSyntax } from './check.ts';
import type { Scope } from './check-context.ts';
import { foldConstants } from './fold.ts';
import { parseExpressionText } from './parser.ts';
import type { Outcome } from './problem.ts';
import type { Syntax } from './syntax.ts';
import type { TypedExpression } from './tree.ts';
import { parseTypeText } from './type-parser.ts';
import type { LogicalType } from './type.ts';

export type { CheckedAggregate } from './check-aggregate.ts';
export type { Scope } from './check-context.ts';
export type { ExpressionProblem, Outcome } from './problem.ts';

/** `event = 'click'` as syntax. */
export function parseExpression(text: string): Outcome<Syntax> {
  return parseExpressionText(text);
}

/** `COUNT(*) FILTER (WHERE x)` as syntax; the grammar is the same as that of expressions. */
export function parseAggregate(text: string): Outcome<Syntax> {
  return parseExpressionText(text);
}

/** `TIMESTAMP(3)` as a type. */
export function parseType(text: string): Outcome<LogicalType> {
  return parseTypeText(text);
}

/** Types a scalar expression and folds its constants. */
export function checkExpression(syntax: Syntax, scope: Scope): Outcome<TypedExpression> {
  const checked = checkSyntax(syntax, scope);
  return checked.ok ? { ok: true, value: foldConstants(checked.value, scope.timeZone) } : checked;
}

/** Types one aggregate, or GROUPING, and folds the constants of its operand and filter. */
export function checkAggregate(syntax: Syntax, scope: Scope): Outcome<CheckedAggregate> {
  const checked = checkAggregateSyntax(syntax, scope);
  if (!checked.ok || checked.value.kind === 'grouping') return checked;
  const { operand, filter, ...rest } = checked.value.aggregate;
  const fold = (expression: TypedExpression): TypedExpression =>
    foldConstants(expression, scope.timeZone);
  const aggregate = {
    ...rest,
    ...(operand === undefined ? {} : { operand: fold(operand) }),
    ...(filter === undefined ? {} : { filter: fold(filter) }),
  };
  return { ok: true, value: { kind: 'aggregate', aggregate } };
}
