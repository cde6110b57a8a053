/**
 * Takes one line of JSON apart without changing a digit: the text of each member's value, strings
 * decoded, numbers and nested values as they are written. (JSON.parse would round long numbers.)
 */
import { assert } from '../../../errors/assert.ts';

/** By name, in the order of the line; null for a JSON null. */
export type JsonMembers = ReadonlyMap<string, string | null>;

/** `line`: one JSON object without white space around its parts, as encoders write it. */
export function jsonMembers(line: string): JsonMembers {
  const members = new Map<string, string | null>();
  let at = 1;
  while (line[at] !== '}') {
    const nameEnd = stringEnd(line, at);
    const valueStart = nameEnd + 1;
    const valueEnd = endOfValue(line, valueStart);
    members.set(textOf(line.slice(at, nameEnd)) ?? '', textOf(line.slice(valueStart, valueEnd)));
    at = line[valueEnd] === ',' ? valueEnd + 1 : valueEnd;
    assert(at < line.length, 'an encoder writes whole JSON objects');
  }
  return members;
}

function textOf(token: string): string | null {
  if (token === 'null') return null;
  return token.startsWith('"') ? String(JSON.parse(token)) : token;
}

/** Behind the closing quote of the string that starts at `start`. */
function stringEnd(line: string, start: number): number {
  let at = start + 1;
  while (at < line.length && line[at] !== '"') at += line[at] === '\\' ? 2 : 1;
  return at + 1;
}

/** Behind the value that starts at `start`: at its comma or closing brace. */
function endOfValue(line: string, start: number): number {
  let depth = 0;
  let at = start;
  while (at < line.length) {
    const character = line[at];
    if (character === '"') {
      at = stringEnd(line, at);
      continue;
    }
    if (depth === 0 && (character === ',' || character === '}')) return at;
    if (character === '{' || character === '[') depth++;
    if (character === '}' || character === ']') depth--;
    at++;
  }
  return at;
}
