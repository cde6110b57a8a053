import { describe, expect, it } from 'vitest';
import { describedTopicView, describeTopic } from '../../../src/cli/topic/describe-topic.ts';
import { listTopics } from '../../../src/cli/topic/list-topics.ts';
import { newTopic } from '../../support/kafka-client.ts';
import { TOPIC, topicWorld } from './topic-world.ts';

const HOUR_MS = 3_600_000;

describe('list', () => {
  it('names the topics in order, with partitions and replicas', async () => {
    const world = topicWorld(2);
    await world.drive(world.client.createTopic(newTopic('clicks', { partitionCount: 3 })));
    const { topics } = await world.run((session) => listTopics(session, { all: false }));
    expect(topics.map(({ topic, partitionCount }) => [topic, partitionCount])).toEqual([
      ['clicks', 3],
      [TOPIC, 2],
    ]);
    expect(topics.every(({ leaderlessCount }) => leaderlessCount === 0)).toBe(true);
  });

  it('is tried again when the answer is lost', async () => {
    const world = topicWorld(1);
    world.platform.kafkaCluster.faults.arm({ kind: 'answer-lost', requests: ['Metadata'] });
    const { topics } = await world.run((session) => listTopics(session, { all: false }));
    expect(topics).toHaveLength(1);
  });

  it('says after a while that nobody is there', async () => {
    const world = topicWorld(1, { kafka: { brokerCount: 0 } });
    const listing = world.run((session) => listTopics(session, { all: false }));
    await expect(listing).rejects.toMatchObject({ code: 'DREY_KAFKA_UNREACHABLE', exitCode: 4 });
    expect(world.platform.clock.monotonicMs()).toBeLessThan(60_000);
  });
});

describe('describe', () => {
  it('knows the offsets of each partition and how many messages there are at most', async () => {
    const world = topicWorld(2);
    await world.write(0, ['a', 'b', 'c']);
    await world.write(1, ['d']);
    const topic = await world.run((session) => describeTopic(session, TOPIC));
    expect(topic).toMatchObject({ topic: TOPIC, partitionCount: 2, messagesMax: 4 });
    expect(
      topic.partitions.map(({ earliestOffset, latestOffset }) => [earliestOffset, latestOffset]),
    ).toEqual([
      [0, 3],
      [0, 1],
    ]);
  });

  it('shows the settings that are not the default', async () => {
    const world = topicWorld(1);
    const configuration = { 'retention.ms': '86400000' };
    await world.drive(world.client.createTopic(newTopic('short', { configuration })));
    const { settings } = await world.run((session) => describeTopic(session, 'short'));
    expect(settings).toEqual([{ name: 'retention.ms', value: '86400000' }]);
  });

  it('leaves open what nobody can say of a partition without a leader', async () => {
    const world = topicWorld(1);
    const { kafkaCluster } = world.platform;
    await world.drive(world.client.createTopic(newTopic('lone', { replicationFactor: 1 })));
    const { topics } = await world.drive(world.client.metadata(['lone']));
    kafkaCluster.restartBroker(topics[0]?.partitions[0]?.leader ?? -1, HOUR_MS);
    const topic = await world.run((session) => describeTopic(session, 'lone'));
    expect(topic.partitions).toMatchObject([
      { leader: null, earliestOffset: null, latestOffset: null, messagesMax: null },
    ]);
    expect(topic.messagesMax).toBeNull();
  });

  it('says that a topic is not there', async () => {
    const world = topicWorld(1);
    const describing = world.run((session) => describeTopic(session, 'nobody'));
    await expect(describing).rejects.toMatchObject({
      code: 'DREY_KAFKA_TOPIC_NOT_FOUND',
      exitCode: 5,
      message: expect.stringContaining('topic nobody') as string,
    });
  });

  it('has a row for each partition', async () => {
    const world = topicWorld(3);
    const view = describedTopicView(await world.run((session) => describeTopic(session, TOPIC)));
    const [, partitions] = view.sections;
    expect(partitions?.kind === 'table' && partitions.rows.length).toBe(3);
  });
});
