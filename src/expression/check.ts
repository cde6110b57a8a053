/**
 * Syntax + columns -> typed tree, or every problem at once. Column names are case-sensitive and
 * function names are not, as in Flink. Implicit casts become nodes of the tree.
 */
import { checkCall } from './check-call.ts';
import { checkCase } from './check-conditional.ts';
import { report, resolveCall, type CheckContext, type Scope } from './check-context.ts';
import { checkInterval, checkNumber, checkTemporal, literal } from './check-literal.ts';
import { castProblem } from './function/cast.ts';
import { findFunction } from './function/registry.ts';
import { nearestName } from './nearest.ts';
import type { ExpressionProblem, Outcome } from './problem.ts';
import type { BytesSyntax, CastSyntax, ColumnSyntax, NamePart, Syntax } from './syntax.ts';
import type { TypedExpression } from './tree.ts';
import { simple, withNullable } from './type-relations.ts';
import { bareTypeText } from './type-text.ts';

/** Largest number of nodes of a typed tree; rewriting CASE and COALESCE repeats operands. */
export const NODES_MAX = 100_000;

/** Functions that are written without brackets. */
const BARE_FUNCTIONS: ReadonlySet<string> = new Set([
  'CURRENT_DATE',
  'CURRENT_TIME',
  'CURRENT_TIMESTAMP',
  'LOCALTIME',
  'LOCALTIMESTAMP',
]);

/** Checks a whole expression. Nothing is folded yet. */
export function checkSyntax(syntax: Syntax, scope: Scope): Outcome<TypedExpression> {
  const context = createContext(scope);
  const expression = context.check(syntax);
  if (expression !== undefined) refuseUnusable(context, syntax, expression);
  return outcomeOfCheck(context.problems, expression);
}

export function createContext(scope: Scope): CheckContext {
  const problems: ExpressionProblem[] = [];
  const context: CheckContext = {
    scope,
    problems,
    check: (syntax) => checkNode(context, syntax),
  };
  return context;
}

/** Joins what was found with the value; a missing value without problems is impossible. */
export function outcomeOfCheck<T>(
  problems: readonly ExpressionProblem[],
  value: T | undefined,
): Outcome<T> {
  if (value === undefined || problems.length > 0) return { ok: false, problems };
  return { ok: true, value };
}

function refuseUnusable(context: CheckContext, syntax: Syntax, expression: TypedExpression): void {
  if (expression.type.root === 'NULL') {
    report(context, 'DREY_EXPRESSION_TYPE', syntax, [
      'A bare NULL has no type.',
      'Write CAST(NULL AS type).',
    ]);
  }
  if (countNodes(expression, NODES_MAX) > NODES_MAX) {
    report(context, 'DREY_EXPRESSION_LIMIT', syntax, [
      `The expression expands to more than ${NODES_MAX} operations, because CASE, COALESCE and NULLIF repeat their operands.`,
      'Compute the repeated part in a column of its own.',
    ]);
  }
}

/** Counts shared nodes each time, and stops beyond `limit`. */
function countNodes(expression: TypedExpression, limit: number): number {
  let count = 1;
  for (const child of childrenOf(expression)) {
    if (count > limit) return count;
    count += countNodes(child, limit - count);
  }
  return count;
}

function childrenOf(expression: TypedExpression): readonly TypedExpression[] {
  switch (expression.kind) {
    case 'literal':
    case 'column':
      return [];
    case 'call':
    case 'logical':
      return expression.operands;
    case 'cast':
      return [expression.operand];
    case 'case':
      return [
        ...expression.branches.flatMap((branch) => [branch.when, branch.result]),
        expression.otherwise,
      ];
  }
}

