import { describe, expect, test } from 'vitest';
import { credentialHeaders } from '../../../src/cli/context/credential-headers.ts';
import type { Authentication, SecretReference } from '../../../src/cli/context/context.ts';
import type { Credentials } from '../../../src/flink/rest/rest-target.ts';
import {
  createSimulatedPlatform,
  type SimulatedPlatform,
} from '../../../src/platform/simulated/simulated-platform.ts';

const command: SecretReference = { kind: 'command', words: ['helper'] };
const bearer: Authentication = { kind: 'bearer', token: command };

/** A helper that prints token-1, token-2 and so on; each is good for so long, or for ever. */
function helperWorld(goodForMs: number | null = null): {
  readonly platform: SimulatedPlatform;
  readonly runs: () => number;
} {
  let count = 0;
  const platform: SimulatedPlatform = createSimulatedPlatform({
    seed: 1,
    program: () => {
      const token = `token-${++count}`;
      const expiresAt = goodForMs === null ? undefined : platform.clock.nowMs() + goodForMs;
      return { kind: 'ended', status: 0, output: JSON.stringify({ token, expiresAt }) };
    },
  });
  return { platform, runs: () => count };
}

function headersOf(
  platform: SimulatedPlatform,
  authentication: Authentication,
  secretHeaders: Readonly<Record<string, SecretReference>> = {},
): Credentials {
  const headers = credentialHeaders({ authentication, secretHeaders }, platform);
  if (headers === null) throw new Error('nothing is sent');
  return headers;
}

async function pause(platform: SimulatedPlatform, delayMs: number): Promise<void> {
  await platform.drive(
    new Promise<void>((resolve) => void platform.timers.after(delayMs, resolve)),
  );
}

test.each<[string, Authentication, Record<string, string>]>([
  [
    'a bearer token',
    { kind: 'bearer', token: { kind: 'env', name: 'S' } },
    { authorization: 'Bearer s3cret' },
  ],
  [
    'user and password',
    { kind: 'basic', user: 'me', password: { kind: 'env', name: 'S' } },
    { authorization: 'Basic bWU6czNjcmV0' },
  ],
  [
    'a header',
    { kind: 'header', name: 'X-Key', value: { kind: 'env', name: 'S' } },
    { 'x-key': 's3cret' },
  ],
])('%s become headers', async (_, authentication, expected) => {
  const platform = createSimulatedPlatform({ seed: 1, environment: { S: 's3cret' } });
  expect(await platform.drive(headersOf(platform, authentication)())).toEqual(expected);
});

test('secret headers go along with the others', async () => {
  const platform = createSimulatedPlatform({ seed: 1, environment: { S: 's3cret', T: 't' } });
  const bearerOfS: Authentication = { kind: 'bearer', token: { kind: 'env', name: 'S' } };
  const headers = headersOf(platform, bearerOfS, { 'x-more': { kind: 'env', name: 'T' } });
  expect(await platform.drive(headers())).toEqual({
    authorization: 'Bearer s3cret',
    'x-more': 't',
  });
});

test('nothing to prove is nothing to send', () => {
  const platform = createSimulatedPlatform({ seed: 1 });
  const proof = { authentication: { kind: 'none' }, secretHeaders: {} } as const;
  expect(credentialHeaders(proof, platform)).toBeNull();
});

describe('a helper runs', () => {
  test('once for all requests, also for those at the same time', async () => {
    const { platform, runs } = helperWorld();
    const headers = headersOf(platform, bearer);
    await platform.drive(Promise.all([headers(), headers(), headers()]));
    await pause(platform, 3_600_000);
    expect(await platform.drive(headers())).toEqual({ authorization: 'Bearer token-1' });
    expect(runs()).toBe(1);
  });

  test('again shortly before its token is over', async () => {
    const { platform } = helperWorld(120_000);
    const headers = headersOf(platform, bearer);
    await platform.drive(headers());
    await pause(platform, 105_000);
    expect(await platform.drive(headers())).toEqual({ authorization: 'Bearer token-1' });
    await pause(platform, 10_000);
    expect(await platform.drive(headers())).toEqual({ authorization: 'Bearer token-2' });
  });

  test('again when the server does not accept its token any more, but not at once', async () => {
    const { platform } = helperWorld();
    const headers = headersOf(platform, bearer);
    await platform.drive(headers());
    // A wrong token is wrong at the first request: the same question has the same answer.
    expect(await platform.drive(headers(true))).toEqual({ authorization: 'Bearer token-1' });
    await pause(platform, 60_000);
    expect(await platform.drive(headers(true))).toEqual({ authorization: 'Bearer token-2' });
  });

  test('not in a circle for tokens that are over as soon as they are made', async () => {
    const { platform, runs } = helperWorld(5_000);
    const headers = headersOf(platform, bearer);
    for (let requests = 0; requests < 5; requests++) await platform.drive(headers());
    expect(runs()).toBe(1);
  });
});

test('a helper does not get the token that is meant for drey', async () => {
  const seen: unknown[] = [];
  const platform = createSimulatedPlatform({
    seed: 1,
    environment: { DREY_TOKEN: 'mine', VAULT_TOKEN: 'its own', PATH: '/bin' },
    program: (_, { environment }) => {
      seen.push(environment);
      return { kind: 'ended', status: 0, output: 'x' };
    },
  });
  await platform.drive(headersOf(platform, bearer)());
  expect(seen).toEqual([{ VAULT_TOKEN: 'its own', PATH: '/bin' }]);
});

test('a token that is over already is told', async () => {
  const { platform } = helperWorld(-1_000);
  await expect(platform.drive(headersOf(platform, bearer)())).rejects.toMatchObject({
    code: 'DREY_CREDENTIAL',
    message: expect.stringContaining('is over since 20') as string,
  });
});
