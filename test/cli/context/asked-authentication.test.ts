import { describe, expect, test } from 'vitest';
import {
  askedAuthentication,
  type AuthenticationFlags,
} from '../../../src/cli/context/asked-authentication.ts';
import type { Authentication } from '../../../src/cli/context/context.ts';
import { UsageError } from '../../../src/errors/drey-error.ts';

const nowhere = { env: null, file: null, command: null };
const nothing: AuthenticationFlags = {
  type: null,
  token: nowhere,
  user: null,
  password: nowhere,
  headerName: null,
};
const inT = { ...nowhere, env: 'T' };
const T = { kind: 'env', name: 'T' } as const;

test.each<[string, Partial<AuthenticationFlags>, Authentication]>([
  ['nothing', {}, { kind: 'none' }],
  ['a token', { token: inT }, { kind: 'bearer', token: T }],
  ['a token and its type', { token: inT, type: 'bearer' }, { kind: 'bearer', token: T }],
  [
    'a token from a command',
    { token: { ...nowhere, command: "vault read -field=token 'secret/my flink'" } },
    {
      kind: 'bearer',
      token: {
        kind: 'command',
        words: ['vault', 'read', '-field=token', 'secret/my flink'],
      },
    },
  ],
  [
    'a user and a password',
    { user: 'me', password: { ...nowhere, file: '/p' } },
    { kind: 'basic', user: 'me', password: { kind: 'file', path: '/p' } },
  ],
  [
    'the name of a header and a token',
    { headerName: 'X-Key', token: inT },
    { kind: 'header', name: 'X-Key', value: T },
  ],
  ['no authentication by name', { type: 'none' }, { kind: 'none' }],
])('%s is understood', (_, flags, expected) => {
  expect(askedAuthentication({ ...nothing, ...flags })).toEqual(expected);
});

describe('refused is', () => {
  test.each<[string, Partial<AuthenticationFlags>]>([
    ['a type without its secret', { type: 'bearer' }],
    ['a user without a password', { user: 'me' }],
    ['a password without a user', { password: inT }],
    ['a header without a value', { headerName: 'X-Key' }],
    ['a header that is none', { headerName: 'X Key', token: inT }],
    ['a user that would end early', { user: 'a:b', password: inT }],
    ['a user and a token', { user: 'me', password: inT, token: inT }],
    ['a type that is another', { type: 'basic', token: inT }],
    ['a type of none with a token', { type: 'none', token: inT }],
    ['a command of nothing', { token: { ...nowhere, command: '  ' } }],
    ['a command for a shell', { token: { ...nowhere, command: 'cat x | head' } }],
    ['a quote that is open', { token: { ...nowhere, command: "say 'x" } }],
    ['a secret for the name of a variable', { token: { ...nowhere, env: 'canary.canary' } }],
  ])('%s', (_, flags) => {
    try {
      askedAuthentication({ ...nothing, ...flags });
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(UsageError);
      expect(String(error)).not.toContain('canary');
    }
  });
});
