import { describe, expect, it } from 'vitest';
import type { KafkaFaultKind } from '../../../../src/platform/simulated/kafka/broker-faults.ts';
import { KafkaError } from '../../../../src/platform/kafka-error.ts';
import type { FetchedPartition, KafkaClient } from '../../../../src/platform/kafka.ts';
import {
  createSimulatedPlatform,
  type SimulatedPlatform,
} from '../../../../src/platform/simulated/simulated-platform.ts';
import {
  kafkaSettings,
  leaderOf,
  newTopic,
  reasonOf,
  retried,
  send,
  valuesOf,
} from '../../../support/kafka-client.ts';

const place = { topic: 't', partition: 0 };
const offsets = [{ ...place, offset: 1, metadata: '' }];

function startWorld(seed = 1, brokerCount = 3): SimulatedPlatform {
  const topics = [newTopic('t', { replicationFactor: brokerCount })];
  return createSimulatedPlatform({ seed, kafka: { brokerCount, topics } });
}

async function run<T>(
  work: (client: KafkaClient, world: SimulatedPlatform) => Promise<T>,
  world = startWorld(),
): Promise<T> {
  return world.drive(work(world.kafka.connect(kafkaSettings), world));
}

function pass(world: SimulatedPlatform, ms: number): Promise<void> {
  return new Promise((resolve) => {
    world.timers.after(ms, resolve);
  });
}

async function failureOf(call: Promise<unknown>): Promise<KafkaError | null> {
  try {
    await call;
    return null;
  } catch (error) {
    if (error instanceof KafkaError) return error;
    throw error;
  }
}

async function fetchFrom(
  client: KafkaClient,
  offset: number,
  wait: { readonly maxWaitMs: number } = { maxWaitMs: 500 },
): Promise<FetchedPartition | undefined> {
  const [fetched] = await client.fetch(await leaderOf(client, place), {
    ...wait,
    isolationLevel: 'read_committed',
    minBytes: 1,
    maxBytes: 1_000,
    partitions: [{ ...place, offset, maxBytes: 1_000 }],
  });
  return fetched;
}

describe('between client and broker', () => {
  it('a lost request has no effect, and its sender cannot know', async () => {
    await run(async (client, { kafkaCluster }) => {
      kafkaCluster.faults.arm({ kind: 'lost', requests: ['OffsetCommit'] });
      const failure = await failureOf(client.commitOffsets('g', offsets));
      expect(failure).toMatchObject({ request: 'OffsetCommit', subject: 'g', outcome: 'unknown' });
      expect(await client.committedOffsets('g', 'all')).toEqual([]);
      expect(kafkaCluster.faults.hitsOf('lost')).toBe(1);
    });
  });

  it('a request whose answer is lost has its effect', async () => {
    await run(async (client, { kafkaCluster }) => {
      kafkaCluster.faults.arm({ kind: 'answer-lost', requests: ['OffsetCommit'] });
      expect(await failureOf(client.commitOffsets('g', offsets))).toMatchObject({
        outcome: 'unknown',
      });
      expect(await client.committedOffsets('g', 'all')).toMatchObject([{ offset: 1 }]);
    });
  });

  it('a duplicated request acts again later', async () => {
    await run(async (client, world) => {
      const { faults } = world.kafkaCluster;
      faults.arm({ kind: 'duplicated', requests: ['OffsetCommit'], byMs: 60_000 });
      await failureOf(client.commitOffsets('g', offsets));
      await client.commitOffsets('g', [{ ...place, offset: 2, metadata: '' }]);
      await pass(world, 60_000);
      expect(await client.committedOffsets('g', 'all')).toMatchObject([{ offset: 1 }]);
    });
  });

  it('a refusal says for sure that nothing was done, unless it is in doubt', async () => {
    await run(async (client, { kafkaCluster }) => {
      const { faults } = kafkaCluster;
      faults.arm({
        kind: 'refused',
        requests: ['OffsetCommit'],
        reason: 'COORDINATOR_LOAD_IN_PROGRESS',
      });
      expect(await failureOf(client.commitOffsets('g', offsets))).toMatchObject({
        reason: 'COORDINATOR_LOAD_IN_PROGRESS',
        outcome: 'not-done',
      });
      expect(await client.committedOffsets('g', 'all')).toEqual([]);
      faults.arm({ kind: 'refused-in-doubt', requests: ['OffsetCommit'] });
      expect(await failureOf(client.commitOffsets('g', offsets))).toMatchObject({
        reason: 'COORDINATOR_NOT_AVAILABLE',
        outcome: 'unknown',
      });
      expect(await client.committedOffsets('g', 'all')).toMatchObject([{ offset: 1 }]);
    });
  });

  it('a fault waits for a request that it fits', async () => {
    await run(async (client, { kafkaCluster }) => {
      kafkaCluster.faults.arm({ kind: 'refused-in-doubt' });
      await client.metadata('all');
      expect(kafkaCluster.faults.armedCount).toBe(1);
      expect((await send(client, place, ['a'])).error).not.toBeNull();
      expect(kafkaCluster.faults.armedCount).toBe(0);
      expect(await valuesOf(client, place, 'read_committed')).toEqual(['a']);
    });
  });

  it('a client that is closed gives up what is under way, and sends nothing more', async () => {
    await run(async (client, world) => {
      const waiting = failureOf(fetchFrom(client, 0, { maxWaitMs: 10_000 }));
      await pass(world, 1_000);
      await client.close();
      expect(await waiting).toMatchObject({ reason: 'closed', outcome: 'unknown' });
      expect(await failureOf(client.metadata('all'))).toMatchObject({ outcome: 'not-done' });
    });
  });

  it('without a broker nobody answers', async () => {
    const world = createSimulatedPlatform({ seed: 1 });
    expect(await run((client) => failureOf(client.metadata('all')), world)).toMatchObject({
      reason: 'unreachable',
      outcome: 'not-done',
    });
  });

  it('what a process has sent acts although it has died', async () => {
    const world = startWorld();
    const node = await run((client) => leaderOf(client, place), world);
    void world.kafka.connect(kafkaSettings).commitOffsets('g', offsets);
    expect(node).toBe(0);
    const next = world.crash('any');
    await run(async (client) => {
      await pass(next, 1_000);
      expect(await client.committedOffsets('g', 'all')).toMatchObject([{ offset: 1 }]);
    }, next);
  });
});

