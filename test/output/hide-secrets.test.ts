import { describe, expect, test } from 'vitest';
import { withoutSecrets, withoutSecretsIn } from '../../src/output/hide-secrets.ts';

const login = Buffer.from('me:canary-1').toString('base64');

describe('hidden is', () => {
  test.each([
    [
      'a password in an address',
      'GET http://me:canary-1@h:8081/x failed',
      'http://[hidden]@h:8081/x',
    ],
    ['a password with a slash', 'http://me:canary/1@h/x', '//[hidden]@h/x'],
    ['a token in place of a user', 'https://canary-1@h/x', '//[hidden]@h/x'],
    ['a header', 'sent Authorization: Bearer canary-1, cut', 'Authorization: [hidden]'],
    ['a header as JSON', '{"authorization":"Basic canary-1","a":1}', '[hidden]","a":1}'],
    ['a header of a proxy', 'proxy-authorization: canary-1', 'proxy-authorization: [hidden]'],
    ['a cookie', 'Set-Cookie: session=canary-1; Secure', 'Set-Cookie: [hidden]'],
    ['a bearer token', 'no such Bearer canary-1.x_y~z+/=', 'Bearer [hidden]'],
    ['a login', `Basic ${login}`, 'Basic [hidden]'],
    ['a signature', 's3://b/k?X-Amz-Signature=canary-1&a=1', 'X-Amz-Signature=[hidden]&a=1'],
    ['a signature of Azure', 'https://h/k?se=1&sig=canary-1', '&sig=[hidden]'],
    ['an option', "'sasl.password'='x' password=canary-1, a=1", 'password=[hidden], a=1'],
    ['an option in quotes', 'ssl.key-password="canary-1 x" rest', 'ssl.key-password=[hidden] rest'],
    ['a key of a configuration', 's3.secret-key: canary-1', 's3.secret-key: [hidden]'],
    [
      'a private key',
      'x -----BEGIN EC PRIVATE KEY-----\ncanary-1\n-----END EC PRIVATE KEY----- y',
      'x [hidden] y',
    ],
    ['a private key that is cut off', '-----BEGIN PRIVATE KEY-----\ncanary-1', '[hidden]'],
  ])('%s', (_, text, shown) => {
    expect(withoutSecrets(text)).toContain(shown);
    expect(withoutSecrets(text)).not.toContain('canary');
    expect(withoutSecrets(text)).not.toContain(login);
  });
});

test.each([
  'hdfs://namenode:8020/savepoints/job@1/savepoint-d65e9c-0a1b2c3d4e5f',
  's3://bucket/savepoints@prod/savepoint-d65e9c',
  'Basic authentication is what it wants; a bearer token will do',
  'the bearer token from the variable PROD_TOKEN',
  'pass --token-env=PROD_TOKEN or --password-file=/run/secret',
  'auth needs token: {env: NAME}, {file: PATH} or {command: [PROGRAM]}',
  'Set DREY_TOKEN, or see drey context show.',
  'drey job wait d65e9cfac6aeaf2d92302d96f6ae4385 --url https://flink.example/prod',
  'the secret of the file /run/secrets/flink is empty',
])('shown is what only looks like a secret: %s', (text) => {
  expect(withoutSecrets(text)).toBe(text);
});

test('all texts of a value are looked at, and fields by their names', () => {
  expect(
    withoutSecretsIn({
      reasons: ['http://u:canary@h', { text: 'token=canary' }],
      token: 'canary',
      auth: { token: { env: 'NAME' } },
      count: 3,
      none: null,
    }),
  ).toEqual({
    reasons: ['http://[hidden]@h', { text: 'token=[hidden]' }],
    token: '[hidden]',
    auth: { token: { env: 'NAME' } },
    count: 3,
    none: null,
  });
});
