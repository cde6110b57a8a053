/**
 * The doors for readers of pipeline files: text -> syntax, text -> type. They answer with a value
 * or with problems; none throws, whatever the text. What follows is in check-expression.ts.
 */
import { parseExpressionText } from './parser.ts';
import type { Outcome } from './problem.ts';
import type { Syntax } from './syntax.ts';
import { parseTypeText } from './type-parser.ts';
import type { LogicalType } from './type.ts';

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
