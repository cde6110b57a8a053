import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startKafka, type KafkaPeer } from '../peers/kafka-broker.ts';
import {
  batchOf,
  client,
  failureOf,
  fetchOne,
  freshName,
  freshTopic,
  NO_IDENTITY,
  produceOne,
  retried,
  valuesOf,
} from './clients.ts';

let peer: KafkaPeer;
let stop = (): Promise<void> => Promise.resolve();

beforeAll(async () => {
  peer = await startKafka();
  stop = () => peer.stop();
});

afterAll(() => stop());

describe('a broker that is killed', () => {
  it('during a request that writes leaves it open what has become of it', async () => {
    const kafka = client({ bootstrapServers: peer.bootstrapServers() });
    const topic = await freshTopic(kafka);
    await produceOne(kafka, topic, batchOf(['before'], NO_IDENTITY));
    const [broker] = peer.brokers;
    if (broker === undefined) throw new Error('the cluster has no broker');
    // It takes the request from the network and never gets to it.
    process.kill(broker.process().pid, 'SIGSTOP');
    const producing = failureOf(produceOne(kafka, topic, batchOf(['lost'], NO_IDENTITY)));
    const asking = failureOf(kafka.metadata([]));
    await Promise.race([producing, asking, settled()]);
    await broker.kill();
    expect(await producing).toMatchObject({
      request: 'Produce',
      server: peer.bootstrapServers()[0],
      subject: topic.name,
      reason: 'cut-off',
      outcome: 'unknown',
    });
    expect(await asking).toMatchObject({ reason: 'cut-off', outcome: 'not-done' });
    expect(await failureOf(kafka.metadata([]))).toMatchObject({
      reason: 'unreachable',
      outcome: 'not-done',
    });
    await broker.start();
    const again = batchOf(['after'], NO_IDENTITY);
    await expect
      .poll(async () => (await produceOne(kafka, topic, again)).error, { timeout: 60_000 })
      .toBeNull();
    expect(valuesOf((await fetchOne(kafka, topic)).records)).toEqual(['before', 'after']);
  });

  it('with an open transaction has it committed by whoever knows its producer', async () => {
    const first = client({ bootstrapServers: peer.bootstrapServers() });
    const topic = await freshTopic(first);
    const transactionalId = freshName('txn');
    const identity = await retried('the producer', () =>
      first.initProducer({ transactionalId, transactionTimeoutMs: 600_000 }),
    );
    const producer = { ...identity, transactionalId };
    await retried('the partition', () =>
      first.addPartitionsToTransaction(producer, [{ topic: topic.name, partition: 0 }]),
    );
    const records = batchOf(['kept'], { ...producer, baseSequence: 0, isTransactional: true });
    expect(await produceOne(first, topic, records, transactionalId)).toMatchObject({ error: null });
    await first.close();
    const [broker] = peer.brokers;
    await broker?.kill();
    await broker?.start();
    const second = client({ bootstrapServers: peer.bootstrapServers() });
    await retried('the end', () => second.endTransaction(producer, 'commit'));
    await expect
      .poll(async () => valuesOf((await fetchOne(second, topic)).records), { timeout: 60_000 })
      .toEqual(['kept']);
  });
});

/** The requests are with the system when the event loop has gone round a few times. */
async function settled(): Promise<void> {
  for (let round = 0; round < 10; round++) await new Promise((next) => setImmediate(next));
}
