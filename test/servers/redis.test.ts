import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DreyError } from '../../src/errors/drey-error.ts';
import { RedisSink } from '../../src/engine/connector/redis/redis-sink.ts';
import type { RedisMode } from '../../src/engine/connector/redis/redis-commands.ts';
import { redisSettings } from '../../src/engine/async/redis-settings.ts';
import { createRealPlatform } from '../../src/platform/real/real-platform.ts';
import type {
  RedisAddress,
  RedisClient,
  RedisCommand,
  RedisReply,
} from '../../src/platform/redis.ts';
import { startRedis, type RedisPeer } from '../peers/redis.ts';
import { waitUntil } from '../peers/wait-until.ts';
import { runPipeline } from './run-pipeline.ts';
import { batchOfRows } from './rows.ts';

const platform = createRealPlatform();
const PASSWORD = 'p@ss word';
const schema = [
  { name: 'key', type: { root: 'VARCHAR', length: 100, nullable: false } },
  { name: 'n', type: { root: 'BIGINT', nullable: true } },
] as const;

let redis: RedisPeer;
let open: RedisPeer;

beforeAll(async () => {
  redis = await startRedis({ password: PASSWORD, isDurable: true });
  open = await startRedis();
});

afterAll(async () => {
  await Promise.all([redis.stop(), open.stop()]);
});

function address(peer: RedisPeer, more: Partial<RedisAddress> = {}): RedisAddress {
  const plain = { host: '127.0.0.1', port: peer.port, isTls: false };
  return { ...plain, username: null, password: null, database: 0, ...more };
}

const locked = (): RedisAddress => address(redis, { password: PASSWORD });

function clientOf(at: RedisAddress): RedisClient {
  return platform.redis.connect(redisSettings(at, 'test node'));
}

/** Answers without a failure. */
async function answers(client: RedisClient, ...commands: RedisCommand[]) {
  const answer = await client.send(commands);
  if (answer.kind === 'failed') throw new Error(JSON.stringify(answer.failure));
  return answer.replies;
}

function sinkOf(at: RedisAddress, mode: RedisMode = 'hash', ttlMs: number | null = null) {
  const encoder = { encode: () => undefined };
  const settings = redisSettings(at, 'out');
  return new RedisSink({ name: 'out', settings, mode, ttlMs, schema, encoder }, platform);
}

function failureOf(work: Promise<unknown>): Promise<DreyError> {
  return work.then(
    () => {
      throw new Error('it did not fail');
    },
    (error: DreyError) => error,
  );
}

