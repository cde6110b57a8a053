/** Keeps what proves who we are out of everything that is shown. */

/** Shorter ones occur in texts by chance. */
const SECRET_LENGTH_MIN = 6;

/** What must not be shown of headers with credentials: `Bearer x` and x. */
export function secretsOf(credentials: Readonly<Record<string, string>>): readonly string[] {
  return Object.values(credentials)
    .flatMap((value) => [value, value.slice(value.indexOf(' ') + 1)])
    .filter((secret) => secret.length >= SECRET_LENGTH_MIN);
}

/** Proxies that are being debugged send back what they got, credentials included. */
export function concealed(text: string, secrets: readonly string[]): string {
  return secrets.reduce((shown, secret) => shown.replaceAll(secret, '[hidden]'), text);
}