describe('brokers', () => {
  it('a stopped broker is not reachable, and another one leads', async () => {
    await run(async (client, world) => {
      await send(client, place, ['a']);
      const before = await leaderOf(client, place);
      world.kafkaCluster.restartBroker(before, 10_000);
      expect(await leaderOf(client, place)).not.toBe(before);
      const query = [{ ...place, at: 'latest' as const }];
      expect(await reasonOf(client.listOffsets(before, 'read_committed', query))).toBe(
        'unreachable',
      );
      expect(await valuesOf(client, place, 'read_committed')).toEqual(['a']);
      await pass(world, 10_000);
      expect((await client.metadata('all')).brokers).toHaveLength(3);
    });
  });

  it('what an acknowledged batch says survives every move of the leader', async () => {
    await run(async (client, world) => {
      const sent: string[] = [];
      for (let round = 0; round < 30; round++) {
        const values = [`${round}`];
        const written = { producerId: 9, epoch: 0, baseSequence: round, isTransactional: false };
        const moved = pass(world, world.random.next() * 12);
        const first = send(client, place, values, { written });
        await moved;
        world.kafkaCluster.moveLeader('t', 0);
        for (let answer = await first.catch(() => null); answer?.error !== null;) {
          answer = await send(client, place, values, { written });
        }
        sent.push(`${round}`);
      }
      expect(await valuesOf(client, place, 'read_committed')).toEqual(sent);
      expect(world.kafkaCluster.faults.hitsOf('records-truncated')).toBeGreaterThan(0);
    });
  });

  it('the only broker takes its partitions with it and brings them back', async () => {
    await run(
      async (client, world) => {
        await send(client, place, ['a']);
        world.kafkaCluster.restartBroker(0, 10_000);
        expect(await reasonOf(client.metadata('all'))).toBe('unreachable');
        await pass(world, 10_000);
        expect(await valuesOf(client, place, 'read_committed')).toEqual(['a']);
      },
      startWorld(1, 1),
    );
  });

  it('a request that a paused broker has is done when it goes on', async () => {
    await run(
      async (client, world) => {
        world.kafkaCluster.pauseBroker(0, 60_000);
        expect(await reasonOf(client.commitOffsets('g', offsets))).toBe('timeout');
        await pass(world, 31_000);
        expect(await client.committedOffsets('g', 'all')).toMatchObject([{ offset: 1 }]);
      },
      startWorld(1, 1),
    );
  });

  it('a coordinator that has moved refuses once', async () => {
    await run(async (client, world) => {
      await client.commitOffsets('g', offsets);
      expect(world.kafkaCluster.moveCoordinator('g')).toBe(true);
      expect(await reasonOf(client.commitOffsets('g', offsets))).toBe('NOT_COORDINATOR');
      await retried(
        () => client.commitOffsets('g', offsets),
        () => pass(world, 20),
      );
    });
  });

  it('a coordinator that loads says so', async () => {
    await run(async (client, world) => {
      world.kafkaCluster.moveCoordinator('g');
      expect(await reasonOf(client.commitOffsets('g', offsets))).toBe(
        'COORDINATOR_LOAD_IN_PROGRESS',
      );
    });
  });
});

