/**
 * Takes the secrets out of a statement before it is shown: the values of options whose names Flink
 * counts as sensitive, and user and password in addresses.
 */
import { scanSql, type SqlToken } from './scan-sql.ts';

/** As Flink 2.3 (GlobalConfiguration), and the names under which connectors have them. */
const SENSITIVE =
  /passw|secret|apikey|api-key|auth-params|service-key|token|basic-auth|jaas\.config|http-headers|account\.key|access[-.]?key|private[-.]?key|credential/i;
const MASK = "'******'";
/** `//user:password@`. */
const USER_INFO = /\/\/[^\s/@']{1,200}@/g;

export interface MaskedStatement {
  /** What may be shown. */
  readonly text: string;
  /** Values that may not, wherever else they turn up. */
  readonly secrets: readonly string[];
}

/** `text`: one statement. */
export function maskSecrets(text: string): MaskedStatement {
  const secrets: string[] = [];
  const parts: string[] = [];
  let shownTo = 0;
  for (const { name, value } of optionsOf(text)) {
    if (!SENSITIVE.test(name)) continue;
    secrets.push(plainText(text, value));
    parts.push(text.slice(shownTo, value.start), MASK);
    shownTo = value.end;
  }
  parts.push(text.slice(shownTo));
  return {
    text: parts.join('').replaceAll(USER_INFO, '//******@'),
    secrets: secrets.filter((secret) => secret.length >= SECRET_LENGTH_MIN),
  };
}

/** Shorter ones occur in texts by chance. */
const SECRET_LENGTH_MIN = 4;

/** The message of a failure may repeat a part of the statement. */
export function concealed(message: string, { secrets }: MaskedStatement): string {
  return secrets
    .reduce((shown, secret) => shown.replaceAll(secret, '******'), message)
    .replaceAll(USER_INFO, '//******@');
}

interface Option {
  readonly name: string;
  readonly value: SqlToken;
}

/** `'name' = 'value'`, and SET name = value without quotes. */
function* optionsOf(text: string): Generator<Option> {
  let name = '';
  let nameEnd = 0;
  let isAfterEquals = false;
  for (const token of scanSql(text)) {
    const shown = text.slice(token.start, token.end);
    if (shown === '=') {
      isAfterEquals = true;
    } else if (isAfterEquals) {
      if (token.kind !== 'other') yield { name, value: token };
      isAfterEquals = false;
      name = '';
    } else if (token.kind === 'string' || token.kind === 'identifier') {
      name = shown;
    } else {
      // `sasl.password` is three tokens without quotes.
      name = token.start === nameEnd ? name + shown : shown;
      nameEnd = token.end;
    }
  }
}

function plainText(text: string, { kind, start, end }: SqlToken): string {
  if (kind !== 'string') return text.slice(start, end);
  return text.slice(start + 1, end - 1).replaceAll("''", "'");
}
