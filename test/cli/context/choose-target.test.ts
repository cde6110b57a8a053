import { describe, expect, test } from 'vitest';
import {
  chooseTarget,
  type ClusterQuestion,
  type Surroundings,
} from '../../../src/cli/context/choose-target.ts';
import type { Context } from '../../../src/cli/context/context.ts';

const none: ClusterQuestion = { url: null, context: null, gateway: null, timeoutMs: null };

const prod: Context = {
  name: 'prod',
  url: 'https://prod.example/flink',
  gateway: 'https://prod.example/sql',
  authentication: { kind: 'bearer', token: { kind: 'env', name: 'PROD_TOKEN' } },
  gatewayAuthentication: null,
  tls: { authorities: null, certificate: null, key: null, passphrase: null, isInsecure: false },
  proxy: null,
  headers: {},
  secretHeaders: {},
  isReadOnly: false,
  timeoutMs: 5000,
  allowsInsecureToken: false,
};

function surroundings(given: Partial<Surroundings> = {}): Surroundings {
  return {
    environment: {},
    contextNamed: (name) => ({ ...prod, name }),
    currentContext: null,
    embeddedUrl: null,
    ...given,
  };
}

describe('the cluster is that of', () => {
  const environment = { DREY_URL: 'http://variable:1', DREY_CONTEXT: 'variable' };
  const all = surroundings({
    environment,
    currentContext: 'current',
    embeddedUrl: 'http://127.0.0.1:8481',
  });

  test.each<[string, Partial<ClusterQuestion>, Surroundings, string]>([
    ['--url before all', { url: 'http://flag:1/', context: 'flag' }, all, '--url'],
    ['--context before a variable', { context: 'flag' }, all, 'the context flag'],
    ['DREY_URL before DREY_CONTEXT', {}, all, 'DREY_URL'],
    [
      'DREY_CONTEXT before the current context',
      {},
      { ...all, environment: { DREY_CONTEXT: 'variable' } },
      'the context variable',
    ],
    ['the current context', {}, { ...all, environment: {} }, 'the context current'],
    [
      'the embedded cluster',
      {},
      surroundings({ embeddedUrl: 'http://127.0.0.1:8481' }),
      'the running embedded cluster',
    ],
    ['the default', {}, surroundings(), 'the default'],
    [
      'a variable that is empty is none',
      {},
      surroundings({ environment: { DREY_URL: '' } }),
      'the default',
    ],
  ])('%s', (_, question, around, because) => {
    expect(chooseTarget({ ...none, ...question }, around).rest.url.because).toBe(because);
  });
});

describe('credentials', () => {
  test('are those of the context, not the token of the environment', () => {
    const around = surroundings({ environment: { DREY_TOKEN: 'x' }, currentContext: 'prod' });
    expect(chooseTarget(none, around).rest.authentication.value).toEqual(prod.authentication);
  });

  test('are the token of the environment where the target has none', () => {
    const around = surroundings({ environment: { DREY_TOKEN: 'x' } });
    expect(chooseTarget({ ...none, url: 'https://h' }, around).rest.authentication).toEqual({
      value: { kind: 'bearer', token: { kind: 'env', name: 'DREY_TOKEN' } },
      because: 'DREY_TOKEN',
    });
  });

  test('are never those of a context when an address is given', () => {
    const around = surroundings({ currentContext: 'prod' });
    const chosen = chooseTarget({ ...none, url: 'https://other' }, around);
    expect(chosen.rest.authentication.value.kind).toBe('none');
    expect(chosen.context).toBeNull();
  });
});

test('the timeout is that of the flag, then of the variable, then of the context', () => {
  const around = surroundings({ environment: { DREY_TIMEOUT: '2 s' }, currentContext: 'prod' });
  const timeoutOf = (question: Partial<ClusterQuestion>, given: Surroundings): number | undefined =>
    chooseTarget({ ...none, ...question }, given).timeoutMs?.value;
  expect(timeoutOf({ timeoutMs: 1000 }, around)).toBe(1000);
  expect(timeoutOf({}, around)).toBe(2000);
  expect(timeoutOf({}, surroundings({ currentContext: 'prod' }))).toBe(5000);
  expect(timeoutOf({}, surroundings())).toBeUndefined();
});

