import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  produceLines,
  type ProducedLines,
  type ProduceRequest,
} from '../../../src/cli/topic/produce-lines.ts';
import { partitionOfKey } from '../../../src/kafka/murmur2.ts';
import { newTopic, readLog } from '../../support/kafka-client.ts';
import type { ReadRow } from '../../support/kafka-records.ts';
import { runs } from '../../support/property-runs.ts';
import { TOPIC, topicWorld, type TopicWorld } from './topic-world.ts';

const BASE: ProduceRequest = {
  topic: TOPIC,
  file: null,
  partition: null,
  keySeparator: null,
  keyField: null,
  nullMarker: null,
};

function produce(world: TopicWorld, request: Partial<ProduceRequest> = {}): Promise<ProducedLines> {
  return world.run((session) => produceLines(session, { ...BASE, ...request }));
}

function input(...chunks: readonly string[]): { readonly input: readonly Uint8Array[] } {
  return { input: chunks.map((chunk) => new TextEncoder().encode(chunk)) };
}

async function rowsOf(world: TopicWorld, partition: number): Promise<readonly ReadRow[]> {
  const place = { topic: TOPIC, partition };
  return world.drive(readLog(world.client, place, 'read_committed'));
}

async function valuesOf(world: TopicWorld, partition: number): Promise<readonly (string | null)[]> {
  return (await rowsOf(world, partition)).map(({ value }) => value);
}

const bySign = { keySeparator: new TextEncoder().encode('=') };

describe('lines', () => {
  it('become records in their order', async () => {
    const world = topicWorld(1, { streams: input('a\nb', 'c\n', '\nd') });
    expect(await produce(world)).toMatchObject({
      topic: TOPIC,
      recordCount: 4,
      partitions: [{ partition: 0, recordCount: 4, firstOffset: 0, lastOffset: 3 }],
    });
    expect(await valuesOf(world, 0)).toEqual(['a', 'bc', '', 'd']);
  });

  it('come from a file as well', async () => {
    const world = topicWorld(1, { files: { 'lines.txt': 'a\nb\n' } });
    await produce(world, { file: 'lines.txt' });
    expect(await valuesOf(world, 0)).toEqual(['a', 'b']);
  });

  it('with a key go where clients of Kafka send them', async () => {
    const texts = Array.from({ length: 50 }, (_, index) => `k${index % 10}=${index}`);
    const world = topicWorld(3, { streams: input(texts.join('\n')) });
    await produce(world, bySign);
    for (const partition of [0, 1, 2]) {
      for (const { key } of await rowsOf(world, partition)) {
        expect(partitionOfKey(new TextEncoder().encode(key ?? ''), 3)).toBe(partition);
      }
    }
  });

  it('go into the partition that is named', async () => {
    const world = topicWorld(3, { streams: input('x=1\ny=2\nz=3\n') });
    await produce(world, { ...bySign, partition: 2 });
    expect(await valuesOf(world, 2)).toEqual(['1', '2', '3']);
    await expect(produce(world, { partition: 3 })).rejects.toMatchObject({
      code: 'DREY_KAFKA_TOPIC_NOT_FOUND',
    });
  });

  it('can delete a key', async () => {
    const world = topicWorld(1, { streams: input('a=NULL\n') });
    await produce(world, { ...bySign, nullMarker: new TextEncoder().encode('NULL') });
    expect(await rowsOf(world, 0)).toMatchObject([{ key: 'a', value: null }]);
  });

  it('without any are fine', async () => {
    const world = topicWorld(1);
    expect(await produce(world)).toMatchObject({ recordCount: 0, partitions: [] });
  });
});

describe('a line that cannot be sent', () => {
  it('ends it with its number when the lines before are written', async () => {
    const world = topicWorld(1, { streams: input('a=1\nb=2\nnothing\nc=3\n') });
    await expect(produce(world, bySign)).rejects.toMatchObject({
      code: 'DREY_PRODUCE_LINE',
      exitCode: 3,
      message: expect.stringMatching(
        /^line 3 has no key.*the lines before it are written$/,
      ) as string,
      details: { line: 3, writtenLineCount: 2 },
    });
    expect(await valuesOf(world, 0)).toEqual(['1', '2']);
  });

  it('is one that is longer than the topic takes', async () => {
    const world = topicWorld(1, { streams: input(`short\n${'x'.repeat(5_000)}\n`) });
    const configuration = { 'max.message.bytes': '2000' };
    await world.drive(world.client.createTopic(newTopic('small', { configuration })));
    await expect(produce(world, { topic: 'small' })).rejects.toMatchObject({
      code: 'DREY_PRODUCE_LINE',
      details: { line: 2, limitBytes: expect.any(Number) as number },
    });
  });
});

