import { describe, expect, it, test } from 'vitest';
import { FlinkClient } from '../../../src/flink/rest/flink-client.ts';
import type { SimulatedAnswer } from '../../../src/platform/simulated/http.ts';
import {
  createSimulatedPlatform,
  type SimulatedPlatform,
} from '../../../src/platform/simulated/simulated-platform.ts';
import { jobIdOf } from '../../../src/flink/model/identifiers.ts';
import { GRACE_MS } from '../../../src/flink/rest/transport.ts';
import { answer, BASE_URL, restWorld, TOKEN } from './rest-world.ts';

const jobId = jobIdOf('d65e9cfac6aeaf2d92302d96f6ae4385');
const jobs = answer(200, { jobs: [] });
const lost = { unreachable: 'cut-off' } as const;

describe('a request that reads', () => {
  it('is repeated while the failure may pass', async () => {
    const { platform, client, requests } = restWorld((_, count) =>
      count < 4 ? answer(503, 'busy') : jobs,
    );
    expect(await platform.drive(client.jobs.list())).toEqual([]);
    expect(requests).toHaveLength(4);
  });

  it.each([
    [{ unreachable: 'unknown-host' }, 'DREY_UNREACHABLE'],
    [{ unreachable: 'not-http' }, 'DREY_UNREACHABLE'],
    [answer(404, '<html>'), 'DREY_FLINK_ANSWER'],
    [answer(401, ''), 'DREY_FLINK_UNAUTHORIZED'],
    [answer(200, '<html>'), 'DREY_FLINK_ANSWER'],
    [answer(200, { errors: ['no'] }), 'DREY_FLINK_ANSWER'],
    [answer(413, ''), 'DREY_FLINK_REFUSED'],
  ] as const)('is not repeated after %j', async (said, code) => {
    const { platform, client, requests } = restWorld(() => said);
    await expect(platform.drive(client.jobs.list())).rejects.toMatchObject({ code });
    expect(requests).toHaveLength(1);
  });

  it('names endpoint, host and tries in its error', async () => {
    const { platform, client } = restWorld(() => lost, { budgetMs: 2000 });
    await expect(platform.drive(client.jobs.list())).rejects.toThrow(
      /^GET \/jobs\/overview: no answer from jobmanager:8081: the connection broke .*; tried \d times$/,
    );
  });

  it('tells what was answered, and not that the time was over at last', async () => {
    const { platform, client } = restWorld((_, count) =>
      count === 1 ? answer(500, { errors: ['the reason'] }) : { unreachable: 'total-timeout' },
    );
    await expect(platform.drive(client.jobs.list())).rejects.toMatchObject({
      code: 'DREY_FLINK_FAILED',
    });
  });
});

describe('the time of a whole command', () => {
  it('bounds all its requests together', async () => {
    const totalMs = 10_000;
    const { platform, client } = restWorld(() => lost, { budgetMs: totalMs, totalMs });
    for (let requests = 0; requests < 5; requests++) {
      await expect(platform.drive(client.jobs.list())).rejects.toThrow();
    }
    expect(platform.clock.monotonicMs()).toBeLessThan(totalMs + GRACE_MS);
  });

  it('sends nothing when it is over', async () => {
    const { platform, client, requests } = restWorld(() => jobs, { totalMs: 1000 });
    await platform.drive(client.transport.pause(1000 + GRACE_MS));
    await expect(platform.drive(client.jobs.cancel(jobId))).rejects.toMatchObject({
      code: 'DREY_UNREACHABLE',
      details: { reason: 'no-time-left' },
    });
    expect(requests).toEqual([]);
  });

  it('begins anew for each answer of those that go on', async () => {
    const { platform, client } = restWorld(() => jobs, { totalMs: 1000 });
    await platform.drive(client.transport.pause(5000));
    client.transport.restartTotal();
    expect(client.transport.remainingMs()).toBe(1000);
    expect(await platform.drive(client.jobs.list())).toEqual([]);
  });
});

