/**
 * A chosen target -> how requests get there: TLS files, proxy, and credentials that are fetched
 * when the first request needs them. Refuses what would expose a credential.
 */
import { InputError, UsageError } from '../../errors/drey-error.ts';
import type { RestTarget } from '../../flink/rest/rest-target.ts';
import type { HttpConnection } from '../../platform/http.ts';
import type { Platform } from '../../platform/platform.ts';
import type { ChosenTarget } from './choose-target.ts';
import type { Authentication, Context } from './context.ts';
import { readSecret } from './read-secret.ts';

const PEM_BYTES_MAX = 1024 * 1024;

export async function connectTarget(
  chosen: ChosenTarget,
  baseUrl: string,
  platform: Platform,
): Promise<RestTarget> {
  const { context, authentication } = chosen;
  refuseUnverified(platform);
  refuseExposure(baseUrl, authentication.value, context);
  const connection = context === null ? null : await connectionOf(context, platform);
  const headers = context?.headers ?? {};
  return {
    baseUrl,
    credentials: async () => ({
      ...headers,
      ...(await credentialHeaders(authentication.value, platform)),
    }),
    ...(connection === null ? {} : { connection }),
  };
}

async function credentialHeaders(
  authentication: Authentication,
  platform: Platform,
): Promise<Readonly<Record<string, string>>> {
  switch (authentication.kind) {
    case 'none':
      return {};
    case 'bearer':
      return { authorization: `Bearer ${await readSecret(authentication.token, platform)}` };
    case 'basic': {
      const password = await readSecret(authentication.password, platform);
      const pair = Buffer.from(`${authentication.user}:${password}`).toString('base64');
      return { authorization: `Basic ${pair}` };
    }
    case 'header':
      return {
        [authentication.name.toLowerCase()]: await readSecret(authentication.value, platform),
      };
  }
}

async function connectionOf(
  { tls, proxy }: Context,
  { files }: Platform,
): Promise<HttpConnection | null> {
  const { authorities, certificate, key, isInsecure } = tls;
  if (authorities === null && certificate === null && key === null && !isInsecure && proxy === null)
    return null;
  const pem = async (path: string | null): Promise<string | null> =>
    path === null ? null : new TextDecoder().decode(await files.readAll(path, PEM_BYTES_MAX));
  const [trusted, own, ownKey] = await Promise.all([pem(authorities), pem(certificate), pem(key)]);
  return {
    verifiesPeer: !isInsecure,
    ...(trusted === null ? {} : { authorities: trusted }),
    ...(own === null ? {} : { certificate: own }),
    ...(ownKey === null ? {} : { privateKey: ownKey }),
    ...(proxy === null ? {} : { proxyUrl: proxy }),
  };
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

function refuseExposure(
  baseUrl: string,
  authentication: Authentication,
  context: Context | null,
): void {
  if (authentication.kind === 'none' || context?.allowsInsecureToken === true) return;
  const { protocol, hostname, host } = new URL(baseUrl);
  const isPlain = protocol === 'http:' && !isLoopback(hostname);
  const isUnverified = context?.tls.isInsecure === true;
  if (!isPlain && !isUnverified) return;
  const way = isPlain
    ? 'over http, where others can read it'
    : 'to a server whose certificate is not verified';
  throw new InputError('DREY_CREDENTIAL_EXPOSED', `a credential would go to ${host} ${way}`, {
    hint: 'Use https with its authorities, or say allowInsecureToken: true in the context.',
    details: { host },
  });
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}
