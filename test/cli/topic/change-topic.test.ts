import { describe, expect, it } from 'vitest';
import { createTopic } from '../../../src/cli/topic/create-topic.ts';
import { deleteTopics, type DeleteTopicsRequest } from '../../../src/cli/topic/delete-topics.ts';
import { topicSettingsOf } from '../../../src/cli/topic/topic-settings.ts';
import { newTopic } from '../../support/kafka-client.ts';
import { TOPIC, topicWorld, type TopicWorld } from './topic-world.ts';

const clicks = newTopic('clicks', { partitionCount: 3, replicationFactor: 2 });

async function names({ client, drive }: TopicWorld): Promise<readonly string[]> {
  const { topics } = await drive(client.metadata('all'));
  return topics.map(({ name }) => name).toSorted();
}

describe('create', () => {
  it('makes a topic that can be used at once', async () => {
    const world = topicWorld(1);
    const created = await world.run((session) =>
      createTopic(session, { topic: clicks, ifNotExists: false }),
    );
    expect(created).toEqual({
      topic: 'clicks',
      created: true,
      partitionCount: 3,
      replicationFactor: 2,
    });
    expect(await names(world)).toEqual(['clicks', TOPIC]);
  });

  it('refuses a name that is taken', async () => {
    const world = topicWorld(1);
    const creating = world.run((session) =>
      createTopic(session, { topic: newTopic(TOPIC), ifNotExists: false }),
    );
    await expect(creating).rejects.toMatchObject({ code: 'DREY_KAFKA_TOPIC_EXISTS', exitCode: 5 });
  });

  it('leaves a topic as it is where that is wanted', async () => {
    const world = topicWorld(2);
    const topic = newTopic(TOPIC, { partitionCount: 7 });
    const created = await world.run((session) =>
      createTopic(session, { topic, ifNotExists: true }),
    );
    expect(created).toMatchObject({ created: false, partitionCount: 2 });
  });

  it.each(['lost', 'answer-lost'] as const)(
    'has made it itself after a request that was %s',
    async (kind) => {
      const world = topicWorld(1);
      world.platform.kafkaCluster.faults.arm({ kind, requests: ['CreateTopics'] });
      const created = await world.run((session) =>
        createTopic(session, { topic: clicks, ifNotExists: false }),
      );
      expect(created).toMatchObject({ created: true, partitionCount: 3 });
      expect(world.platform.kafkaCluster.faults.hitsOf(kind)).toBe(1);
    },
  );

  it('says in words which setting is none', () => {
    expect(topicSettingsOf(['a.b=1', 'c=x=y'])).toEqual({ 'a.b': '1', c: 'x=y' });
    expect(() => topicSettingsOf(['retention.ms'])).toThrow('--config retention.ms');
  });
});

describe('delete', () => {
  const remove = (
    world: TopicWorld,
    topics: readonly string[],
    more: Partial<DeleteTopicsRequest> = {},
  ) =>
    world.run((session) =>
      deleteTopics(session, {
        topics,
        ifExists: false,
        isConfirmed: true,
        isDryRun: false,
        ...more,
      }),
    );

  it('takes the topics away and says what was in them', async () => {
    const world = topicWorld(1);
    await world.write(0, ['a', 'b']);
    await world.drive(world.client.createTopic(clicks));
    expect(await remove(world, [TOPIC, 'clicks', TOPIC])).toEqual({
      topics: [
        { topic: TOPIC, partitionCount: 1, messagesMax: 2, deleted: true },
        { topic: 'clicks', partitionCount: 3, messagesMax: 0, deleted: true },
      ],
      dryRun: false,
    });
    expect(await names(world)).toEqual([]);
  });

  it('changes nothing in a dry run', async () => {
    const world = topicWorld(1);
    const { topics, dryRun } = await remove(world, [TOPIC], { isDryRun: true });
    expect(dryRun).toBe(true);
    expect(topics).toMatchObject([{ topic: TOPIC, deleted: false }]);
    expect(await names(world)).toEqual([TOPIC]);
  });

  it('is refused where nobody can be asked', async () => {
    const world = topicWorld(1);
    await expect(remove(world, [TOPIC], { isConfirmed: false })).rejects.toMatchObject({
      code: 'DREY_USAGE',
      message: expect.stringContaining('topic events with 1 partitions') as string,
    });
    expect(await names(world)).toEqual([TOPIC]);
  });

  it('spares all when one is not there', async () => {
    const world = topicWorld(1);
    await expect(remove(world, [TOPIC, 'nobody'])).rejects.toMatchObject({
      code: 'DREY_KAFKA_TOPIC_NOT_FOUND',
    });
    expect(await names(world)).toEqual([TOPIC]);
    await remove(world, [TOPIC, 'nobody'], { ifExists: true });
    expect(await names(world)).toEqual([]);
  });

  it('has done it when the answer was lost', async () => {
    const world = topicWorld(1);
    world.platform.kafkaCluster.faults.arm({ kind: 'answer-lost', requests: ['DeleteTopics'] });
    expect(await remove(world, [TOPIC])).toMatchObject({ topics: [{ deleted: true }] });
  });
});
