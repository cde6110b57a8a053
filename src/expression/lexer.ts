/**
 * Text of an expression or type -> tokens with offsets. Follows Flink SQL's lexical rules:
 * 'it''s', `quoted name`, X'0AFF', numbers without sign, names of letters, digits, _ and $.
 * Comments are refused, because YAML cuts a plain scalar at ` #` and a reader would not notice.
 */
import { failSyntax, SyntaxFailure, type TextRange } from './problem.ts';

/** Longest text of an expression or type, in UTF-16 code units. */
export const TEXT_LENGTH_MAX = 64 * 1024;

export type TokenKind = 'name' | 'quoted-name' | 'number' | 'string' | 'bytes' | 'symbol' | 'end';

export interface Token extends TextRange {
  readonly kind: TokenKind;
  /**
   * name: as written; quoted-name and string: without quotes, doubled quotes undone; bytes: the
   * hexadecimal digits; number and symbol: as written; end: empty.
   */
  readonly text: string;
  /** Upper case of `text` for names, the symbol for symbols, else empty: what grammars match on. */
  readonly word: string;
}

const TWO_CHARACTER_SYMBOLS: ReadonlySet<string> = new Set(['<=', '>=', '<>', '!=', '||', '=>']);
const ONE_CHARACTER_SYMBOLS = '()[]<>=+-*/%,.{}:';
const NAME_START = /[\p{L}_$]/u;
const NAME_TAIL = /[\p{L}\p{N}\p{M}_$]*/uy;
const NUMBER = /(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?/y;
const SPACE = /[ \t\r\n\f\u00a0]+/y;

/** All tokens of `text`, the last one of kind `end`. Throws SyntaxFailure. */
export function tokenize(text: string): Token[] {
  if (text.length > TEXT_LENGTH_MAX) {
    throw new SyntaxFailure({
      code: 'DREY_EXPRESSION_LIMIT',
      message: `The text has ${text.length} characters; at most ${TEXT_LENGTH_MAX} are read.`,
      start: 0,
      end: text.length,
    });
  }
  const tokens: Token[] = [];
  let position = skipSpace(text, 0);
  while (position < text.length) {
    const token = readToken(text, position);
    tokens.push(token);
    position = skipSpace(text, token.end);
  }
  tokens.push({ kind: 'end', text: '', word: '', start: text.length, end: text.length });
  return tokens;
}

function skipSpace(text: string, from: number): number {
  SPACE.lastIndex = from;
  return SPACE.test(text) ? SPACE.lastIndex : from;
}

function readToken(text: string, start: number): Token {
  const character = text.charAt(start);
  if (character === "'") return readQuoted(text, start, "'", 'string');
  if (character === '`') return readQuoted(text, start, '`', 'quoted-name');
  if ((character === 'x' || character === 'X') && text.charAt(start + 1) === "'") {
    return readBytes(text, start);
  }
  NUMBER.lastIndex = start;
  if (NUMBER.test(text)) return readNumber(text, start, NUMBER.lastIndex);
  const point = text.codePointAt(start) ?? 0;
  if (NAME_START.test(String.fromCodePoint(point))) {
    NAME_TAIL.lastIndex = start + (point > 0xffff ? 2 : 1);
    NAME_TAIL.test(text);
    const name = text.slice(start, NAME_TAIL.lastIndex);
    return { kind: 'name', text: name, word: name.toUpperCase(), start, end: NAME_TAIL.lastIndex };
  }
  return readSymbol(text, start, String.fromCodePoint(point));
}

function readQuoted(
  text: string,
  start: number,
  quote: string,
  kind: 'string' | 'quoted-name',
): Token {
  let from = start + 1;
  let value = '';
  for (;;) {
    const close = text.indexOf(quote, from);
    if (close < 0) {
      const what = kind === 'string' ? 'text literal' : 'name in backticks';
      failSyntax(
        { start, end: text.length },
        `The ${what} is not closed: a ${quote} is missing.`,
        `A ${quote} inside is written twice. In YAML, quote the whole expression when it holds a # or starts with a quote.`,
      );
    }
    value += text.slice(from, close);
    if (text.charAt(close + 1) !== quote) {
      if (kind === 'quoted-name' && value === '') {
        failSyntax({ start, end: close + 1 }, 'A name in backticks is empty.');
      }
      return { kind, text: value, word: '', start, end: close + 1 };
    }
    value += quote;
    from = close + 2;
  }
}

function readBytes(text: string, start: number): Token {
  const token = readQuoted(text, start + 1, "'", 'string');
  const range = { start, end: token.end };
  if (!/^[0-9a-fA-F]*$/.test(token.text)) {
    failSyntax(range, `A binary literal has only hexadecimal digits, not '${token.text}'.`);
  }
  if (token.text.length % 2 !== 0) {
    failSyntax(range, 'A binary literal has an even number of hexadecimal digits.');
  }
  return { ...token, kind: 'bytes', start };
}

function readNumber(text: string, start: number, end: number): Token {
  const next = String.fromCodePoint(text.codePointAt(end) ?? 0x20);
  if (NAME_START.test(next)) {
    failSyntax(
      { start, end: end + next.length },
      `A number cannot be followed directly by "${next}".`,
      'A name that starts with a digit is written between backticks.',
    );
  }
  return { kind: 'number', text: text.slice(start, end), word: '', start, end };
}

function readSymbol(text: string, start: number, character: string): Token {
  const pair = text.slice(start, start + 2);
  if (pair === '--' || pair === '/*' || pair === '//') {
    failSyntax(
      { start, end: start + 2 },
      `A comment (${pair}) cannot stand in an expression.`,
      'Put the comment on its own line of the YAML file, with #. For minus a negative number write a - (-b).',
    );
  }
  const symbol = TWO_CHARACTER_SYMBOLS.has(pair) ? pair : character;
  if (symbol.length === 1 && !ONE_CHARACTER_SYMBOLS.includes(symbol)) failCharacter(start, symbol);
  if (symbol.length === 2 && symbol === character) failCharacter(start, symbol);
  return { kind: 'symbol', text: symbol, word: symbol, start, end: start + symbol.length };
}

function failCharacter(start: number, character: string): never {
  const hints: Readonly<Record<string, string>> = {
    '"': "A text literal is written 'like this', a name `like this`.",
    ';': 'An expression is no statement; leave the semicolon out.',
    '&': 'The logical operator is AND.',
    '|': 'The operators are OR and ||.',
    '!': 'The operators are NOT and <>.',
    '#': 'A comment cannot stand in an expression.',
    '?': 'Parameters are written ${NAME} in the pipeline file.',
  };
  failSyntax(
    { start, end: start + character.length },
    `The character ${JSON.stringify(character)} has no meaning here.`,
    hints[character],
  );
}
