import { describe, expect, test } from 'vitest';
import type { SplitReader } from '../../../../../src/engine/connector/contract.ts';
import type { KafkaSource } from '../../../../../src/engine/connector/kafka/source/kafka-source.ts';
import { refusedBy } from '../../../../support/scripted-kafka.ts';
import { SourceWorld, type WorldOptions } from './source-world.ts';

const json = (id: number): { value: string } => ({ value: JSON.stringify({ id }) });
const idsOf = (rows: readonly (readonly unknown[])[] | null): number[] =>
  (rows ?? []).map(([id]) => Number(id));
const endless = { bounded: { kind: 'unbounded' }, discoveryIntervalMs: null } as const;

interface OpenSource {
  readonly source: KafkaSource;
  readonly reader: SplitReader;
  readonly next: () => Promise<number[]>;
}

async function openOne(world: SourceWorld, options: WorldOptions = {}): Promise<OpenSource> {
  const source = world.source({ spec: endless, ...options });
  const [reader] = await world.open(source);
  return {
    source,
    reader: reader!,
    next: async () => idsOf(await world.pollOnce(source, reader!)),
  };
}

describe('a Kafka source whose cluster is in trouble', () => {
  test('a fetch without an answer is tried again', async () => {
    const world = new SourceWorld();
    world.kafka.topic('events')[0]!.append([json(1)]);
    world.kafka.fail(
      'Fetch',
      refusedBy('Fetch', 'cut-off'),
      refusedBy('Fetch', 'timeout'),
      refusedBy('Fetch', 'unreachable'),
    );
    world.kafka.fail('Metadata', null, refusedBy('Metadata', 'unreachable'));
    const { source, next } = await openOne(world);
    expect(await next()).toEqual([1]);
    await source.close();
  });

  test('a partition that moves is asked for at its new leader', async () => {
    const world = new SourceWorld();
    const [log] = world.kafka.topic('events');
    log!.append([json(1)]);
    world.kafka.fetchErrors.set('events-0', ['NOT_LEADER_OR_FOLLOWER', 'LEADER_NOT_AVAILABLE']);
    log!.leader = 3;
    const { source, next } = await openOne(world);
    expect(await next()).toEqual([1]);
    await source.close();
  });

  test('without a leader for too long the job ends, naming host and partition', async () => {
    const world = new SourceWorld();
    const [log] = world.kafka.topic('events');
    const { source, next } = await openOne(world);
    log!.append([json(1)]);
    expect(await next()).toEqual([1]);
    log!.leader = null;
    world.kafka.fetchErrors.set('events-0', ['NOT_LEADER_OR_FOLLOWER']);
    await expect(next()).rejects.toMatchObject({
      code: 'DREY_KAFKA_UNAVAILABLE',
      exitCode: 4,
      message: expect.stringContaining('source events: '),
      details: { subject: 'events-0' },
    });
    await source.close();
  });

  test('a broker that stays away ends the job, naming its host', async () => {
    const world = new SourceWorld();
    world.kafka.topic('events');
    const { source, next } = await openOne(world);
    world.kafka.fail('Fetch', ...Array.from({ length: 500 }, () => refusedBy('Fetch', 'cut-off')));
    await expect(next()).rejects.toMatchObject({
      code: 'DREY_KAFKA_UNREACHABLE',
      message: expect.stringContaining('kafka-0:9092'),
    });
    await source.close();
  });

  test('a refused login is not tried again', async () => {
    const world = new SourceWorld();
    world.kafka.topic('events');
    const { source, next } = await openOne(world);
    world.kafka.fail('Fetch', refusedBy('Fetch', 'authentication'));
    await expect(next()).rejects.toMatchObject({ code: 'DREY_KAFKA_LOGIN_REFUSED', exitCode: 5 });
    await source.close();
  });

  test('a topic that is not there ends the job when it starts, after a few seconds', async () => {
    const world = new SourceWorld();
    await expect(world.open(world.source())).rejects.toMatchObject({
      code: 'DREY_KAFKA_TOPIC_NOT_FOUND',
      message: expect.stringContaining('topic events'),
    });
    expect(world.platform.scheduler.nowMs).toBeLessThan(6_000);
  });

  test('a pattern that matches nothing ends a bounded source, and is waited for by others', async () => {
    const topics = { kind: 'pattern', pattern: 'a.*' } as const;
    const world = new SourceWorld();
    await expect(world.open(world.source({ spec: { topics } }))).rejects.toMatchObject({
      code: 'DREY_KAFKA_TOPIC_NOT_FOUND',
      message: 'source events: no topic matches a.*',
    });
    const source = world.source({ spec: { ...endless, discoveryIntervalMs: 1_000, topics } });
    expect(await world.open(source)).toEqual([]);
    const found = source.discovery!.ready();
    world.kafka.topic('abc');
    await world.platform.drive(found);
    expect(source.discovery!.take().map(({ name }) => name)).toEqual(['abc-0']);
    await source.close();
  });

  test('a topic that is deleted ends the job', async () => {
    const world = new SourceWorld();
    const [log] = world.kafka.topic('events');
    log!.append([json(1)]);
    const { source, next } = await openOne(world);
    expect(await next()).toEqual([1]);
    world.kafka.topics.delete('events');
    await expect(next()).rejects.toMatchObject({
      code: 'DREY_KAFKA_TOPIC_NOT_FOUND',
      message: expect.stringContaining('events-0'),
    });
    await source.close();
  });

  test('nothing is left to wait for once it is closed', async () => {
    const world = new SourceWorld();
    world.kafka.topic('events', 3);
    const { source, reader } = await openOne(world, {
      spec: { ...endless, discoveryIntervalMs: 60_000 },
      properties: { 'group.id': 'g', 'enable.auto.commit': 'true' },
    });
    // Nobody tells whoever still waits for rows of a source that is closed.
    world.pollOnce(source, reader).catch(() => undefined);
    void source.discovery!.ready();
    await world.platform.drive(world.platform.timers.yield());
    await source.close();
    await world.platform.runUntilIdle();
    expect(world.kafka.openClients).toBe(0);
    expect(world.platform.scheduler.nowMs).toBeLessThanOrEqual(1_000);
  });
});

