import { describe, expect, it } from 'vitest';
import type { KafkaSinkSpec } from '../../../../../src/engine/connector/kafka/sink/kafka-sink-spec.ts';
import {
  BATCH_HEADER_BYTES,
  checkCrc,
  readBatchHeader,
} from '../../../../../src/kafka/batch-header.ts';
import {
  createSimulatedPlatform,
  type SimulatedPlatform,
} from '../../../../../src/platform/simulated/simulated-platform.ts';
import { kafkaSettings, leaderOf, newTopic, readLog } from '../../../../support/kafka-client.ts';
import type { ReadRow } from '../../../../support/kafka-records.ts';
import {
  atLeastOnce,
  committedValues,
  exactlyOnce,
  kafkaSinkOf,
  restoredKafkaSink,
  snapshotOf,
  withKey,
  writeRows,
} from './kafka-sink-job.ts';

function worldOf(partitionCount = 1): SimulatedPlatform {
  const topics = [newTopic('out', { partitionCount }), newTopic('other'), newTopic('markers')];
  return createSimulatedPlatform({ seed: 1, kafka: { brokerCount: 1, topics } });
}

async function run(work: (world: SimulatedPlatform) => Promise<void>, world = worldOf()) {
  await world.drive(work(world));
}

const value = (row: string): string => `{"row":"${row}"}`;
const values = (...rows: readonly string[]): readonly string[] => rows.map(value);

