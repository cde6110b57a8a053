/**
 * The patterns of SIMILAR TO as regular expressions. As Calcite, whose translation Flink uses: a
 * dot keeps its meaning of any character, a backslash that of an escape.
 */
import { EvaluationError } from '../evaluation-error.ts';

const SPECIAL = '[]()|^-+*_%?{}';
/** Special signs that a regular expression knows too. */
const SPECIAL_IN_REGEX = '[]()|^-*+?{}$\\.';
const CLASSES: Readonly<Record<string, string>> = {
  ALPHA: '\\p{Alpha}',
  UPPER: '\\p{Upper}',
  LOWER: '\\p{Lower}',
  DIGIT: '\\d',
  SPACE: ' ',
  WHITESPACE: '\\s',
  ALNUM: '\\p{Alnum}',
};

/** Throws EvaluationError for a wrong escape or class. */
export function similarToRegex(pattern: string, escape: string | null): string {
  if (escape !== null && escape.length !== 1) {
    throw new EvaluationError(`The escape of SIMILAR TO is one character, not '${escape}'`);
  }
  let regex = '';
  let isInClass = false;
  for (let index = 0; index < pattern.length; index += 1) {
    const character = pattern.charAt(index);
    if (character === escape) {
      index += 1;
      regex += escaped(pattern, index, escape);
    } else if (isInClass) {
      const named = namedClassAt(pattern, index);
      if (named !== null) index = pattern.indexOf(':]', index) + 1;
      regex += named ?? character;
      isInClass = character !== ']' || named !== null;
    } else {
      isInClass = character === '[';
      regex += outsideClass(character);
    }
  }
  return regex;
}

function outsideClass(character: string): string {
  if (character === '_') return '.';
  if (character === '%') return '(?s:.*)';
  return character;
}

function escaped(pattern: string, index: number, escape: string): string {
  const character = pattern.charAt(index);
  if (character === '' || (!SPECIAL.includes(character) && character !== escape)) {
    throw new EvaluationError(`In the SIMILAR TO pattern '${pattern}' ${escape} escapes nothing`);
  }
  return SPECIAL_IN_REGEX.includes(character) ? `\\${character}` : character;
}

/** What [:DIGIT:] stands for; null when none starts here. */
function namedClassAt(pattern: string, index: number): string | null {
  const match = /^\[:([A-Za-z]+):\]/.exec(pattern.slice(index, index + 20));
  if (match === null) return null;
  const named = CLASSES[(match[1] ?? '').toUpperCase()];
  if (named === undefined) {
    throw new EvaluationError(`The SIMILAR TO pattern '${pattern}' names an unknown class`);
  }
  return named;
}
