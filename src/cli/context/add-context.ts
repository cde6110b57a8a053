/** `context add`: writes a context into the file, and makes it the current one where asked. */
import { resolve } from 'node:path';
import { InputError, UsageError } from '../../errors/drey-error.ts';
import type { Platform } from '../../platform/platform.ts';
import { contextFields } from './context-fields.ts';
import { changeContexts, readContexts } from './context-store.ts';
import type { Authentication, Context, SecretReference } from './context.ts';
import { CONTEXT_NAME, urlProblem } from './parse-contexts.ts';

/** What the flags say; null: not given. */
export interface AddRequest {
  readonly name: string;
  readonly url: string;
  readonly gateway: string | null;
  readonly authentication: AuthenticationFlags;
  readonly authorities: string | null;
  readonly certificate: string | null;
  readonly key: string | null;
  readonly proxy: string | null;
  readonly isInsecure: boolean;
  readonly isReadOnly: boolean;
  readonly allowsInsecureToken: boolean;
  readonly timeoutMs: number | null;
  readonly use: boolean;
  readonly force: boolean;
}

export interface AuthenticationFlags {
  readonly user: string | null;
  readonly header: string | null;
  readonly env: string | null;
  readonly file: string | null;
  readonly command: string | null;
}

export interface ContextResult {
  readonly name: string;
  readonly file: string;
  readonly current: boolean;
  readonly context: Readonly<Record<string, unknown>>;
}

export async function addContext(request: AddRequest, platform: Platform): Promise<ContextResult> {
  const file = await readContexts(platform);
  if (file.contexts.some(({ name }) => name === request.name) && !request.force) {
    const message = `${file.path} has a context ${request.name} already`;
    throw new InputError('DREY_CONTEXT_EXISTS', message, { details: { file: file.path } });
  }
  const context = contextOf(request, platform);
  // The first one is the current one: there is nothing else to mean.
  const isCurrent = request.use || file.currentContext === null || file.contexts.length === 0;
  const fields = contextFields(context);
  await changeContexts(platform, file, [
    ...(isCurrent ? [{ path: ['currentContext'], value: request.name }] : []),
    { path: ['contexts', request.name], value: fields },
  ]);
  return { name: request.name, file: file.path, current: isCurrent, context: fields };
}

function contextOf(request: AddRequest, { workingDirectory }: Platform): Context {
  const { name, url, gateway, proxy } = request;
  if (!CONTEXT_NAME.test(name)) {
    throw new UsageError(
      'DREY_USAGE',
      `${JSON.stringify(name)} is no name of a context: letters, digits, dot, dash, underscore`,
    );
  }
  for (const [flag, text] of [
    ['--url', url],
    ['--gateway', gateway],
    ['--proxy', proxy],
  ] as const) {
    const problem = text === null ? null : urlProblem(text);
    if (problem !== null) throw new UsageError('DREY_USAGE', `${flag} ${problem}`);
  }
  // The file is read from other folders, too.
  const absolute = (path: string | null): string | null =>
    path === null ? null : resolve(workingDirectory, path);
  return {
    name,
    url,
    gateway,
    authentication: authenticationOf(request.authentication, absolute),
    tls: {
      authorities: absolute(request.authorities),
      certificate: absolute(request.certificate),
      key: absolute(request.key),
      isInsecure: request.isInsecure,
    },
    proxy,
    headers: {},
    isReadOnly: request.isReadOnly,
    timeoutMs: request.timeoutMs,
    allowsInsecureToken: request.allowsInsecureToken,
  };
}

function authenticationOf(
  flags: AuthenticationFlags,
  absolute: (path: string | null) => string | null,
): Authentication {
  const secret = secretOf(flags, absolute);
  const { user, header } = flags;
  if (secret === null) {
    if (user === null && header === null) return { kind: 'none' };
    throw new UsageError(
      'DREY_USAGE',
      `${user === null ? '--auth-header' : '--user'} needs a secret: --secret-env, --secret-file or --secret-command`,
    );
  }
  if (user !== null) return { kind: 'basic', user, password: secret };
  if (header !== null) return { kind: 'header', name: header, value: secret };
  return { kind: 'bearer', token: secret };
}

function secretOf(
  { env, file, command }: AuthenticationFlags,
  absolute: (path: string | null) => string | null,
): SecretReference | null {
  if (env !== null) return { kind: 'env', name: env };
  const path = absolute(file);
  if (path !== null) return { kind: 'file', path };
  const [program, ...args] = (command ?? '').split(/\s+/).filter((word) => word !== '');
  return program === undefined ? null : { kind: 'command', words: [program, ...args] };
}
