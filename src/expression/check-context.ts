/** What the checking of one expression shares: its scope, its problems, and its own recursion. */
import type { ErrorCode } from '../errors/codes.ts';
import type { ScalarFunction } from './function/contract.ts';
import type { ExpressionProblem, TextRange } from './problem.ts';
import type { Syntax } from './syntax.ts';
import type { CallExpression, TypedExpression } from './tree.ts';
import { isSameType, isText, withNullable } from './type-relations.ts';
import type { LogicalType, RowField } from './type.ts';

/** What an expression may refer to. */
export interface Scope {
  readonly columns: readonly RowField[];
  /** IANA name of `table.local-time-zone`. */
  readonly timeZone: string;
}

export interface CheckContext {
  readonly scope: Scope;
  readonly problems: ExpressionProblem[];
  /** Undefined once a problem has been noted for the expression. */
  readonly check: (syntax: Syntax) => TypedExpression | undefined;
}

/** Notes a problem; the answer is for returning. */
export function report(
  context: CheckContext,
  code: ErrorCode,
  range: TextRange,
  [message, hint]: readonly [message: string, hint?: string | undefined],
): undefined {
  const { start, end } = range;
  context.problems.push({ code, message, start, end, ...(hint === undefined ? {} : { hint }) });
  return undefined;
}

/** Checks all of them, so that every problem is found; undefined when one has a problem. */
export function checkAll(
  context: CheckContext,
  syntaxes: readonly Syntax[],
): readonly TypedExpression[] | undefined {
  const checked = syntaxes.map((syntax) => context.check(syntax));
  const sound = checked.filter((expression) => expression !== undefined);
  return sound.length === checked.length ? sound : undefined;
}

/**
 * The expression as type `type`, by an implicit cast where the values differ. Texts of different
 * length need none: no caller makes them shorter.
 */
export function coerce(expression: TypedExpression, type: LogicalType): TypedExpression {
  if (expression.type.root === 'NULL' && type.root !== 'NULL') {
    return { kind: 'literal', type: withNullable(type, true), value: null };
  }
  if (isSameType(expression.type, type)) return expression;
  if (isText(expression.type) && type.root === 'VARCHAR') return expression;
  const target = withNullable(type, expression.type.nullable);
  return { kind: 'cast', type: target, operand: expression, safe: false };
}

/** Resolves a function for operands; a string says why it does not fit. */
export function resolveCall(
  definition: ScalarFunction,
  operands: readonly TypedExpression[],
): CallExpression | string {
  const resolution = definition.resolve(
    operands.map((operand) => operand.type),
    operands.map((operand) => (operand.kind === 'literal' ? operand.value : undefined)),
  );
  if ('mismatch' in resolution) return resolution.mismatch;
  const coerced = operands.map((operand, index) => {
    const target = resolution.operands[index];
    return target === undefined ? operand : coerce(operand, target);
  });
  return { kind: 'call', type: resolution.result, function: definition, operands: coerced };
}

/** Evaluating it twice costs nothing and gives the same value. */
export function isCheap(expression: TypedExpression): boolean {
  return expression.kind === 'column' || expression.kind === 'literal';
}
