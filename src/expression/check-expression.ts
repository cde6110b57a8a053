/**
 * The doors for readers of pipeline files: syntax + columns -> typed tree with its constants
 * folded. They answer with a value or with every problem at once; none throws.
 */
import { checkAggregateSyntax } from './check-aggregate.ts';
import { checkSyntax } from './check.ts';
import type { Scope } from './check-context.ts';
import { foldConstants } from './fold.ts';
import type { Outcome } from './problem.ts';
import type { Syntax } from './syntax.ts';
import type { AggregateExpression, TypedExpression } from './tree.ts';

export type { Scope } from './check-context.ts';

/** Types a scalar expression. */
export function checkExpression(syntax: Syntax, scope: Scope): Outcome<TypedExpression> {
  const checked = checkSyntax(syntax, scope);
  return checked.ok ? { ok: true, value: foldConstants(checked.value, scope.timeZone) } : checked;
}

/** Types one aggregate; GROUPING, which names group columns, is the caller's. */
export function checkAggregate(syntax: Syntax, scope: Scope): Outcome<AggregateExpression> {
  const checked = checkAggregateSyntax(syntax, scope);
  if (!checked.ok) return checked;
  const { operand, filter, ...rest } = checked.value;
  const fold = (expression: TypedExpression): TypedExpression =>
    foldConstants(expression, scope.timeZone);
  const value = {
    ...rest,
    ...(operand === undefined ? {} : { operand: fold(operand) }),
    ...(filter === undefined ? {} : { filter: fold(filter) }),
  };
  return { ok: true, value };
}
