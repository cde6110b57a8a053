import { describe, expect, it } from 'vitest';
import type {
  KafkaClient,
  ProducerIdentity,
  TransactionalProducer,
} from '../../src/platform/kafka.ts';
import {
  batchOf,
  client,
  failureOf,
  fetchOne,
  freshName,
  freshTopic,
  produceOne,
  retried,
  valuesOf,
} from './clients.ts';

const kafka = client();
const transactionTimeoutMs = 60_000;

describe('a transaction', () => {
  it('that is committed shows its records and the offsets in it', async () => {
    const { topic, producer } = await begun(['a', 'b']);
    const group = freshName('group');
    await retried('the group', () => kafka.addGroupToTransaction(producer, group));
    const offset = { topic: topic.name, partition: 0, offset: 17, metadata: 'epoch 4' };
    await retried('the offsets', () => kafka.commitOffsetsInTransaction(producer, group, [offset]));
    expect(await committed(topic)).toEqual([]);
    expect(valuesOf((await fetchOne(kafka, topic, 0, 'read_uncommitted')).records)).toEqual([
      'a',
      'b',
    ]);
    const before = await retried('the group', () => kafka.committedOffsets(group, 'all'));
    expect(before).toEqual([]);
    await kafka.endTransaction(producer, 'commit');
    await expect.poll(() => committed(topic), POLL).toEqual(['a', 'b']);
    await expect
      .poll(() => kafka.committedOffsets(group, 'all'), POLL)
      .toEqual([{ ...offset, error: null }]);
  });

  it('that is aborted names its producer to those who read committed records', async () => {
    const { topic, producer } = await begun(['void']);
    await kafka.endTransaction(producer, 'abort');
    await expect
      .poll(async () => (await fetchOne(kafka, topic)).lastStableOffset, POLL)
      .toBeGreaterThan(1);
    const fetched = await fetchOne(kafka, topic);
    expect(fetched.abortedTransactions).toEqual([
      { producerId: producer.producerId, firstOffset: 0 },
    ]);
    expect((await fetchOne(kafka, topic, 0, 'read_uncommitted')).abortedTransactions).toEqual([]);
  });

  it('is committed by another client that knows its identity', async () => {
    const first = client();
    const { topic, producer } = await begun(['kept'], first);
    await first.close();
    const second = client();
    await retried('the end', () => second.endTransaction(producer, 'commit'));
    await expect.poll(() => committed(topic), POLL).toEqual(['kept']);
    // Once more says the same, when the broker has done it.
    await retried('the end again', () => second.endTransaction(producer, 'commit'));
  });

  it('of a producer that another one has replaced is refused, and its records with it', async () => {
    const { topic, producer } = await begun(['zombie']);
    const { transactionalId } = producer;
    const next = await retried('the next producer', () =>
      kafka.initProducer({ transactionalId, transactionTimeoutMs }),
    );
    expect(next.epoch).toBeGreaterThan(producer.epoch);
    const failure = await failureOf(kafka.endTransaction(producer, 'commit'));
    expect(failure).toMatchObject({
      request: 'EndTxn',
      subject: transactionalId,
      reason: 'INVALID_PRODUCER_EPOCH',
      outcome: 'not-done',
    });
    const late = batchOf(['late'], { ...producer, baseSequence: 1, isTransactional: true });
    expect(await produceOne(kafka, topic, late, transactionalId)).toMatchObject({
      error: 'INVALID_PRODUCER_EPOCH',
    });
    await expect
      .poll(async () => (await fetchOne(kafka, topic)).abortedTransactions.length, POLL)
      .toBe(1);
  });

  it('needs its partition named before a record', async () => {
    const topic = await freshTopic(kafka);
    const { producer } = await producerOf(freshName('txn'), kafka);
    const records = batchOf(['x'], { ...producer, baseSequence: 0, isTransactional: true });
    expect(await produceOne(kafka, topic, records, producer.transactionalId)).toMatchObject({
      error: 'INVALID_TXN_STATE',
    });
  });
});

describe('an idempotent producer', () => {
  it('has a batch once that it has sent twice', async () => {
    const topic = await freshTopic(kafka);
    const { producerId, epoch } = await kafka.initProducer({
      transactionalId: null,
      transactionTimeoutMs,
    });
    const who = { producerId, epoch, baseSequence: 0, isTransactional: false };
    const records = batchOf(['once'], who);
    const first = await produceOne(kafka, topic, records);
    expect(await produceOne(kafka, topic, records)).toEqual(first);
    expect(await committed(topic)).toEqual(['once']);
    const gap = batchOf(['gap'], { ...who, baseSequence: 9 });
    expect(await produceOne(kafka, topic, gap)).toMatchObject({
      error: 'OUT_OF_ORDER_SEQUENCE_NUMBER',
    });
  });
});

const POLL = { timeout: 60_000, interval: 100 };

type Topic = Awaited<ReturnType<typeof freshTopic>>;

async function committed(topic: Topic): Promise<readonly string[]> {
  return valuesOf((await fetchOne(kafka, topic)).records);
}

async function producerOf(
  transactionalId: string,
  by: KafkaClient,
): Promise<{ readonly producer: TransactionalProducer }> {
  const identity: ProducerIdentity = await retried('the producer', () =>
    by.initProducer({ transactionalId, transactionTimeoutMs }),
  );
  return { producer: { ...identity, transactionalId } };
}

/** A transaction with these records, still open. */
async function begun(values: readonly string[], by: KafkaClient = kafka) {
  const topic = await freshTopic(by);
  const { producer } = await producerOf(freshName('txn'), by);
  await retried('the partition', () =>
    by.addPartitionsToTransaction(producer, [{ topic: topic.name, partition: 0 }]),
  );
  const records = batchOf(values, { ...producer, baseSequence: 0, isTransactional: true });
  expect(await produceOne(by, topic, records, producer.transactionalId)).toMatchObject({
    error: null,
  });
  return { topic, producer };
}
