/**
 * A job that only writes: numbered rows dealt out to Kafka sinks, a checkpoint after every few of
 * them, in a store that is never wrong. What is proved with it is the sinks' own protocol.
 */
import { KafkaSink } from '../../../../../src/engine/connector/kafka/sink/kafka-sink.ts';
import type { KafkaSinkSpec } from '../../../../../src/engine/connector/kafka/sink/kafka-sink-spec.ts';
import { JsonEncoder } from '../../../../../src/engine/format/json-encoder.ts';
import { MAX_PARALLELISM_DEFAULT } from '../../../../../src/engine/state/key-groups.ts';
import { RestoredParts } from '../../../../../src/engine/state/restored-parts.ts';
import { SnapshotParts } from '../../../../../src/engine/state/snapshot-parts.ts';
import type { SubtaskState } from '../../../../../src/engine/state/state-part.ts';
import {
  createSimulatedPlatform,
  type SimulatedPlatform,
} from '../../../../../src/platform/simulated/simulated-platform.ts';
import { kafkaSettings, newTopic, valuesOf } from '../../../../support/kafka-client.ts';
import { roomyTestMemory } from '../../../../support/test-memory.ts';
import { rowSchema, rowsBatch, type SinkRow } from './sink-rows.ts';

export interface Complete {
  readonly checkpointId: number;
  /** It covers the rows before this one. */
  readonly rowCount: number;
  readonly states: readonly SubtaskState[];
}

export interface SinkPlace {
  readonly subtask?: number;
  readonly parallelism?: number;
  readonly checkAllowed?: () => Promise<void>;
}

const JSON_FORMAT = {
  kind: 'json',
  failOnMissingField: false,
  timestampFormat: 'SQL',
  encodeDecimalAsPlainNumber: false,
  ignoreNullFields: false,
} as const;

const VALUE = { format: JSON_FORMAT, columns: [{ index: 1, name: 'row' }] };

/** Writes the column `row` as the value, exactly once. */
export const exactlyOnce: KafkaSinkSpec = {
  kind: 'kafka',
  topic: 'out',
  properties: { 'bootstrap.servers': 'kafka-0:9092' },
  guarantee: {
    kind: 'exactly-once',
    transactionalIdPrefix: 'job-out',
    expiredMarker: 'refuse',
    markerTopic: null,
  },
  value: VALUE,
  key: null,
  timestampColumn: null,
  headersColumn: null,
  partitioner: { kind: 'default' },
  changes: 'append',
};

export const atLeastOnce: KafkaSinkSpec = { ...exactlyOnce, guarantee: { kind: 'at-least-once' } };

/** Also the column `key` as the key. */
export const withKey: Partial<KafkaSinkSpec> = {
  key: { format: JSON_FORMAT, columns: [{ index: 0, name: 'key' }] },
};

export function kafkaSinkOf(
  world: SimulatedPlatform,
  spec: KafkaSinkSpec = exactlyOnce,
  place: SinkPlace = {},
): KafkaSink {
  return new KafkaSink(
    {
      name: 'result',
      spec,
      schema: rowSchema,
      createEncoder: (schema) =>
        new JsonEncoder({ ...JSON_FORMAT, schema, memory: roomyTestMemory() }),
      connect: () => Promise.resolve(world.kafka.connect(kafkaSettings)),
      pack: (format, bytes) => world.compression.packBlock(format, bytes),
      ...place,
    },
    world,
  );
}

/** A sink that starts from a snapshot, not open yet. */
export function restoredKafkaSink(
  world: SimulatedPlatform,
  states: readonly SubtaskState[],
  spec: KafkaSinkSpec = exactlyOnce,
  place: SinkPlace = {},
): KafkaSink {
  const sink = kafkaSinkOf(world, spec, place);
  const { subtask = 0, parallelism = 1 } = place;
  const at = { subtask, parallelism, maxParallelism: MAX_PARALLELISM_DEFAULT };
  sink.recovery.restoreState(new RestoredParts(states, at));
  return sink;
}

export async function writeRows(sink: KafkaSink, rows: readonly SinkRow[]): Promise<void> {
  sink.write(rowsBatch(rows));
  await sink.flush();
}

export function snapshotOf(sink: KafkaSink, checkpointId: number, subtask = 0): SubtaskState {
  const parts = new SnapshotParts({
    checkpointId,
    isSavepoint: false,
    maxParallelism: MAX_PARALLELISM_DEFAULT,
  });
  sink.recovery.snapshotState(parts);
  return { subtask, parts: parts.finish() };
}

/** Values of the topic as a read_committed reader sees them, partition after partition. */
export async function committedValues(
  world: SimulatedPlatform,
  topic = 'out',
): Promise<readonly (string | null)[]> {
  const client = world.kafka.connect(kafkaSettings);
  const { topics } = await client.metadata([topic]);
  const values: (string | null)[] = [];
  for (const { partition } of topics[0]?.partitions ?? []) {
    values.push(...(await valuesOf(client, { topic, partition }, 'read_committed')));
  }
  await client.close();
  return values;
}

/** A cluster of one broker with the topics that the tests of the sink write. */
export function kafkaSinkWorld(partitionCount = 1): SimulatedPlatform {
  const topics = [newTopic('out', { partitionCount }), newTopic('other'), newTopic('markers')];
  return createSimulatedPlatform({ seed: 1, kafka: { brokerCount: 1, topics } });
}

export async function runIn(
  work: (world: SimulatedPlatform) => Promise<void>,
  world = kafkaSinkWorld(),
): Promise<void> {
  await world.drive(work(world));
}

/** As the format writes rows with nothing but a name. */
export function valuesOfRows(...rows: readonly string[]): readonly string[] {
  return rows.map((row) => `{"row":"${row}"}`);
}
