/** `context add`: writes a context into the file, and makes it the current one where asked. */
import { resolve } from 'node:path';
import { InputError, UsageError } from '../../errors/drey-error.ts';
import { normaliseBaseUrl } from '../../flink/rest/rest-target.ts';
import type { Platform } from '../../platform/platform.ts';
import { askedAuthentication, type AuthenticationFlags } from './asked-authentication.ts';
import { contextFields } from './context-fields.ts';
import { changeContexts, readContexts } from './context-store.ts';
import type { Context } from './context.ts';
import { CONTEXT_NAME } from './parse-contexts.ts';
import { urlProblem } from './url-problem.ts';

/** What the flags say; null: not given. Paths may be relative to the working directory. */
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

export interface ContextResult {
  readonly name: string;
  readonly file: string | null;
  readonly current: boolean;
  /** A context of this name was there before. */
  readonly replaced: boolean;
  readonly context: Readonly<Record<string, unknown>>;
}

export async function addContext(request: AddRequest, platform: Platform): Promise<ContextResult> {
  const context = contextOf(request, platform);
  const file = await readContexts(platform);
  const isThere = file.contexts.some(({ name }) => name === request.name);
  if (isThere && !request.force) {
    const message = `${file.path} has a context ${request.name} already`;
    throw new InputError('DREY_CONTEXT_EXISTS', message, { details: { file: file.path } });
  }
  // The first one is the current one: there is nothing else to mean.
  const isCurrent = request.use || file.contexts.length === 0;
  const fields = contextFields(context);
  await changeContexts(platform, file, [
    ...(isCurrent ? [{ path: ['currentContext'], value: request.name }] : []),
    { path: ['contexts', request.name], value: fields },
  ]);
  return {
    name: request.name,
    file: file.path,
    current: isCurrent || file.currentContext === request.name,
    replaced: isThere,
    context: fields,
  };
}

export function addText({ name, file, current, replaced }: ContextResult): string {
  const done = replaced ? `replaced the context ${name} in` : `wrote the context ${name} to`;
  const isCurrent = current ? '; it is the current context' : '';
  return `${done} ${file ?? ''}${isCurrent}\ntry it with: drey context test ${name}\n`;
}

function contextOf(request: AddRequest, { workingDirectory }: Platform): Context {
  const { name, gateway, proxy, authentication } = request;
  if (!CONTEXT_NAME.test(name)) {
    throw new UsageError(
      'DREY_USAGE',
      `${JSON.stringify(name)} is no name of a context: letters, digits, dot, dash, underscore`,
    );
  }
  // The file is read from other folders, too.
  const absolute = (path: string | null): string | null =>
    path === null ? null : resolve(workingDirectory, path);
  const { token, password } = authentication;
  return {
    name,
    url: addressOf('--url', request.url),
    gateway: gateway === null ? null : addressOf('--gateway', gateway),
    authentication: askedAuthentication({
      ...authentication,
      token: { ...token, file: absolute(token.file) },
      password: { ...password, file: absolute(password.file) },
    }),
    gatewayAuthentication: null,
    tls: {
      authorities: absolute(request.authorities),
      certificate: absolute(request.certificate),
      key: absolute(request.key),
      passphrase: null,
      isInsecure: request.isInsecure,
    },
    proxy: proxy === null ? null : { url: addressOf('--proxy', proxy), login: null },
    headers: {},
    secretHeaders: {},
    isReadOnly: request.isReadOnly,
    timeoutMs: request.timeoutMs,
    allowsInsecureToken: request.allowsInsecureToken,
  };
}

function addressOf(flag: string, text: string): string {
  const problem = urlProblem(text);
  const address = normaliseBaseUrl(text);
  if (problem === null && address !== null) return address;
  throw new UsageError('DREY_USAGE', `${flag} ${problem ?? 'is no address'}`, {
    hint: 'An address looks like http://host:8081 or https://host/path; for credentials there are --token-env, --user and their like.',
  });
}
