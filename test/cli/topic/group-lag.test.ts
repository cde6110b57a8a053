import { describe, expect, it } from 'vitest';
import type { KafkaSession } from '../../../src/cli/topic/kafka-session.ts';
import { groupLag, groupLagView, type GroupLag } from '../../../src/cli/topic/group-lag.ts';
import { newTopic } from '../../support/kafka-client.ts';
import { TOPIC, topicWorld, type TopicWorld } from './topic-world.ts';

function lag(world: TopicWorld, topic: string | null = null): Promise<GroupLag> {
  return world.run((session) => groupLag(session, { group: 'uv', topic }));
}

async function committed(): Promise<TopicWorld> {
  const world = topicWorld(2);
  const { client } = world;
  await world.drive(client.createTopic(newTopic('clicks')));
  await world.write(0, ['a', 'b', 'c']);
  await world.write(1, ['d']);
  await world.drive(
    client.commitOffsets('uv', [
      { topic: TOPIC, partition: 1, offset: 1, metadata: '' },
      { topic: TOPIC, partition: 0, offset: 1, metadata: '' },
      { topic: 'clicks', partition: 0, offset: 0, metadata: '' },
    ]),
  );
  return world;
}

describe('lag', () => {
  it('is the way from the committed to the latest offset of each partition', async () => {
    const world = await committed();
    expect(await lag(world)).toMatchObject({
      group: 'uv',
      lagTotal: 2,
      partitions: [
        { topic: 'clicks', partition: 0, committedOffset: 0, latestOffset: 0, lag: 0 },
        { topic: TOPIC, partition: 0, committedOffset: 1, latestOffset: 3, lag: 2 },
        { topic: TOPIC, partition: 1, committedOffset: 1, latestOffset: 1, lag: 0 },
      ],
    });
  });

  it('is that of one topic where one is named', async () => {
    const { partitions } = await lag(await committed(), 'clicks');
    expect(partitions.map(({ topic }) => topic)).toEqual(['clicks']);
  });

  it('is open where the topic is gone', async () => {
    const world = await committed();
    await world.drive(world.client.deleteTopic('clicks'));
    const { partitions, lagTotal } = await lag(world);
    const clicks = partitions.filter(({ topic }) => topic === 'clicks');
    for (const one of clicks) expect(one).toMatchObject({ latestOffset: null, lag: null });
    expect(lagTotal).toBe(2);
  });

  it('of a group that nobody knows is an error with those that there are', async () => {
    const world = await committed();
    const asking = world.run((session) => groupLag(session, { group: 'vu', topic: null }));
    await expect(asking).rejects.toMatchObject({
      code: 'DREY_KAFKA_GROUP_NOT_FOUND',
      exitCode: 5,
      message: expect.stringContaining('uv') as string,
    });
  });

  it('is that of the group in the properties when none is named', async () => {
    const { platform, run } = await committed();
    const config = await platform.drive(platform.files.openToWrite('/work/client.properties'));
    const text = new TextEncoder().encode('bootstrap.servers=kafka-0:9092\ngroup.id=uv\n');
    await platform.drive(config.write(text));
    const named = { commandConfig: 'client.properties' };
    const ask = (session: KafkaSession): Promise<GroupLag> =>
      groupLag(session, { group: null, topic: null });
    expect(await run(ask, named)).toMatchObject({ group: 'uv', lagTotal: 2 });
    await expect(run(ask)).rejects.toMatchObject({ code: 'DREY_USAGE' });
  });

  it('has a row for each partition', async () => {
    const [, table] = groupLagView(await lag(await committed())).sections;
    expect(table?.kind === 'table' && table.rows.length).toBe(3);
  });
});