describe('a request that changes something', () => {
  it.each([
    [lost],
    [answer(500, { errors: ['inside'] })],
    [answer(502, '')],
    // A proxy says so also of a request that it has handed on.
    [answer(503, 'upstream connect error or disconnect/reset before headers')],
  ])('is sent once, whatever is answered: %j', async (said) => {
    const { platform, client, requests } = restWorld(() => said);
    await expect(platform.drive(client.jobs.cancel(jobId))).rejects.toThrow();
    expect(requests).toHaveLength(1);
  });

  it.each([
    [{ unreachable: 'refused' }],
    [answer(429, '')],
    [answer(503, 'Service temporarily unavailable due to an ongoing leader election.')],
    [
      answer(503, {
        errors: ['Service temporarily unavailable due to an ongoing leader election.'],
      }),
    ],
  ] as const)('is repeated when nobody has worked on it: %j', async (said) => {
    const { platform, client, requests } = restWorld((_, count) =>
      count === 1 ? said : answer(202, {}),
    );
    await platform.drive(client.jobs.cancel(jobId));
    expect(requests).toHaveLength(2);
  });

  it('is not sent on to where a redirect leads', async () => {
    const { platform, client, requests } = restWorld(() =>
      answer(307, '', { location: 'https://login.example/?next=x' }),
    );
    await expect(platform.drive(client.jobs.cancel(jobId))).rejects.toMatchObject({
      code: 'DREY_FLINK_REDIRECT',
      message: expect.stringContaining('redirected to https://login.example'),
    });
    expect(requests).toHaveLength(1);
  });

  it.each([[''], ['[]'], ['"OK"'], ['{"errors":["no"]}'], ['<html>']])(
    'is not taken for done after %j',
    async (body) => {
      const { platform, client } = restWorld(() => answer(200, body));
      await expect(platform.drive(client.jobs.cancel(jobId))).rejects.toMatchObject({
        code: 'DREY_FLINK_ANSWER',
      });
    },
  );
});

describe('credentials', () => {
  it.each([
    answer(500, { errors: [`request had Bearer ${TOKEN}`] }),
    answer(400, { errors: [`token ${TOKEN}`] }),
  ])('that come back in an error are hidden', async (said) => {
    const { platform, client } = restWorld(() => said);
    const failing = platform.drive(client.jobs.list());
    await expect(failing).rejects.toThrow('[hidden]');
    const error: unknown = await failing.catch((caught: unknown) => caught);
    expect(JSON.stringify(error)).not.toContain(TOKEN);
  });

  it('that come back in an answer are hidden', async () => {
    const { platform, client } = restWorld(() =>
      answer(200, { jobs: [{ jid: jobId, name: TOKEN, state: 'RUNNING' }] }),
    );
    expect(await platform.drive(client.jobs.list())).toMatchObject([{ name: '[hidden]' }]);
  });

  it('follow a redirect within the server, and no other', async () => {
    const sent: (string | undefined)[] = [];
    const within = restWorld((request, count) => {
      sent.push(request.headers?.['authorization']);
      return count === 1 ? answer(302, '', { location: `${BASE_URL}/v1/jobs/overview` }) : jobs;
    });
    await within.platform.drive(within.client.jobs.list());
    expect(sent).toEqual([`Bearer ${TOKEN}`, `Bearer ${TOKEN}`]);
    const away = restWorld(() => answer(302, '', { location: 'http://jobmanager:9999/' }));
    await expect(away.platform.drive(away.client.jobs.list())).rejects.toMatchObject({
      code: 'DREY_FLINK_REDIRECT',
    });
    expect(away.requests).toHaveLength(1);
  });
});

