/**
 * What stands under `aggregate`: COUNT, SUM and the others with DISTINCT and FILTER. Result types as Flink's planner gives them.
 */
import { AGGREGATES } from './check-call.ts';
import { checkCondition } from './check-conditional.ts';
import { report, type CheckContext, type Scope } from './check-context.ts';
import { createContext, outcomeOfCheck } from './check.ts';
import { quotientType } from './decimal.ts';
import type { Outcome } from './problem.ts';
import type { CallSyntax, Syntax } from './syntax.ts';
import type { AggregateExpression, AggregateName, TypedExpression } from './tree.ts';
import {
  decimalType,
  isConstructed,
  isBytes,
  isNumeric,
  simple,
  withNullable,
} from './type-relations.ts';
import { bareTypeText } from './type-text.ts';
import type { DecimalType, LogicalType } from './type.ts';

const NAMES: readonly AggregateName[] = [
  'COUNT',
  'SUM',
  'AVG',
  'MIN',
  'MAX',
  'FIRST_VALUE',
  'LAST_VALUE',
  'APPROX_COUNT_DISTINCT',
];

/** Checks a whole expression that must be one aggregate. */
export function checkAggregateSyntax(syntax: Syntax, scope: Scope): Outcome<AggregateExpression> {
  const context = createContext(scope);
  return outcomeOfCheck(context.problems, checkTop(context, syntax));
}

function checkTop(context: CheckContext, syntax: Syntax): AggregateExpression | undefined {
  if (syntax.kind !== 'call' || !AGGREGATES.has(syntax.name)) {
    return report(context, 'DREY_EXPRESSION_AGGREGATE', syntax, [
      'Expected one aggregate, such as COUNT(*) or SUM(x).',
      holdsAggregate(syntax)
        ? 'Compute with the results of aggregates in `select`.'
        : `The aggregates are ${NAMES.join(', ')} and GROUPING; other columns belong under group-by or select.`,
    ]);
  }
  if (syntax.name === 'GROUPING' || syntax.name === 'GROUPING_ID') {
    return report(context, 'DREY_EXPRESSION_AGGREGATE', syntax, [
      `${syntax.name} stands alone, with the names of group columns.`,
    ]);
  }
  const name = NAMES.find((known) => known === syntax.name);
  if (name === undefined) {
    return report(context, 'DREY_EXPRESSION_UNSUPPORTED', syntax.nameRange, [
      `drey has no aggregate ${syntax.name}.`,
      `The aggregates are ${NAMES.join(', ')} and GROUPING.`,
    ]);
  }
  return checkAggregateCall(context, syntax, name);
}

function checkAggregateCall(
  context: CheckContext,
  syntax: CallSyntax,
  name: AggregateName,
): AggregateExpression | undefined {
  const filter =
    syntax.filter === null ? null : checkCondition(context, syntax.filter, 'FILTER (WHERE ...)');
  const shape = shapeProblem(syntax, name);
  if (shape !== undefined) return report(context, 'DREY_EXPRESSION_AGGREGATE', syntax, [shape]);
  const [operandSyntax] = syntax.operands;
  const operand = operandSyntax && context.check(operandSyntax);
  if (filter === undefined || (operandSyntax !== undefined && operand === undefined)) {
    return undefined;
  }
  const type = resultType(name, operand, filter !== null);
  if (typeof type === 'string') {
    return report(context, 'DREY_EXPRESSION_TYPE', operandSyntax ?? syntax, [
      `${name} does not fit: ${type}.`,
    ]);
  }
  return {
    function: name,
    distinct: syntax.distinct,
    type,
    ...(operand === undefined ? {} : { operand }),
    ...(filter === null ? {} : { filter }),
  };
}

function shapeProblem(syntax: CallSyntax, name: AggregateName): string | undefined {
  if (syntax.star) {
    return name === 'COUNT' ? undefined : `${name}(*) has no meaning; only COUNT takes *.`;
  }
  const count = syntax.operands.length;
  if (count === 1) return undefined;
  return name === 'COUNT' && count === 0
    ? 'COUNT needs a column or *: write COUNT(*).'
    : `${name} takes 1 operand, not ${count}.`;
}

/** A sentence when the operand's type does not fit. */
function resultType(
  name: AggregateName,
  operand: TypedExpression | undefined,
  isFiltered: boolean,
): LogicalType | string {
  if (operand === undefined || name === 'COUNT' || name === 'APPROX_COUNT_DISTINCT') {
    if (operand?.type.root === 'NULL') return 'its operand is a bare NULL';
    return simple('BIGINT', false);
  }
  const { type } = operand;
  switch (name) {
    case 'SUM':
    case 'AVG':
      if (!isNumeric(type)) return `it needs a number, not ${bareTypeText(type)}`;
      if (type.root !== 'DECIMAL') return withNullable(type, type.nullable || isFiltered);
      return name === 'SUM'
        ? decimalType(38, type.scale, type.nullable || isFiltered)
        : averageType(type, type.nullable || isFiltered);
    case 'MIN':
    case 'MAX':
      if (isConstructed(type) || isBytes(type) || type.root === 'NULL') {
        return `${bareTypeText(type)} has no order`;
      }
      return withNullable(type, type.nullable || isFiltered);
    case 'FIRST_VALUE':
    case 'LAST_VALUE':
      return type.root === 'NULL' ? 'its operand is a bare NULL' : withNullable(type, true);
  }
}

function holdsAggregate(syntax: Syntax): boolean {
  if (syntax.kind !== 'call') return false;
  return AGGREGATES.has(syntax.name) || syntax.operands.some(holdsAggregate);
}

/** As Flink: the sum, DECIMAL(38, s), divided by a count, DECIMAL(20, 0). */
function averageType(type: DecimalType, nullable: boolean): LogicalType {
  const sum = decimalType(38, type.scale, true);
  return withNullable(quotientType(sum, decimalType(20, 0, true)), nullable);
}
