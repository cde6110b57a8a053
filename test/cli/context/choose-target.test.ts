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
  tls: { authorities: null, certificate: null, key: null, isInsecure: false },
  proxy: null,
  headers: {},
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
    expect(chooseTarget({ ...none, ...question }, around).url.because).toBe(because);
  });
});

describe('credentials', () => {
  test('are those of the context, not the token of the environment', () => {
    const around = surroundings({ environment: { DREY_TOKEN: 'x' }, currentContext: 'prod' });
    expect(chooseTarget(none, around).authentication.value).toEqual(prod.authentication);
  });

  test('are the token of the environment where the target has none', () => {
    const around = surroundings({ environment: { DREY_TOKEN: 'x' } });
    expect(chooseTarget({ ...none, url: 'https://h' }, around).authentication).toEqual({
      value: { kind: 'bearer', token: { kind: 'env', name: 'DREY_TOKEN' } },
      because: 'DREY_TOKEN',
    });
  });

  test('are never those of a context when an address is given', () => {
    const around = surroundings({ currentContext: 'prod' });
    const chosen = chooseTarget({ ...none, url: 'https://other' }, around);
    expect(chosen.authentication.value.kind).toBe('none');
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

test('flags that lead to the same cluster again are those that were given', () => {
  const question = { ...none, context: 'prod', gateway: 'http://g:1' };
  expect(chooseTarget(question, surroundings()).flags).toEqual([
    '--context',
    'prod',
    '--gateway',
    'http://g:1',
  ]);
  expect(chooseTarget(none, surroundings({ currentContext: 'prod' })).flags).toEqual([]);
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
