/**
 * LIKE: a wildcard matcher without regular expressions, in time proportional to text times
 * pattern at worst. As in Flink, % also matches line ends and _ does not; there is no escape
 * character unless ESCAPE names one.
 */
import { codePoints } from '../text-units.ts';
import { EvaluationError } from '../evaluation-error.ts';
import type { ScalarFunction } from './contract.ts';
import { textAt } from './operand.ts';
import { parameters, results, signature } from './signature.ts';

type LikePart = string | typeof ANY_ONE | typeof ANY_RUN;
const ANY_ONE = Symbol('_');
const ANY_RUN = Symbol('%');
/** What Java's regular expressions take for line ends. */
const LINE_ENDS: ReadonlySet<string> = new Set(['\n', '\r', '\u0085', '\u2028', '\u2029']);
/** Patterns kept parsed. */
const PATTERNS_MAX = 256;

const parsedPatterns = new Map<string, readonly LikePart[]>();

/** Characters and wildcards of a pattern. Throws EvaluationError for a wrong escape. */
function parseLikePattern(pattern: string, escape: string | null): readonly LikePart[] {
  const key = `${escape ?? ''}\u0000${pattern}`;
  const known = parsedPatterns.get(key);
  if (known !== undefined) return known;
  const parts = readParts(pattern, escape);
  if (parsedPatterns.size >= PATTERNS_MAX) parsedPatterns.clear();
  parsedPatterns.set(key, parts);
  return parts;
}

function readParts(pattern: string, escape: string | null): readonly LikePart[] {
  if (escape !== null && codePoints(escape).length !== 1) {
    throw new EvaluationError(`The escape of LIKE is one character, not '${escape.slice(0, 20)}'`);
  }
  const parts: LikePart[] = [];
  const characters = codePoints(pattern);
  for (let index = 0; index < characters.length; index += 1) {
    const character = characters[index] ?? '';
    if (character === escape) {
      index += 1;
      const escaped = characters[index];
      if (escaped === undefined || !['_', '%', escape].includes(escaped)) {
        throw new EvaluationError(`In the LIKE pattern '${pattern}' ${escape} escapes nothing`);
      }
      parts.push(escaped);
    } else if (character === '%') {
      if (parts.at(-1) !== ANY_RUN) parts.push(ANY_RUN);
    } else {
      parts.push(character === '_' ? ANY_ONE : character);
    }
  }
  return parts;
}

/** Does the whole text follow the pattern? Goes back only to the latest %. */
function matchesLike(text: string, parts: readonly LikePart[]): boolean {
  const characters = codePoints(text);
  let at = 0;
  let part = 0;
  let runPart = -1;
  let runAt = 0;
  while (at < characters.length) {
    const expected = parts[part];
    if (expected === ANY_RUN) {
      runPart = part;
      runAt = at;
      part += 1;
    } else if (expected !== undefined && fits(expected, characters[at] ?? '')) {
      at += 1;
      part += 1;
    } else if (runPart >= 0) {
      runAt += 1;
      at = runAt;
      part = runPart + 1;
    } else {
      return false;
    }
  }
  while (parts[part] === ANY_RUN) part += 1;
  return part === parts.length;
}

function fits(expected: LikePart, character: string): boolean {
  return expected === ANY_ONE ? !LINE_ENDS.has(character) : expected === character;
}

function likeFunction(name: string, isWanted: boolean): ScalarFunction {
  return {
    name,
    category: 'comparison',
    syntax: [`string1 ${name} string2 [ ESCAPE character ]`],
    summary: `TRUE if string1 ${isWanted ? 'follows' : 'does not follow'} the pattern: % is any text, _ any character.`,
    deterministic: true,
    strict: true,
    resolve: signature([parameters.text, parameters.text, parameters.text], results.boolean, {
      optional: 1,
    }),
    evaluate: (operands) => {
      const escape = operands.length === 3 ? textAt(operands, 2) : null;
      const parts = parseLikePattern(textAt(operands, 1), escape);
      return matchesLike(textAt(operands, 0), parts) === isWanted;
    },
  };
}

export const likeFunctions: readonly ScalarFunction[] = [
  likeFunction('LIKE', true),
  likeFunction('NOT LIKE', false),
];
