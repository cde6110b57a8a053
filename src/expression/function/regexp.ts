/**
 * REGEXP and its family, and SIMILAR TO. A pattern that is wrong, or that needs a construct which
 * cannot be searched in bounded time, is refused: a literal one when the expression is checked, a
 * computed one by failing the row. Unlike Flink, which gives NULL for some wrong patterns.
 */
import { EvaluationError } from '../evaluation-error.ts';
import { compileRegex, type Match, type Regex } from '../regex/matcher.ts';
import { stringType } from '../type-relations.ts';
import type { Value } from '../value.ts';
import type { ScalarFunction } from './contract.ts';
import { numberAt, textAt } from './operand.ts';
import { parameters, results, signature, type Parameter, type ResultOf } from './signature.ts';
import { similarToRegex } from './similar-pattern.ts';

const { text, int } = parameters;

/** Longest text that REGEXP_REPLACE builds, in UTF-16 units. */
const REPLACED_LENGTH_MAX = 16 * 1024 * 1024;

/** Each match, from the left, none overlapping; after an empty match the search moves on by one. */
function* matchesOf(regex: Regex, value: string): Generator<Match> {
  let from = 0;
  while (from <= value.length) {
    const match = regex.search(value, from);
    if (match === null) return;
    yield match;
    const [start = 0, end = 0] = match;
    from = end > start ? end : end + ((value.codePointAt(end) ?? 0) > 0xffff ? 2 : 1);
  }
}

function groupText(value: string, match: Match, group: number): string | null {
  const start = match[group * 2] ?? -1;
  const end = match[group * 2 + 1] ?? -1;
  return start < 0 || end < 0 ? null : value.slice(start, end);
}

function replaceAll(value: string, regex: Regex, replacement: string): string {
  let result = '';
  let position = 0;
  for (const [start = 0, end = 0] of matchesOf(regex, value)) {
    result += value.slice(position, start) + replacement;
    position = end;
    if (result.length > REPLACED_LENGTH_MAX) {
      throw new EvaluationError(
        `REGEXP_REPLACE would build more than ${REPLACED_LENGTH_MAX} characters`,
      );
    }
  }
  return result + value.slice(position);
}

/** Source: java.util.regex.Matcher.group, whose IndexOutOfBounds Flink turns into NULL. */
function extract(operands: readonly Value[]): Value {
  const value = textAt(operands, 0);
  const regex = compileRegex(textAt(operands, 1));
  const group = operands.length === 3 ? numberAt(operands, 2) : 0;
  const match = regex.search(value);
  if (match === null || group < 0 || group > regex.groupCount) return null;
  return groupText(value, match, group);
}

function extractAll(operands: readonly Value[]): Value {
  const value = textAt(operands, 0);
  const regex = compileRegex(textAt(operands, 1));
  const group = operands.length === 3 ? numberAt(operands, 2) : 1;
  if (group < 0 || group > regex.groupCount) return null;
  return Array.from(matchesOf(regex, value), (match) => groupText(value, match, group));
}

function count(operands: readonly Value[]): number {
  let found = 0;
  const matches = matchesOf(compileRegex(textAt(operands, 1)), textAt(operands, 0));
  while (matches.next().done !== true) found += 1;
  return found;
}

interface PatternFunction {
  readonly name: string;
  readonly syntax: string;
  readonly summary: string;
  readonly operands: readonly Parameter[];
  readonly optional?: number;
  readonly result: ResultOf;
  readonly evaluate: (operands: readonly Value[]) => Value;
}

/** The second operand is the pattern; a literal one is compiled when the call is checked. */
function patternFunction(definition: PatternFunction): ScalarFunction {
  const { name, syntax, summary, evaluate } = definition;
  const resolve = signature(definition.operands, definition.result, {
    optional: definition.optional ?? 0,
  });
  return {
    name,
    category: 'string',
    syntax: [syntax],
    summary,
    deterministic: true,
    strict: true,
    resolve: (operands, literals) => {
      const problem = patternProblem(() => {
        if (typeof literals[1] === 'string') compileRegex(literals[1]);
      });
      return problem === null ? resolve(operands, literals) : { mismatch: problem };
    },
    evaluate,
  };
}

