import { afterAll, describe, expect, it } from 'vitest';
import { recordingOf, recordingsOf } from '../support/flink-recordings.ts';
import { answerBytes, HostileServer, type Answering } from '../support/hostile-server.ts';
import { DreyWorker, type Outcome } from './drey-worker.ts';
import { endpointOf } from './endpoint.ts';
import { HonestFlink, JOB_ID } from './honest-flink.ts';
import { answerHonestly, TOKEN } from './run-case.ts';

const worker = new DreyWorker();

afterAll(() => worker.stop());

const TRIGGER = 'POST /jobs/:id/savepoints';
const LOOK = 'GET /jobs/:id/savepoints/:id';
const HISTORY = 'GET /jobs/:id/checkpoints';

interface Told {
  readonly outcome: Outcome;
  readonly flink: HonestFlink;
  readonly url: string;
  readonly asked: readonly string[];
}

/** A command before a server that answers some endpoints in its own way. */
async function tell(
  argv: string,
  answers: Readonly<Record<string, (flink: HonestFlink) => Answering>>,
  timeout = '8s',
): Promise<Told> {
  const flink = new HonestFlink();
  const server = new HostileServer({
    honest: (request) => flink.answer(request),
    answer: (exchange) =>
      (answers[endpointOf(exchange.request)]?.(flink) ?? answerHonestly)(exchange),
  });
  const url = `http://127.0.0.1:${await server.listen()}/flink`;
  const words = [...argv.split(' '), '--url', url, '--timeout', timeout];
  const outcome = await worker.run({ argv: words, environment: { DREY_TOKEN: TOKEN } });
  server.close();
  expect(outcome.strays).toEqual([]);
  return { outcome, flink, url, asked: server.requests.map(endpointOf) };
}

const says =
  (status: number, body: unknown) =>
  (): Answering =>
  ({ write }) =>
    write(answerBytes({ status, body }));

/** Done, and the answer is lost. */
const loses = (): Answering => (exchange) => {
  exchange.honest();
  exchange.socket.resetAndDestroy();
  return Promise.resolve();
};

/** Lost on its way there. */
const swallows = (): Answering => (exchange) => {
  exchange.socket.resetAndDestroy();
  return Promise.resolve();
};

const done = (operation: object): unknown => ({ status: { id: 'COMPLETED' }, operation });

describe.concurrent('one request for a savepoint', { timeout: 60_000 }, () => {
  const argv = `savepoint trigger ${JOB_ID} --json`;

  it('whose answer is lost is found again and taken once', async () => {
    const { outcome, flink, asked } = await tell(argv, { [TRIGGER]: loses });
    expect(outcome.exit).toBe(0);
    expect(flink.effects).toHaveLength(1);
    expect(asked.filter((endpoint) => endpoint === TRIGGER)).toHaveLength(1);
  });

  it('that never arrives is sent again with the same identifier, and given up as unknown', async () => {
    const { outcome, flink, asked } = await tell(argv, { [TRIGGER]: swallows }, '40s');
    expect(outcome).toMatchObject({ exit: 10 });
    expect(flink.effects).toEqual([]);
    expect(asked.filter((endpoint) => endpoint === TRIGGER).length).toBeGreaterThan(1);
    expect(outcome.output).toContain('savepoint status');
  });

  it('that is lost twice and then refused was perhaps the reason of the refusal', async () => {
    let sends = 0;
    const answer = (): Answering => (exchange) => {
      if (++sends > 1)
        return exchange.write(answerBytes({ status: 400, body: { errors: ['no'] } }));
      exchange.honest();
      exchange.socket.resetAndDestroy();
      return Promise.resolve();
    };
    const { outcome, flink } = await tell(argv, { [TRIGGER]: answer });
    expect(outcome.exit).toBe(0);
    expect(flink.effects).toHaveLength(1);
  });

  it('is followed under the identifier that the server gives it', async () => {
    const own = '77777777777777777777777777777777';
    const { outcome } = await tell(argv, {
      [TRIGGER]: says(202, { 'request-id': own }),
      [LOOK]: says(200, done({ location: 'file:/x' })),
    });
    expect(outcome.exit).toBe(0);
    expect(JSON.parse(outcome.output)).toMatchObject({ triggerId: own, location: 'file:/x' });
  });

  it('of which a new leader knows nothing ends as unknown, and is not taken again', async () => {
    const { outcome, asked, url } = await tell(argv, {
      [TRIGGER]: (flink) => async (exchange) => {
        await answerHonestly(exchange);
        flink.forget();
      },
    });
    expect(outcome.exit).toBe(10);
    expect(asked.filter((endpoint) => endpoint === TRIGGER)).toHaveLength(1);
    expect(outcome.output).toContain(`drey checkpoint list ${JOB_ID} --url ${url}`);
  });

  it('that failed with its job ends as failed', async () => {
    const trace =
      'java.util.concurrent.CompletionException: a.B: x\n\tat c\nCaused by: a.B: the job has ended\n\tat d\n';
    const { outcome } = await tell(argv, {
      [LOOK]: says(200, done({ 'failure-cause': { class: 'a.B', 'stack-trace': trace } })),
    });
    expect(outcome.exit).toBe(6);
    expect(outcome.output).toContain('the job has ended');
  });

  it('that is complete without a location is no success', async () => {
    const { outcome } = await tell(argv, { [LOOK]: says(200, done({})) });
    expect(outcome.exit).toBe(4);
    expect(outcome.output).toContain('savepoint wait');
  });

  it('that is complete is a success although its size cannot be read', async () => {
    let looks = 0;
    const { outcome } = await tell(argv, {
      [HISTORY]: () => (exchange) =>
        ++looks > 1
          ? exchange.write(answerBytes({ status: 403, body: '' }))
          : answerHonestly(exchange),
    });
    expect(outcome.exit).toBe(0);
    expect(JSON.parse(outcome.output)).toMatchObject({ sizeBytes: null });
  });

  it.each(['s3p://bucket/a', 'C:\\a', '', '\u001b]8;;http://evil.example\u0007x'])(
    'gives the location %j as it is',
    async (location) => {
      const { outcome } = await tell(argv, { [LOOK]: says(200, done({ location })) });
      expect(outcome.exit).toBe(0);
      expect(outcome.output).not.toContain('\u001b');
      expect(JSON.parse(outcome.output)).toMatchObject({ location });
    },
  );

  it('is not answered by a server that vanishes after it: the way on is told', async () => {
    const { outcome, flink, url } = await tell(
      argv,
      {
        [TRIGGER]: () => async (exchange) => {
          await answerHonestly(exchange);
          exchange.vanish();
        },
      },
      '2s',
    );
    expect([4, 10]).toContain(outcome.exit);
    const key = flink.effects[0]?.key ?? '';
    expect(outcome.output).toContain(`${JOB_ID} ${key} --url ${url}`);
  });

  it('that is not over in time goes on, and the way on is told', async () => {
    const { outcome, url } = await tell(
      argv,
      { [LOOK]: says(200, { status: { id: 'IN_PROGRESS' }, operation: null }) },
      '1s',
    );
    expect(outcome.exit).toBe(7);
    expect(outcome.output).toContain(`--url ${url}`);
  });
});

