/** Where a REST interface is, and how one gets in. */
import type { HttpConnection } from '../../platform/http.ts';

export interface RestTarget {
  /** http or https, perhaps with a path, without a slash at the end and without credentials. */
  readonly baseUrl: string;
  /** Sent with every request; no secrets. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly credentials?: Credentials;
  /** What is sent, for people: `the bearer token from the variable X`; without it nothing is. */
  readonly identity?: string;
  readonly connection?: HttpConnection;
}

/**
 * Headers that go to this target's origin only. Asked before every request, so it keeps what it
 * has fetched as long as that is good. `areRefused`: the server did not accept the last ones (401);
 * it fetches them anew where that may help.
 */
export type Credentials = (areRefused?: boolean) => Promise<Readonly<Record<string, string>>>;

/** The address without a slash at the end; null when it is no http or https URL. */
export function normaliseBaseUrl(text: string): string | null {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) return null;
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
}
