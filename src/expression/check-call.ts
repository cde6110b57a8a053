/** Calls of functions and operators: finds the function, lets it resolve its operand types. */
import { checkAll, isCheap, report, resolveCall, type CheckContext } from './check-context.ts';
import { checkCondition, checkConditionalCall } from './check-conditional.ts';
import { checkNumber } from './check-literal.ts';
import { findFunction, functionNames } from './function/registry.ts';
import { nearestName } from './nearest.ts';
import type { CallSyntax } from './syntax.ts';
import type { TypedExpression } from './tree.ts';
import { simple } from './type-relations.ts';

/** Aggregates of Flink SQL, those that drey lacks included. */
export const AGGREGATES: ReadonlySet<string> = new Set(
  'COUNT SUM AVG MIN MAX FIRST_VALUE LAST_VALUE APPROX_COUNT_DISTINCT GROUPING GROUPING_ID LISTAGG COLLECT STDDEV_POP STDDEV_SAMP VAR_POP VAR_SAMP STDDEV VARIANCE SUM0 ARRAY_AGG'.split(
    ' ',
  ),
);
const CONDITIONALS: ReadonlySet<string> = new Set(['COALESCE', 'NULLIF', 'IF', 'IFNULL']);

export function checkCall(context: CheckContext, syntax: CallSyntax): TypedExpression | undefined {
  const { name } = syntax;
  if (AGGREGATES.has(name)) return refuseAggregate(context, syntax);
  if (syntax.distinct || syntax.star || syntax.filter !== null) {
    return report(context, 'DREY_EXPRESSION_AGGREGATE', syntax, [
      `DISTINCT, * and FILTER belong to aggregates; ${name} is none.`,
    ]);
  }
  if (name === 'AND' || name === 'OR') return checkLogical(context, syntax, name);
  if (CONDITIONALS.has(name)) return checkConditionalCall(context, syntax);
  const [first] = syntax.operands;
  if (name === '-' && syntax.operands.length === 1 && first?.kind === 'number') {
    return checkNumber(context, first, -1n);
  }
  const definition = findFunction(name);
  if (definition === undefined) return reportUnknown(context, syntax);
  const operands = checkAll(context, syntax.operands);
  if (operands === undefined) return undefined;
  const tested = operands[0];
  if (tested !== undefined && isCheap(tested) && (name === 'BETWEEN' || name === 'NOT BETWEEN')) {
    const bounds = boundsOf(name, operands);
    if (bounds !== undefined) return bounds;
  }
  const call = resolveCall(definition, operands);
  if (typeof call !== 'string') return call;
  return report(context, 'DREY_EXPRESSION_TYPE', syntax, [`${name} does not fit: ${call}.`]);
}

function checkLogical(
  context: CheckContext,
  syntax: CallSyntax,
  operator: 'AND' | 'OR',
): TypedExpression | undefined {
  const checked = syntax.operands.map((operand) => checkCondition(context, operand, operator));
  const operands = checked.filter((operand) => operand !== undefined);
  if (operands.length < checked.length) return undefined;
  const nullable = operands.some((operand) => operand.type.nullable);
  return { kind: 'logical', operator, type: simple('BOOLEAN', nullable), operands };
}

/** `x BETWEEN a AND b` as two comparisons, which the engine has quick kernels for. */
function boundsOf(
  name: 'BETWEEN' | 'NOT BETWEEN',
  [tested, low, high]: readonly TypedExpression[],
): TypedExpression | undefined {
  if (tested === undefined || low === undefined || high === undefined) return undefined;
  const isNegated = name === 'NOT BETWEEN';
  const above = findFunction(isNegated ? '<' : '>=');
  const below = findFunction(isNegated ? '>' : '<=');
  if (above === undefined || below === undefined) return undefined;
  if (low.type.root === 'NULL' || high.type.root === 'NULL') return undefined;
  const first = resolveCall(above, [tested, low]);
  const second = resolveCall(below, [tested, high]);
  if (typeof first === 'string' || typeof second === 'string') return undefined;
  const nullable = first.type.nullable || second.type.nullable;
  return {
    kind: 'logical',
    operator: isNegated ? 'OR' : 'AND',
    type: simple('BOOLEAN', nullable),
    operands: [first, second],
  };
}

function refuseAggregate(context: CheckContext, syntax: CallSyntax): undefined {
  return report(context, 'DREY_EXPRESSION_AGGREGATE', syntax, [
    `The aggregate ${syntax.name} cannot stand here.`,
    'Aggregates belong under `aggregate`, one per output column and not inside other expressions; compute with their results in `select`.',
  ]);
}

function reportUnknown(context: CheckContext, syntax: CallSyntax): undefined {
  const near = nearestName(syntax.name, functionNames());
  return report(context, 'DREY_EXPRESSION_UNKNOWN_FUNCTION', syntax.nameRange, [
    `There is no function ${syntax.name}.`,
    near === undefined
      ? '`drey pipeline functions` lists them.'
      : `Did you mean ${near}? \`drey pipeline functions\` lists them.`,
  ]);
}