describe('flags that lead to the same cluster again, from another shell and on another day', () => {
  const DREY_URL = 'http://variable:1';
  test.each<[string, Partial<ClusterQuestion>, Partial<Surroundings>, readonly string[]]>([
    ['name the context of a flag', { context: 'prod' }, {}, ['--context', 'prod']],
    ['name the current context', {}, { currentContext: 'prod' }, ['--context', 'prod']],
    [
      'name the context of a variable',
      {},
      { environment: { DREY_CONTEXT: 'prod' } },
      ['--context', 'prod'],
    ],
    ['name the address of a flag', { url: 'http://h:1/' }, {}, ['--url', 'http://h:1']],
    [
      'name the address of a variable',
      {},
      { environment: { DREY_URL } },
      ['--url', 'http://variable:1'],
    ],
    ['name the embedded cluster', {}, { embeddedUrl: 'http://e:1' }, ['--url', 'http://e:1']],
    ['are not needed for the default', {}, {}, []],
    [
      'keep what allows a token on the wire',
      { context: 'prod', allowsInsecureToken: true },
      {},
      ['--context', 'prod', '--insecure-token'],
    ],
  ])('%s', (_, question, given, flags) => {
    expect(chooseTarget({ ...none, ...question }, surroundings(given)).flags).toEqual(flags);
  });

  test('name the gateway where the context does not', () => {
    const flagsOf = (question: Partial<ClusterQuestion>, given: Partial<Surroundings> = {}) =>
      chooseTarget({ ...none, ...question }, surroundings(given)).gatewayFlags;
    expect(flagsOf({ context: 'prod' })).toEqual([]);
    expect(flagsOf({ context: 'prod', gateway: 'http://g:1' })).toEqual([
      '--gateway',
      'http://g:1',
    ]);
    const environment = { DREY_SQL_GATEWAY: 'http://v:1' };
    expect(flagsOf({}, { environment })).toEqual(['--gateway', 'http://v:1']);
  });
});

describe('a proxy', () => {
  const given = { DREY_PROXY: 'http://variable:3128' };
  const proxied = (environment: Record<string, string>): string | undefined => {
    const proxy = { url: 'http://own:3128', login: null };
    const contextNamed = (): Context => ({ ...prod, proxy });
    const around = { ...surroundings({ environment, currentContext: 'prod' }), contextNamed };
    return chooseTarget(none, around).rest.proxy?.because;
  };

  test('is that of the variable for drey, then that of the context', () => {
    expect(proxied(given)).toBe('DREY_PROXY');
    expect(proxied({})).toBe('the context prod');
    expect(chooseTarget(none, surroundings({ environment: given })).rest.proxy?.value).toEqual({
      url: 'http://variable:3128',
      login: null,
    });
  });

  test('is never that of a browser', () => {
    const environment = { HTTP_PROXY: 'http://p:1', https_proxy: 'http://p:1', ALL_PROXY: 'x' };
    expect(chooseTarget(none, surroundings({ environment })).rest.proxy).toBeNull();
  });
});

describe('the SQL Gateway', () => {
  const chosenGateway = (gateway: string | null, given: Partial<Surroundings> = {}) => {
    const around = surroundings({ currentContext: 'prod', ...given });
    return chooseTarget({ ...none, gateway }, around).gateway;
  };

  test.each([
    ['that the context names', null],
    ['at another path of an address that the context names', 'https://prod.example/other'],
  ])('%s gets the credentials of the context', (_, gateway) => {
    expect(chosenGateway(gateway)?.authentication.value).toEqual(prod.authentication);
    expect(chosenGateway(gateway)?.context?.name).toBe('prod');
  });

  test.each([
    ['of another host', 'https://elsewhere.example/sql'],
    ['of another port', 'https://prod.example:8443/sql'],
    ['of another scheme', 'http://prod.example/sql'],
  ])('%s gets nothing secret of the context', (_, gateway) => {
    expect(chosenGateway(gateway)).toMatchObject({
      authentication: { value: { kind: 'none' } },
      context: null,
    });
    const environment = { DREY_TOKEN: 'x' };
    expect(chosenGateway(gateway, { environment })?.authentication.because).toBe('DREY_TOKEN');
  });

  test('has credentials of its own where the context says so', () => {
    const own = { kind: 'bearer', token: { kind: 'env', name: 'SQL' } } as const;
    const contextNamed = (): Context => ({ ...prod, gatewayAuthentication: own });
    expect(chosenGateway(null, { contextNamed })?.authentication.value).toEqual(own);
    const none = { kind: 'none' } as const;
    const without = (): Context => ({ ...prod, gatewayAuthentication: none });
    expect(chosenGateway(null, { contextNamed: without })?.authentication.value).toEqual(none);
  });
});

test.each([
  'h:8081',
  'ftp://h',
  'http://user@h',
  'http://u:p@h',
  'http://h/?x=1',
  'http://h/#a',
  '',
])('the address %j is refused', (url) => {
  expect(() => chooseTarget({ ...none, url }, surroundings())).toThrow(
    expect.objectContaining({ code: 'DREY_USAGE' }),
  );
});
