import { describe, expect, it } from 'vitest';
import { readBatchHeader } from '../../src/kafka/batch-header.ts';
import { waitUntil } from '../peers/wait-until.ts';
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

const kafka = client();

describe('a topic', () => {
  it('is made, described, listed and deleted', async () => {
    const { name } = await freshTopic(kafka, 3, { 'retention.ms': '86400000' });
    const { topics, brokers } = await kafka.metadata([name]);
    expect(brokers.length).toBeGreaterThan(0);
    expect(topics).toMatchObject([{ name, error: null, isInternal: false }]);
    expect(topics[0]?.partitions.map(({ partition }) => partition)).toEqual([0, 1, 2]);
    const settings = await kafka.topicSettings(name);
    expect(settings.find((one) => one.name === 'retention.ms')).toEqual({
      name: 'retention.ms',
      value: '86400000',
      isDefault: false,
    });
    const all = await kafka.metadata('all');
    expect(all.topics.map((topic) => topic.name)).toContain(name);
    await kafka.deleteTopic(name);
    await waitUntil({ what: 'the topic to be gone', timeoutMs: 60_000 }, async () => {
      const [gone] = (await kafka.metadata([name])).topics;
      return gone?.error === 'UNKNOWN_TOPIC_OR_PARTITION' ? true : undefined;
    });
  });

  it('that is there already is not made again', async () => {
    const { name } = await freshTopic(kafka);
    const again = { name, partitionCount: 1, replicationFactor: 1, configuration: {} };
    expect(await failureOf(kafka.createTopic(again))).toMatchObject({
      request: 'CreateTopics',
      subject: name,
      reason: 'TOPIC_ALREADY_EXISTS',
      outcome: 'not-done',
    });
  });

  it('that is not there is not made by asking for it', async () => {
    const name = freshName('nobody');
    const { topics } = await kafka.metadata([name]);
    expect(topics).toMatchObject([{ name, error: 'UNKNOWN_TOPIC_OR_PARTITION', partitions: [] }]);
    expect(await failureOf(kafka.deleteTopic(name))).toMatchObject({
      reason: 'UNKNOWN_TOPIC_OR_PARTITION',
    });
  });

  it('with a setting that nobody knows is refused in the words of the broker', async () => {
    const name = freshName('topic');
    const configuration = { 'no.such.setting': '1' };
    const topic = { name, partitionCount: 1, replicationFactor: 1, configuration };
    const failure = await failureOf(kafka.createTopic(topic));
    expect(failure.reason).toBe('INVALID_CONFIG');
    expect(failure.detail).toMatch(/no\.such\.setting/);
  });
});

describe('settings of a broker', () => {
  it('are told, without secrets', async () => {
    const { brokers } = await kafka.metadata([]);
    const settings = await kafka.brokerSettings(brokers[0]?.node ?? 0);
    expect(settings).toContainEqual({
      name: 'auto.create.topics.enable',
      value: 'false',
      isDefault: false,
    });
    expect(settings.some(({ isDefault }) => isDefault)).toBe(true);
    const jaas = settings.filter(({ name }) => name.endsWith('plain.sasl.jaas.config'));
    expect(jaas.map(({ value }) => value)).toEqual(jaas.map(() => null));
  });
});

