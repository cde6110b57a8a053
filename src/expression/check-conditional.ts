/**
 * CASE in both forms, and COALESCE, NULLIF, IF and IFNULL, all as searched CASE. As in Flink's own
 * rewriting, the operand of a simple CASE is evaluated once for each WHEN that is tried.
 */
import { checkAll, coerce, report, resolveCall, type CheckContext } from './check-context.ts';
import { literal } from './check-literal.ts';
import { findFunction } from './function/registry.ts';
import type { TextRange } from './problem.ts';
import type { CallSyntax, CaseSyntax, Syntax } from './syntax.ts';
import type { CaseExpression, TypedExpression } from './tree.ts';
import {
  commonType,
  isNumeric,
  isSameType,
  isText,
  simple,
  withNullable,
} from './type-relations.ts';
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
    const match = equality(operand, value);
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

function equality(left: TypedExpression, right: TypedExpression): TypedExpression | string {
  const definition = findFunction('=');
  return definition === undefined ? 'there is no =' : resolveCall(definition, [left, right]);
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

/** COALESCE, NULLIF, IF and IFNULL; undefined when it is none of them or a problem was noted. */
export function checkConditionalCall(
  context: CheckContext,
  syntax: CallSyntax,
): TypedExpression | undefined {
  const operands = checkAll(context, syntax.operands);
  if (operands === undefined) return undefined;
  const misfit = conditionalMismatch(syntax.name, operands);
  if (misfit !== undefined) return reportMisfit(context, syntax, misfit);
  const [first = nullLiteral, second = nullLiteral, third = nullLiteral] = operands;
  switch (syntax.name) {
    case 'NULLIF': {
      const match = equality(first, second);
      if (typeof match === 'string') return reportMisfit(context, syntax, match);
      return caseOf([{ when: match, result: nullLiteral }], first, withNullable(first.type, true));
    }
    case 'IF': {
      const type = commonType([second.type, third.type], 'operator') ?? second.type;
      const nullable = operands.some((operand) => operand.type.nullable);
      return caseOf([{ when: first, result: second }], third, withNullable(type, nullable));
    }
    default:
      return firstNotNull(operands);
  }
}

/** COALESCE and IFNULL. Its result is NULL only when every operand can be. */
function firstNotNull(operands: readonly TypedExpression[]): TypedExpression | undefined {
  const types = operands.map((operand) => operand.type);
  const common = commonType(types, 'function');
  const last = operands.at(-1);
  if (common === undefined || last === undefined) return undefined;
  const type = withNullable(
    common,
    types.every((each) => each.nullable),
  );
  const branches = operands
    .slice(0, -1)
    .map((operand) => ({ when: isNotNull(operand), result: operand }));
  return branches.length === 0 ? coerce(last, type) : caseOf(branches, last, type);
}

function isNotNull(operand: TypedExpression): TypedExpression {
  const definition = findFunction('IS NOT NULL');
  const test = definition && resolveCall(definition, [operand]);
  return test === undefined || typeof test === 'string'
    ? literal(simple('BOOLEAN', false), true)
    : test;
}

function conditionalMismatch(
  name: string,
  operands: readonly TypedExpression[],
): string | undefined {
  const wanted = name === 'IF' ? 3 : 2;
  const count = operands.length;
  if (name === 'COALESCE' ? count === 0 : count !== wanted) {
    return name === 'COALESCE'
      ? 'it needs an operand'
      : `it takes ${wanted} operands, not ${count}`;
  }
  const types = operands.map((operand) => operand.type);
  const values = name === 'IF' ? types.slice(1) : types;
  if (name === 'NULLIF') return types[0]?.root === 'NULL' ? 'its first operand is NULL' : undefined;
  if (name === 'IF') {
    if (types[0]?.root !== 'BOOLEAN') return 'its first operand must be a BOOLEAN';
    if (values.some((type) => type.root === 'NULL')) {
      return 'an operand is a bare NULL; write CAST(NULL AS type)';
    }
  }
  const common = commonType(values, name === 'IF' ? 'operator' : 'function');
  if (common === undefined || (name === 'IF' && !isChoice(values))) {
    return `its operands have no common type: ${values.map((type) => bareTypeText(type)).join(', ')}`;
  }
  return common.root === 'NULL' ? 'all its operands are NULL' : undefined;
}

/** Flink's IF takes two numbers, two texts, or two values of one type. */
function isChoice(types: readonly LogicalType[]): boolean {
  const [first] = types;
  if (types.every(isNumeric) || types.every((type) => isText(type))) return true;
  return (
    first !== undefined &&
    types.every((type) => type.root === first.root || isSameType(type, first))
  );
}

function reportMisfit(context: CheckContext, syntax: CallSyntax, misfit: string): undefined {
  const range: TextRange = syntax;
  return report(context, 'DREY_EXPRESSION_TYPE', range, [
    `${syntax.name} does not fit: ${misfit}.`,
  ]);
}
