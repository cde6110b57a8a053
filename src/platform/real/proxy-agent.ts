/**
 * The way through an HTTP proxy: a tunnel (CONNECT) to https, whole requests to http. Own
 * certificate and key go to the target only, user and password of the proxy to the proxy only.
 */
import type { Dispatcher } from 'undici';
import connectThrough from 'undici/lib/api/api-connect.js';
import poolClass from 'undici/lib/dispatcher/pool.js';
import proxyAgentClass from 'undici/lib/dispatcher/proxy-agent.js';
import { TLS_VERSION_MIN } from './tls-version.ts';

export interface ProxyOptions {
  /** Of the connection inside the tunnel. */
  readonly targetTls: { readonly timeout: number };
  /** Who is trusted also for a proxy that speaks TLS itself. */
  readonly authorities: string | undefined;
}

/** `proxyUrl`: perhaps with user and password. */
export function createProxyAgent(
  proxyUrl: string,
  { targetTls, authorities }: ProxyOptions,
): InstanceType<typeof proxyAgentClass> {
  const { username, password, origin } = new URL(proxyUrl);
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return new proxyAgentClass({
    uri: origin,
    requestTls: targetTls,
    proxyTls: {
      minVersion: TLS_VERSION_MIN,
      timeout: targetTls.timeout,
      ...(authorities === undefined ? {} : { ca: authorities }),
    },
    // As curl: many proxies let tunnels through to port 443 only, and a cluster is on 8081.
    proxyTunnel: false,
    clientFactory,
    ...(username === '' ? {} : { token: `Basic ${Buffer.from(pair).toString('base64')}` }),
  });
}

/** The methods of dispatchers come from undici's main module, which is not loaded. */
function clientFactory(origin: URL, options: object): Dispatcher {
  return Object.assign(new poolClass(origin, options), { connect: connectThrough });
}