describe('topics', () => {
  it('a fetch waits for records, and not for longer than it says', async () => {
    await run(async (client, world) => {
      const startedMs = world.clock.monotonicMs();
      expect((await fetchFrom(client, 0))?.records).toHaveLength(0);
      expect(world.clock.monotonicMs() - startedMs).toBeGreaterThan(500);
      const waiting = fetchFrom(client, 0, { maxWaitMs: 100_000 });
      await pass(world, 1_000);
      await send(client, place, ['a']);
      expect((await waiting)?.records.length).toBeGreaterThan(0);
      expect(world.clock.monotonicMs() - startedMs).toBeLessThan(10_000);
    });
  });

  it('a topic that is made again begins at 0, and the old position is out of range', async () => {
    await run(async (client, world) => {
      await send(client, place, ['a', 'b']);
      await client.commitOffsets('g', offsets);
      world.kafkaCluster.recreateTopic('t');
      expect((await fetchFrom(client, 2))?.error).toBe('OFFSET_OUT_OF_RANGE');
      expect(await client.committedOffsets('g', 'all')).toEqual([]);
    });
  });

  it('a partition that is added is seen by the next one who asks', async () => {
    await run(async (client, world) => {
      world.kafkaCluster.addPartitions('t', 3);
      const { topics } = await client.metadata(['t']);
      expect(topics[0]?.partitions.map(({ partition }) => partition)).toEqual([0, 1, 2]);
    });
  });

  it('are made and removed, and say why not', async () => {
    await run(async (client) => {
      expect(await reasonOf(client.createTopic(newTopic('t')))).toBe('TOPIC_ALREADY_EXISTS');
      expect(await reasonOf(client.createTopic(newTopic('a/b')))).toBe('INVALID_TOPIC_EXCEPTION');
      const wide = newTopic('wide', { replicationFactor: 4 });
      expect(await reasonOf(client.createTopic(wide))).toBe('INVALID_REPLICATION_FACTOR');
      await client.createTopic(newTopic('u', { configuration: { 'cleanup.policy': 'compact' } }));
      expect(await client.topicSettings('u')).toContainEqual({
        name: 'cleanup.policy',
        value: 'compact',
        isDefault: false,
      });
      await client.deleteTopic('u');
      expect(await reasonOf(client.deleteTopic('u'))).toBe('UNKNOWN_TOPIC_OR_PARTITION');
      expect((await client.metadata(['u'])).topics[0]?.error).toBe('UNKNOWN_TOPIC_OR_PARTITION');
    });
  });
});

describe('a run', () => {
  async function traceOf(seed: number): Promise<string> {
    const world = startWorld(seed);
    const { kafkaCluster } = world;
    const hits: KafkaFaultKind[] = [];
    kafkaCluster.faults.onHit((kind) => hits.push(kind));
    kafkaCluster.faults.setShares({ lost: 0.1, 'answer-lost': 0.1, delayed: 0.1, refused: 0.2 });
    await run(async (client) => {
      for (let round = 0; round < 40; round++) {
        if (round % 10 === 5) kafkaCluster.restartBroker(round % 3, 1_000);
        await reasonOf(client.commitOffsets('g', offsets));
        await send(client, place, ['a']).catch(() => null);
      }
      kafkaCluster.faults.clear();
      await pass(world, 200_000);
    }, world);
    return `${world.scheduler.traceHash} ${hits.join(' ')}`;
  }

  it('is the same with the same seed, and another with another one', async () => {
    expect(await traceOf(1)).toBe(await traceOf(1));
    expect(await traceOf(1)).not.toBe(await traceOf(2));
  });
});
