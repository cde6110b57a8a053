import { describe, expect, it } from 'vitest';
import {
  BATCH_HEADER_BYTES,
  checkCrc,
  readBatchHeader,
} from '../../../../../src/kafka/batch-header.ts';
import { kafkaSettings, leaderOf, readLog } from '../../../../support/kafka-client.ts';
import type { ReadRow } from '../../../../support/kafka-records.ts';
import {
  atLeastOnce,
  committedValues,
  exactlyOnce,
  kafkaSinkOf,
  withKey,
  writeRows,
  kafkaSinkWorld,
  runIn,
  valuesOfRows,
} from './kafka-sink-job.ts';

describe('a sink of any guarantee', () => {
  it('sends rows with each flush at least once', async () => {
    await runIn(async (world) => {
      const sink = kafkaSinkOf(world, atLeastOnce);
      await sink.open();
      await writeRows(sink, [{ row: 'a' }, { row: 'b' }]);
      await writeRows(sink, [{ row: 'c' }]);
      expect(await committedValues(world)).toEqual(valuesOfRows('a', 'b', 'c'));
      await sink.close();
    });
  });

  it('sends a batch once though its answer is lost', async () => {
    await runIn(async (world) => {
      const sink = kafkaSinkOf(world, atLeastOnce);
      await sink.open();
      const { faults } = world.kafkaCluster;
      for (const row of ['a', 'b', 'c']) {
        faults.arm({ kind: 'answer-lost', requests: ['Produce'] });
        await writeRows(sink, [{ row }]);
      }
      expect(faults.hitsOf('answer-lost')).toBe(3);
      expect(await committedValues(world)).toEqual(valuesOfRows('a', 'b', 'c'));
    });
  });

  it('goes on with a new producer where the broker has forgotten the old one', async () => {
    await runIn(async (world) => {
      const sink = kafkaSinkOf(world, atLeastOnce);
      await sink.open();
      await writeRows(sink, [{ row: 'a' }]);
      const reason = 'UNKNOWN_PRODUCER_ID';
      world.kafkaCluster.faults.arm({ kind: 'refused', requests: ['Produce'], reason });
      await writeRows(sink, [{ row: 'b' }]);
      await writeRows(sink, [{ row: 'c' }]);
      expect(await committedValues(world)).toEqual(valuesOfRows('a', 'b', 'c'));
    });
  });

  it('puts rows of a key into one partition, and a deleted one without a value', async () => {
    await runIn(async (world) => {
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
      expect(of('a')).toEqual(valuesOfRows('0', '1', '2', '3'));
      expect(of('b')).toEqual([...valuesOfRows('0', '1', '2'), null]);
      expect(of('c')).toEqual(valuesOfRows('0', '1', '2'));
    }, kafkaSinkWorld(4));
  });

  it('gives records the time of a column', async () => {
    await runIn(async (world) => {
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
      await runIn(async (world) => {
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
        expect(await committedValues(world)).toEqual(valuesOfRows(...rows));
        expect(faults.hitsOf('refused')).toBe(5);
      });
    },
  );

  it('compresses record batches', async () => {
    await runIn(async (world) => {
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
      expect(text).toContain(valuesOfRows('x'.repeat(10_000))[0]);
    });
  });

  it('says at once that the topic is not there, and does not make it', async () => {
    await runIn(async (world) => {
      const sink = kafkaSinkOf(world, { ...exactlyOnce, topic: 'nowhere' });
      await expect(sink.open()).rejects.toMatchObject({
        code: 'DREY_KAFKA_TOPIC_NOT_FOUND',
        details: { asker: 'sink result', subject: 'nowhere', server: 'kafka-0:9092' },
      });
      await sink.close();
    });
  });

  it('says after its time that no broker answers', async () => {
    await runIn(async (world) => {
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
    await runIn(async (world) => {
      await Promise.resolve();
      expect(() => kafkaSinkOf(world, { ...atLeastOnce, properties })).toThrow(
        /delivery\.timeout\.ms/,
      );
    });
  });
});