function checkNode(context: CheckContext, syntax: Syntax): TypedExpression | undefined {
  switch (syntax.kind) {
    case 'number':
      return checkNumber(context, syntax, 1n);
    case 'text':
      return literal({ root: 'CHAR', length: syntax.value.length, nullable: false }, syntax.value);
    case 'bytes':
      return bytesLiteral(syntax);
    case 'boolean':
      return literal(simple('BOOLEAN', syntax.value === null), syntax.value);
    case 'null':
      return literal({ root: 'NULL', nullable: true }, null);
    case 'symbol':
      return literal({ root: 'CHAR', length: syntax.name.length, nullable: false }, syntax.name);
    case 'temporal':
      return checkTemporal(context, syntax);
    case 'interval':
      return checkInterval(context, syntax);
    case 'column':
      return checkColumn(context, syntax);
    case 'field': {
      const operand = context.check(syntax.operand);
      return operand && checkField(context, operand, syntax.field);
    }
    case 'call':
      return checkCall(context, syntax);
    case 'case':
      return checkCase(context, syntax);
    case 'cast':
      return checkCast(context, syntax);
  }
}

function bytesLiteral(syntax: BytesSyntax): TypedExpression {
  const value = new Uint8Array(syntax.digits.length / 2);
  for (let index = 0; index < value.length; index += 1) {
    value[index] = Number.parseInt(syntax.digits.slice(index * 2, index * 2 + 2), 16);
  }
  return literal({ root: 'BINARY', length: value.length, nullable: false }, value);
}

function checkColumn(context: CheckContext, syntax: ColumnSyntax): TypedExpression | undefined {
  const [first, ...fields] = syntax.path;
  const { columns } = context.scope;
  const index = columns.findIndex((column) => column.name === first.name);
  const column = columns[index];
  let expression: TypedExpression | undefined;
  const bareName = first.name.toUpperCase();
  if (!first.quoted && fields.length === 0 && BARE_FUNCTIONS.has(bareName)) {
    const definition = findFunction(bareName);
    const call = definition && resolveCall(definition, []);
    if (call !== undefined && typeof call !== 'string') return call;
  }
  if (column === undefined) return reportUnknownColumn(context, first);
  expression = { kind: 'column', type: column.type, name: column.name, index };
  for (const field of fields) {
    expression = checkField(context, expression, field);
    if (expression === undefined) return undefined;
  }
  return expression;
}

function reportUnknownColumn(context: CheckContext, part: NamePart): undefined {
  const names = context.scope.columns.map((column) => column.name);
  const near = nearestName(part.name, names);
  const list = names.length <= 12 ? ` The columns are ${names.join(', ')}.` : '';
  return report(context, 'DREY_EXPRESSION_UNKNOWN_COLUMN', part, [
    `There is no column ${part.name}.`,
    near === undefined
      ? `A text is written '${part.name}', in single quotes.${list}`
      : `Did you mean ${near}?`,
  ]);
}

function checkField(
  context: CheckContext,
  operand: TypedExpression,
  part: NamePart,
): TypedExpression | undefined {
  if (operand.type.root !== 'ROW') {
    return report(context, 'DREY_EXPRESSION_TYPE', part, [
      `.${part.name} needs a ROW before it, not ${bareTypeText(operand.type)}.`,
    ]);
  }
  const names = operand.type.fields.map((field) => field.name);
  if (!names.includes(part.name)) {
    const near = nearestName(part.name, names);
    return report(context, 'DREY_EXPRESSION_UNKNOWN_COLUMN', part, [
      `The row has no field ${part.name}.`,
      near === undefined ? `Its fields are ${names.join(', ')}.` : `Did you mean ${near}?`,
    ]);
  }
  const definition = findFunction('.');
  const name = literal({ root: 'CHAR', length: part.name.length, nullable: false }, part.name);
  const call = definition && resolveCall(definition, [operand, name]);
  if (call !== undefined && typeof call !== 'string') return call;
  return report(context, 'DREY_EXPRESSION_TYPE', part, [`.${part.name} does not fit.`]);
}

function checkCast(context: CheckContext, syntax: CastSyntax): TypedExpression | undefined {
  const operand = context.check(syntax.operand);
  if (operand === undefined) return undefined;
  const problem = castProblem(operand.type, syntax.type);
  if (problem !== null) {
    const name = syntax.safe ? 'TRY_CAST' : 'CAST';
    return report(context, 'DREY_EXPRESSION_TYPE', syntax, [`${name} does not fit: ${problem}.`]);
  }
  const type = withNullable(syntax.type, syntax.safe || operand.type.nullable);
  if (operand.type.root === 'NULL') return literal(withNullable(type, true), null);
  return { kind: 'cast', type, operand, safe: syntax.safe };
}