describe('a redis client', () => {
  test('answers many commands in their order, texts of all kinds too', async () => {
    const client = clientOf(locked());
    const text = 'a "text"\r\n$5\r\n\u0000 of é and 👍';
    const commands = Array.from({ length: 5_000 }, (_, n): RedisCommand => ['SET', `k${n}`, text]);
    expect(await answers(client, ...commands)).toEqual(commands.map(() => 'OK'));
    const bytes = new Uint8Array([0, 255, 13, 10]);
    expect(await answers(client, ['SET', 'b', bytes], ['STRLEN', 'b'], ['GET', 'k7'])).toEqual([
      'OK',
      4,
      text,
    ]);
    const replies: RedisReply[] = [null, [null, null], ['x', 'a'], 1];
    expect(
      await answers(
        client,
        ['GET', 'none'],
        ['HMGET', 'none', 'a', 'b'],
        ['EVAL', "return {'x', 'a'}", '0'],
        ['DEL', 'b'],
      ),
    ).toEqual(replies);
    await client.close();
  });

  test('passes a refusal on and goes on with the next command', async () => {
    const client = clientOf(address(open));
    expect(await answers(client, ['SET', 't', 'x'], ['HSET', 't', 'a', '1'], ['GET', 't'])).toEqual(
      ['OK', expect.objectContaining({ code: 'WRONGTYPE' }), 'x'],
    );
    await client.close();
  });

  test('selects its database and has a name', async () => {
    const client = clientOf(address(open, { database: 3 }));
    const [list] = await answers(client, ['CLIENT', 'INFO'], ['SET', 'in3', '1']);
    expect(list).toMatch(/ name=drey-test-node .* db=3 /);
    const other = clientOf(address(open));
    expect(await answers(other, ['GET', 'in3'])).toEqual([null]);
    await Promise.all([client.close(), other.close()]);
    expect(await client.send([['PING']])).toMatchObject({ failure: { reason: 'closed' } });
  });

  test('is told of a wrong password, a missing one and a database that is not there', async () => {
    for (const [at, detail] of [
      [address(redis, { password: 'wrong' }), /^WRONGPASS/],
      [address(redis), /^NOAUTH/],
      [address(open, { database: 99 }), /out of range/],
      [address(open, { username: 'nobody', password: 'x' }), /^WRONGPASS/],
    ] as const) {
      const client = clientOf(at);
      expect(await client.send([['PING']])).toMatchObject({
        kind: 'failed',
        failure: { reason: 'login', detail: expect.stringMatching(detail), isSent: false },
      });
      await client.close();
    }
  });

  test('ends at the server what it has given up, before it sends anything else', async () => {
    const client = platform.redis.connect({
      ...redisSettings(address(open), 'slow'),
      answerTimeoutMs: 300,
    });
    await answers(client, ['SET', 'seen', 'first']);
    const watcher = clientOf(address(open));
    open.freeze();
    const given = await client.send([['SET', 'seen', 'given up']]);
    expect(given).toMatchObject({ failure: { reason: 'timeout', isSent: true } });
    open.thaw();
    expect(await answers(client, ['SET', 'seen', 'last'])).toEqual(['OK']);
    const [list] = await answers(watcher, ['CLIENT', 'LIST']);
    expect(JSON.stringify(list).match(/name=drey-slow/g)).toHaveLength(1);
    expect(await answers(watcher, ['GET', 'seen'])).toEqual(['last']);
    const [statistics] = await answers(watcher, ['INFO', 'commandstats']);
    expect(statistics).toContain('cmdstat_client|kill:calls=1,');
    await Promise.all([client.close(), watcher.close()]);
  });
});

describe('a redis sink', () => {
  test('survives a server that is killed and started again while rows are written', async () => {
    const sink = sinkOf(locked());
    await sink.open();
    const rounds = 40;
    for (let round = 0; round < rounds; round++) {
      sink.write(
        batchOfRows(
          schema,
          Array.from({ length: 500 }, (_, k) => [`s${k}`, BigInt(round)]),
        ),
      );
      const flushed = sink.flush();
      if (round % 10 === 5) {
        await redis.kill();
        await redis.restart();
      }
      expect(await flushed).toBe(true);
    }
    await sink.close();
    const client = clientOf(locked());
    const asked = Array.from({ length: 500 }, (_, k): RedisCommand => ['HGET', `s${k}`, 'n']);
    expect(await answers(client, ...asked)).toEqual(asked.map(() => String(rounds - 1)));
    await client.close();
  });

  test('gives keys their time to live', async () => {
    for (const mode of ['hash', 'string'] as const) {
      const sink = sinkOf(address(open), mode, 50_000);
      await sink.open();
      sink.write(batchOfRows(schema, [[`ttl-${mode}`, 1n]]));
      await sink.commit();
      await sink.close();
      const client = clientOf(address(open));
      const [ttlMs] = await answers(client, ['PTTL', `ttl-${mode}`]);
      expect(ttlMs).toBeGreaterThan(40_000);
      expect(ttlMs).toBeLessThanOrEqual(50_000);
      await client.close();
    }
  });

  test('says with host what keeps it from starting', async () => {
    const wrong = await failureOf(sinkOf(address(redis, { password: 'wrong' })).open());
    expect([wrong.code, wrong.exitCode]).toEqual(['DREY_REDIS_REFUSED', 5]);
    expect(wrong.message).toContain(`Redis at 127.0.0.1:${redis.port} refused: WRONGPASS`);
    const nobody = { ...address(open), port: 1 };
    const away = await failureOf(sinkOf(nobody).open());
    expect([away.code, away.exitCode]).toEqual(['DREY_REDIS_UNREACHABLE', 4]);
    expect(away.message).toContain('Redis at 127.0.0.1:1 gives no answer: connect ECONNREFUSED');
    const unknown = await failureOf(sinkOf({ ...nobody, host: 'no-such-host.invalid' }).open());
    expect(unknown.code).toBe('DREY_REDIS_UNREACHABLE');
  });

  test('that is closed does not wait for a server that is away', async () => {
    const peer = await startRedis();
    const sink = sinkOf(address(peer));
    await sink.open();
    await peer.kill();
    sink.write(batchOfRows(schema, [['k', 1n]]));
    const flushed = failureOf(sink.flush());
    sink.stopRetrying();
    expect((await flushed).code).toBe('DREY_REDIS_UNREACHABLE');
    await sink.close();
    await peer.stop();
  });
});

