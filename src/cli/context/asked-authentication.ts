/** What the flags of `context add` say about who we are. Pure; secrets are references. */
import { UsageError } from '../../errors/drey-error.ts';
import type { Authentication, SecretReference } from './context.ts';
import { HEADER_NAME, type AUTHENTICATION_TYPES } from './parse-authentication.ts';
import { splitWords } from './split-words.ts';

export type AuthenticationType = (typeof AUTHENTICATION_TYPES)[number];

/** Where a secret is; at most one is given. */
export interface SecretFlags {
  readonly env: string | null;
  /** Absolute. */
  readonly file: string | null;
  readonly command: string | null;
}

export interface AuthenticationFlags {
  /** --auth; null: what the other flags mean. */
  readonly type: AuthenticationType | null;
  readonly token: SecretFlags;
  readonly user: string | null;
  readonly password: SecretFlags;
  readonly headerName: string | null;
}

/** Throws a UsageError for flags that do not fit together. */
export function askedAuthentication(flags: AuthenticationFlags): Authentication {
  const { user, headerName } = flags;
  const token = secretOf(flags.token, 'token');
  const password = secretOf(flags.password, 'password');
  const meant = typeMeant(flags, { hasToken: token !== null, hasPassword: password !== null });
  const type = flags.type ?? meant;
  if (type !== meant && meant !== 'none') {
    throw unfit(`--auth ${type} does not go with the other flags, which mean ${meant}`);
  }
  switch (type) {
    case 'none':
      return { kind: 'none' };
    case 'bearer':
      if (token === null) throw unfit('a bearer token needs its place', 'token');
      return { kind: 'bearer', token };
    case 'basic':
      if (user === null) throw unfit('a password needs --user');
      if (user === '' || user.includes(':')) throw unfit('--user is empty or holds a colon');
      if (password === null) throw unfit('--user needs the place of its password', 'password');
      return { kind: 'basic', user, password };
    case 'header':
      if (headerName === null) throw unfit('a header needs --header-name');
      if (!HEADER_NAME.test(headerName)) throw unfit('--header-name is no name of a header');
      if (token === null) throw unfit('--header-name needs the place of its value', 'token');
      return { kind: 'header', name: headerName, value: token };
  }
}

function typeMeant(
  { user, headerName }: AuthenticationFlags,
  { hasToken, hasPassword }: { readonly hasToken: boolean; readonly hasPassword: boolean },
): AuthenticationType {
  const isBasic = user !== null || hasPassword;
  if (isBasic && (hasToken || headerName !== null)) {
    throw unfit('a user with a password, or a token: not both');
  }
  if (isBasic) return 'basic';
  if (headerName !== null) return 'header';
  return hasToken ? 'bearer' : 'none';
}

function secretOf({ env, file, command }: SecretFlags, what: string): SecretReference | null {
  if (env !== null) {
    // What is given here may be the secret itself: it is not repeated.
    if (!/^[A-Za-z_]\w*$/.test(env)) throw unfit(`--${what}-env is no name of a variable`);
    return { kind: 'env', name: env };
  }
  if (file !== null) return { kind: 'file', path: file };
  if (command === null) return null;
  const words = splitWords(command);
  if ('problem' in words) throw unfit(`--${what}-command ${words.problem}`);
  const [program, ...args] = words;
  if (program === undefined) throw unfit(`--${what}-command is empty`);
  return { kind: 'command', words: [program, ...args] };
}

/** `missing`: the secret whose place is not given. */
function unfit(message: string, missing?: 'token' | 'password'): UsageError {
  const hint =
    missing === undefined
      ? undefined
      : `Pass --${missing}-env NAME, --${missing}-file FILE or --${missing}-command COMMAND.`;
  return new UsageError('DREY_USAGE', message, hint === undefined ? {} : { hint });
}
