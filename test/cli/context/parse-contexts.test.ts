import { describe, expect, test } from 'vitest';
import { parseContexts } from '../../../src/cli/context/parse-contexts.ts';
import { InputError } from '../../../src/errors/drey-error.ts';

const parse = (text: string) => parseContexts(new TextEncoder().encode(text), 'config.yaml');

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
    authentication: {
      kind: 'basic',
      user: 'me',
      password: { kind: 'file', path: '/run/secrets/flink' },
    },
    tls: { authorities: '/ca.pem', certificate: '/me.pem', key: '/me.key', isInsecure: true },
    proxy: 'http://proxy:3128',
    headers: { 'x-team': 'streams' },
    isReadOnly: true,
    timeoutMs: 600_000,
    allowsInsecureToken: true,
  });
  expect(contexts[1]).toMatchObject({ name: 'local', authentication: { kind: 'none' } });
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
        message: expect.stringContaining(`config.yaml:${expected}`) as string,
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

  test('without the secret that stands there', () => {
    try {
      parse('contexts:\n  a: { url: http://h, auth: { type: bearer, token: canary } }');
      expect.unreachable();
    } catch (error) {
      expect(JSON.stringify([String(error), (error as InputError).details])).not.toContain(
        'canary',
      );
    }
  });
});
