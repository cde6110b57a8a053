/** Operands that are constants, as kernels need them. */
import type { TypedExpression } from '../../../expression/tree.ts';
import type { Value } from '../../../expression/value.ts';

const encoder = new TextEncoder();

/** The bytes of a text or binary literal; null for anything else, also for a NULL literal. */
export function bytesOfLiteral(expression: TypedExpression): Uint8Array | null {
  if (expression.kind !== 'literal') return null;
  const { value } = expression;
  if (typeof value === 'string') return encoder.encode(value);
  return value instanceof Uint8Array ? value : null;
}

/** The value of a literal of INT or a narrower integer; null for anything else. */
export function integerOfLiteral(expression: TypedExpression | undefined): number | null {
  if (expression?.kind !== 'literal') return null;
  const { value } = expression;
  return typeof value === 'number' && Number.isInteger(value) ? value : null;
}

/** The value of a literal of text; null for anything else. */
export function textOfLiteral(expression: TypedExpression | undefined): string | null {
  if (expression?.kind !== 'literal') return null;
  return typeof expression.value === 'string' ? expression.value : null;
}

/** The values of literals; null when one of the expressions is none. */
export function literalValues(expressions: readonly TypedExpression[]): readonly Value[] | null {
  const values: Value[] = [];
  for (const expression of expressions) {
    if (expression.kind !== 'literal') return null;
    values.push(expression.value);
  }
  return values;
}