function patternProblem(compile: () => void): string | null {
  try {
    compile();
    return null;
  } catch (error) {
    if (error instanceof EvaluationError) return error.message;
    throw error;
  }
}

function similarFunction(name: string, isWanted: boolean): ScalarFunction {
  const resolve = signature([text, text, text], results.boolean, { optional: 1 });
  return {
    name,
    category: 'comparison',
    syntax: [`string1 ${name} string2 [ ESCAPE character ]`],
    summary: `TRUE if string1 ${isWanted ? 'matches' : 'does not match'} a pattern with % _ | * + ? ( ) [ ] { }.`,
    deterministic: true,
    strict: true,
    resolve: (operands, literals) => {
      const [, pattern, escape] = literals;
      const problem = patternProblem(() => {
        if (typeof pattern !== 'string' || (literals.length === 3 && typeof escape !== 'string'))
          return;
        compileRegex(similarToRegex(pattern, typeof escape === 'string' ? escape : null));
      });
      return problem === null ? resolve(operands, literals) : { mismatch: problem };
    },
    evaluate: (operands) => {
      const escape = operands.length === 3 ? textAt(operands, 2) : null;
      const regex = compileRegex(similarToRegex(textAt(operands, 1), escape));
      return regex.matchesWhole(textAt(operands, 0)) === isWanted;
    },
  };
}

export const regexpFunctions: readonly ScalarFunction[] = [
  similarFunction('SIMILAR TO', true),
  similarFunction('NOT SIMILAR TO', false),
  patternFunction({
    name: 'REGEXP',
    syntax: 'REGEXP(string, pattern)',
    summary: 'TRUE if a part of string matches the Java pattern; FALSE for an empty pattern.',
    operands: [text, text],
    result: results.boolean,
    evaluate: (operands) => {
      const pattern = textAt(operands, 1);
      return pattern !== '' && compileRegex(pattern).search(textAt(operands, 0)) !== null;
    },
  }),
  patternFunction({
    name: 'REGEXP_REPLACE',
    syntax: 'REGEXP_REPLACE(string, pattern, replacement)',
    summary: 'string with every match replaced; $1 in the replacement has no meaning.',
    operands: [text, text, text],
    result: results.string,
    evaluate: (operands) =>
      replaceAll(textAt(operands, 0), compileRegex(textAt(operands, 1)), textAt(operands, 2)),
  }),
  patternFunction({
    name: 'REGEXP_EXTRACT',
    syntax: 'REGEXP_EXTRACT(string, pattern[, group])',
    summary: 'The first match, or a group of it; NULL when there is none.',
    operands: [text, text, int],
    optional: 1,
    result: results.nullableString,
    evaluate: extract,
  }),
  patternFunction({
    name: 'REGEXP_EXTRACT_ALL',
    syntax: 'REGEXP_EXTRACT_ALL(string, pattern[, group])',
    summary: 'A group, by default the first, of every match as an array.',
    operands: [text, text, int],
    optional: 1,
    result: () => ({ root: 'ARRAY', element: stringType(true), nullable: true }),
    evaluate: extractAll,
  }),
  patternFunction({
    name: 'REGEXP_COUNT',
    syntax: 'REGEXP_COUNT(string, pattern)',
    summary: 'The number of matches.',
    operands: [text, text],
    result: results.nullableInt,
    evaluate: count,
  }),
  patternFunction({
    name: 'REGEXP_INSTR',
    syntax: 'REGEXP_INSTR(string, pattern)',
    summary: 'The one-based position of the first match, in UTF-16 units; 0 when there is none.',
    operands: [text, text],
    result: results.nullableInt,
    evaluate: (operands) => {
      const value = textAt(operands, 0);
      const match = compileRegex(textAt(operands, 1)).search(value);
      // As Flink: counted in UTF-16 units, unlike POSITION.
      return match === null ? 0 : (match[0] ?? 0) + 1;
    },
  }),
  patternFunction({
    name: 'REGEXP_SUBSTR',
    syntax: 'REGEXP_SUBSTR(string, pattern)',
    summary: 'The first match; NULL when there is none.',
    operands: [text, text],
    result: results.nullableString,
    evaluate: (operands) => extract(operands.slice(0, 2)),
  }),
];
