import { describe, expect, test } from 'vitest';
import type { SourcePlace } from '../../../../../src/engine/connector/contract.ts';
import type { KafkaSourceSpec } from '../../../../../src/engine/connector/kafka/source/kafka-source-spec.ts';
import { refusedBy } from '../../../../support/scripted-kafka.ts';
import { SourceWorld } from './source-world.ts';

const json = (id: number, text = 'x'): { value: string } => ({
  value: JSON.stringify({ id, text }),
});
const idsOf = (rows: readonly (readonly unknown[])[]): number[] => rows.map(([id]) => Number(id));

describe('where a Kafka source starts and stops', () => {
  async function ids(
    spec: Partial<KafkaSourceSpec>,
    properties: Readonly<Record<string, string>> = {},
    committed: Readonly<Record<string, number>> = {},
  ): Promise<number[]> {
    const world = new SourceWorld();
    const partitions = world.kafka.topic('events', 2);
    for (const [index, log] of partitions.entries()) {
      for (let id = 0; id < 4; id++) {
        log.append([{ ...json(10 * index + id), timestampMs: 100 * id }]);
      }
    }
    partitions[1]!.truncate(1);
    for (const [name, offset] of Object.entries(committed)) world.kafka.committed.set(name, offset);
    return idsOf(await world.readAll(world.source({ spec, properties })));
  }

  test('earliest-offset and latest-offset', async () => {
    expect(await ids({ startup: { kind: 'earliest-offset' } })).toEqual([0, 1, 2, 3, 11, 12, 13]);
    expect(await ids({ startup: { kind: 'latest-offset' } })).toEqual([]);
  });

  test('a timestamp: the first record that is not older, or the end', async () => {
    expect(await ids({ startup: { kind: 'timestamp', atMs: 150 } })).toEqual([2, 3, 12, 13]);
    expect(await ids({ startup: { kind: 'timestamp', atMs: 999 } })).toEqual([]);
    expect(await ids({ bounded: { kind: 'timestamp', atMs: 150 } })).toEqual([0, 1, 11]);
    expect(await ids({ bounded: { kind: 'timestamp', atMs: 999 } })).toHaveLength(7);
  });

  test('specific offsets; others start at the group or the beginning, and are not read to none', async () => {
    const startup = { kind: 'specific-offsets', offsets: { 0: 2 } } as const;
    expect(await ids({ startup })).toEqual([2, 3, 11, 12, 13]);
    expect(await ids({ startup }, {}, { 'events-1': 3 })).toEqual([2, 3, 13]);
    const bounded = { kind: 'specific-offsets', offsets: { 0: 2 } } as const;
    expect(await ids({ bounded })).toEqual([0, 1]);
  });

  test('group-offsets: without one the job ends, or auto.offset.reset decides', async () => {
    const startup = { kind: 'group-offsets' } as const;
    const group = { 'group.id': 'readers' };
    expect(await ids({ startup }, group, { 'events-0': 3, 'events-1': 2 })).toEqual([3, 12, 13]);
    await expect(ids({ startup }, group, { 'events-0': 3 })).rejects.toMatchObject({
      code: 'DREY_KAFKA_OFFSET_MISSING',
      message: 'source events, events-1: the group readers has committed no offset',
    });
    const reset = { ...group, 'auto.offset.reset': 'earliest' };
    expect(await ids({ startup }, reset, { 'events-0': 3 })).toEqual([3, 11, 12, 13]);
    const bounded = { kind: 'group-offsets' } as const;
    expect(await ids({ bounded }, group, { 'events-0': 1, 'events-1': 2 })).toEqual([0, 11]);
  });
});