describe('credentials that may end', () => {
  /** A source that has a new token each time it is told that the last one is refused. */
  function renewing(
    respond: (token: string | undefined) => SimulatedAnswer,
    renew: (count: number) => string,
  ): { platform: SimulatedPlatform; client: FlinkClient; sent: (string | undefined)[] } {
    const sent: (string | undefined)[] = [];
    const platform = createSimulatedPlatform({
      seed: 1,
      http: (request) => {
        sent.push(request.headers?.['authorization']);
        return respond(request.headers?.['authorization']);
      },
    });
    let count = 1;
    const credentials = (areRefused = false): Promise<Record<string, string>> => {
      if (areRefused) count++;
      return Promise.resolve({ authorization: renew(count) });
    };
    const target = { baseUrl: BASE_URL, credentials, identity: 'the bearer token from here' };
    return { platform, client: new FlinkClient(target, platform), sent };
  }

  const second = (token: string | undefined): SimulatedAnswer =>
    token === 'Bearer token-2' ? jobs : answer(401, '');

  it('are asked for anew after a refusal, once, and the request is sent again', async () => {
    const { platform, client, sent } = renewing(second, (count) => `Bearer token-${count}`);
    expect(await platform.drive(client.jobs.list())).toEqual([]);
    expect(sent).toEqual(['Bearer token-1', 'Bearer token-2']);
  });

  it('are not tried in a circle', async () => {
    const { platform, client, sent } = renewing(
      () => answer(401, ''),
      (count) => `Bearer token-${count}`,
    );
    await expect(platform.drive(client.jobs.list())).rejects.toMatchObject({
      code: 'DREY_FLINK_UNAUTHORIZED',
      hint: expect.stringContaining('the bearer token from here') as string,
    });
    expect(sent).toHaveLength(2);
  });

  it('are not sent again when they are the same', async () => {
    const { platform, client, sent } = renewing(second, () => 'Bearer token-1');
    await expect(platform.drive(client.jobs.list())).rejects.toMatchObject({
      code: 'DREY_FLINK_UNAUTHORIZED',
    });
    expect(sent).toHaveLength(1);
  });

  it('hold for a change, too: who is not known has changed nothing', async () => {
    const { platform, client, sent } = renewing(
      (token) => (token === 'Bearer token-2' ? answer(202, {}) : answer(401, '')),
      (count) => `Bearer token-${count}`,
    );
    await platform.drive(client.jobs.cancel(jobId));
    expect(sent).toHaveLength(2);
  });

  it('are hidden, the old one as well as the new one, and the password inside of a login', async () => {
    const login = (password: string): string =>
      `Basic ${Buffer.from(`me:${password}`).toString('base64')}`;
    const { platform, client } = renewing(
      (token) => answer(401, { errors: [`${token}; first-canary; second-canary`] }),
      (count) => login(count === 1 ? 'first-canary' : 'second-canary'),
    );
    const failure: unknown = await platform
      .drive(client.jobs.list())
      .catch((error: unknown) => error);
    expect(String(failure)).toContain('[hidden]');
    expect(JSON.stringify([String(failure), failure])).not.toContain('canary');
  });
});

test('headers that are no secret go along, and are not hidden', async () => {
  const platform = createSimulatedPlatform({
    seed: 1,
    http: ({ headers }) => answer(400, { errors: [`unknown team ${headers?.['x-team']}`] }),
  });
  const target = { baseUrl: BASE_URL, headers: { 'x-team': 'streams' } };
  const client = new FlinkClient(target, platform);
  await expect(platform.drive(client.jobs.list())).rejects.toThrow('unknown team streams');
});

describe('a redirect', () => {
  const origin = 'http://jobmanager:8081';
  const away = [
    ['another host', 'http://elsewhere:8081/'],
    ['another port', 'http://jobmanager:8082/'],
    ['another scheme', 'https://jobmanager:8081/'],
    ['a host that only begins like it', 'http://jobmanager:8081.elsewhere.example/'],
    ['another host without a scheme', '//elsewhere:8081/'],
    ['another host with our name as a user', 'http://jobmanager:8081@elsewhere/'],
    ['no address', 'http://[::bad'],
  ] as const;

  it.each(
    [301, 302, 303, 307, 308].flatMap((status) =>
      away.map(([where, location]) => ({ status, where, location })),
    ),
  )('$status to $where takes nothing of ours with it', async ({ status, location }) => {
    const { platform, client, requests } = restWorld(() => answer(status, '', { location }));
    await expect(platform.drive(client.jobs.list())).rejects.toMatchObject({
      code: 'DREY_FLINK_REDIRECT',
      message: expect.not.stringContaining(TOKEN) as string,
    });
    expect(requests).toHaveLength(1);
    expect(new URL(BASE_URL).origin).toBe(origin);
  });

  it('that repeats the token does not get it shown', async () => {
    for (const location of [`http://[${TOKEN}`, `http://elsewhere/?t=${TOKEN}`]) {
      const { platform, client } = restWorld(() => answer(302, '', { location }));
      const failure: unknown = await platform
        .drive(client.jobs.list())
        .catch((error: unknown) => error);
      expect(JSON.stringify([String(failure), failure])).not.toContain(TOKEN);
    }
  });
});

describe('a long answer', () => {
  it('that is compressed is refused', async () => {
    const { platform, client } = restWorld(() => answer(200, 'x', { 'content-encoding': 'br' }));
    await expect(platform.drive(client.clusters.jobManagerMainLog())).rejects.toMatchObject({
      code: 'DREY_FLINK_ANSWER',
    });
  });

  it('that is an error is told as one', async () => {
    const { platform, client } = restWorld(() => answer(404, { errors: ['no log'] }));
    await expect(platform.drive(client.clusters.jobManagerMainLog())).rejects.toMatchObject({
      code: 'DREY_FLINK_NOT_FOUND',
    });
  });
});
