/**
 * The last look at what is told about a failure: what has the form of a credential is hidden,
 * wherever it came from. Secrets that drey has read itself are hidden where their values are known
 * (flink/rest/conceal.ts); this is for those that nobody knows: in addresses, in messages of
 * servers and helpers, in texts that somebody put into the wrong place.
 */
const HIDDEN = '[hidden]';

/** `//user:password@`, `//token@`; not `hdfs://host:8020/path@1`. */
const USER_INFO = /\/\/(?:[^\s"'/@]*|[^\s"'/@:]*:(?!\d{1,5}\/)[^\s"'@]*)@/g;
/** `Authorization: Bearer x`, `"cookie":"x"`; to the end of the line or of the quotes. */
const HEADER = /\b((?:proxy-)?authorization|(?:set-)?cookie)(["']?\s*[:=]\s*["']?)[^\n"']+/gi;
const BEARER = /\b(Bearer\s+)[\w+/=.~-]{6,}/g;
const BASIC = /\b(Basic\s+)([\w+/=-]{6,})/g;
const SECRET_WORD =
  '(?:passw(?:or)?d|passphrase|secret|token|credentials?|signature|api-?key|access-?key|private-?key)';
/** `password=x`, `X-Amz-Signature=x`; not `--token-env=NAME`, which says only where it is. */
const ASSIGNED = new RegExp(
  `\\b([\\w.-]*${SECRET_WORD}[\\w.-]*(?<!-env|-file|-command)|sig)=("[^"]*"|'[^']*'|[^\\s,;&"']+)`,
  'gi',
);
/** `s3.secret-key: x`; without a dot in its name it may be a sentence. */
const CONFIGURED = new RegExp(`\\b(\\w[\\w-]*\\.[\\w.-]*${SECRET_WORD}[\\w.-]*:\\s*)\\S+`, 'gi');
const PRIVATE_KEY = /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*-----|$)/g;
const SECRET_FIELD = /^(?:passw(?:or)?d|passphrase|secret|token|authorization|cookie)$/i;

export function withoutSecrets(text: string): string {
  return text
    .replace(PRIVATE_KEY, HIDDEN)
    .replace(USER_INFO, `//${HIDDEN}@`)
    .replace(HEADER, `$1$2${HIDDEN}`)
    .replace(BEARER, `$1${HIDDEN}`)
    .replace(BASIC, hideLogin)
    .replace(ASSIGNED, `$1=${HIDDEN}`)
    .replace(CONFIGURED, `$1${HIDDEN}`);
}

/** The same in all texts of a value that JSON can hold. */
export function withoutSecretsIn(value: unknown): unknown {
  if (typeof value === 'string') return withoutSecrets(value);
  if (Array.isArray(value)) return value.map((item) => withoutSecretsIn(item));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [
      key,
      typeof member === 'string' && SECRET_FIELD.test(key) ? HIDDEN : withoutSecretsIn(member),
    ]),
  );
}

/** "Basic authentication" is a sentence; a user with a password has a colon inside. */
function hideLogin(said: string, scheme: string, encoded: string): string {
  return Buffer.from(encoded, 'base64').includes(':') ? `${scheme}${HIDDEN}` : said;
}