describe('a Kafka source in a job that goes on', () => {
  const place = (restored: SourcePlace['restored'] = null): SourcePlace => ({
    subtask: 0,
    parallelism: 1,
    restored,
  });
  const unbounded = { bounded: { kind: 'unbounded' }, discoveryIntervalMs: 60_000 } as const;

  test('waits for records, and finds partitions that are added, from their beginning', async () => {
    const world = new SourceWorld();
    const [log] = world.kafka.topic('events');
    const startup = { kind: 'latest-offset' } as const;
    const source = world.source({ spec: { ...unbounded, startup } });
    const [reader] = await world.open(source, place());
    const first = world.pollOnce(source, reader!);
    log!.append([json(1)]);
    expect(idsOf((await first)!)).toEqual([1]);
    const found = source.discovery!.ready();
    world.kafka.addPartition('events').append([json(2)]);
    await world.platform.drive(found);
    const [added] = source.discovery!.take();
    expect(added!.name).toBe('events-1');
    expect(idsOf((await world.pollOnce(source, added!))!)).toEqual([2]);
    await source.close();
  });

  test('a restored source starts at the beginning of what was added meanwhile', async () => {
    const world = new SourceWorld();
    const [, added] = world.kafka.topic('events', 2);
    added!.append([json(2)]);
    const startup = { kind: 'latest-offset' } as const;
    const source = world.source({ spec: { ...unbounded, startup } });
    const restored = { names: ['events-0'], own: ['events-0'], discoveries: [] };
    const readers = await world.open(source, place(restored));
    expect(readers.map(({ name }) => name)).toEqual(['events-0', 'events-1']);
    expect(idsOf((await world.pollOnce(source, readers[1]!))!)).toEqual([2]);
    await source.close();
  });

  test('the group hears of offsets when their checkpoint is complete', async () => {
    const world = new SourceWorld();
    const [log] = world.kafka.topic('events');
    log!.append([json(1), json(2)]);
    const properties = { 'group.id': 'readers' };
    const source = world.source({ spec: unbounded, properties });
    const [reader] = await world.open(source, place());
    await world.pollOnce(source, reader!);
    source.commits!.snapshotTaken(1);
    log!.append([json(3)]);
    await world.pollOnce(source, reader!);
    source.commits!.snapshotTaken(2);
    source.commits!.commitUpTo(1);
    expect(world.kafka.commits).toEqual([
      [{ topic: 'events', partition: 0, offset: 2, metadata: '' }],
    ]);
    await source.close();
  });

  test('a commit that fails is a warning, once', async () => {
    const world = new SourceWorld();
    world.kafka.topic('events');
    const source = world.source({ spec: unbounded, properties: { 'group.id': 'readers' } });
    await world.open(source, place());
    world.kafka.fail('OffsetCommit', refused('GROUP_AUTHORIZATION_FAILED'), refused('timeout'));
    for (const checkpoint of [1, 2, 3]) {
      source.commits!.snapshotTaken(checkpoint);
      source.commits!.commitUpTo(checkpoint);
      await world.platform.drive(world.platform.timers.yield());
    }
    expect(world.warnings.map(({ code }) => code)).toEqual(['DREY_KAFKA_COMMIT_FAILED']);
    expect(world.kafka.commits).toHaveLength(1);
    await source.close();
  });

  test('without a group nobody is told', async () => {
    const world = new SourceWorld();
    world.kafka.topic('events');
    const source = world.source({ spec: unbounded });
    await world.open(source, place());
    expect(source.commits).toBeNull();
    await source.close();
  });

  test('the lag is what lies behind the position', async () => {
    const world = new SourceWorld();
    const [log] = world.kafka.topic('events');
    log!.append(Array.from({ length: 3000 }, (_, id) => json(id)));
    const source = world.source({ spec: unbounded });
    const [reader] = await world.open(source, place());
    expect(source.progress().lag).toEqual([{ split: 'events-0', position: 0, records: null }]);
    await world.pollOnce(source, reader!);
    expect(source.progress().lag).toEqual([{ split: 'events-0', position: 2048, records: 952 }]);
    await source.close();
  });

  test('a partition that is not read is not asked for', async () => {
    const world = new SourceWorld();
    const [slow, empty] = world.kafka.topic('events', 2);
    const value = 'x'.repeat(900);
    for (let id = 0; id < 60; id++) slow!.append([json(id, value)]);
    const properties = { 'max.partition.fetch.bytes': '4000' };
    const source = world.source({ spec: unbounded, properties });
    const [first, second] = await world.open(source, place());
    const rows = await world.pollOnce(source, first!);
    await world.platform.drive(world.platform.timers.yield());
    const asked = (): number =>
      world.kafka.fetches.filter(({ partitions }) =>
        partitions.some(({ partition }) => partition === 0),
      ).length;
    const before = asked();
    for (const id of [100, 101, 102, 103]) {
      empty!.append([json(id)]);
      expect(idsOf((await world.pollOnce(source, second!))!)).toEqual([id]);
    }
    // What it may hold, and what comes next.
    expect(asked() - before).toBeLessThanOrEqual(2);
    let count = rows!.length;
    while (count < 60) count += (await world.pollOnce(source, first!))!.length;
    await source.close();
  });
});

function refused(reason: Parameters<typeof refusedBy>[1]): ReturnType<typeof refusedBy> {
  return refusedBy('OffsetCommit', reason);
}
