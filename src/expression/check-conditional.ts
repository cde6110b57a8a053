/**
 * CASE in both forms, and COALESCE, NULLIF, IF and IFNULL, all as searched CASE. As in Flink's own
 * rewriting, the operand of a simple CASE is evaluated once for each WHEN that is tried.
 */
import { checkAll, coerce, report, resolveCall, type CheckContext } from './check-context.ts';
import { literal } from './check-literal.ts';
import { equality, notNull } from './function/comparison.ts';
import { findFunction } from './function/registry.ts';
import type { CallSyntax, CaseSyntax, Syntax } from './syntax.ts';
import type { CaseExpression, TypedExpression } from './tree.ts';
import { commonType, simple } from './type-relations.ts';
import { bareTypeText } from './type-text.ts';
import type { LogicalType } from './type.ts';

interface Branch {
  readonly when: TypedExpression;
  readonly result: TypedExpression;
}

const nullLiteral = literal({ root: 'NULL', nullable: true }, null);

export function checkCase(context: CheckContext, syntax: CaseSyntax): TypedExpression | undefined {
  const operand = syntax.operand === null ? null : context.check(syntax.operand);
  const branches: Branch[] = [];
  for (const branch of syntax.branches) {
    const when =
      operand === null
        ? checkCondition(context, branch.when[0], 'WHEN')
        : operand && checkMatches(context, operand, branch.when);
    const result = context.check(branch.result);
    if (when !== undefined && result !== undefined) branches.push({ when, result });
  }
  const otherwise = syntax.otherwise === null ? nullLiteral : context.check(syntax.otherwise);
  if (otherwise === undefined || branches.length < syntax.branches.length) return undefined;
  const types = [...branches.map((branch) => branch.result.type), otherwise.type];
  const type = commonType(types, 'operator');
  if (type === undefined) {
    const names = [...new Set(types.map((each) => bareTypeText(each)))].join(', ');
    return report(context, 'DREY_EXPRESSION_TYPE', syntax, [
      `The results of CASE have no common type: ${names}.`,
      'Add a CAST to some of them.',
    ]);
  }
  if (type.root === 'NULL') {
    return report(context, 'DREY_EXPRESSION_TYPE', syntax, [
      'All results of CASE are NULL.',
      'Write CAST(NULL AS type) for one of them.',
    ]);
  }
  return caseOf(branches, otherwise, type);
}

/** A condition that must be BOOLEAN. */
export function checkCondition(
  context: CheckContext,
  syntax: Syntax,
  place: string,
): TypedExpression | undefined {
  const condition = context.check(syntax);
  if (condition === undefined || condition.type.root === 'BOOLEAN') return condition;
  const hint = condition.type.root === 'NULL' ? 'Write UNKNOWN for a BOOLEAN NULL.' : undefined;
  return report(context, 'DREY_EXPRESSION_TYPE', syntax, [
    `${place} needs a BOOLEAN, not ${bareTypeText(condition.type)}.`,
    hint,
  ]);
}

function checkMatches(
  context: CheckContext,
  operand: TypedExpression,
  values: readonly Syntax[],
): TypedExpression | undefined {
  const checked = checkAll(context, values);
  if (checked === undefined) return undefined;
  const matches: TypedExpression[] = [];
  for (const [index, value] of checked.entries()) {
    const match = resolveCall(equality, [operand, value]);
    if (typeof match === 'string') {
      const range = values[index] ?? { start: 0, end: 0 };
      return report(context, 'DREY_EXPRESSION_TYPE', range, [`In WHEN, ${match}.`]);
    }
    matches.push(match);
  }
  const [first] = matches;
  if (matches.length === 1) return first;
  const nullable = matches.some((match) => match.type.nullable);
  return { kind: 'logical', operator: 'OR', type: simple('BOOLEAN', nullable), operands: matches };
}

function caseOf(
  branches: readonly Branch[],
  otherwise: TypedExpression,
  type: LogicalType,
): CaseExpression {
  return {
    kind: 'case',
    type,
    branches: branches.map(({ when, result }) => ({ when, result: coerce(result, type) })),
    otherwise: coerce(otherwise, type),
  };
}

/** COALESCE, NULLIF, IF and IFNULL; undefined when a problem was noted. */
export function checkConditionalCall(
  context: CheckContext,
  syntax: CallSyntax,
): TypedExpression | undefined {
  const checked = checkAll(context, syntax.operands);
  const definition = findFunction(syntax.name);
  if (checked === undefined || definition === undefined) return undefined;
  const call = resolveCall(definition, checked);
  if (typeof call === 'string') {
    return report(context, 'DREY_EXPRESSION_TYPE', syntax, [
      `${syntax.name} does not fit: ${call}.`,
    ]);
  }
  const [first = nullLiteral, second = nullLiteral, third = nullLiteral] = call.operands;
  switch (syntax.name) {
    case 'NULLIF': {
      const match = resolveCall(equality, [first, second]);
      return typeof match === 'string'
        ? call
        : caseOf([{ when: match, result: nullLiteral }], first, call.type);
    }
    case 'IF':
      return caseOf([{ when: first, result: second }], third, call.type);
    default:
      return firstNotNull(call.operands, call.type);
  }
}

/** COALESCE and IFNULL. */
function firstNotNull(operands: readonly TypedExpression[], type: LogicalType): TypedExpression {
  const last = operands.at(-1) ?? nullLiteral;
  const branches = operands.slice(0, -1).map((operand) => ({
    when: isNotNull(operand),
    result: operand,
  }));
  return branches.length === 0 ? coerce(last, type) : caseOf(branches, last, type);
}

function isNotNull(operand: TypedExpression): TypedExpression {
  const test = resolveCall(notNull, [operand]);
  return typeof test === 'string' ? literal(simple('BOOLEAN', false), true) : test;
}