describe('a Kafka source whose next record is not there', () => {
  async function behindRetention(properties: Readonly<Record<string, string>> = {}) {
    const world = new SourceWorld();
    const [log] = world.kafka.topic('events');
    log!.append([json(0)]);
    const opened = await openOne(world, { properties });
    expect(await opened.next()).toEqual([0]);
    for (let id = 1; id < 10; id++) log!.append([json(id)]);
    log!.truncate(4);
    return { world, log: log!, ...opened };
  }

  test('the job ends by default, naming what the broker has', async () => {
    const { source, next } = await behindRetention();
    await expect(next()).rejects.toMatchObject({
      code: 'DREY_KAFKA_OFFSET_OUT_OF_RANGE',
      exitCode: 3,
      message:
        'source events, events-0, offset 1 is not there: the broker has offsets 4 to 9; 3 offsets were removed before they were read',
      details: { source: 'events', split: 'events-0', offset: 1, earliest: 4, latest: 10 },
    });
    await source.close();
  });

  test('auto.offset.reset says where to go on, and the source says so', async () => {
    const earliest = await behindRetention({ 'auto.offset.reset': 'earliest' });
    expect(await earliest.next()).toEqual([4, 5, 6, 7, 8, 9]);
    expect(earliest.world.warnings).toMatchObject([
      { code: 'DREY_KAFKA_OFFSET_RESET', details: { offset: 1, target: 4 } },
    ]);
    await earliest.source.close();
    const latest = await behindRetention({ 'auto.offset.reset': 'latest' });
    const coming = latest.next();
    await latest.world.platform.drive(latest.world.platform.timers.yield());
    while (latest.world.warnings.length === 0) {
      await latest.world.platform.drive(latest.world.platform.timers.yield());
    }
    latest.log.append([json(10)]);
    expect(await coming).toEqual([10]);
    await latest.source.close();
  });

  test('a topic that was made again and is shorter is out of range, too', async () => {
    const world = new SourceWorld();
    const [log] = world.kafka.topic('events');
    log!.append([json(0), json(1)]);
    const { source, next } = await openOne(world);
    expect(await next()).toEqual([0, 1]);
    world.kafka.topic('events')[0]!.append([json(77)]);
    await expect(next()).rejects.toMatchObject({
      code: 'DREY_KAFKA_OFFSET_OUT_OF_RANGE',
      message: expect.stringContaining(
        'the broker has offsets 0 to 0; the topic may have been made again',
      ),
    });
    await source.close();
  });

  test('a leader epoch that falls says that the topic was made again', async () => {
    const world = new SourceWorld();
    const [log] = world.kafka.topic('events');
    log!.append([json(1)], { leaderEpoch: 5 });
    const { source, next } = await openOne(world);
    expect(await next()).toEqual([1]);
    log!.append([json(2)], { leaderEpoch: 4 });
    await expect(next()).rejects.toMatchObject({
      code: 'DREY_KAFKA_TOPIC_CHANGED',
      message: expect.stringContaining('events-0, offset 1: its leader epoch is 4 and was 5'),
    });
    await source.close();
  });
});
