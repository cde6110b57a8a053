import { describe, expect, test } from 'vitest';
import type { JobHandle } from '../../../../src/engine/minicluster.ts';
import type { SimulatedPlatform } from '../../../../src/platform/simulated/simulated-platform.ts';
import { startSimulated } from '../../../support/simulated-job.ts';

const columns =
  'columns: { id: BIGINT, name: STRING, n: BIGINT, t: BIGINT, at: "AS TO_TIMESTAMP_LTZ(t, 3)" }';

function pipeline(sink: string, transforms = ''): string {
  return `
pipeline: { name: job }
sources:
  s: { connector: filesystem, path: in.jsonl, format: json, ${columns}, watermark: { column: at, delay: 0s } }
${transforms === '' ? '' : `transforms:\n  ${transforms}`}
sinks:
  out: { from: ${transforms === '' ? 's' : transforms.split(':')[0]}, connector: redis, url: "redis://r:6379", ${sink} }
`;
}

interface Row {
  readonly id: number;
  readonly name?: string | null;
  readonly n?: number | null;
  readonly t?: number;
}

function started(text: string, rows: readonly Row[], parallelism = 1) {
  const lines = rows.map((row) => JSON.stringify({ t: 0, name: 'a', n: 1, ...row })).join('\n');
  const job = { pipeline: text, files: { 'in.jsonl': `${lines}\n` }, parallelism };
  return startSimulated(job, { seed: 7 });
}

/** Runs the job to its end; what lies in Redis is looked at afterwards. */
async function written(text: string, rows: readonly Row[], parallelism = 1) {
  const { platform, handle } = await started(text, rows, parallelism);
  await platform.drive(handle.done);
  return platform.redisServer;
}

async function failure(platform: SimulatedPlatform, handle: JobHandle): Promise<unknown> {
  return platform.drive(
    handle.done.then(
      () => null,
      (error: unknown) => error,
    ),
  );
}

