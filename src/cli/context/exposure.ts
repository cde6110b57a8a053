/** Whether a credential would be readable for others on its way. Pure. */
import type { Endpoint } from './choose-target.ts';

/** How, after "a credential would go to HOST"; null: nothing secret is sent, or nobody can read it. */
export function exposureOf(endpoint: Endpoint): string | null {
  const { url, authentication, context, proxy } = endpoint;
  const isSecret =
    authentication.value.kind !== 'none' || Object.keys(context?.secretHeaders ?? {}).length > 0;
  if (!isSecret) return null;
  const { protocol, hostname } = new URL(url.value);
  if (protocol === 'http:') {
    // A loopback address means the machine of the proxy then.
    if (proxy !== null) return 'over http and through a proxy, where others can read it';
    return isLoopback(hostname) ? null : 'over http, where others can read it';
  }
  return context?.tls.isInsecure === true ? 'to a server whose certificate is not verified' : null;
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}
