import { describe, expect, test } from 'vitest';
import { contextFields } from '../../../src/cli/context/context-fields.ts';
import { parseContexts } from '../../../src/cli/context/parse-contexts.ts';
import { InputError } from '../../../src/errors/drey-error.ts';

const PATH = '/users/me/drey/config.yaml';
const parse = (text: string) => parseContexts(new TextEncoder().encode(text), PATH, '/users/me');

test('a file with everything is read', () => {
  const { currentContext, contexts } = parse(`
currentContext: prod   # the one on call
contexts:
  prod:
    url: https://flink.example/prod/
    gateway: https://flink.example/sql
    auth: { type: basic, user: me, password: { file: /run/secrets/flink } }
    tls: { authorities: /ca.pem, certificate: /me.pem, key: /me.key, insecure: true }
    proxy: http://proxy:3128
    headers: { X-Team: streams }
    readOnly: true
    timeout: 10 min
    allowInsecureToken: true
  local: { url: 'http://localhost:8081' }
`);
  expect(currentContext).toBe('prod');
  expect(contexts[0]).toEqual({
    name: 'prod',
    url: 'https://flink.example/prod',
    gateway: 'https://flink.example/sql',
    gatewayAuthentication: null,
    authentication: {
      kind: 'basic',
      user: 'me',
      password: { kind: 'file', path: '/run/secrets/flink' },
    },
    tls: {
      authorities: '/ca.pem',
      certificate: '/me.pem',
      key: '/me.key',
      passphrase: null,
      isInsecure: true,
    },
    proxy: { url: 'http://proxy:3128', login: null },
    headers: { 'x-team': 'streams' },
    secretHeaders: {},
    isReadOnly: true,
    timeoutMs: 600_000,
    allowsInsecureToken: true,
  });
  expect(contexts[1]).toMatchObject({ name: 'local', authentication: { kind: 'none' } });
});

test('gateway, proxy, key and headers have secrets of their own', () => {
  const { contexts } = parse(`
contexts:
  prod:
    url: https://flink.example
    gateway: { url: https://sql.example, auth: { type: bearer, token: { env: SQL } } }
    proxy: { url: http://proxy:3128, user: me, password: { command: [pass, proxy] } }
    tls: { certificate: me.pem, key: ~/me.key, passphrase: { file: ../phrase } }
    headers: { CF-Access-Client-Secret: { env: CF }, X-Team: streams }
`);
  expect(contexts[0]).toMatchObject({
    gateway: 'https://sql.example',
    gatewayAuthentication: { kind: 'bearer', token: { kind: 'env', name: 'SQL' } },
    proxy: { login: { user: 'me', password: { kind: 'command', words: ['pass', 'proxy'] } } },
    // Paths begin at the folder of the file, or at home.
    tls: {
      certificate: '/users/me/drey/me.pem',
      key: '/users/me/me.key',
      passphrase: { kind: 'file', path: '/users/me/phrase' },
    },
    headers: { 'x-team': 'streams' },
    secretHeaders: { 'cf-access-client-secret': { kind: 'env', name: 'CF' } },
  });
});

test('what is read is what was shown, field by field', () => {
  const text = `
contexts:
  prod:
    url: https://flink.example
    gateway: { url: https://sql.example, auth: { type: header, name: X-Key, value: { env: K } } }
    auth: { type: basic, user: me, password: { command: [a, b c] } }
    tls: { authorities: /ca, certificate: /c, key: /k, passphrase: { env: P }, insecure: true }
    proxy: { url: http://proxy:3128, user: me, password: { file: /p } }
    headers: { x-team: streams, x-token: { env: T } }
    readOnly: true
    timeout: 1500ms
    allowInsecureToken: true
`;
  const [context] = parse(text).contexts;
  if (context === undefined) throw new Error('no context');
  const shown = JSON.stringify({ contexts: { prod: contextFields(context) } });
  expect(parse(shown).contexts).toEqual([context]);
});

test('a file of nothing has no contexts', () => {
  expect(parse('')).toMatchObject({ currentContext: null, contexts: [] });
  expect(parse('# nothing yet\n')).toMatchObject({ contexts: [] });
});

