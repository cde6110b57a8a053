import { describe, expect, it } from 'vitest';
import type { KafkaClient, TransactionalProducer } from '../../../../src/platform/kafka.ts';
import {
  createSimulatedPlatform,
  type SimulatedPlatform,
} from '../../../../src/platform/simulated/simulated-platform.ts';
import {
  kafkaSettings,
  newTopic,
  readLog,
  reasonOf,
  retried,
  send,
  valuesOf,
} from '../../../support/kafka-client.ts';

const DAY_MS = 86_400_000;
const out = { topic: 'out', partition: 0 };
const place = { topic: 'in', partition: 0 };
const offset = (at: number, metadata = '') => [{ ...place, offset: at, metadata }];

function startWorld(seed = 1, brokerCount = 1): SimulatedPlatform {
  const topics = [newTopic('out', { partitionCount: 2 }), newTopic('in')];
  return createSimulatedPlatform({ seed, kafka: { brokerCount, topics } });
}

const connect = (world: SimulatedPlatform): KafkaClient => world.kafka.connect(kafkaSettings);

function pass(world: SimulatedPlatform, ms: number): Promise<void> {
  return new Promise((resolve) => {
    world.timers.after(ms, resolve);
  });
}

/** As a transactional producer begins: again until nothing of before is open. */
async function begin(
  world: SimulatedPlatform,
  client: KafkaClient,
  transactionTimeoutMs = 60_000,
): Promise<TransactionalProducer> {
  const transactionalId = 'tx';
  const identity = await retried(
    () => client.initProducer({ transactionalId, transactionTimeoutMs }),
    () => pass(world, 20),
  );
  return { transactionalId, ...identity };
}

async function write(
  client: KafkaClient,
  producer: TransactionalProducer,
  value: string,
  baseSequence = 0,
): Promise<string | null> {
  const { transactionalId } = producer;
  const written = { ...producer, baseSequence, isTransactional: true };
  return (await send(client, out, [value], { written, transactionalId })).error;
}

/** Runs `work` with a client of its own world. */
async function run<T>(
  work: (world: SimulatedPlatform, client: KafkaClient) => Promise<T>,
  world = startWorld(),
): Promise<T> {
  return world.drive(work(world, connect(world)));
}

const settled = (world: SimulatedPlatform): Promise<void> => pass(world, 5_000);

