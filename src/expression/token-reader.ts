/**
 * A cursor over tokens, shared by the expression parser and the type reader. It also counts the
 * nesting, so that no input can exhaust the call stack.
 */
import { BugError } from '../errors/drey-error.ts';
import type { Token } from './lexer.ts';
import { failSyntax, SyntaxFailure, type TextRange } from './problem.ts';
import type { Syntax } from './syntax.ts';

/** Deepest nesting of brackets, CASE and types. */
export const NESTING_MAX = 64;

/** Reads operands joined by operators that bind at least as tightly as `power`. */
export type OperatorReader = (reader: TokenReader, power: number) => Syntax;

export class TokenReader {
  readonly #tokens: readonly Token[];
  readonly #readOperators: OperatorReader;
  #index = 0;
  #nesting = 0;

  /**
   * `tokens` ends with a token of kind `end`. `readOperators` is the parser's entry, handed in so
   * that the files for calls and literals need not import the parser that imports them.
   */
  constructor(tokens: readonly Token[], readOperators: OperatorReader) {
    this.#tokens = tokens;
    this.#readOperators = readOperators;
  }

  /** Reads an expression, one level of nesting deeper. */
  expression(power = 0): Syntax {
    return this.nested(() => this.#readOperators(this, power));
  }

  peek(ahead = 0): Token {
    const last = this.#tokens.length - 1;
    const token = this.#tokens[Math.min(this.#index + ahead, last)];
    if (token === undefined) throw new BugError('DREY_BUG', 'The tokens lack their end.');
    return token;
  }

  next(): Token {
    const token = this.peek();
    this.#index += 1;
    return token;
  }

  /** End offset of the token before the cursor. */
  get previousEnd(): number {
    return this.#index === 0 ? 0 : (this.#tokens[this.#index - 1]?.end ?? 0);
  }

  /** True when the next tokens are these words or symbols. */
  at(...words: readonly string[]): boolean {
    return words.every((word, ahead) => this.peek(ahead).word === word);
  }

  /** Takes the words when they are next. */
  accept(...words: readonly string[]): boolean {
    if (!this.at(...words)) return false;
    this.#index += words.length;
    return true;
  }

  expect(word: string, place: string): Token {
    const token = this.peek();
    if (token.word !== word) {
      failSyntax(token, `Expected ${word} ${place}, but found ${describeToken(token)}.`);
    }
    return this.next();
  }

  /** Runs `read` one level deeper. */
  nested<T>(read: () => T): T {
    this.#nesting += 1;
    if (this.#nesting > NESTING_MAX) {
      const token = this.peek();
      throw new SyntaxFailure({
        code: 'DREY_EXPRESSION_LIMIT',
        message: `The nesting is deeper than ${NESTING_MAX} levels.`,
        start: token.start,
        end: token.end,
      });
    }
    try {
      return read();
    } finally {
      this.#nesting -= 1;
    }
  }
}

/** How a message names a token. */
export function describeToken(token: Token): string {
  switch (token.kind) {
    case 'end':
      return 'the end';
    case 'string':
      return `the text '${shorten(token.text)}'`;
    case 'bytes':
      return 'a binary literal';
    case 'quoted-name':
      return `the name \`${shorten(token.text)}\``;
    case 'number':
      return `the number ${shorten(token.text)}`;
    case 'name':
    case 'symbol':
      return `"${shorten(token.text)}"`;
  }
}

/** From the start of one range to the end of another. */
export function rangeOf(from: TextRange, to: TextRange): TextRange {
  return { start: from.start, end: Math.max(to.end, from.end) };
}

function shorten(text: string): string {
  return text.length > 40 ? `${text.slice(0, 37)}...` : text;
}
