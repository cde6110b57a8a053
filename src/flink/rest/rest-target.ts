/** Where a REST interface is, and how one gets in. */
import type { HttpConnection } from '../../platform/http.ts';

export interface RestTarget {
  /** http or https, perhaps with a path, without a slash at the end and without credentials. */
  readonly baseUrl: string;
  /** Asked once a process; headers with credentials go to this target's origin only. */
  readonly credentials?: () => Promise<Readonly<Record<string, string>>>;
  readonly connection?: HttpConnection;
}

/** The address without a slash at the end; null when it is no http or https URL. */
export function normaliseBaseUrl(text: string): string | null {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) return null;
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
}
