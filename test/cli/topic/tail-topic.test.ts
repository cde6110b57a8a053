import { describe, expect, it } from 'vitest';
import { parseTailStart, type TailStart } from '../../../src/cli/topic/tail-start.ts';
import {
  tailExitStatus,
  tailTopic,
  type TailedTopic,
  type TailRequest,
} from '../../../src/cli/topic/tail-topic.ts';
import { newTopic, send } from '../../support/kafka-client.ts';
import { TOPIC, topicWorld, type TopicWorld } from './topic-world.ts';

const BASE: TailRequest = {
  topic: TOPIC,
  start: { kind: 'earliest' },
  partitions: [],
  messagesMax: null,
  follows: false,
  isolationLevel: 'read_uncommitted',
  form: { kind: 'value' },
};

function tail(world: TopicWorld, request: Partial<TailRequest> = {}): Promise<TailedTopic> {
  return world.run((session) => tailTopic(session, { ...BASE, ...request }));
}

function output({ platform }: TopicWorld): string {
  return new TextDecoder().decode(platform.streams.output);
}

function lines(world: TopicWorld): readonly string[] {
  return output(world).split('\n').slice(0, -1);
}

async function filled(): Promise<TopicWorld> {
  const world = topicWorld(2);
  await world.write(0, ['a', 'b', 'c', 'd']);
  await world.write(1, ['x', 'y']);
  return world;
}

describe('--from', () => {
  it.each<[string, TailStart]>([
    ['earliest', { kind: 'earliest' }],
    ['latest', { kind: 'latest' }],
    ['-3', { kind: 'last', count: 3 }],
    ['17', { kind: 'offset', offset: 17 }],
    ['@1700000000000', { kind: 'time', atMs: 1_700_000_000_000 }],
    ['2023-11-14T22:13:20Z', { kind: 'time', atMs: 1_700_000_000_000 }],
    ['2023-11-14 22:13:20', { kind: 'time', atMs: 1_700_000_000_000 }],
    ['2023-11-14T23:13:20+01:00', { kind: 'time', atMs: 1_700_000_000_000 }],
    ['2023-11-14', { kind: 'time', atMs: 1_699_920_000_000 }],
  ])('%s is a place', (text, start) => {
    expect(parseTailStart(text)).toEqual(start);
  });

  it.each([
    '',
    'first',
    '-',
    '--3',
    '1.5',
    '@x',
    '2023-14-14',
    '2023-11-14T25:00Z',
    '99999999999999999',
  ])('%j is none', (text) => {
    expect(() => parseTailStart(text)).toThrow('is no place in a topic');
  });
});

describe('what is shown', () => {
  it('is all that there is, in the order of each partition', async () => {
    const world = await filled();
    expect(await tail(world)).toEqual({ messageCount: 6, end: 'caught-up' });
    expect(lines(world).filter((line) => 'abcd'.includes(line))).toEqual(['a', 'b', 'c', 'd']);
    expect(lines(world).filter((line) => 'xy'.includes(line))).toEqual(['x', 'y']);
  });

  it.each<[TailStart, readonly string[]]>([
    [{ kind: 'last', count: 1 }, ['d', 'y']],
    [{ kind: 'last', count: 100 }, ['a', 'b', 'c', 'd', 'x', 'y']],
    [{ kind: 'offset', offset: 1 }, ['b', 'c', 'd', 'y']],
    [{ kind: 'latest' }, []],
    // The records of a batch are a millisecond apart, from 1 s on.
    [{ kind: 'time', atMs: 1_002 }, ['c', 'd']],
    [{ kind: 'time', atMs: 5_000 }, []],
  ])('begins at %j', async (start, expected) => {
    const world = await filled();
    await tail(world, { start });
    expect(lines(world).toSorted()).toEqual(expected);
  });

  it('says that an offset was moved to one that is there', async () => {
    const world = await filled();
    await tail(world, { start: { kind: 'offset', offset: 3 } });
    expect(lines(world)).toEqual(['d']);
    expect(world.platform.streams.errorText).toContain('events-1 has no offset 3: it begins at 2');
  });

  it('is of the partitions that were named', async () => {
    const world = await filled();
    await tail(world, { partitions: [1] });
    expect(lines(world)).toEqual(['x', 'y']);
    await expect(tail(world, { partitions: [2] })).rejects.toMatchObject({
      code: 'DREY_KAFKA_TOPIC_NOT_FOUND',
      message: expect.stringContaining('partition 2') as string,
    });
  });

  it('ends after so many messages, in the middle of a batch too', async () => {
    const world = await filled();
    expect(await tail(world, { messagesMax: 3 })).toEqual({ messageCount: 3, end: 'enough' });
    expect(lines(world)).toHaveLength(3);
    expect(await tail(world, { messagesMax: 0 })).toEqual({ messageCount: 0, end: 'enough' });
  });

  it('is a document a line as JSON, with bytes that are no text in base64', async () => {
    const world = topicWorld(1);
    await world.write(0, ['k=v']);
    await tail(world, { form: { kind: 'json' } });
    expect(JSON.parse(output(world))).toEqual({
      partition: 0,
      offset: 0,
      timestampAtMs: 1_000,
      key: 'k',
      value: 'v',
      headers: [],
    });
  });

  it('cannot steer a terminal', async () => {
    const world = topicWorld(1);
    await world.write(0, ['\u001b[31mred']);
    await tail(world);
    await tail(world, { form: { kind: 'raw' } });
    expect(lines(world)).toEqual(['\\x1b[31mred', '\u001b[31mred']);
  });
});