describe('an exactly-once sink', () => {
  it('shows rows when the checkpoint that covers them is committed, and not before', async () => {
    await run(async (world) => {
      const sink = kafkaSinkOf(world);
      await sink.open();
      await writeRows(sink, [{ row: 'a' }]);
      snapshotOf(sink, 1);
      await writeRows(sink, [{ row: 'b' }]);
      await sink.recovery.durable();
      expect(await committedValues(world)).toEqual([]);
      await sink.recovery.commitUpTo(1);
      expect(await committedValues(world)).toEqual(values('a'));
      await sink.close();
      expect(await committedValues(world)).toEqual(values('a'));
    });
  });

  it('shows at the end of the input what no checkpoint covers', async () => {
    await run(async (world) => {
      const sink = kafkaSinkOf(world);
      await sink.open();
      await writeRows(sink, [{ row: 'a' }]);
      snapshotOf(sink, 1);
      await writeRows(sink, [{ row: 'b' }]);
      await sink.commit();
      await sink.close();
      expect(await committedValues(world)).toEqual(values('a', 'b'));
    });
  });

  it('shows rows of a checkpoint that never completed with the next one', async () => {
    await run(async (world) => {
      const sink = kafkaSinkOf(world);
      await sink.open();
      await writeRows(sink, [{ row: 'a' }]);
      snapshotOf(sink, 1);
      await writeRows(sink, [{ row: 'b' }]);
      const states = [snapshotOf(sink, 2)];
      await sink.close();
      const next = restoredKafkaSink(world, states);
      await next.open();
      expect(await committedValues(world)).toEqual(values('a', 'b'));
      await next.close();
    });
  });

  it('shows rows once however often their snapshot is restored', async () => {
    await run(async (world) => {
      const sink = kafkaSinkOf(world);
      await sink.open();
      await writeRows(sink, [{ row: 'a' }]);
      const states = [snapshotOf(sink, 1)];
      await sink.recovery.commitUpTo(1);
      for (let time = 0; time < 3; time++) {
        const next = restoredKafkaSink(world, states);
        await next.open();
        await writeRows(next, [{ row: `after ${time}` }]);
        snapshotOf(next, 2);
        await next.recovery.commitUpTo(2);
        await next.close();
      }
      const after = values('after 0', 'after 1', 'after 2');
      expect(await committedValues(world)).toEqual([value('a'), ...after]);
    });
  });

  it('commits what any parallelism has left, at any other', async () => {
    for (const [before, after] of [
      [3, 1],
      [3, 2],
      [1, 3],
    ] as const) {
      await run(async (world) => {
        const states = [];
        for (let subtask = 0; subtask < before; subtask++) {
          const sink = kafkaSinkOf(world, exactlyOnce, { subtask, parallelism: before });
          await sink.open();
          await writeRows(sink, [{ row: `of ${subtask}` }]);
          states.push(snapshotOf(sink, 1, subtask));
        }
        for (let subtask = 0; subtask < after; subtask++) {
          const place = { subtask, parallelism: after };
          const sink = restoredKafkaSink(world, states, exactlyOnce, place);
          await sink.open();
        }
        const rows = values(...Array.from({ length: before }, (_, subtask) => `of ${subtask}`));
        const shown = await committedValues(world);
        expect(shown).toHaveLength(rows.length);
        expect(new Set(shown)).toEqual(new Set(rows));
      });
    }
  });

  it('is at its end when another run has taken over, and changes nothing', async () => {
    await run(async (world) => {
      const sink = kafkaSinkOf(world);
      await sink.open();
      await writeRows(sink, [{ row: 'a' }]);
      snapshotOf(sink, 1);
      const other = kafkaSinkOf(world);
      await other.open();
      await expect(sink.recovery.commitUpTo(1)).rejects.toMatchObject({
        code: 'DREY_KAFKA_FENCED',
        exitCode: 11,
      });
      await writeRows(other, [{ row: 'b' }]);
      snapshotOf(other, 1);
      await other.recovery.commitUpTo(1);
      expect(await committedValues(world)).toEqual(values('b'));
    });
  });

  it('takes over under the names that the snapshot says when they are others now', async () => {
    await run(async (world) => {
      const sink = kafkaSinkOf(world);
      await sink.open();
      await writeRows(sink, [{ row: 'a' }]);
      const states = [snapshotOf(sink, 1)];
      for (const spec of [
        { ...exactlyOnce, topic: 'other' },
        { ...atLeastOnce, topic: 'other' },
      ] satisfies readonly KafkaSinkSpec[]) {
        const next = restoredKafkaSink(world, states, spec);
        await next.open();
        await next.close();
      }
      expect(await committedValues(world)).toEqual(values('a'));
      expect(await committedValues(world, 'other')).toEqual([]);
      await expect(sink.recovery.commitUpTo(1)).rejects.toMatchObject({
        code: 'DREY_KAFKA_FENCED',
      });
    });
  });

  it('refuses restored rows of which nothing tells whether they were committed', async () => {
    await run(async (world) => {
      const sink = kafkaSinkOf(world);
      await sink.open();
      await writeRows(sink, [{ row: 'a' }]);
      const states = [snapshotOf(sink, 1)];
      await sink.recovery.commitUpTo(1);
      await sink.close();
      await new Promise<void>((resolve) => {
        world.timers.after(8 * 86_400_000, resolve);
      });
      await expect(restoredKafkaSink(world, states).open()).rejects.toMatchObject({
        code: 'DREY_KAFKA_SINK_OUTCOME_UNKNOWN',
        exitCode: 10,
      });
      const { guarantee } = exactlyOnce;
      if (guarantee.kind !== 'exactly-once') throw new Error('it is');
      const skipping = { ...guarantee, expiredMarker: 'skip' } as const;
      const next = restoredKafkaSink(world, states, { ...exactlyOnce, guarantee: skipping });
      await next.open();
      expect(await committedValues(world)).toEqual(values('a'));
    });
  });

  it('knows after any time what was committed where a topic keeps its markers', async () => {
    await run(async (world) => {
      const { guarantee } = exactlyOnce;
      if (guarantee.kind !== 'exactly-once') throw new Error('it is');
      const keeping = { ...exactlyOnce, guarantee: { ...guarantee, markerTopic: 'markers' } };
      const sink = kafkaSinkOf(world, keeping);
      await sink.open();
      await writeRows(sink, [{ row: 'a' }]);
      snapshotOf(sink, 1);
      await sink.recovery.commitUpTo(1);
      await writeRows(sink, [{ row: 'b' }]);
      snapshotOf(sink, 2);
      world.kafkaCluster.faults.arm({ kind: 'lost', requests: ['EndTxn'] });
      await sink.recovery.commitUpTo(2);
      await writeRows(sink, [{ row: 'c' }]);
      const states = [snapshotOf(sink, 3)];
      await sink.close();
      for (const restored of ['first', 'second']) {
        await new Promise<void>((resolve) => {
          world.timers.after(30 * 86_400_000, resolve);
        });
        const next = restoredKafkaSink(world, states, keeping);
        await next.open();
        await next.close();
        expect(await committedValues(world), restored).toEqual(values('a', 'b', 'c'));
      }
    });
  });

  it('keeps its marker when it has no rows for longer than offsets are kept', async () => {
    await run(async (world) => {
      const sink = kafkaSinkOf(world);
      await sink.open();
      await writeRows(sink, [{ row: 'a' }]);
      const states = [snapshotOf(sink, 1)];
      for (let day = 1; day < 20; day++) {
        await sink.recovery.commitUpTo(day);
        await new Promise<void>((resolve) => {
          world.timers.after(86_400_000, resolve);
        });
        snapshotOf(sink, day + 1);
      }
      await sink.close();
      await restoredKafkaSink(world, states).open();
      expect(await committedValues(world)).toEqual(values('a'));
    });
  });
});

