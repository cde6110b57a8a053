/** Shortcuts of the tests: text -> typed tree, value, or problem codes. */
import { checkAggregate, checkExpression } from '../../src/expression/check-expression.ts';
import type { Scope } from '../../src/expression/check-context.ts';
import { evaluate } from '../../src/expression/evaluate.ts';
import { parseAggregate, parseExpression } from '../../src/expression/parse-expression.ts';
import type { ExpressionProblem } from '../../src/expression/problem.ts';
import type { AggregateExpression, TypedExpression } from '../../src/expression/tree.ts';
import type { Value } from '../../src/expression/value.ts';

export const noColumns: Scope = { columns: [], timeZone: 'UTC' };

export function typed(text: string, scope: Scope = noColumns): TypedExpression {
  const parsed = parseExpression(text);
  if (!parsed.ok) throw new Error(`${text}: ${JSON.stringify(parsed.problems)}`);
  const checked = checkExpression(parsed.value, scope);
  if (!checked.ok) throw new Error(`${text}: ${JSON.stringify(checked.problems)}`);
  return checked.value;
}

export function aggregate(text: string, scope: Scope): AggregateExpression {
  const parsed = parseAggregate(text);
  if (!parsed.ok) throw new Error(`${text}: ${JSON.stringify(parsed.problems)}`);
  const checked = checkAggregate(parsed.value, scope);
  if (!checked.ok) throw new Error(`${text}: ${JSON.stringify(checked.problems)}`);
  return checked.value;
}

export function valueOf(text: string, scope: Scope = noColumns, row: readonly Value[] = []): Value {
  const context = { timeZone: scope.timeZone, nowMs: () => 0, random: () => 0.5 };
  return evaluate(typed(text, scope), row, context);
}

/** What parsing or checking objects to; empty when nothing. */
export function problemsOf(text: string, scope: Scope = noColumns): readonly ExpressionProblem[] {
  const parsed = parseExpression(text);
  if (!parsed.ok) return parsed.problems;
  const checked = checkExpression(parsed.value, scope);
  return checked.ok ? [] : checked.problems;
}

export function aggregateProblemsOf(text: string, scope: Scope): readonly ExpressionProblem[] {
  const parsed = parseAggregate(text);
  if (!parsed.ok) return parsed.problems;
  const checked = checkAggregate(parsed.value, scope);
  return checked.ok ? [] : checked.problems;
}
