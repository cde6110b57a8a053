/**
 * What a statement is, told by its first words, and what it does when it is sent twice. Statements
 * that are not known count as changes: a wrong guess must not start a second job.
 */
import { scanSql } from './scan-sql.ts';

export type StatementEffect =
  /** Reads, or sets something in the session: may be sent again. */
  | 'harmless'
  /** Submits a job and returns its id. */
  | 'submits'
  /** Changes a catalog, or does what nobody knows. */
  | 'changes';

export interface StatementKind {
  /** `CREATE TABLE`, `SELECT`; for people and JSON. */
  readonly name: string;
  readonly effect: StatementEffect;
  /** Known to Flink's client and not to the gateway. */
  readonly isForClient: boolean;
}

/** `text`: one statement. */
export function statementKind(text: string): StatementKind {
  const words = firstWords(text);
  const [first = ''] = words;
  const name = nameOf(words);
  if (CLIENT_WORDS.has(name)) return { name, effect: 'harmless', isForClient: true };
  return { name, effect: effectOf(first, words), isForClient: false };
}

const CLIENT_WORDS: ReadonlySet<string> = new Set(['QUIT', 'EXIT', 'CLEAR', 'HELP']);
const READING_WORDS: ReadonlySet<string> = new Set([
  'SELECT',
  'WITH',
  'VALUES',
  'TABLE',
  'SHOW',
  'DESCRIBE',
  'DESC',
  'EXPLAIN',
]);
const SESSION_WORDS: ReadonlySet<string> = new Set(['SET', 'RESET', 'USE', 'LOAD', 'UNLOAD']);
/** Stand between CREATE and what is created. */
const QUALIFIERS: ReadonlySet<string> = new Set(['OR', 'REPLACE', 'TEMPORARY', 'SYSTEM']);
const OBJECT_WORDS: ReadonlySet<string> = new Set(['CREATE', 'DROP', 'ALTER']);
const NAMED_BY_TWO: ReadonlySet<string> = new Set(['ADD', 'REMOVE', 'STOP', 'SHOW', 'COMPILE']);
const WORDS_MAX = 12;

function effectOf(first: string, words: readonly string[]): StatementEffect {
  if (READING_WORDS.has(first) || SESSION_WORDS.has(first)) return 'harmless';
  if (first === 'INSERT' || first === 'END') return 'submits';
  if (first === 'EXECUTE') return words[1] === 'STATEMENT' ? 'submits' : effectOfExecute(words);
  return 'changes';
}

/** `EXECUTE INSERT ...`; `EXECUTE PLAN` submits too, but with the id that the plan may hold. */
function effectOfExecute(words: readonly string[]): StatementEffect {
  const inner = words[1] ?? '';
  if (inner === 'INSERT') return 'submits';
  return READING_WORDS.has(inner) ? 'harmless' : 'changes';
}

function nameOf(words: readonly string[]): string {
  const [first = '', second = ''] = words;
  if (OBJECT_WORDS.has(first)) {
    const object = words.slice(1).find((word) => !QUALIFIERS.has(word)) ?? '';
    return `${first} ${object === 'MATERIALIZED' ? 'MATERIALIZED TABLE' : object}`.trim();
  }
  const isSet = words.slice(1, 3).join(' ') === 'STATEMENT SET';
  if ((first === 'BEGIN' || first === 'EXECUTE') && isSet) return `${first} STATEMENT SET`;
  if (first === 'WITH' || first === 'VALUES') return 'SELECT';
  if (first === 'DESC') return 'DESCRIBE';
  return NAMED_BY_TWO.has(first) ? `${first} ${second}`.trim() : first;
}

/** In upper case; opening brackets before the first one do not count. */
function firstWords(text: string): readonly string[] {
  const words: string[] = [];
  for (const { kind, start, end } of scanSql(text)) {
    if (kind === 'word') words.push(text.slice(start, end).toUpperCase());
    else if (words.length > 0 || text.charAt(start) !== '(') break;
    if (words.length === WORDS_MAX) break;
  }
  return words;
}

/** `CREATE TEMPORARY TABLE`: gone with the session. */
export function isTemporary(text: string): boolean {
  const [first = '', ...rest] = firstWords(text);
  const objectAt = rest.findIndex((word) => !QUALIFIERS.has(word));
  // A table may be called so.
  return OBJECT_WORDS.has(first) && rest.slice(0, objectAt).includes('TEMPORARY');
}
