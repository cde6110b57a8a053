/**
 * Text functions on whole texts and their parts. Characters are code points. Searching and
 * splitting are in string-search.ts, encodings in string-encoding.ts, patterns in pattern.ts.
 */
import { codePointLength, codePointSlice, codePoints } from '../text-units.ts';
import { LENGTH_MAX, type LengthType, type LogicalType } from '../type.ts';
import { isText, stringType } from '../type-relations.ts';
import { EvaluationError } from '../evaluation-error.ts';
import type { Value } from '../value.ts';
import type { ScalarFunction } from './contract.ts';
import { numberAt, textAt, valueAt } from './operand.ts';
import { parameters, results, signature, type Parameter, type ResultOf } from './signature.ts';

const { text, int } = parameters;
/** Longest text that a function may build, in UTF-16 units, so that REPEAT cannot exhaust memory. */
export const TEXT_BUILT_MAX = 16 * 1024 * 1024;

/** The type of the first operand. */
const sameText: ResultOf = ([type], _literals, nullable) =>
  type === undefined ? stringType(nullable) : { ...type, nullable };
/** As long as the first operand at most. */
const partOfText: ResultOf = ([type], _literals, nullable) => variable(type, nullable);
const nullablePart: ResultOf = ([type]) => variable(type, true);

function variable(type: LogicalType | undefined, nullable: boolean): LogicalType {
  const length = type !== undefined && isText(type) ? type.length : LENGTH_MAX;
  return { root: 'VARCHAR', length, nullable };
}

interface TextFunction {
  readonly name: string;
  readonly syntax: readonly string[];
  readonly summary: string;
  readonly operands: readonly Parameter[];
  readonly optional?: number;
  readonly result: ResultOf;
  readonly evaluate: (operands: readonly Value[]) => Value;
}

/** Fills in what all text functions share. */
export function textFunction(definition: TextFunction): ScalarFunction {
  const { name, syntax, summary, evaluate } = definition;
  const options = { optional: definition.optional ?? 0 };
  return {
    name,
    category: 'string',
    syntax,
    summary,
    deterministic: true,
    strict: true,
    resolve: signature(definition.operands, definition.result, options),
    evaluate,
  };
}

/** Code points from the one-based `start`; a negative start counts from the end, as in Flink. */
function substring(value: string, start: number, length: number): string | null {
  if (length < 0) return null;
  const count = start < 0 ? codePointLength(value) : 0;
  const from = start > 0 ? start - 1 : start === 0 ? 0 : count + start;
  return from < 0 ? '' : codePointSlice(value, from, from + length);
}

function substringFunction(name: string, syntax: readonly string[]): ScalarFunction {
  return textFunction({
    name,
    syntax,
    summary: 'The part from the one-based start on; a negative start counts from the end.',
    operands: [text, parameters.integer, parameters.integer],
    optional: 1,
    result: nullablePart,
    evaluate: (operands) => {
      const length = operands.length === 2 ? LENGTH_MAX : Number(valueAt(operands, 2));
      return substring(textAt(operands, 0), Number(valueAt(operands, 1)), length);
    },
  });
}

type Side = 'BOTH' | 'LEADING' | 'TRAILING';

/** Takes away characters that are in `set` from the ends. */
function trim(value: string, set: string, side: Side): string {
  const characters = codePoints(value);
  const removed = new Set(set);
  let start = 0;
  let end = characters.length;
  if (side !== 'TRAILING') while (start < end && removed.has(characters[start] ?? '')) start += 1;
  if (side !== 'LEADING') while (end > start && removed.has(characters[end - 1] ?? '')) end -= 1;
  return characters.slice(start, end).join('');
}

function sideOf(value: string): Side {
  return value === 'LEADING' || value === 'TRAILING' ? value : 'BOTH';
}

/** Operands of the tree: the side, the characters, the text. */
const trimFunction = textFunction({
  name: 'TRIM',
  syntax: ['TRIM([ BOTH | LEADING | TRAILING ] characters FROM string)', 'TRIM(string)'],
  summary: 'Takes characters, by default spaces, away from one or both ends.',
  operands: [text, text, text],
  result: ([, , type], _literals, nullable) => variable(type, nullable),
  evaluate: (operands) =>
    trim(textAt(operands, 2), textAt(operands, 1), sideOf(textAt(operands, 0))),
});

function sideTrim(name: string, side: Side, result: ResultOf): ScalarFunction {
  return textFunction({
    name,
    syntax: [`${name}(string[, characters])`],
    summary:
      'Takes characters, by default spaces, away from ' +
      (side === 'BOTH' ? 'both ends.' : `the ${side === 'LEADING' ? 'left' : 'right'} end.`),
    operands: [text, text],
    optional: 1,
    result,
    evaluate: (operands) =>
      trim(textAt(operands, 0), operands.length === 1 ? ' ' : textAt(operands, 1), side),
  });
}

