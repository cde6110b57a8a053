/**
 * Values of a configuration that look like secrets, hidden. The cluster hides what it knows to be
 * one; options of plugins and of the JVM it does not know. Hiding too much is the lesser evil.
 */
import type { ConfigurationEntry } from '../../flink/model/cluster.ts';

export interface ShownEntry extends ConfigurationEntry {
  /** The value, or a part of it, is hidden: by the cluster or here. */
  readonly isMasked: boolean;
}

/** As the cluster writes it. */
export const MASK = '******';

const SECRET_WORDS = /passw|pwd|secret|token|credential|api-?key|auth-params|jaas\.config/i;
/** `key` as the last word: `s3.access-key`, `fs.azure.account.key`; not `key-groups`, not `keytab`. */
const KEY_LAST = /(?:^|[._-])(?:access|private|account|encryption|service|shared)?[._-]?key$/i;
/** Settings about secrets that are none themselves, such as `security.delegation.tokens.enabled`. */
const NO_SECRET_VALUES = /^(?:true|false|none|\d+(?:\.\d+)?\s*(?:ms|s|min|h|d))?$/i;
/** `-Dkey.password=x`, `--token x` and their like within a longer value. */
const ASSIGNED =
  /((?:passw(?:or)?d|pwd|secret|token|credentials?|api-?key|access-?key)[\w.-]*\s*[=:]\s*)("[^"]*"|'[^']*'|[^\s,;&]+)/gi;
/** `scheme://user:password@host`. */
const USER_INFO = /(\b[a-z][a-z\d+.-]*:\/\/[^\s/:@]*:)[^\s/@]+(?=@)/gi;
/** `Authorization: Bearer x`. */
const BEARER = /\b((?:bearer|basic)\s+)[\w+/=.~-]{6,}/gi;

export function maskEntry({ key, value }: ConfigurationEntry): ShownEntry {
  const isSecret = SECRET_WORDS.test(key) || KEY_LAST.test(key);
  const shown =
    isSecret && !NO_SECRET_VALUES.test(value.trim())
      ? MASK
      : value
          .replaceAll(ASSIGNED, `$1${MASK}`)
          .replaceAll(USER_INFO, `$1${MASK}`)
          .replaceAll(BEARER, `$1${MASK}`);
  return { key, value: shown, isMasked: shown !== value || value.includes(MASK) };
}
