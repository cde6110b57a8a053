/** A context as the file and JSON have it: references, never secrets. */
import type { Authentication, Context, SecretReference } from './context.ts';

/** Without what is not set. */
export function contextFields(context: Context): Readonly<Record<string, unknown>> {
  const { url, gateway, authentication, tls, proxy, headers, isReadOnly, timeoutMs } = context;
  const files = {
    ...(tls.authorities === null ? {} : { authorities: tls.authorities }),
    ...(tls.certificate === null ? {} : { certificate: tls.certificate }),
    ...(tls.key === null ? {} : { key: tls.key }),
    ...(tls.isInsecure ? { insecure: true } : {}),
  };
  return {
    url,
    ...(gateway === null ? {} : { gateway }),
    ...(authentication.kind === 'none' ? {} : { auth: authFields(authentication) }),
    ...(Object.keys(files).length === 0 ? {} : { tls: files }),
    ...(proxy === null ? {} : { proxy }),
    ...(Object.keys(headers).length === 0 ? {} : { headers }),
    ...(isReadOnly ? { readOnly: true } : {}),
    ...(timeoutMs === null ? {} : { timeout: `${timeoutMs}ms` }),
    ...(context.allowsInsecureToken ? { allowInsecureToken: true } : {}),
  };
}

export function authFields(authentication: Authentication): Readonly<Record<string, unknown>> {
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

function referenceFields(reference: SecretReference): Readonly<Record<string, unknown>> {
  switch (reference.kind) {
    case 'env':
      return { env: reference.name };
    case 'file':
      return { file: reference.path };
    case 'command':
      return { command: reference.words };
  }
}
