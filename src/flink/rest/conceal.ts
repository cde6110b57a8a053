/** Keeps what proves who we are out of everything that is shown. */

/** Shorter ones occur in texts by chance. */
const SECRET_LENGTH_MIN = 6;

/** What must not be shown of headers with credentials: `Bearer x` and x, of `Basic x` its parts. */
export function secretsOf(credentials: Readonly<Record<string, string>>): readonly string[] {
  return Object.values(credentials)
    .flatMap((value) => {
      const own = value.slice(value.indexOf(' ') + 1);
      return [value, own, ...(value.startsWith('Basic ') ? partsOfBasic(own) : [])];
    })
    .filter((secret) => secret.length >= SECRET_LENGTH_MIN);
}

/** `user:password`, and the password alone. */
function partsOfBasic(encoded: string): readonly string[] {
  const pair = Buffer.from(encoded, 'base64').toString();
  return [pair, pair.slice(pair.indexOf(':') + 1)];
}

/** Proxies that are being debugged send back what they got, credentials included. */
export function concealed(text: string, secrets: Iterable<string>): string {
  let shown = text;
  for (const secret of secrets) shown = shown.replaceAll(secret, '[hidden]');
  return shown;
}