describe('a transaction', () => {
  it('shows records and offsets together once it is committed', async () => {
    await run(async (world, client) => {
      const producer = await begin(world, client);
      await client.addPartitionsToTransaction(producer, [out]);
      expect(await write(client, producer, 'a')).toBeNull();
      await client.addGroupToTransaction(producer, 'g');
      await client.commitOffsetsInTransaction(producer, 'g', offset(5, 'marker'));
      expect(await valuesOf(client, out, 'read_committed')).toEqual([]);
      expect(await client.committedOffsets('g', [place])).toMatchObject([{ offset: null }]);
      await client.endTransaction(producer, 'commit');
      await settled(world);
      expect(await valuesOf(client, out, 'read_committed')).toEqual(['a']);
      expect(await client.committedOffsets('g', 'all')).toEqual([
        { ...place, offset: 5, metadata: 'marker', error: null },
      ]);
    });
  });

  it('shows neither when it is aborted', async () => {
    await run(async (world, client) => {
      const producer = await begin(world, client);
      await client.addPartitionsToTransaction(producer, [out]);
      await write(client, producer, 'a');
      await client.addGroupToTransaction(producer, 'g');
      await client.commitOffsetsInTransaction(producer, 'g', offset(5));
      await client.endTransaction(producer, 'abort');
      await settled(world);
      expect(await valuesOf(client, out, 'read_committed')).toEqual([]);
      expect(await valuesOf(client, out, 'read_uncommitted')).toEqual(['a']);
      expect(await client.committedOffsets('g', 'all')).toEqual([]);
    });
  });

  it('takes no records and offsets that were not announced', async () => {
    await run(async (world, client) => {
      const producer = await begin(world, client);
      expect(await write(client, producer, 'a')).toBe('INVALID_TXN_STATE');
      const commit = client.commitOffsetsInTransaction(producer, 'g', offset(5));
      expect(await reasonOf(commit)).toBe('INVALID_TXN_STATE');
      expect(await reasonOf(client.endTransaction(producer, 'commit'))).toBe('INVALID_TXN_STATE');
    });
  });

  it('may be ended twice in the same way, and not in the other', async () => {
    await run(async (world, client) => {
      const producer = await begin(world, client);
      await client.addPartitionsToTransaction(producer, [out]);
      await client.endTransaction(producer, 'commit');
      await settled(world);
      expect(await reasonOf(client.endTransaction(producer, 'commit'))).toBeNull();
      expect(await reasonOf(client.endTransaction(producer, 'abort'))).toBe('INVALID_TXN_STATE');
    });
  });

  it('keeps the next one waiting until its markers are written', async () => {
    await run(async (world, client) => {
      const producer = await begin(world, client);
      await client.addPartitionsToTransaction(producer, [out, { topic: 'out', partition: 1 }]);
      await client.endTransaction(producer, 'commit');
      const reasons = new Set<string | null>();
      for (let attempt = 0; attempt < 300; attempt++) {
        reasons.add(await reasonOf(client.addPartitionsToTransaction(producer, [out])));
      }
      expect([...reasons]).toEqual(['CONCURRENT_TRANSACTIONS', null]);
    }, startWorld(3));
  });

  it('a plain commit of offsets that comes later is not undone by its end', async () => {
    await run(async (world, client) => {
      const producer = await begin(world, client);
      await client.addGroupToTransaction(producer, 'g');
      await client.commitOffsetsInTransaction(producer, 'g', offset(5));
      await client.commitOffsets('g', offset(9));
      await client.endTransaction(producer, 'commit');
      await settled(world);
      expect(await client.committedOffsets('g', [place])).toMatchObject([{ offset: 9 }]);
    });
  });
});

describe('a second producer of the same transactional id', () => {
  it('aborts what the first has open, and shuts it out', async () => {
    await run(async (world, client) => {
      const first = await begin(world, client);
      await client.addPartitionsToTransaction(first, [out]);
      await write(client, first, 'first');
      const second = await begin(world, client);
      expect(second.producerId).toBe(first.producerId);
      expect(second.epoch).toBeGreaterThan(first.epoch);
      expect(await write(client, first, 'zombie', 1)).toBe('INVALID_PRODUCER_EPOCH');
      const fenced = 'INVALID_PRODUCER_EPOCH';
      expect(await reasonOf(client.endTransaction(first, 'commit'))).toBe(fenced);
      expect(await reasonOf(client.addPartitionsToTransaction(first, [out]))).toBe(fenced);
      expect(await reasonOf(client.addGroupToTransaction(first, 'g'))).toBe(fenced);
      await client.addPartitionsToTransaction(second, [out]);
      expect(await write(client, second, 'second')).toBeNull();
      await client.endTransaction(second, 'commit');
      await settled(world);
      expect(await valuesOf(client, out, 'read_committed')).toEqual(['second']);
    });
  });

  it('is told to come again while the first one is being aborted', async () => {
    await run(async (world, client) => {
      const first = await begin(world, client);
      await client.addPartitionsToTransaction(first, [out]);
      const request = { transactionalId: 'tx', transactionTimeoutMs: 60_000 };
      expect(await reasonOf(client.initProducer(request))).toBe('CONCURRENT_TRANSACTIONS');
    });
  });

  it('sends no offsets of the first one to a commit', async () => {
    await run(async (world, client) => {
      const first = await begin(world, client);
      await client.addGroupToTransaction(first, 'g');
      const second = await begin(world, client);
      await client.addGroupToTransaction(second, 'g');
      const late = client.commitOffsetsInTransaction(first, 'g', offset(1));
      expect(await reasonOf(late)).toBe('INVALID_PRODUCER_EPOCH');
      await client.commitOffsetsInTransaction(second, 'g', offset(2));
      const later = client.commitOffsetsInTransaction(first, 'g', offset(1));
      expect(await reasonOf(later)).toBe('INVALID_PRODUCER_EPOCH');
    });
  });
});

