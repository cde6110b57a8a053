/**
 * A LIKE pattern, compiled once: `%` stands for any characters, `_` for one that is no line end (as
 * in Flink), everything else for itself, also `%` and `_` behind the escape character. Matching never takes more than (bytes of
 * the text) times (bytes of the pattern) steps.
 */
import type { ByteBlock } from '../byte-block.ts';
import { ConstantBytes } from './compare-bytes.ts';

/** Tokens of the general form; below are bytes that stand for themselves. */
const ANY_CHARACTER = 256;
const ANY_TEXT = 257;

export type LikePattern =
  | { readonly form: 'exact' | 'prefix' | 'suffix' | 'infix'; readonly content: ConstantBytes }
  | { readonly form: 'general'; readonly tokens: Int32Array };

/** Null: an escape character stands before something that needs none, or at the end. */
export function compileLikePattern(pattern: string, escape: string | null): LikePattern | null {
  const tokens: number[] = [];
  const encoder = new TextEncoder();
  const characters = Array.from(pattern);
  for (let index = 0; index < characters.length; index++) {
    let character = characters[index]!;
    if (character === escape) {
      const escaped = characters[++index];
      if (escaped !== '%' && escaped !== '_' && escaped !== escape) return null;
      character = escaped;
    } else if (character === '%') {
      // Several in a row are one.
      if (tokens[tokens.length - 1] !== ANY_TEXT) tokens.push(ANY_TEXT);
      continue;
    } else if (character === '_') {
      tokens.push(ANY_CHARACTER);
      continue;
    }
    tokens.push(...encoder.encode(character));
  }
  return simpleForm(tokens) ?? { form: 'general', tokens: Int32Array.from(tokens) };
}

function simpleForm(tokens: readonly number[]): LikePattern | null {
  const startsOpen = tokens[0] === ANY_TEXT;
  const endsOpen = tokens.length > 1 && tokens[tokens.length - 1] === ANY_TEXT;
  const inner = tokens.slice(startsOpen ? 1 : 0, endsOpen ? -1 : undefined);
  if (inner.some((token) => token >= ANY_CHARACTER)) return null;
  const content = new ConstantBytes(Uint8Array.from(inner));
  if (startsOpen) return { form: endsOpen ? 'infix' : 'suffix', content };
  return { form: endsOpen ? 'prefix' : 'exact', content };
}

/** Whether `length` bytes from `start` match as a whole. */
export function matchesLike(
  pattern: LikePattern,
  block: ByteBlock,
  start: number,
  length: number,
): boolean {
  if (pattern.form === 'general') {
    return matchesTokens(pattern.tokens, block.bytes, start, start + length);
  }
  const { content } = pattern;
  if (length < content.length) return false;
  switch (pattern.form) {
    case 'exact':
      return length === content.length && content.isAt(block.view, start);
    case 'prefix':
      return content.isAt(block.view, start);
    case 'suffix':
      return content.isAt(block.view, start + length - content.length);
    case 'infix': {
      const last = start + length - content.length;
      for (let at = start; at <= last; at++) if (content.isAt(block.view, at)) return true;
      return false;
    }
  }
}

/** Goes back to the last `%` only: what an earlier one took never has to change. */
function matchesTokens(tokens: Int32Array, bytes: Uint8Array, start: number, end: number): boolean {
  let at = start;
  let token = 0;
  let openToken = -1;
  let openAt = start;
  while (at < end) {
    const wanted = token < tokens.length ? tokens[token]! : -1;
    if (wanted === ANY_TEXT) {
      openToken = token++;
      openAt = at;
    } else if (wanted === ANY_CHARACTER && !isLineEnd(bytes, at, end)) {
      at = nextCharacter(bytes, at, end);
      token++;
    } else if (wanted === bytes[at]) {
      at++;
      token++;
    } else if (openToken >= 0) {
      openAt = nextCharacter(bytes, openAt, end);
      at = openAt;
      token = openToken + 1;
    } else {
      return false;
    }
  }
  return token === tokens.length || (token === tokens.length - 1 && tokens[token] === ANY_TEXT);
}

function nextCharacter(bytes: Uint8Array, at: number, end: number): number {
  let position = at + 1;
  while (position < end && (bytes[position]! & 0xc0) === 0x80) position++;
  return position;
}

/** Line feed, carriage return, U+0085, U+2028 and U+2029: what Java takes for line ends. */
function isLineEnd(bytes: Uint8Array, at: number, end: number): boolean {
  const first = bytes[at]!;
  if (first < 0x80) return first === 0x0a || first === 0x0d;
  if (first === 0xc2) return at + 1 < end && bytes[at + 1] === 0x85;
  if (first !== 0xe2 || at + 2 >= end || bytes[at + 1] !== 0x80) return false;
  return bytes[at + 2] === 0xa8 || bytes[at + 2] === 0xa9;
}