describe('a shared dictionary', () => {
  const values = Array.from({ length: 20_000 }, (_, index) => `v${(index * 7919) % 6_000}`);
  const input = values.map((v) => `${JSON.stringify({ v })}\n`).join('');
  const pipeline = (peer: RedisPeer, key: string, login: string): string => `
pipeline: { name: numbering, parallelism: 2 }
sources:
  s: { connector: filesystem, path: in.jsonl, format: json, columns: { v: STRING } }
transforms:
  t: { dictionary: { column: v, as: n, store: redis, url: "redis://127.0.0.1:${peer.port}", key: ${key}${login} } }
sinks:
  out: { connector: filesystem, path: ./out, format: csv, from: t }
`;

  test('gives two jobs the same numbers while the server is killed and started again', async () => {
    const text = pipeline(redis, 'shared', `, password: "${PASSWORD}"`);
    const running = [0, 1].map(() => runPipeline(text, { 'in.jsonl': input }));
    const watcher = clientOf(locked());
    for (const given of [1, 2_000, 4_000]) {
      await waitUntil({ what: `${given} numbers`, timeoutMs: 20_000 }, async () => {
        const answer = await watcher.send([['GET', 'shared:count']]);
        return answer.kind === 'replies' && Number(answer.replies[0]) >= given ? true : undefined;
      });
      await redis.kill();
      await redis.restart();
    }
    await watcher.close();
    const rows = (await Promise.all(running)).flatMap(({ rows }) => rows);
    expect(rows).toHaveLength(2 * values.length);
    const numbers = new Map(rows.map((row) => [row.split(',')[0], row.split(',')[1]]));
    expect(numbers.size).toBe(6_000);
    expect(new Set(numbers.values()).size).toBe(6_000);
    for (const row of rows)
      expect(row).toBe(`${row.split(',')[0]},${numbers.get(row.split(',')[0])}`);
  });

  test('ends when a server that keeps nothing on disk is started again', async () => {
    const peer = await startRedis();
    const client = clientOf(address(peer));
    const seen = async (): Promise<boolean> => (await answers(client, ['EXISTS', 'lost']))[0] === 1;
    const many = Array.from({ length: 400_000 }, (_, v) => `{"v":"v${v}"}\n`).join('');
    const job = failureOf(runPipeline(pipeline(peer, 'lost', ''), { 'in.jsonl': many }));
    await waitUntil({ what: 'the first numbers', timeoutMs: 20_000 }, async () =>
      (await seen()) ? true : undefined,
    );
    await client.close();
    await peer.kill();
    await peer.restart();
    expect(await job).toMatchObject({ code: 'DREY_DICTIONARY_STORE_CHANGED', exitCode: 12 });
    await peer.stop();
  });
});