describe('what is wrong is said with its place:', () => {
  test.each<[string, string, string]>([
    [
      'an unknown field',
      'contexts:\n  a: { url: http://h, gatway: http://g }',
      '2:23: a has no "gatway"; did you mean gateway?',
    ],
    [
      'a context without an address',
      'contexts:\n  a: { readOnly: true }',
      '2:6: the context a has no url',
    ],
    [
      'an address with a password',
      'contexts:\n  a: { url: "http://u:p@h" }',
      '2:13: url holds a user or a password',
    ],
    [
      'a secret in the file',
      'contexts:\n  a: { url: http://h, auth: { type: bearer, token: abc } }',
      '2:52: token stands in the file itself',
    ],
    [
      'a secret among the headers',
      'contexts:\n  a: { url: http://h, headers: { Authorization: x } }',
      '2:34: the header Authorization is a secret',
    ],
    [
      'a secret among the headers, by its name',
      'contexts:\n  a: { url: http://h, headers: { X-Api-Key: canary } }',
      '2:34: the header X-Api-Key is a secret',
    ],
    [
      'a header that is part of the protocol',
      'contexts:\n  a: { url: http://h, headers: { Host: x } }',
      '2:34: the header Host is set by drey itself',
    ],
    [
      'a header with a line break',
      'contexts:\n  a: { url: http://h, headers: { X-A: "a\\nb" } }',
      '2:39: X-A holds characters that a header cannot have',
    ],
    [
      'a key in the file itself',
      'contexts:\n  a: { url: http://h, tls: { certificate: /c, key: "-----BEGIN canary" } }',
      '2:52: key is the path of a file, and not what is in it',
    ],
    [
      'a passphrase in the file itself',
      'contexts:\n  a: { url: http://h, tls: { certificate: /c, key: /k, passphrase: canary } }',
      '2:68: passphrase stands in the file itself',
    ],
    [
      'a token for the name of a variable',
      'contexts:\n  a: { url: http://h, auth: { type: bearer, token: { env: canary.x-y } } }',
      '2:59: env is the name of a variable',
    ],
    [
      'a proxy with a password',
      'contexts:\n  a: { url: http://h, proxy: "http://u:canary@p" }',
      '2:30: proxy holds a user or a password',
    ],
    [
      'a user of the proxy without a password',
      'contexts:\n  a: { url: http://h, proxy: { url: http://p, user: u } }',
      '2:30: proxy needs user and password together',
    ],
    [
      'a field of another kind of credentials',
      'contexts:\n  a: { url: http://h, auth: { type: bearer, token: { env: T }, user: u } }',
      '2:64: auth has no "user"',
    ],
    [
      'a kind of credentials that may be one',
      'contexts:\n  a: { url: http://h, auth: { type: Bearer canary.1 } }',
      '2:29: auth has no known type',
    ],
    [
      'an unknown kind of credentials',
      'contexts:\n  a: { url: http://h, auth: { type: kerberos } }',
      '2:29: auth has the type kerberos',
    ],
    [
      'a certificate without its key',
      'contexts:\n  a: { url: http://h, tls: { certificate: x } }',
      '2:28: tls needs certificate and key',
    ],
    [
      'a flag that is none',
      'contexts:\n  a: { url: http://h, readOnly: maybe }',
      '2:33: readOnly is true or false',
    ],
    [
      'a duration that is none',
      'contexts:\n  a: { url: http://h, timeout: soon }',
      '2:32: timeout is "soon"',
    ],
    ['a name that is none', 'contexts:\n  "a b": { url: http://h }', '2:3: "a b" is no name'],
    ['a list for a map', 'contexts: [a]', '1:11: contexts is a list and not a map'],
    ['text that is no YAML', 'contexts: {', '1:'],
  ])('%s', (_, text, expected) => {
    expect(() => parse(text)).toThrow(
      expect.objectContaining({
        code: 'DREY_CONTEXT_FILE',
        message: expect.stringContaining(`${PATH}:${expected}`) as string,
      }),
    );
  });

  test('all of it', () => {
    try {
      parse('contexts:\n  a: { ulr: x }\n  b: { url: nowhere }\n');
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(InputError);
      expect((error as InputError).details['problems']).toHaveLength(3);
    }
  });

  test.each([
    '{ url: http://h, auth: { type: bearer, token: canary } }',
    '{ url: http://h, auth: { type: bearer canary, token: { env: X } } }',
    '{ url: http://h, auth: { type: bearer, token: { env: can-canary } } }',
    '{ url: http://h, auth: "Bearer canary" }',
    '{ url: "http://u:canary@h" }',
    '{ url: "http://u:canary@h:99999" }',
    '{ url: "u:canary@h" }',
    '{ url: "h:1?token=canary" }',
    '{ url: http://h, proxy: "//u:canary@h" }',
    '{ url: http://h, headers: { Authorization: canary, X-Secret: canary } }',
    '{ url: http://h, tls: { certificate: "-----BEGIN canary", key: "-----BEGIN canary" } }',
    '{ url: http://h, tls: { certificate: /c, key: /k, passphrase: canary } }',
    '{ url: http://h, proxy: { url: http://p, user: u, password: canary } }',
  ])('without the secret that stands there: %s', (context) => {
    try {
      parse(`contexts:\n  a: ${context}`);
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(InputError);
      const shown = JSON.stringify([String(error), (error as InputError).details]);
      expect(shown).not.toContain('canary');
    }
  });
});