describe('transactions', () => {
  async function withTransactions(): Promise<TopicWorld> {
    const world = topicWorld(1);
    const transactionalId = 'job-0';
    const identity = await world.drive(
      world.client.initProducer({ transactionalId, transactionTimeoutMs: 60_000 }),
    );
    const producer = { ...identity, transactionalId };
    let baseSequence = 0;
    for (const [value, result] of [
      ['kept', 'commit'],
      ['void', 'abort'],
      ['open', null],
    ] as const) {
      const place = { topic: TOPIC, partition: 0 };
      await world.drive(world.client.addPartitionsToTransaction(producer, [place]));
      const written = { ...identity, baseSequence: baseSequence++, isTransactional: true };
      await world.write(0, [value], { written, transactionalId });
      if (result !== null) await world.drive(world.client.endTransaction(producer, result));
      // The marks are written behind the answer.
      await world.drive(pause(world, 1_000));
    }
    return world;
  }

  function pause({ platform }: TopicWorld, delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      platform.timers.after(delayMs, resolve);
    });
  }

  it('are shown as far as they are committed under read_committed', async () => {
    const world = await withTransactions();
    await tail(world, { isolationLevel: 'read_committed' });
    expect(lines(world)).toEqual(['kept']);
  });

  it('are shown in any case under read_uncommitted', async () => {
    const world = await withTransactions();
    await tail(world);
    expect(lines(world)).toEqual(['kept', 'void', 'open']);
  });
});

describe('following', () => {
  it('goes on until a signal, and ends with its status', async () => {
    const world = await filled();
    const { platform, client } = world;
    platform.timers.after(2_000, () => {
      void send(client, { topic: TOPIC, partition: 1 }, ['later']);
    });
    platform.timers.after(5_000, () => {
      platform.signals.send('SIGINT');
    });
    const tailed = await tail(world, { start: { kind: 'latest' }, follows: true });
    expect(tailed).toEqual({ messageCount: 1, end: 'SIGINT' });
    expect(tailExitStatus(tailed)).toBe(130);
    expect(lines(world)).toEqual(['later']);
  });

  it('ends when nobody reads any more', async () => {
    const world = topicWorld(1, { streams: { outputClosesAfterBytes: 3 } });
    await world.write(0, ['a', 'b', 'c']);
    const tailed = await tail(world, { follows: true });
    expect(tailed.end).toBe('output-closed');
    expect(tailExitStatus(tailed)).toBe(0);
  });

  it('goes on at what is left when records are removed under it', async () => {
    const world = topicWorld(1);
    const { platform, client } = world;
    await world.write(0, ['a']);
    platform.timers.after(2_000, () => {
      void send(client, { topic: TOPIC, partition: 0 }, ['b', 'c']);
    });
    const request = { kind: 'refused', requests: ['Fetch'] } as const;
    platform.kafkaCluster.faults.arm({ ...request, reason: 'OFFSET_OUT_OF_RANGE' });
    const start = { kind: 'latest' } as const;
    const tailed = await tail(world, { start, follows: true, messagesMax: 3 });
    expect(tailed).toEqual({ messageCount: 3, end: 'enough' });
    expect(lines(world)).toEqual(['a', 'b', 'c']);
    expect(platform.streams.errorText).toContain(
      'events-0 does not have offset 1 any more: it goes on at 0',
    );
  });

  it.each(['lost', 'answer-lost', 'refused', 'slow'] as const)(
    'shows each record once although requests are %s',
    async (kind) => {
      const world = await filled();
      world.platform.kafkaCluster.faults.setShares({ [kind]: 0.2 });
      const tailed = await tail(world);
      expect(tailed).toEqual({ messageCount: 6, end: 'caught-up' });
      expect(lines(world).toSorted()).toEqual(['a', 'b', 'c', 'd', 'x', 'y']);
    },
  );

  it('finds the new leader when one is lost', async () => {
    const world = await filled();
    const { platform, client } = world;
    const { topics } = await world.drive(client.metadata([TOPIC]));
    platform.timers.after(1_000, () => {
      platform.kafkaCluster.restartBroker(topics[0]?.partitions[0]?.leader ?? -1, 3_600_000);
    });
    platform.timers.after(20_000, () => {
      void send(client, { topic: TOPIC, partition: 0 }, ['after']);
    });
    const tailed = await tail(world, { follows: true, messagesMax: 7 });
    expect(tailed.end).toBe('enough');
    expect(lines(world)).toContain('after');
  });

  it('gives up when all brokers are gone', async () => {
    const world = topicWorld(1, { kafka: { topics: [newTopic(TOPIC)] } });
    const { platform } = world;
    platform.timers.after(1_000, () => {
      platform.kafkaCluster.restartBroker(0, 3_600_000);
    });
    await expect(tail(world, { follows: true })).rejects.toMatchObject({
      code: expect.stringMatching(/DREY_KAFKA_UN/) as string,
      exitCode: 4,
    });
  });
});