describe('a sink of any guarantee', () => {
  it('sends rows with each flush at least once', async () => {
    await run(async (world) => {
      const sink = kafkaSinkOf(world, atLeastOnce);
      await sink.open();
      await writeRows(sink, [{ row: 'a' }, { row: 'b' }]);
      await writeRows(sink, [{ row: 'c' }]);
      expect(await committedValues(world)).toEqual(values('a', 'b', 'c'));
      await sink.close();
    });
  });

  it('sends a batch once though its answer is lost', async () => {
    await run(async (world) => {
      const sink = kafkaSinkOf(world, atLeastOnce);
      await sink.open();
      const { faults } = world.kafkaCluster;
      for (const row of ['a', 'b', 'c']) {
        faults.arm({ kind: 'answer-lost', requests: ['Produce'] });
        await writeRows(sink, [{ row }]);
      }
      expect(faults.hitsOf('answer-lost')).toBe(3);
      expect(await committedValues(world)).toEqual(values('a', 'b', 'c'));
    });
  });

  it('goes on with a new producer where the broker has forgotten the old one', async () => {
    await run(async (world) => {
      const sink = kafkaSinkOf(world, atLeastOnce);
      await sink.open();
      await writeRows(sink, [{ row: 'a' }]);
      const reason = 'UNKNOWN_PRODUCER_ID';
      world.kafkaCluster.faults.arm({ kind: 'refused', requests: ['Produce'], reason });
      await writeRows(sink, [{ row: 'b' }]);
      await writeRows(sink, [{ row: 'c' }]);
      expect(await committedValues(world)).toEqual(values('a', 'b', 'c'));
    });
  });

  it('puts rows of a key into one partition, and a deleted one without a value', async () => {
    await run(async (world) => {
      const spec = { ...atLeastOnce, ...withKey, changes: 'upsert' } as const;
      const sink = kafkaSinkOf(world, spec);
      await sink.open();
      for (let round = 0; round < 3; round++) {
        await writeRows(
          sink,
          ['a', 'b', 'c', 'd'].map((key) => ({ key, row: `${round}` })),
        );
      }
      await writeRows(sink, [
        { key: 'a', row: '2', kind: 'updateBefore' },
        { key: 'a', row: '3', kind: 'updateAfter' },
        { key: 'b', row: '2', kind: 'delete' },
      ]);
      const client = world.kafka.connect(kafkaSettings);
      const rows: ReadRow[] = [];
      for (let partition = 0; partition < 4; partition++) {
        const place = { topic: 'out', partition };
        rows.push(...(await readLog(client, place, 'read_committed')));
      }
      const of = (key: string): unknown[] =>
        rows.filter((row) => row.key === `{"key":"${key}"}`).map((row) => row.value);
      expect(of('a')).toEqual(values('0', '1', '2', '3'));
      expect(of('b')).toEqual([...values('0', '1', '2'), null]);
      expect(of('c')).toEqual(values('0', '1', '2'));
    }, worldOf(4));
  });

  it('gives records the time of a column', async () => {
    await run(async (world) => {
      const sink = kafkaSinkOf(world, { ...atLeastOnce, timestampColumn: 2 });
      await sink.open();
      await writeRows(sink, [{ row: 'a', timeMs: 7_000 }, { row: 'b' }]);
      const client = world.kafka.connect(kafkaSettings);
      const rows = await readLog(client, { topic: 'out', partition: 0 }, 'read_committed');
      expect(rows[0]?.timestampMs).toBe(7_000);
      expect(rows[1]?.timestampMs).toBeGreaterThan(1_600_000_000_000);
      await expect(writeRows(sink, [{ row: 'a', timeMs: -1 }])).rejects.toMatchObject({
        code: 'DREY_KAFKA_SINK_ROW',
      });
    });
  });

  it.each([atLeastOnce, exactlyOnce])(
    'sends many batches of a partition in order',
    async (spec) => {
      await run(async (world) => {
        const properties = { ...spec.properties, 'max.request.size': '1024' };
        const sink = kafkaSinkOf(world, { ...spec, properties });
        await sink.open();
        const { faults } = world.kafkaCluster;
        for (let time = 0; time < 5; time++) faults.arm({ kind: 'refused', requests: ['Produce'] });
        const rows = Array.from({ length: 50 }, (_, row) => `${row}`.padStart(200, '0'));
        await writeRows(
          sink,
          rows.map((row) => ({ row })),
        );
        await sink.commit();
        await sink.close();
        expect(await committedValues(world)).toEqual(values(...rows));
        expect(faults.hitsOf('refused')).toBe(5);
      });
    },
  );

  it('compresses record batches', async () => {
    await run(async (world) => {
      const properties = { ...exactlyOnce.properties, 'compression.type': 'lz4' };
      const sink = kafkaSinkOf(world, { ...atLeastOnce, properties });
      await sink.open();
      await writeRows(sink, [{ row: 'x'.repeat(10_000) }]);
      const client = world.kafka.connect(kafkaSettings);
      const place = { topic: 'out', partition: 0 };
      const [fetched] = await client.fetch(await leaderOf(client, place), {
        isolationLevel: 'read_committed',
        maxWaitMs: 100,
        minBytes: 1,
        maxBytes: 1_000_000,
        partitions: [{ ...place, offset: 0, maxBytes: 1_000_000 }],
      });
      const records = fetched?.records ?? new Uint8Array(0);
      expect(records.length).toBeLessThan(1_000);
      const header = readBatchHeader(records, 0);
      expect(header).toMatchObject({ compression: 'lz4', recordCount: 1 });
      expect(header !== null && checkCrc(records, 0, header)).toBe(true);
      const packed = records.subarray(BATCH_HEADER_BYTES, header?.sizeBytes);
      const text = new TextDecoder().decode(world.compression.unpackBlock('lz4', packed, 100_000));
      expect(text).toContain(value('x'.repeat(10_000)));
    });
  });

  it('says at once that the topic is not there, and does not make it', async () => {
    await run(async (world) => {
      const sink = kafkaSinkOf(world, { ...exactlyOnce, topic: 'nowhere' });
      await expect(sink.open()).rejects.toMatchObject({
        code: 'DREY_KAFKA_TOPIC_NOT_FOUND',
        details: { asker: 'sink result', subject: 'nowhere', server: 'kafka-0:9092' },
      });
      await sink.close();
    });
  });

  it('says after its time that no broker answers', async () => {
    await run(async (world) => {
      const properties = { ...exactlyOnce.properties, 'delivery.timeout.ms': '5000' };
      const sink = kafkaSinkOf(world, { ...atLeastOnce, properties });
      await sink.open();
      world.kafkaCluster.restartBroker(0, 3_600_000);
      const startMs = world.clock.monotonicMs();
      await expect(writeRows(sink, [{ row: 'a' }])).rejects.toMatchObject({ exitCode: 4 });
      expect(world.clock.monotonicMs() - startMs).toBeLessThan(60_000);
    });
  });

  it('refuses a property whose value cannot be', async () => {
    const properties = { ...exactlyOnce.properties, 'delivery.timeout.ms': 'soon' };
    await run(async (world) => {
      await Promise.resolve();
      expect(() => kafkaSinkOf(world, { ...atLeastOnce, properties })).toThrow(
        /delivery\.timeout\.ms/,
      );
    });
  });
});