describe('a redis sink', () => {
  test('keeps the last row of a key as a hash', async () => {
    const server = await written(
      pipeline('key: "\'k:\' || name", fields: { n: n, twice: n * 2 }'),
      [
        { id: 1, name: 'a', n: 1 },
        { id: 2, name: 'b', n: 5 },
        { id: 3, name: 'a', n: 9_007_199_254_740_000 },
      ],
    );
    expect(server.read('k:a')).toEqual(
      new Map([
        ['n', '9007199254740000'],
        ['twice', '18014398509480000'],
      ]),
    );
    expect(server.read('k:b')).toEqual(
      new Map([
        ['n', '5'],
        ['twice', '10'],
      ]),
    );
    expect(server.ttlMs('k:a')).toBeNull();
  });

  test('without fields writes the columns of the input, and removes a field that is NULL', async () => {
    const server = await written(pipeline('key: "\'k\'"'), [
      { id: 1, name: 'x', n: 1 },
      { id: 2, name: null, n: 2, t: 1_700_000_000_500 },
    ]);
    expect(server.read('k')).toEqual(
      new Map([
        ['id', '2'],
        ['n', '2'],
        ['t', '1700000000500'],
        ['at', '2023-11-14 22:13:20.5Z'],
      ]),
    );
  });

  test('writes one field as text, and several as a JSON object', async () => {
    const rows = [{ id: 1, name: 'a "b"', n: null }];
    const one = await written(pipeline('key: "\'k\'", mode: string, fields: { x: name }'), rows);
    expect(one.read('k')).toBe('a "b"');
    const two = await written(
      pipeline('key: "\'k\'", mode: string, fields: { x: name, n: n }, ttl: 1min'),
      rows,
    );
    expect(two.read('k')).toBe('{"x":"a \\"b\\"","n":null}');
    expect(two.ttlMs('k')).toBeGreaterThan(0);
    expect(two.ttlMs('k')).toBeLessThanOrEqual(60_000);
  });

  test('removes a text whose only field is NULL', async () => {
    const server = await written(pipeline('key: "\'k\'", mode: string, fields: { x: n }'), [
      { id: 1, n: 1 },
      { id: 2, n: null },
    ]);
    expect(server.read('k')).toBeNull();
  });

  test('keeps the members of a changing top-n as a sorted set, and no others', async () => {
    const text = pipeline(
      'mode: zset, key: "\'top\'", member: name, score: n, ttl: 1h',
      `counted: { group-by: [name], aggregate: { n: COUNT(*) } }
  top: { top-n: { n: 2, order-by: [n DESC, name] } }`,
    ).replace('from: counted', 'from: top');
    const names = ['a', 'b', 'b', 'c', 'c', 'c', 'd', 'd', 'd', 'd', 'a', 'a', 'a', 'a', 'c'];
    const server = await written(
      text,
      names.map((name, id) => ({ id, name })),
      2,
    );
    expect(server.read('top')).toEqual(
      new Map([
        ['a', 5],
        ['c', 4],
      ]),
    );
    expect(server.ttlMs('top')).toBeGreaterThan(0);
  });

  test('sends again what had no answer', async () => {
    const text = pipeline('key: name, fields: { n: n }');
    const rows = Array.from({ length: 500 }, (_, id) => ({ id, name: `k${id % 7}`, n: id }));
    for (const breaksAfter of [0, 1, 250, 500]) {
      const { platform, handle } = await started(text, rows);
      platform.scheduler.schedule(6, { label: 'break', owner: 'test' }, () => {
        platform.redisServer.breaksAfter = breaksAfter;
      });
      await platform.drive(handle.done);
      expect(platform.redisServer.breaksAfter).toBeNull();
      for (let key = 0; key < 7; key++) {
        const last = rows.filter(({ name }) => name === `k${key}`).at(-1)!.n;
        expect(platform.redisServer.read(`k${key}`)).toEqual(new Map([['n', String(last)]]));
      }
    }
  });

  test('waits for a server that is away, and is quick to end when it stays away', async () => {
    const { platform, handle } = await started(pipeline('key: name'), [{ id: 1 }]);
    const { redisServer: server } = platform;
    const away = (fromMs: number, isDown: boolean) =>
      platform.scheduler.schedule(fromMs, { label: 'away', owner: 'test' }, () => {
        server.isDown = isDown;
      });
    away(11, true);
    away(9_000, false);
    await platform.drive(handle.done);
    expect(server.read('a')).not.toBeNull();
  });

  test('gives up after a minute without an answer', async () => {
    const { platform, handle } = await started(pipeline('key: name'), [{ id: 1 }]);
    platform.scheduler.schedule(11, { label: 'away', owner: 'test' }, () => {
      platform.redisServer.isDown = true;
    });
    const fromMs = platform.clock.monotonicMs();
    expect(await failure(platform, handle)).toMatchObject({
      code: 'DREY_REDIS_UNREACHABLE',
      exitCode: 4,
      message: 'sink out: Redis at r:6379 gives no answer: unreachable',
    });
    const tookMs = platform.clock.monotonicMs() - fromMs;
    expect(tookMs).toBeGreaterThan(60_000);
    expect(tookMs).toBeLessThan(70_000);
  });

  test('does not keep a job from ending while the server is away', async () => {
    const { platform, handle } = await started(pipeline('key: name'), [{ id: 1 }]);
    platform.scheduler.schedule(11, { label: 'away', owner: 'test' }, () => {
      platform.redisServer.isDown = true;
    });
    platform.scheduler.schedule(2_000, { label: 'stop', owner: 'test' }, () => {
      handle.stop();
    });
    const fromMs = platform.clock.monotonicMs();
    await failure(platform, handle);
    expect(platform.redisServer.read('a')).toBeNull();
    expect(platform.clock.monotonicMs() - fromMs).toBeLessThan(4_000);
  });

  test('ends at once when nobody is there at the start', async () => {
    const { platform, handle } = await started(pipeline('key: name'), [{ id: 1 }]);
    platform.redisServer.isDown = true;
    expect(await failure(platform, handle)).toMatchObject({ code: 'DREY_REDIS_UNREACHABLE' });
    expect(platform.redisServer.read('a')).toBeNull();
  });

  test('says what the server refuses, and does not try that again', async () => {
    const { platform, handle } = await started(pipeline('key: name'), [{ id: 1 }]);
    platform.redisServer.execute(['SET', 'a', 'a text']);
    expect(await failure(platform, handle)).toMatchObject({
      code: 'DREY_REDIS_REFUSED',
      exitCode: 5,
      hint: 'Something else lies under the key: take another key, or remove it.',
    });
  });

  test('tries again what a starting server refuses', async () => {
    const { platform, handle } = await started(pipeline('key: name'), [{ id: 1 }]);
    const { redisServer: server } = platform;
    platform.scheduler.schedule(11, { label: 'loading', owner: 'test' }, () => {
      server.refusal = { code: 'LOADING', message: 'LOADING Redis is loading the dataset' };
    });
    platform.scheduler.schedule(3_000, { label: 'loaded', owner: 'test' }, () => {
      server.refusal = null;
    });
    await platform.drive(handle.done);
    expect(server.read('a')).not.toBeNull();
  });

  test('refuses a row without a key', async () => {
    const { platform, handle } = await started(pipeline('key: name'), [{ id: 1, name: null }]);
    expect(await failure(platform, handle)).toMatchObject({
      code: 'DREY_SINK_KEY_NULL',
      exitCode: 3,
      message: 'sink out: the key of a row is NULL',
    });
  });
});