/**
 * NULL for a negative length or an empty filling. As Flink, and unlike the other functions, lengths
 * are in UTF-16 units; half a character becomes a question mark.
 */
function padded(operands: readonly Value[], isLeft: boolean): Value {
  const value = textAt(operands, 0);
  const length = numberAt(operands, 1);
  const filling = textAt(operands, 2);
  if (length < 0 || filling === '') return null;
  if (length > TEXT_BUILT_MAX) throw tooLong(isLeft ? 'LPAD' : 'RPAD');
  const missing = Math.max(0, length - value.length);
  const fill = filling.repeat(Math.ceil(missing / filling.length)).slice(0, missing);
  const whole = isLeft ? fill + value.slice(0, length) : value.slice(0, length) + fill;
  return whole.replaceAll(LONE_SURROGATE, '?');
}

const LONE_SURROGATE = /\p{Surrogate}/gu;

function padFunction(name: string, isLeft: boolean): ScalarFunction {
  return textFunction({
    name,
    syntax: [`${name}(string1, length, string2)`],
    summary: `string1 filled with string2 at the ${isLeft ? 'left' : 'right'} to a length, or cut to it.`,
    operands: [text, int, text],
    result: (_operands, _literals, nullable) => stringType(nullable),
    evaluate: (operands) => padded(operands, isLeft),
  });
}

function repeat(value: string, count: number): string {
  if (count <= 0) return '';
  if (value.length * count > TEXT_BUILT_MAX) throw tooLong('REPEAT');
  return value.repeat(count);
}

function tooLong(name: string): EvaluationError {
  return new EvaluationError(`${name} would build more than ${TEXT_BUILT_MAX} characters`);
}

/** Words are runs of ASCII letters and digits, as in Flink. */
function initCap(value: string): string {
  return value.replace(
    /[A-Za-z0-9]+/g,
    (word) => word.charAt(0).toUpperCase() + word.slice(1).toLowerCase(),
  );
}

/** As Flink: a start outside the text changes nothing; a length of 0 or less drops the rest. */
function overlay(operands: readonly Value[]): string {
  const characters = codePoints(textAt(operands, 0));
  const placed = textAt(operands, 1);
  const start = Number(valueAt(operands, 2));
  const length = operands.length === 3 ? codePointLength(placed) : Number(valueAt(operands, 3));
  if (start <= 0 || start > characters.length) return characters.join('');
  const rest = length > 0 ? characters.slice(start - 1 + length) : [];
  return characters.slice(0, start - 1).join('') + placed + rest.join('');
}

/** Each character of `from` becomes the one at its place in `to`; those without one vanish. */
function translate(value: string, from: string, to: string): string {
  const targets = codePoints(to);
  const mapping = new Map<string, string>();
  for (const [index, character] of codePoints(from).entries()) {
    if (!mapping.has(character)) mapping.set(character, targets[index] ?? '');
  }
  return codePoints(value)
    .map((character) => mapping.get(character) ?? character)
    .join('');
}

/** `||` and CONCAT of two: the lengths add up. */
const joinedText: ResultOf = ([left, right], _literals, nullable) => {
  if (left === undefined || right === undefined) return stringType(nullable);
  if (!isText(left) || !isText(right)) return stringType(nullable);
  const length = Math.min(LENGTH_MAX, left.length + right.length);
  const root: LengthType['root'] =
    left.root === 'CHAR' && right.root === 'CHAR' ? 'CHAR' : 'VARCHAR';
  return { root, length, nullable };
};

const concatWithSeparator: ScalarFunction = {
  name: 'CONCAT_WS',
  category: 'string',
  syntax: ['CONCAT_WS(separator, string1, string2, ...)'],
  summary: 'Joins texts with a separator and leaves NULLs out; NULL if the separator is.',
  deterministic: true,
  strict: false,
  resolve: signature([text], results.string, { rest: text }),
  evaluate: (operands) => {
    const [separator = null, ...parts] = operands;
    if (separator === null) return null;
    return parts.filter((part) => part !== null).join(textAt(operands, 0));
  },
};

const concat: ScalarFunction = {
  name: 'CONCAT',
  category: 'string',
  syntax: ['CONCAT(string1, string2, ...)'],
  summary: 'Joins texts; NULL if one of them is.',
  deterministic: true,
  strict: true,
  resolve: signature([text], results.string, { rest: text }),
  evaluate: (operands) => operands.map((_operand, index) => textAt(operands, index)).join(''),
};

