/**
 * A typed expression as text: equal for expressions that mean the same over the same columns. It
 * names columns, functions and types; it is written into snapshots and shown to people, and is no
 * SQL that could be read back.
 */
import type { AggregateExpression, TypedExpression } from './tree.ts';
import { bareTypeText } from './type-text.ts';
import type { Value } from './value.ts';

/** `device STRING`, `UPPER(device STRING)`. */
export function expressionText(expression: TypedExpression): string {
  switch (expression.kind) {
    case 'literal':
      return `${valueText(expression.value)} ${bareTypeText(expression.type)}`;
    case 'column':
      return `${expression.name} ${bareTypeText(expression.type)}`;
    case 'call':
      return `${expression.function.name}(${listText(expression.operands)})`;
    case 'logical':
      return `${expression.operator}(${listText(expression.operands)})`;
    case 'cast': {
      const name = expression.safe ? 'TRY_CAST' : 'CAST';
      return `${name}(${expressionText(expression.operand)} AS ${bareTypeText(expression.type)})`;
    }
    case 'case': {
      const branches = expression.branches.map(
        ({ when, result }) => `WHEN ${expressionText(when)} THEN ${expressionText(result)} `,
      );
      return `CASE ${branches.join('')}ELSE ${expressionText(expression.otherwise)} END`;
    }
  }
}

/** `COUNT(DISTINCT device STRING) FILTER (WHERE ...)`. */
export function aggregateText(aggregate: AggregateExpression): string {
  const { function: name, distinct, operand, filter } = aggregate;
  const of = operand === undefined ? '*' : expressionText(operand);
  const call = `${name}(${distinct ? 'DISTINCT ' : ''}${of})`;
  return filter === undefined ? call : `${call} FILTER (WHERE ${expressionText(filter)})`;
}

function listText(expressions: readonly TypedExpression[]): string {
  return expressions.map(expressionText).join(', ');
}

function valueText(value: Value): string {
  if (value instanceof Uint8Array) return `x'${Buffer.from(value).toString('hex')}'`;
  if (Array.isArray(value)) return `[${value.map(valueText).join(', ')}]`;
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}
