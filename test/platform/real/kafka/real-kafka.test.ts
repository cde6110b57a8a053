import { createServer } from 'node:http';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { WireWriter } from '../../../../src/platform/real/kafka/wire-writer.ts';
import {
  API,
  connected,
  failureOf,
  oneBroker,
  scriptedBroker,
  usual,
  type ScriptedAnswer,
} from './scripted-broker.ts';

const PRODUCER = { transactionalId: 'txn', producerId: 7, epoch: 0 } as const;
const INIT = { transactionalId: 'txn', transactionTimeoutMs: 1000 } as const;

describe('a broker that cannot be asked', () => {
  it('because its name is not known is named', async () => {
    const failure = await failureOf(connected(['nobody.invalid:9092']).metadata([]));
    expect(failure).toMatchObject({
      request: 'Metadata',
      server: 'nobody.invalid:9092',
      reason: 'unreachable',
      outcome: 'not-done',
    });
    expect(failure.detail).toMatch(/the name nobody\.invalid is not known here/);
  });

  it('because nobody listens is named, each of several', async () => {
    const ports = await Promise.all([closedPort(), closedPort()]);
    const servers = ports.map((port) => `127.0.0.1:${port}`);
    const failure = await failureOf(connected(servers).metadata([]));
    expect(failure).toMatchObject({ reason: 'unreachable', outcome: 'not-done' });
    for (const server of servers) expect(failure.message).toContain(`${server}: nobody listens`);
  });

  it('because it speaks HTTP says what it said', async () => {
    const server = createServer((_request, response) => response.end('hello'));
    await new Promise<void>((settle) => server.listen(0, '127.0.0.1', settle));
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    const address = server.address();
    const port = address === null || typeof address === 'string' ? 0 : address.port;
    const failure = await failureOf(connected([`127.0.0.1:${port}`]).metadata([]));
    expect(failure).toMatchObject({ reason: 'unusable-answer', outcome: 'not-done' });
    expect(failure.detail).toMatch(/does not speak Kafka: it answered "HTTP\/1\.1 40/);
  });

  it('because it never answers is given up after the limit', async () => {
    const broker = await scriptedBroker(() => 'silence');
    const limits = { requestTimeoutMs: 300 };
    const failure = await failureOf(connected([broker.server], limits).metadata([]));
    expect(failure).toMatchObject({ reason: 'timeout', outcome: 'not-done' });
    expect(failure.detail).toBe('no answer within 300 ms');
  });

  it('because it is too old is told apart by version', async () => {
    const old = (writer: WireWriter): void => {
      writer.int16(0).list([API.metadata], (key) => writer.int16(key).int16(0).int16(4));
    };
    const broker = await scriptedBroker(() => old);
    const failure = await failureOf(connected([broker.server]).metadata([]));
    expect(failure).toMatchObject({ reason: 'UNSUPPORTED_VERSION', outcome: 'not-done' });
    expect(failure.detail).toMatch(/versions 0 to 4 of Metadata, and version 5 is needed/);
  });

  it('is passed over for the next one', async () => {
    const broker = await scriptedBroker(usual);
    const client = connected([`127.0.0.1:${await closedPort()}`, broker.server]);
    expect((await client.metadata([])).brokers).toEqual([
      { node: 1, host: '127.0.0.1', port: broker.port },
    ]);
  });

  it('because there is no node of that number is said', async () => {
    const broker = await scriptedBroker(usual);
    const failure = await failureOf(connected([broker.server]).brokerSettings(9));
    expect(failure).toMatchObject({ reason: 'BROKER_NOT_AVAILABLE', outcome: 'not-done' });
    expect(failure.detail).toBe('the cluster has no broker 9 now');
  });
});

describe('a request that was sent and not answered', () => {
  const cutOn = (apiKey: number) =>
    scriptedBroker((request, broker) =>
      request.apiKey === apiKey ? 'cut' : usual(request, broker),
    );

  it('may have been done when it writes', async () => {
    const broker = await cutOn(API.endTransaction);
    const failure = await failureOf(connected([broker.server]).endTransaction(PRODUCER, 'commit'));
    expect(failure).toMatchObject({
      request: 'EndTxn',
      server: broker.server,
      subject: 'txn',
      reason: 'cut-off',
      outcome: 'unknown',
    });
  });

  it('has not done anything when it only reads', async () => {
    const broker = await cutOn(API.metadata);
    expect(await failureOf(connected([broker.server]).metadata([]))).toMatchObject({
      reason: 'cut-off',
      outcome: 'not-done',
    });
  });

  it('in time may have been done, and its connection is not used again', async () => {
    const broker = await scriptedBroker(usual);
    const client = connected([broker.server], { requestTimeoutMs: 300 });
    const failure = await failureOf(client.endTransaction(PRODUCER, 'commit'));
    expect(failure).toMatchObject({ reason: 'timeout', outcome: 'unknown' });
    const before = broker.asked.at(-1)?.connection;
    await client.metadata([]);
    expect(broker.asked.at(-1)?.connection).toBeGreaterThan(before ?? 0);
  });

  it('but with half an answer is tried on a connection that knows nothing of that half', async () => {
    let isFirst = true;
    const broker = await scriptedBroker((request, self) => {
      if (request.apiKey !== API.metadata || !isFirst) return usual(request, self);
      isFirst = false;
      return Uint8Array.of(0, 0, 0, 99, 1, 2, 3);
    });
    const client = connected([broker.server], { requestTimeoutMs: 300 });
    expect(await failureOf(client.metadata([]))).toMatchObject({ reason: 'timeout' });
    expect((await client.metadata([])).brokers).toHaveLength(1);
  });
});

describe('an answer', () => {
  const refused = (code: number) => (writer: WireWriter) => {
    writer.int32(0).int16(code);
  };

  it.each([
    ['INVALID_PRODUCER_EPOCH', 47, 'not-done'],
    ['CONCURRENT_TRANSACTIONS', 51, 'not-done'],
    // The coordinator may have written the end before it lost its place.
    ['NOT_COORDINATOR', 16, 'unknown'],
    ['COORDINATOR_NOT_AVAILABLE', 15, 'unknown'],
    ['REQUEST_TIMED_OUT', 7, 'unknown'],
  ] as const)('of %s to a request that writes', async (reason, code, outcome) => {
    const broker = await scriptedBroker((request, self) =>
      request.apiKey === API.endTransaction ? refused(code) : usual(request, self),
    );
    expect(
      await failureOf(connected([broker.server]).endTransaction(PRODUCER, 'commit')),
    ).toMatchObject({ reason, outcome });
  });

  it('that the coordinator is another one has it looked for again', async () => {
    let calls = 0;
    const broker = await scriptedBroker((request, self) => {
      if (request.apiKey !== API.endTransaction) return usual(request, self);
      return refused(++calls === 1 ? 16 : 0);
    });
    const client = connected([broker.server]);
    await failureOf(client.endTransaction(PRODUCER, 'commit'));
    await client.endTransaction(PRODUCER, 'commit');
    await client.endTransaction(PRODUCER, 'commit');
    const lookUps = broker.asked.filter(({ apiKey }) => apiKey === API.coordinator);
    expect(lookUps).toHaveLength(2);
  });

  it.each([
    ['ends too early', (writer: WireWriter) => void writer.int32(0)],
    [
      'has bytes too many',
      (writer: WireWriter) => {
        oneBroker(1)(writer);
        writer.int32(0);
      },
    ],
    [
      'has a list that cannot be',
      (writer: WireWriter) => {
        writer.int32(0).int32(2 ** 31 - 1);
      },
    ],
    ['has a length that cannot be', Uint8Array.of(0xff, 0xff, 0xff, 0xff)],
    ['is larger than any', Uint8Array.of(0x7f, 0xff, 0xff, 0xff)],
  ] as [string, ScriptedAnswer][])('that %s is refused', async (_what, said) => {
    const broker = await scriptedBroker((request, self) =>
      request.apiKey === API.metadata ? said : usual(request, self),
    );
    expect(await failureOf(connected([broker.server]).metadata([]))).toMatchObject({
      reason: 'unusable-answer',
      outcome: 'not-done',
    });
  });

  it('to a request that nobody has sent is passed over', async () => {
    let isFirst = true;
    const broker = await scriptedBroker((request, self) => {
      if (request.apiKey !== API.metadata || !isFirst) return usual(request, self);
      isFirst = false;
      return Uint8Array.of(0, 0, 0, 4, 0x7f, 0, 0, 0);
    });
    const client = connected([broker.server], { requestTimeoutMs: 300 });
    expect(await failureOf(client.metadata([]))).toMatchObject({ reason: 'timeout' });
    expect((await client.metadata([])).brokers).toHaveLength(1);
  });
});

describe('a fetch', () => {
  it('that waits holds up nothing else', async () => {
    const broker = await scriptedBroker((request, self) =>
      request.apiKey === API.initProducer ? identity : usual(request, self),
    );
    const client = connected([broker.server]);
    const waiting = client.fetch(1, {
      isolationLevel: 'read_committed',
      maxWaitMs: 10_000,
      minBytes: 1,
      maxBytes: 1000,
      partitions: [{ topic: 't', partition: 0, offset: 0, maxBytes: 1000 }],
    });
    const failed = failureOf(waiting);
    await expect.poll(() => broker.asked.some(({ apiKey }) => apiKey === API.fetch)).toBe(true);
    expect(await client.initProducer(INIT)).toEqual({ producerId: 42, epoch: 3 });
    const fetching = broker.asked.find(({ apiKey }) => apiKey === API.fetch);
    const others = broker.asked.filter(({ apiKey }) => apiKey !== API.fetch);
    expect(others.map(({ connection }) => connection)).not.toContain(fetching?.connection);
    await client.close();
    expect(await failed).toMatchObject({ reason: 'closed', outcome: 'not-done' });
  });
});

describe('a closed client', () => {
  it('rejects what is under way and has no connection left', async () => {
    const broker = await scriptedBroker(usual);
    const client = connected([broker.server]);
    await client.metadata([]);
    const ending = failureOf(client.endTransaction(PRODUCER, 'abort'));
    await expect.poll(() => broker.asked.at(-1)?.apiKey).toBe(API.endTransaction);
    await client.close();
    await client.close();
    expect(await ending).toMatchObject({ reason: 'closed', outcome: 'unknown' });
    await expect.poll(broker.openConnections).toBe(0);
    expect(await failureOf(client.metadata([]))).toMatchObject({
      reason: 'closed',
      outcome: 'not-done',
    });
  });

  it('that was never used has nothing to close', async () => {
    const broker = await scriptedBroker(usual);
    const client = connected([broker.server]);
    await client.close();
    expect(await failureOf(client.metadata([]))).toMatchObject({ reason: 'closed' });
    expect(broker.openConnections()).toBe(0);
  });

  it('while it connects stops connecting', async () => {
    const broker = await scriptedBroker(() => 'silence');
    const client = connected([broker.server]);
    const asking = failureOf(client.metadata([]));
    await expect.poll(broker.openConnections).toBe(1);
    await client.close();
    expect(await asking).toMatchObject({ reason: 'closed', outcome: 'not-done' });
    await expect.poll(broker.openConnections).toBe(0);
  });
});

describe('many requests at once', () => {
  it('share one connection that is opened once', async () => {
    const broker = await scriptedBroker(usual);
    const client = connected([broker.server]);
    await Promise.all(Array.from({ length: 20 }, () => client.metadata([])));
    expect(new Set(broker.asked.map(({ connection }) => connection)).size).toBe(1);
  });

  it('set no timer with a delay that is none, which Node 24 warns of', async () => {
    const timers = vi.spyOn(globalThis, 'setTimeout');
    onTestFinished(() => timers.mockRestore());
    const broker = await scriptedBroker(usual);
    const client = connected([broker.server]);
    await client.metadata([]);
    await client.metadata([]);
    expect(timers.mock.calls.map(([, delayMs = 0]) => delayMs).filter((ms) => ms < 0)).toEqual([]);
  });
});

function identity(writer: WireWriter): void {
  writer.int32(0).int16(0).int64(42).int16(3);
}

/** A port that a server has just given back. */
async function closedPort(): Promise<number> {
  const broker = createServer();
  await new Promise<void>((settle) => broker.listen(0, '127.0.0.1', settle));
  const address = broker.address();
  const port = address === null || typeof address === 'string' ? 0 : address.port;
  await new Promise<void>((settle) => broker.close(() => settle()));
  return port;
}