export const stringFunctions: readonly ScalarFunction[] = [
  textFunction({
    name: '||',
    syntax: ['string1 || string2'],
    summary: 'Joins two texts; NULL if one of them is.',
    operands: [text, text],
    result: joinedText,
    evaluate: (operands) => textAt(operands, 0) + textAt(operands, 1),
  }),
  ...['CHAR_LENGTH', 'CHARACTER_LENGTH'].map((name) =>
    textFunction({
      name,
      syntax: [`${name}(string)`],
      summary: 'The number of characters.',
      operands: [text],
      result: results.int,
      evaluate: (operands) => codePointLength(textAt(operands, 0)),
    }),
  ),
  textFunction({
    name: 'UPPER',
    syntax: ['UPPER(string)'],
    summary: 'The text in upper case.',
    operands: [text],
    result: sameText,
    evaluate: (operands) => textAt(operands, 0).toUpperCase(),
  }),
  textFunction({
    name: 'LOWER',
    syntax: ['LOWER(string)'],
    summary: 'The text in lower case.',
    operands: [text],
    result: sameText,
    evaluate: (operands) => textAt(operands, 0).toLowerCase(),
  }),
  textFunction({
    name: 'INITCAP',
    syntax: ['INITCAP(string)'],
    summary: 'Each word of ASCII letters and digits with a capital first letter.',
    operands: [text],
    result: sameText,
    evaluate: (operands) => initCap(textAt(operands, 0)),
  }),
  substringFunction('SUBSTRING', [
    'SUBSTRING(string FROM start [ FOR length ])',
    'SUBSTRING(string, start[, length])',
  ]),
  substringFunction('SUBSTR', ['SUBSTR(string, start[, length])']),
  trimFunction,
  sideTrim('LTRIM', 'LEADING', partOfText),
  sideTrim('RTRIM', 'TRAILING', partOfText),
  sideTrim('BTRIM', 'BOTH', results.string),
  padFunction('LPAD', true),
  padFunction('RPAD', false),
  textFunction({
    name: 'REPEAT',
    syntax: ['REPEAT(string, count)'],
    summary: 'The text written count times.',
    operands: [text, int],
    result: results.string,
    evaluate: (operands) => repeat(textAt(operands, 0), numberAt(operands, 1)),
  }),
  textFunction({
    name: 'REPLACE',
    syntax: ['REPLACE(string1, string2, string3)'],
    summary: 'string1 with every string2 in it replaced by string3.',
    operands: [text, text, text],
    result: results.string,
    evaluate: (operands) => {
      const replacement = textAt(operands, 2);
      return textAt(operands, 0).replaceAll(textAt(operands, 1), () => replacement);
    },
  }),
  textFunction({
    name: 'OVERLAY',
    syntax: ['OVERLAY(string1 PLACING string2 FROM start [ FOR length ])'],
    summary: 'string1 with the characters from start on replaced by string2.',
    operands: [text, text, parameters.integer, parameters.integer],
    optional: 1,
    result: (operands, literals, nullable) => {
      const joined = joinedText(operands, literals, nullable);
      return 'length' in joined ? variable(joined, nullable) : joined;
    },
    evaluate: overlay,
  }),
  textFunction({
    name: 'LEFT',
    syntax: ['LEFT(string, count)'],
    summary: 'The first characters; none for a negative count.',
    operands: [text, int],
    result: nullablePart,
    evaluate: (operands) =>
      codePointSlice(textAt(operands, 0), 0, Math.max(0, numberAt(operands, 1))),
  }),
  textFunction({
    name: 'RIGHT',
    syntax: ['RIGHT(string, count)'],
    summary: 'The last characters; none for a negative count.',
    operands: [text, int],
    result: nullablePart,
    evaluate: (operands) => {
      const value = textAt(operands, 0);
      const length = codePointLength(value);
      const count = Math.min(length, Math.max(0, numberAt(operands, 1)));
      return codePointSlice(value, length - count, length);
    },
  }),
  textFunction({
    name: 'REVERSE',
    syntax: ['REVERSE(string)'],
    summary: 'The characters in reverse order.',
    operands: [text],
    result: results.nullableString,
    evaluate: (operands) => codePoints(textAt(operands, 0)).reverse().join(''),
  }),
  textFunction({
    name: 'TRANSLATE',
    syntax: ['TRANSLATE(string, from, to)'],
    summary: 'Each character that is in from becomes the one at the same place in to.',
    operands: [text, text, text],
    result: results.string,
    evaluate: (operands) =>
      translate(textAt(operands, 0), textAt(operands, 1), textAt(operands, 2)),
  }),
  concat,
  concatWithSeparator,
];
