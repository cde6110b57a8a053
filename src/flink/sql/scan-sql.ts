/**
 * Cuts SQL into tokens, as far as it takes to know where a statement ends and what it is: strings,
 * quoted identifiers, words, numbers and single characters. Comments and blanks are left out.
 */

export interface SqlToken {
  readonly kind: 'word' | 'string' | 'identifier' | 'other';
  /** Offset in UTF-16 units. */
  readonly start: number;
  /** After the last character. */
  readonly end: number;
  /** Its quote or comment is not closed before the text ends. */
  readonly isOpen: boolean;
}

/** An open comment comes as an open token of kind `other`. Hints are no comments. */
export function* scanSql(text: string): Generator<SqlToken> {
  let at = 0;
  let isInHint = false;
  while (at < text.length) {
    const mark = isInHint ? '*/' : '/*+';
    const isMark = text.startsWith(mark, at);
    if (isMark) isInHint = !isInHint;
    const next = isMark ? step('other', at, at + mark.length) : tokenAt(text, at);
    if (next.token !== null) yield next.token;
    at = next.end;
  }
}

interface Step {
  /** Null: blanks or a comment. */
  readonly token: SqlToken | null;
  readonly end: number;
}

function tokenAt(text: string, start: number): Step {
  const character = text.charAt(start);
  if (character === "'") return quoted(text, start, 'string');
  if (character === '`') return quoted(text, start, 'identifier');
  if (text.startsWith('/*', start)) return blockComment(text, start);
  // As Flink: two slashes begin a comment as two dashes do.
  if (text.startsWith('--', start) || text.startsWith('//', start)) {
    return { token: null, end: endOfMatch(LINE_REST, text, start) };
  }
  const blanksEnd = endOfMatch(BLANKS, text, start);
  if (blanksEnd > start) return { token: null, end: blanksEnd };
  const wordEnd = endOfMatch(WORD, text, start);
  if (wordEnd > start) return step('word', start, wordEnd);
  return step('other', start, start + 1);
}

const LINE_REST = /[^\n\r]*/y;
const BLANKS = /\s*/y;
const WORD = /[\p{L}\p{N}_$]*/uy;

function endOfMatch(pattern: RegExp, text: string, start: number): number {
  pattern.lastIndex = start;
  return pattern.test(text) ? pattern.lastIndex : start;
}

/** A quote inside is doubled. */
function quoted(text: string, start: number, kind: 'string' | 'identifier'): Step {
  const quote = text.charAt(start);
  let at = start + 1;
  for (;;) {
    const closing = text.indexOf(quote, at);
    if (closing === -1) return step(kind, start, text.length, true);
    if (text.charAt(closing + 1) !== quote) return step(kind, start, closing + 1);
    at = closing + 2;
  }
}

function blockComment(text: string, start: number): Step {
  const closing = text.indexOf('*/', start + 2);
  return closing === -1
    ? step('other', start, text.length, true)
    : { token: null, end: closing + 2 };
}

function step(kind: SqlToken['kind'], start: number, end: number, isOpen = false): Step {
  return { token: { kind, start, end, isOpen }, end };
}
