/** What drey says to an expression, in the notation of the recorded tables. */
import type { Scope } from '../../../src/expression/check-context.ts';
import { checkExpression } from '../../../src/expression/check-expression.ts';
import { evaluate } from '../../../src/expression/evaluate.ts';
import { EvaluationError } from '../../../src/expression/evaluation-error.ts';
import { parseExpression, parseType } from '../../../src/expression/parse-expression.ts';
import { typeText } from '../../../src/expression/type-text.ts';
import type { Value } from '../../../src/expression/value.ts';
import { javaText } from '../../expression/java-text.ts';
import { FAILS, REFUSED, type ExpressionAnswer } from './golden-expressions.ts';

/** A point in time in 2026, about when the tables were recorded. */
const NOW_MS = 1_795_824_000_000;
const context = { timeZone: 'UTC', nowMs: () => NOW_MS, random: () => 0.5 };

/** `row` null: the type is all that is asked for. */
export function answerOf(
  text: string,
  scope: Scope,
  row: readonly Value[] | null,
): ExpressionAnswer {
  const refused = { text, type: REFUSED, value: row === null ? null : '-' };
  const parsed = parseExpression(text);
  if (!parsed.ok) return refused;
  const checked = checkExpression(parsed.value, scope);
  if (!checked.ok) return refused;
  const type = typeText(checked.value.type);
  if (row === null) return { text, type, value: null };
  try {
    const value = javaText(evaluate(checked.value, row, context), checked.value.type);
    return { text, type, value };
  } catch (error) {
    if (error instanceof EvaluationError) return { text, type, value: FAILS };
    throw error;
  }
}

/** Flink's full text of a type in drey's short words. */
export function shortTypeText(type: string): string {
  const parsed = parseType(type);
  return parsed.ok ? typeText(parsed.value) : type;
}