describe.concurrent('credentials', () => {
  const echo = (): Answering => async (exchange) => {
    const said = [...exchange.request.headers].map(([name, value]) => `${name}: ${value}`);
    await exchange.write(
      answerBytes({ status: 500, body: { errors: [`bad: ${said.join('; ')}`] } }),
    );
  };

  it.each(['', ' --json', ' --debug', ' --json --debug'])(
    'are not shown when the server sends them back%s',
    async (flags) => {
      const { outcome } = await tell(`job list${flags}`, { 'GET /jobs/overview': echo }, '1s');
      expect(outcome.exit).toBe(5);
      expect(outcome.output + outcome.error).toContain('authorization');
      expect(outcome.output + outcome.error).not.toContain(TOKEN);
    },
  );

  it('do not follow a redirect to another server', async () => {
    const other: string[] = [];
    const server = new HostileServer({
      honest: () => ({ status: 200, body: {} }),
      answer: async (exchange) => {
        other.push(exchange.request.path);
        await answerHonestly(exchange);
      },
    });
    const location = `http://127.0.0.1:${await server.listen()}/flink/jobs/overview`;
    const { outcome } = await tell('job list', {
      'GET /jobs/overview': () => (exchange) =>
        exchange.write(answerBytes({ status: 307, body: '', headers: { location } })),
    });
    server.close();
    expect(outcome.exit).toBe(4);
    expect(other).toEqual([]);
  });

  it.each([
    'http://user:canary-pass@127.0.0.1:1/',
    'http://user:canary-pass@127.0.0.1:99999/',
    'ftp://user:canary-pass@h/',
  ])('in the address %s are not shown', async (url) => {
    const outcome = await worker.run({ argv: ['job', 'list', '--url', url, '--timeout', '1s'] });
    expect(outcome.exit).not.toBe(1);
    expect(outcome.output + outcome.error).not.toContain('canary-pass');
  });
});

describe.concurrent('other versions of Flink', () => {
  it.each(['1.17.2', '1.20.1'] as const)('%s is read as well', async (version) => {
    const recordings = recordingsOf(version);
    const id = (recordingOf(version, 'job').body as { jid: string }).jid;
    const recorded: Record<string, string> = {
      'GET /jobs/overview': 'jobs-overview',
      'GET /jobs/:id': 'job',
      'GET /jobs/:id/checkpoints': 'ck-after-sp',
      'GET /jobs/:id/exceptions': 'job-exceptions',
      'GET /jobs/:id/config': 'job-config',
      'GET /jobs/:id/plan': 'job-plan',
      'GET /config': 'config',
      'GET /overview': 'overview',
      'GET /taskmanagers': 'taskmanagers',
    };
    const answers = Object.fromEntries(
      Object.entries(recorded).map(([endpoint, name]) => [
        endpoint,
        says(200, recordings.get(name)?.body),
      ]),
    );
    for (const argv of [
      'job list',
      `job show ${id}`,
      `job plan ${id}`,
      `job config ${id}`,
      `job exceptions ${id}`,
      'cluster overview',
    ]) {
      const { outcome } = await tell(argv, answers);
      expect({ argv, exit: outcome.exit, error: outcome.error }).toMatchObject({ argv, exit: 0 });
    }
  });
});
