/**
 * A script -> its statements, each with the place of its first word. As Flink's own client: a
 * semicolon ends a statement unless it stands in a string, a quoted identifier, a comment, or
 * between `STATEMENT SET BEGIN` and its `END`, which is one statement. `BEGIN STATEMENT SET` is
 * a statement of its own, and what follows until `END` belongs to the set it opens.
 */
import { scanSql, type SqlToken } from './scan-sql.ts';

export interface SqlStatement {
  /** From its first word to its last, without the semicolon. */
  readonly text: string;
  /** Of the first word; both begin with 1. */
  readonly line: number;
  /** In UTF-16 units. */
  readonly column: number;
  /** Only added to a statement set, which is submitted by a later END. */
  readonly isInSet: boolean;
}

export type Split =
  | { readonly kind: 'statements'; readonly statements: readonly SqlStatement[] }
  /** A quote or comment is not closed; what its end would be, nobody can tell. */
  | {
      readonly kind: 'open';
      readonly what: 'string' | 'quoted identifier' | 'comment';
      readonly line: number;
      readonly column: number;
    };

export function splitStatements(script: string): Split {
  const places = new Places(script);
  const statements: SqlStatement[] = [];
  let tokens: SqlToken[] = [];
  let isInSet = false;
  const finish = (): void => {
    const statement = statementOf(script, tokens, places, isInSet);
    tokens = [];
    if (statement === null) return;
    statements.push(statement);
    if (isWords(statement.text, ['BEGIN', 'STATEMENT', 'SET'])) isInSet = true;
    if (isWords(statement.text, ['END'])) isInSet = false;
  };
  const block = new BlockState(script);
  for (const token of scanSql(script)) {
    if (token.isOpen) return { kind: 'open', what: whatIsOpen(token), ...places.of(token.start) };
    if (!block.endsStatement(token)) {
      tokens.push(token);
      continue;
    }
    finish();
    block.reset();
  }
  finish();
  return { kind: 'statements', statements };
}

/** Knows whether a semicolon ends the statement or only a part of it. */
class BlockState {
  private readonly script: string;
  /** The last three words, in upper case. */
  private words: readonly string[] = [];
  private isInBlock = false;
  /** The next token begins a part of the block. */
  private isAtStart = false;

  constructor(script: string) {
    this.script = script;
  }

  reset(): void {
    this.words = [];
    this.isInBlock = false;
    this.isAtStart = false;
  }

  endsStatement(token: SqlToken): boolean {
    if (this.script.charAt(token.start) === ';' && token.kind === 'other') {
      this.isAtStart = true;
      return !this.isInBlock;
    }
    const word = token.kind === 'word' ? textOf(this.script, token).toUpperCase() : '';
    this.words = [...this.words.slice(-2), word];
    if (this.words.join(' ') === 'STATEMENT SET BEGIN') {
      this.isInBlock = true;
      this.isAtStart = true;
      return false;
    }
    if (this.isAtStart && word === 'END') this.isInBlock = false;
    this.isAtStart = false;
    return false;
  }
}

function statementOf(
  script: string,
  tokens: readonly SqlToken[],
  places: Places,
  isInSet: boolean,
): SqlStatement | null {
  const first = tokens[0];
  const last = tokens.at(-1);
  if (first === undefined || last === undefined) return null;
  const text = script.slice(first.start, last.end);
  return { text, ...places.of(first.start), isInSet: isInSet && !isWords(text, ['END']) };
}

function isWords(text: string, words: readonly string[]): boolean {
  // The longest of these has 19 characters; comments between the words may be long.
  if (!text.slice(0, words[0]?.length).match(new RegExp(`^${words[0] ?? ''}$`, 'i'))) return false;
  const found = [...scanSql(text)].map((token) => textOf(text, token).toUpperCase());
  return found.join(' ') === words.join(' ');
}

function textOf(script: string, { start, end }: SqlToken): string {
  return script.slice(start, end);
}

function whatIsOpen({ kind }: SqlToken): 'string' | 'quoted identifier' | 'comment' {
  if (kind === 'string') return 'string';
  return kind === 'identifier' ? 'quoted identifier' : 'comment';
}

/** Offsets -> lines and columns; asked with growing offsets. */
class Places {
  private readonly text: string;
  private line = 1;
  private lineStart = 0;

  constructor(text: string) {
    this.text = text;
  }

  of(offset: number): { readonly line: number; readonly column: number } {
    for (;;) {
      const lineEnd = this.text.indexOf('\n', this.lineStart);
      if (lineEnd === -1 || lineEnd >= offset) break;
      this.line++;
      this.lineStart = lineEnd + 1;
    }
    return { line: this.line, column: offset - this.lineStart + 1 };
  }
}
