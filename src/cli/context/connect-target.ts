/**
 * An address that was chosen -> how requests get there: TLS files, proxy, and credentials that are
 * fetched when the first request needs them. Refuses what would expose a credential.
 */
import { InputError, UsageError } from '../../errors/drey-error.ts';
import type { Credentials, RestTarget } from '../../flink/rest/rest-target.ts';
import type { HttpConnection } from '../../platform/http.ts';
import type { Platform } from '../../platform/platform.ts';
import type { ChosenTarget, Endpoint } from './choose-target.ts';
import { describeAuthentication, type Proxy, type TlsFiles } from './context.ts';
import { credentialHeaders } from './credential-headers.ts';
import { exposureOf } from './exposure.ts';
import { readSecret } from './read-secret.ts';

export interface Targets {
  readonly rest: RestTarget;
  readonly gateway: RestTarget | null;
}

export async function connectTargets(
  { rest, gateway }: Pick<ChosenTarget, 'rest' | 'gateway'>,
  platform: Platform,
): Promise<Targets> {
  refuseUnverified(platform);
  refuseExposure(rest);
  const connection = await connectionOf(rest, platform);
  if (gateway === null) return { rest: targetOf(rest, connection, platform), gateway: null };
  // A helper for the passphrase of a key may ask somebody: it runs once.
  const isSameWay = gateway.context === rest.context && gateway.proxy === rest.proxy;
  const toGateway = isSameWay ? connection : await connectionOf(gateway, platform);
  return {
    rest: targetOf(rest, connection, platform),
    gateway: targetOf(gateway, toGateway, platform),
  };
}

function targetOf(
  endpoint: Endpoint,
  connection: HttpConnection | null,
  platform: Platform,
): RestTarget {
  const { url, authentication, context } = endpoint;
  const secretHeaders = context?.secretHeaders ?? {};
  const credentials = credentialHeaders(
    { authentication: authentication.value, secretHeaders },
    platform,
  );
  const identity = identityOf(endpoint);
  return {
    baseUrl: url.value,
    ...(context === null ? {} : { headers: context.headers }),
    ...(credentials === null ? {} : { credentials: guarded(endpoint, credentials) }),
    ...(identity === null ? {} : { identity }),
    ...(connection === null ? {} : { connection }),
  };
}

/** A gateway that would see a credential is refused when it is asked, and does not stop others. */
function guarded(endpoint: Endpoint, credentials: Credentials): Credentials {
  return async (areRefused) => {
    refuseExposure(endpoint);
    return credentials(areRefused);
  };
}

function identityOf({ authentication, context }: Endpoint): string | null {
  const said = describeAuthentication(authentication.value);
  const headers = Object.keys(context?.secretHeaders ?? {}).map((name) => `the header ${name}`);
  const all = [...(said === null ? [] : [said]), ...headers].join(' and ');
  return all === '' ? null : `${all} (${authentication.because})`;
}

async function connectionOf(
  { context, authorities, proxy }: Endpoint,
  platform: Platform,
): Promise<HttpConnection | null> {
  const tls = context?.tls ?? { ...NO_FILES, authorities };
  const hasFiles = tls.authorities !== null || tls.certificate !== null;
  if (!hasFiles && !tls.isInsecure && proxy === null) return null;
  return {
    ...(hasFiles ? await materialOf(tls, platform) : {}),
    verifiesPeer: !tls.isInsecure,
    ...(proxy === null ? {} : { proxyUrl: await proxyUrlOf(proxy.value, platform) }),
  };
}

const NO_FILES = { certificate: null, key: null, passphrase: null, isInsecure: false } as const;

/** Loaded with its first use: most contexts have none. */
async function materialOf(tls: TlsFiles, platform: Platform): Promise<Partial<HttpConnection>> {
  const { readTlsMaterial } = await import('./tls-material.ts');
  return readTlsMaterial(tls, platform);
}

async function proxyUrlOf({ url, login }: Proxy, platform: Platform): Promise<string> {
  if (login === null) return url;
  const withLogin = new URL(url);
  withLogin.username = encodeURIComponent(login.user);
  withLogin.password = encodeURIComponent(await readSecret(login.password, platform));
  return withLogin.href;
}

/** A switch of Node that turns all verification off, whatever a context says. */
function refuseUnverified({ environment }: Platform): void {
  if (environment['NODE_TLS_REJECT_UNAUTHORIZED'] !== '0') return;
  throw new UsageError(
    'DREY_USAGE',
    'NODE_TLS_REJECT_UNAUTHORIZED=0 turns off the verification of every certificate',
    {
      hint: 'Unset it; a context can name its own authorities (tls.authorities), or say tls.insecure for one host.',
    },
  );
}

function refuseExposure(endpoint: Endpoint): void {
  const way = exposureOf(endpoint);
  if (way === null || endpoint.allowsInsecureToken) return;
  const { host } = new URL(endpoint.url.value);
  throw new InputError('DREY_CREDENTIAL_EXPOSED', `a credential would go to ${host} ${way}`, {
    hint: 'Use https with its authorities; or pass --insecure-token, or say allowInsecureToken: true in the context.',
    details: { host },
  });
}
