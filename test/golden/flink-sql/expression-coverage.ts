/**
 * What the recorded expressions try: which functions and which pairs of CAST they hold, and of
 * each whether it was tried with a NULL, at a boundary, with an error and with a text that is not
 * ASCII. A boundary is the first or last value of a type, zero, NaN, the empty text or an empty
 * list of bytes; a function without operands has none but what stands around it.
 */
import type { Scope } from '../../../src/expression/check-context.ts';
import { checkExpression } from '../../../src/expression/check-expression.ts';
import { parseExpression } from '../../../src/expression/parse-expression.ts';
import type { CallSyntax, Syntax } from '../../../src/expression/syntax.ts';
import type { LogicalType } from '../../../src/expression/type.ts';
import { FAILS, REFUSED, type ExpressionAnswer } from './golden-expressions.ts';

export interface Tried {
  count: number;
  hasNull: boolean;
  hasBoundary: boolean;
  hasError: boolean;
  hasNonAscii: boolean;
}

/** By name of the function, in upper case. */
export function triedFunctions(answers: readonly ExpressionAnswer[]): ReadonlyMap<string, Tried> {
  const tried = new Map<string, Tried>();
  for (const answer of answers) {
    for (const [name, part] of functionsIn(answer.text)) note(tried, name, part, answer);
  }
  return tried;
}

/** By the roots of both types: `INT to VARCHAR`. Only a CAST that is the whole expression counts. */
export function triedCasts(
  answers: readonly ExpressionAnswer[],
  scope: Scope,
): ReadonlyMap<string, Tried> {
  const tried = new Map<string, Tried>();
  for (const answer of answers) {
    const parsed = parseExpression(answer.text);
    if (!parsed.ok || parsed.value.kind !== 'cast') continue;
    const operand = checkExpression(parsed.value.operand, scope);
    if (!operand.ok) continue;
    note(tried, castName(operand.value.type, parsed.value.type), answer.text, answer);
  }
  return tried;
}

export function castName(from: LogicalType, to: LogicalType): string {
  return `${from.root} to ${to.root}`;
}

function note(
  tried: Map<string, Tried>,
  name: string,
  part: string,
  { type, value }: ExpressionAnswer,
): void {
  const none = { hasNull: false, hasBoundary: false, hasError: false, hasNonAscii: false };
  const found = tried.get(name) ?? { count: 0, ...none };
  tried.set(name, found);
  found.count += 1;
  found.hasNull ||= /\bNULL\b/.test(part) || value === 'NULL';
  found.hasBoundary ||= BOUNDARY.test(part);
  found.hasError ||= type === REFUSED || value === FAILS;
  found.hasNonAscii ||= /[\u0080-\uffff]/.test(part);
}

const BOUNDARY = new RegExp(
  [
    String.raw`(?<![\w.'])(?:0|0\.0|0e0|127|128|32767|32768|2147483647|2147483648|9223372036854775807|9223372036854775808)(?![\w.'])`,
    String.raw`''(?!')`,
    "'(?:NaN|Infinity|-Infinity|0|0001-01-01|9999-12-31|00:00:00|23:59:59)",
    'TRUE|FALSE',
    "'(?:\\[\\]|\\{\\})'",
    'e-?(?:38|308|324)\\b',
    '9{8,}',
  ].join('|'),
);

/** The functions of an expression, each with its part of the text. */
function functionsIn(text: string): readonly (readonly [name: string, part: string])[] {
  const parsed = parseExpression(text);
  if (!parsed.ok) return [...text.matchAll(/\b([A-Z_0-9]+)\(/g)].map((match) => [match[1]!, text]);
  const found: [string, string][] = [];
  visit(parsed.value, (syntax) => {
    const part = text.slice(syntax.start, syntax.end);
    if (syntax.kind === 'call') found.push([syntax.name, isBare(syntax) ? text : part]);
    else if (syntax.kind === 'field') found.push(['.', part]);
    else if (syntax.kind === 'column') {
      // Without brackets CURRENT_DATE looks like a column.
      found.push([syntax.path.length > 1 ? '.' : syntax.path[0].name.toUpperCase(), text]);
    }
  });
  return found;
}

function isBare({ operands }: CallSyntax): boolean {
  return operands.length === 0;
}

function visit(syntax: Syntax, see: (syntax: Syntax) => void): void {
  see(syntax);
  for (const part of partsOf(syntax)) visit(part, see);
}

function partsOf(syntax: Syntax): readonly Syntax[] {
  switch (syntax.kind) {
    case 'call':
      return syntax.operands;
    case 'field':
    case 'cast':
      return [syntax.operand];
    case 'interval':
      return [syntax.value];
    case 'case':
      return [
        ...(syntax.operand === null ? [] : [syntax.operand]),
        ...syntax.branches.flatMap(({ when, result }) => [...when, result]),
        ...(syntax.otherwise === null ? [] : [syntax.otherwise]),
      ];
    default:
      return [];
  }
}