describe('a topic', () => {
  it('that is not there is not made', async () => {
    const world = topicWorld(1, { streams: input('a\n') });
    await expect(produce(world, { topic: 'nobody' })).rejects.toMatchObject({
      code: 'DREY_KAFKA_TOPIC_NOT_FOUND',
    });
    const { topics } = await world.drive(world.client.metadata('all'));
    expect(topics.map(({ name }) => name)).toEqual([TOPIC]);
  });
});

describe('a signal', () => {
  it('ends it when all that was read is written', async () => {
    const streams = {
      ...input(...Array.from({ length: 100 }, (_, n) => `${n}\n`)),
      latencyMs: 100,
    };
    const world = topicWorld(1, { streams });
    world.platform.timers.after(2_050, () => {
      world.platform.signals.send('SIGINT');
    });
    const failure: unknown = await produce(world).catch((error: unknown) => error);
    const values = await valuesOf(world, 0);
    expect(failure).toMatchObject({
      code: 'DREY_INTERRUPTED',
      exitCode: 130,
      details: { recordCount: values.length },
    });
    expect(values.length).toBeGreaterThan(5);
    expect(values.length).toBeLessThan(30);
    expect(values).toEqual(values.map((_, index) => String(index)));
  });
});

describe('a broken world', () => {
  const kinds = ['lost', 'answer-lost', 'refused-in-doubt', 'duplicated', 'slow'] as const;

  it('gets each line once and in its order', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 1_000_000 }),
        fc.integer({ min: 1, max: 3 }),
        fc.subarray([...kinds]),
        async (seed, partitionCount, chosen) => {
          const texts = Array.from({ length: 60 }, (_, index) => `k${index % 7}=${index}\n`);
          const streams = { ...input(...texts), latencyMs: 200 };
          const world = topicWorld(partitionCount, {
            seed,
            streams,
            question: { timeoutMs: 600_000 },
          });
          const { faults } = world.platform.kafkaCluster;
          faults.setShares(Object.fromEntries(chosen.map((kind) => [kind, 0.05])));
          const { recordCount } = await produce(world, bySign);
          faults.clear();
          expect(recordCount).toBe(60);
          const byKey = new Map<string, string[]>();
          for (let partition = 0; partition < partitionCount; partition++) {
            for (const { key, value } of await rowsOf(world, partition)) {
              byKey.set(key ?? '', [...(byKey.get(key ?? '') ?? []), value ?? '']);
            }
          }
          for (let key = 0; key < 7; key++) {
            const wanted = texts.map((_, index) => index).filter((index) => index % 7 === key);
            expect(byKey.get(`k${key}`)).toEqual(wanted.map(String));
          }
        },
      ),
      { numRuns: runs(25) },
    );
  });

  it('in which nobody answers any more leaves the outcome open', async () => {
    const world = topicWorld(1, { streams: input('a\nb\n') });
    world.platform.kafkaCluster.faults.setShares({});
    for (let count = 0; count < 100; count++) {
      world.platform.kafkaCluster.faults.arm({ kind: 'answer-lost', requests: ['Produce'] });
    }
    await expect(produce(world)).rejects.toMatchObject({
      code: 'DREY_OUTCOME_UNKNOWN',
      exitCode: 10,
      message: expect.stringContaining('lines 1 to 2') as string,
      hint: expect.stringContaining('drey topic tail events --partition 0') as string,
    });
  });

  it('that refuses for sure says so', async () => {
    const world = topicWorld(1, { streams: input('a\n') });
    world.platform.kafkaCluster.faults.arm({
      kind: 'refused',
      requests: ['Produce'],
      reason: 'TOPIC_AUTHORIZATION_FAILED',
    });
    await expect(produce(world)).rejects.toMatchObject({
      code: 'DREY_KAFKA_NOT_AUTHORIZED',
      message: expect.stringContaining('line 1') as string,
    });
  });
});
