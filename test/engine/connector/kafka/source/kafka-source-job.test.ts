/** Whole jobs over the simulated cluster, from the pipeline's text to printed rows. */
import { describe, expect, test } from 'vitest';
import { RecordBatchWriter } from '../../../../../src/kafka/record-batch-writer.ts';
import type { SimulatedPlatform } from '../../../../../src/platform/simulated/simulated-platform.ts';
import { createSimulatedPlatform } from '../../../../../src/platform/simulated/simulated-platform.ts';
import { kafkaSettings } from '../../../../support/kafka-client.ts';
import { jobFolder, outputOf, startOn } from '../../../../support/simulated-job.ts';

function worldOf(seed: number, partitionCount: number): SimulatedPlatform {
  const topic = { name: 'events', partitionCount, replicationFactor: 1, configuration: {} };
  return createSimulatedPlatform({
    seed,
    workingDirectory: jobFolder,
    kafka: { brokerCount: 2, topics: [topic] },
  });
}

async function produce(
  world: SimulatedPlatform,
  partition: number,
  ids: readonly number[],
): Promise<void> {
  const client = world.kafka.connect(kafkaSettings);
  const { topics } = await client.metadata(['events']);
  const leader = topics[0]!.partitions[partition]!.leader!;
  const writer = new RecordBatchWriter();
  for (const id of ids) {
    const value = new TextEncoder().encode(JSON.stringify({ id }));
    writer.append({ timestampMs: id, key: null, value, headers: [] });
  }
  const identity = { producerId: -1, epoch: -1, baseSequence: -1, isTransactional: false };
  const records = writer.finish(identity);
  const batches = [{ topic: 'events', partition, records }];
  await client.produce(leader, { acks: -1, timeoutMs: 1_000, transactionalId: null, batches });
  await client.close();
}

const pipeline = (mode: string): string => `
pipeline: { name: p }
sources:
  events:
    connector: kafka
    topic: events
    format: json
    properties.bootstrap.servers: 'kafka-0:9092'
    scan.startup.mode: earliest-offset
    scan.bounded.mode: ${mode}
    columns:
      id: BIGINT
      offset: BIGINT METADATA VIRTUAL
      partition: INT METADATA VIRTUAL
sinks:
  out: { from: events, connector: print }
`;

describe('a job that reads from Kafka', () => {
  test.each([1, 2, 3])(
    'prints the rows of all partitions and ends, at parallelism %i',
    async (parallelism) => {
      const world = worldOf(parallelism, 3);
      for (let partition = 0; partition < 3; partition++) {
        await world.drive(produce(world, partition, [10 * partition, 10 * partition + 1]));
        await world.drive(produce(world, partition, [10 * partition + 2]));
      }
      const handle = await startOn(world, { pipeline: pipeline('latest-offset'), parallelism });
      const summary = await world.drive(handle.done);
      const rows = outputOf(world)
        .trim()
        .split('\n')
        .map((line): unknown => JSON.parse(line));
      const expected = [0, 1, 2].flatMap((partition) =>
        [0, 1, 2].map((offset) => ({ id: 10 * partition + offset, offset, partition })),
      );
      expect(rows).toHaveLength(9);
      expect(rows).toEqual(expect.arrayContaining(expected));
      expect(summary.recordsIn).toBe(9);
    },
  );
});
