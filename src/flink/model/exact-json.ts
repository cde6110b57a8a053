/**
 * JSON text to values as they were sent: a number that would be written in another way when it
 * came out again (a DECIMAL of 38 digits, 1.5E300) stays its text. For rows of SQL results, where
 * the digits are the answer.
 */
import { mismatch } from './fields.ts';

/** A number as JSON has it. */
export class ExactNumber {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** Whole numbers beyond 2^53 come as bigint. Throws DREY_FLINK_ANSWER for what is not JSON. */
export function parseExactJson(text: string): unknown {
  const mark = `${freeCharacter(text)}:`;
  try {
    return JSON.parse(markNumbers(text, mark), (_key, value: unknown) =>
      typeof value === 'string' && value.startsWith(mark)
        ? numberOf(value.slice(mark.length))
        : value,
    );
  } catch (error) {
    // A RangeError: nested so deeply that the walk over it has no stack left.
    throw mismatch(error instanceof SyntaxError ? 'it is no JSON' : 'it is nested too deeply');
  }
}

const STRING_OR_NUMBER = /"[^"\\]*(?:\\.[^"\\]*)*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/** Numbers that a float does not give back as they are become strings; strings stay. */
function markNumbers(text: string, mark: string): string {
  return text.replace(STRING_OR_NUMBER, (token) =>
    token.startsWith('"') || String(Number(token)) === token ? token : `"${mark}${token}"`,
  );
}

function numberOf(token: string): bigint | ExactNumber {
  return /^-?\d+$/.test(token) ? BigInt(token) : new ExactNumber(token);
}

const PRIVATE_FIRST = 0xe000;
const PRIVATE_LAST = 0xf8ff;

/** For private use, and not in the text, so that no string of the answer looks like a number. */
function freeCharacter(text: string): string {
  for (let unit = PRIVATE_FIRST; unit <= PRIVATE_LAST; unit++) {
    const character = String.fromCharCode(unit);
    const isUsed = text.includes(character) || escapeOf(unit).test(text);
    if (!isUsed) return character;
  }
  throw mismatch('it uses all characters for private use');
}

function escapeOf(unit: number): RegExp {
  return new RegExp(`\\\\u${unit.toString(16)}`, 'i');
}