describe('records', () => {
  it('come back as they were produced', async () => {
    const topic = await freshTopic(kafka);
    const values = ['one', 'two', 'three'];
    const records = batchOf(values, NO_IDENTITY);
    expect(await produceOne(kafka, topic, records)).toMatchObject({ error: null, baseOffset: 0 });
    expect(await produceOne(kafka, topic, records)).toMatchObject({ error: null, baseOffset: 3 });
    const fetched = await fetchOne(kafka, topic);
    expect(fetched).toMatchObject({ error: null, highWatermark: 6, lastStableOffset: 6 });
    expect(valuesOf(fetched.records)).toEqual([...values, ...values]);
  });

  it('are fetched from where they are asked for, in batches that may begin before', async () => {
    const topic = await freshTopic(kafka);
    await produceOne(kafka, topic, batchOf(['a', 'b', 'c'], NO_IDENTITY));
    const { records } = await fetchOne(kafka, topic, 2);
    expect(readBatchHeader(records, 0)).toMatchObject({ baseOffset: 0, lastOffsetDelta: 2 });
    const behind = await fetchOne(kafka, topic, 3);
    expect(behind).toMatchObject({ error: null, highWatermark: 3 });
    expect(behind.records.length).toBe(0);
    expect(await fetchOne(kafka, topic, 99)).toMatchObject({ error: 'OFFSET_OUT_OF_RANGE' });
  });

  it('are found by their time', async () => {
    const topic = await freshTopic(kafka);
    await produceOne(kafka, topic, batchOf(['a', 'b'], NO_IDENTITY));
    const find = async (at: 'earliest' | 'latest' | number): Promise<number | null | undefined> => {
      const query = { topic: topic.name, partition: 0, at };
      const [found] = await kafka.listOffsets(topic.leader, 'read_committed', [query]);
      return found?.offset;
    };
    expect(await find('earliest')).toBe(0);
    expect(await find('latest')).toBe(2);
    expect(await find(1_600_000_000_000)).toBe(0);
    expect(await find(1_800_000_000_000)).toBeNull();
  });

  it('without acknowledgement are on their way at once', async () => {
    const topic = await freshTopic(kafka);
    const batches = [{ topic: topic.name, partition: 0, records: batchOf(['x'], NO_IDENTITY) }];
    const request = { acks: 0, timeoutMs: 1000, transactionalId: null, batches } as const;
    expect(await kafka.produce(topic.leader, request)).toEqual([]);
    const fetched = await waitUntil({ what: 'the record', timeoutMs: 60_000 }, async () => {
      const one = await fetchOne(kafka, topic);
      return one.records.length > 0 ? one : undefined;
    });
    expect(valuesOf(fetched.records)).toEqual(['x']);
  });

  it('of 900,000 bytes come in one piece', async () => {
    const topic = await freshTopic(kafka);
    const large = 'y'.repeat(900_000);
    await produceOne(kafka, topic, batchOf([large], NO_IDENTITY));
    expect(valuesOf((await fetchOne(kafka, topic)).records)).toEqual([large]);
  });

  it('that are damaged are refused for their partition', async () => {
    const topic = await freshTopic(kafka);
    const records = batchOf(['x'], NO_IDENTITY);
    records[records.length - 3] = 0x7f;
    const produced = await produceOne(kafka, topic, records);
    expect(produced).toMatchObject({ error: 'CORRUPT_MESSAGE', baseOffset: null });
  });

  it('of a topic that is not there are refused for their partition', async () => {
    const { leader } = await freshTopic(kafka);
    const topic = { name: freshName('nobody'), leader };
    expect(await produceOne(kafka, topic, batchOf(['x'], NO_IDENTITY))).toMatchObject({
      error: 'UNKNOWN_TOPIC_OR_PARTITION',
    });
    expect(await fetchOne(kafka, topic)).toMatchObject({ error: 'UNKNOWN_TOPIC_OR_PARTITION' });
  });
});

describe('offsets of a group', () => {
  it('are committed by one who is no member, and told', async () => {
    const { name } = await freshTopic(kafka, 2);
    const group = freshName('group');
    const place = { topic: name, partition: 1 };
    await retried('the coordinator', () =>
      kafka.commitOffsets(group, [{ ...place, offset: 42, metadata: '{"epoch":7}' }]),
    );
    const told = { ...place, offset: 42, metadata: '{"epoch":7}', error: null };
    expect(await kafka.committedOffsets(group, [place])).toEqual([told]);
    expect(await kafka.committedOffsets(group, 'all')).toEqual([told]);
    expect(await kafka.committedOffsets(group, [{ topic: name, partition: 0 }])).toEqual([
      { topic: name, partition: 0, offset: null, metadata: '', error: null },
    ]);
    const groups = await kafka.listGroups();
    expect(groups.find((one) => one.group === group)).toMatchObject({
      state: 'Empty',
      members: [],
    });
    expect(await kafka.describeGroup(group)).toMatchObject({ group, state: 'Empty', members: [] });
  });

  it('with metadata that is too long are refused', async () => {
    const { name } = await freshTopic(kafka);
    const group = freshName('group');
    const offset = { topic: name, partition: 0, offset: 1, metadata: 'm'.repeat(5000) };
    const failure = await failureOf(
      retried('the coordinator', () => kafka.commitOffsets(group, [offset])),
    );
    expect(failure).toMatchObject({
      request: 'OffsetCommit',
      subject: group,
      reason: 'OFFSET_METADATA_TOO_LARGE',
      outcome: 'not-done',
    });
    expect(failure.detail).toBe(`partition 0 of ${name}`);
  });

  it('that nobody has committed are none', async () => {
    const group = freshName('group');
    expect(await retried('the coordinator', () => kafka.committedOffsets(group, 'all'))).toEqual(
      [],
    );
    expect(await kafka.describeGroup(group)).toMatchObject({ state: 'Dead' });
  });
});