describe('time', () => {
  it('a transaction that is open for too long is aborted and its producer shut out', async () => {
    await run(async (world, client) => {
      const producer = await begin(world, client, 10_000);
      await client.addPartitionsToTransaction(producer, [out]);
      await write(client, producer, 'a');
      await pass(world, 25_000);
      expect(world.kafkaCluster.faults.hitsOf('transaction-timed-out')).toBe(1);
      const end = client.endTransaction(producer, 'commit');
      expect(await reasonOf(end)).toBe('INVALID_PRODUCER_EPOCH');
      expect(await valuesOf(client, out, 'read_committed')).toEqual([]);
      await write(client, await begin(world, client), 'b');
    });
  });

  it('a time that is longer than a broker allows is refused', async () => {
    await run(async (_, client) => {
      const request = { transactionalId: 'tx', transactionTimeoutMs: 900_001 };
      expect(await reasonOf(client.initProducer(request))).toBe('INVALID_TRANSACTION_TIMEOUT');
    });
  });

  it('is the broker’s while the process is down, up to 8 days', async () => {
    const world = startWorld();
    await run(async (_, client) => {
      const producer = await begin(world, client, 60_000);
      await client.addPartitionsToTransaction(producer, [out]);
      await write(client, producer, 'a');
    }, world);
    const next = world.crash('any');
    await run(async (_, client) => {
      await pass(next, 8 * DAY_MS);
      expect(await readLog(client, out, 'read_committed')).toEqual([]);
      expect(world.kafkaCluster.faults.hitsOf('transaction-timed-out')).toBe(1);
      expect(next.kafkaCluster.transactions.coordinator.openTransactions).toEqual([]);
    }, next);
  });

  it('a transactional id that nobody used for 7 days is forgotten', async () => {
    await run(async (world, client) => {
      const producer = await begin(world, client);
      await pass(world, 7 * DAY_MS);
      const end = client.endTransaction(producer, 'commit');
      expect(await reasonOf(end)).toBe('INVALID_PRODUCER_ID_MAPPING');
      expect((await begin(world, client)).producerId).not.toBe(producer.producerId);
    });
  });

  it('an offset that nobody renewed for 7 days is forgotten', async () => {
    await run(async (world, client) => {
      await client.commitOffsets('g', offset(1));
      await pass(world, 7 * DAY_MS - 1_000);
      expect(await client.committedOffsets('g', [place])).toMatchObject([{ offset: 1 }]);
      await pass(world, 1_000);
      expect(await client.committedOffsets('g', [place])).toMatchObject([{ offset: null }]);
    });
  });
});

describe('a request that its sender has given up', () => {
  it('ends a later transaction of the same producer and epoch, and none of the next epoch', async () => {
    const outcome = async (renews: boolean): Promise<readonly (string | null)[]> => {
      return run(async (world, client) => {
        let producer = await begin(world, client);
        world.kafkaCluster.faults.arm({ kind: 'delayed', requests: ['EndTxn'], byMs: 31_000 });
        await client.addPartitionsToTransaction(producer, [out]);
        await write(client, producer, 'first');
        expect(await reasonOf(client.endTransaction(producer, 'commit'))).toBe('timeout');
        if (renews) producer = await begin(world, client);
        else await client.endTransaction(producer, 'commit');
        await retried(
          () => client.addPartitionsToTransaction(producer, [out]),
          () => pass(world, 20),
        );
        await write(client, producer, 'half', renews ? 0 : 1);
        await pass(world, 10_000);
        expect(world.kafkaCluster.faults.hitsOf('delayed')).toBe(1);
        return valuesOf(client, out, 'read_committed');
      }, startWorld(5));
    };
    expect(await outcome(false)).toEqual(['first', 'half']);
    expect(await outcome(true)).toEqual([]);
  });
});
