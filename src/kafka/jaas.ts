/**
 * The text of `sasl.jaas.config`: one login module with its options, as Java's clients take it.
 * Quoted values know the escapes of Java's StreamTokenizer; the text is never part of a message,
 * for it holds passwords.
 */
import { propertyError } from './client-property-error.ts';

export interface JaasLogin {
  /** The class without its package; builds of Flink move the package. */
  readonly loginModule: string;
  readonly options: ReadonlyMap<string, string>;
}

const PROPERTY = 'sasl.jaas.config';
const FLAGS: ReadonlySet<string> = new Set(['required', 'requisite', 'sufficient', 'optional']);

export function parseJaas(text: string): JaasLogin {
  const tokens = tokensOf(text);
  const [module, flag, ...rest] = tokens;
  if (module === undefined || module.isMark || flag === undefined) {
    throw malformed('names no login module');
  }
  if (!FLAGS.has(flag.text.toLowerCase())) throw malformed('lacks the word "required"');
  const options = new Map<string, string>();
  let at = 0;
  for (; at + 2 < rest.length && rest[at + 1]?.text === '='; at += 3) {
    options.set(rest[at]?.text ?? '', rest[at + 2]?.text ?? '');
  }
  const last = rest[at];
  if (last === undefined || !last.isMark || last.text !== ';' || at + 1 !== rest.length) {
    throw malformed(`cannot be read behind its option ${options.size}; it ends with one ";"`);
  }
  return { loginModule: module.text.slice(module.text.lastIndexOf('.') + 1), options };
}

interface Token {
  readonly text: string;
  /** `=` or `;`, not in quotes. */
  readonly isMark: boolean;
}

function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = [];
  const pattern = /\s+|([=;])|"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|([^\s=;"']+)/suy;
  while (pattern.lastIndex < text.length) {
    const match = pattern.exec(text);
    if (match === null) throw malformed('has a quotation that does not end');
    const [, mark, doubleQuoted, singleQuoted, word] = match;
    const quoted = doubleQuoted ?? singleQuoted;
    if (mark !== undefined) tokens.push({ text: mark, isMark: true });
    else if (quoted !== undefined) tokens.push({ text: unescaped(quoted), isMark: false });
    else if (word !== undefined) tokens.push({ text: word, isMark: false });
  }
  return tokens;
}

const ESCAPES: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

function unescaped(quoted: string): string {
  return quoted.replaceAll(
    /\\([0-3][0-7]{0,2}|[0-7]{1,2}|.)/gsu,
    (_all, escape: string) =>
      ESCAPES[escape] ??
      (/^[0-7]/.test(escape) ? String.fromCharCode(Number.parseInt(escape, 8)) : escape),
  );
}

function malformed(problem: string): Error {
  return propertyError(
    PROPERTY,
    problem,
    'Its form is: org.apache.kafka.common.security.plain.PlainLoginModule required username="..." password="...";',
  );
}
