/** A context as the file and JSON have it: references, never secrets. */
import type { Authentication, Context, Proxy, SecretReference, TlsFiles } from './context.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Without what is not set. */
export function contextFields(context: Context): Fields {
  const { url, authentication, tls, proxy, isReadOnly, timeoutMs } = context;
  const files = tlsFields(tls);
  const headers = headerFields(context);
  return {
    url,
    ...gatewayFields(context),
    ...(authentication.kind === 'none' ? {} : { auth: authFields(authentication) }),
    ...(isEmpty(files) ? {} : { tls: files }),
    ...(proxy === null ? {} : { proxy: proxyFields(proxy) }),
    ...(isEmpty(headers) ? {} : { headers }),
    ...(isReadOnly ? { readOnly: true } : {}),
    ...(timeoutMs === null ? {} : { timeout: durationText(timeoutMs) }),
    ...(context.allowsInsecureToken ? { allowInsecureToken: true } : {}),
  };
}

export function authFields(authentication: Authentication): Fields {
  switch (authentication.kind) {
    case 'none':
      return { type: 'none' };
    case 'bearer':
      return { type: 'bearer', token: referenceFields(authentication.token) };
    case 'basic':
      return {
        type: 'basic',
        user: authentication.user,
        password: referenceFields(authentication.password),
      };
    case 'header':
      return {
        type: 'header',
        name: authentication.name,
        value: referenceFields(authentication.value),
      };
  }
}

export function referenceFields(reference: SecretReference): Fields {
  switch (reference.kind) {
    case 'env':
      return { env: reference.name };
    case 'file':
      return { file: reference.path };
    case 'command':
      return { command: reference.words };
  }
}

/** The address alone where it needs no login. */
export function proxyFields({ url, login }: Proxy): Fields | string {
  return login === null
    ? url
    : { url, user: login.user, password: referenceFields(login.password) };
}

function gatewayFields({ gateway, gatewayAuthentication }: Context): Fields {
  if (gateway === null) return {};
  if (gatewayAuthentication === null) return { gateway };
  return { gateway: { url: gateway, auth: authFields(gatewayAuthentication) } };
}

function tlsFields(tls: TlsFiles): Fields {
  return {
    ...(tls.authorities === null ? {} : { authorities: tls.authorities }),
    ...(tls.certificate === null ? {} : { certificate: tls.certificate }),
    ...(tls.key === null ? {} : { key: tls.key }),
    ...(tls.passphrase === null ? {} : { passphrase: referenceFields(tls.passphrase) }),
    ...(tls.isInsecure ? { insecure: true } : {}),
  };
}

function headerFields({ headers, secretHeaders }: Context): Fields {
  const secret = Object.entries(secretHeaders).map(
    ([name, reference]) => [name, referenceFields(reference)] as const,
  );
  return { ...headers, ...Object.fromEntries(secret) };
}

const UNITS = [
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1000],
] as const;

/** Exactly, in the largest unit that it is a multiple of. */
function durationText(durationMs: number): string {
  const unit = UNITS.find(([, unitMs]) => durationMs > 0 && durationMs % unitMs === 0);
  return unit === undefined ? `${durationMs}ms` : `${durationMs / unit[1]}${unit[0]}`;
}

function isEmpty(fields: Fields): boolean {
  return Object.keys(fields).length === 0;
}
