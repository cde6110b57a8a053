/** Short ways to ask a Kafka of tests, simulated or real, for what tests ask again and again. */
import { isRetriable } from '../../src/kafka/error-names.ts';
import { KafkaError } from '../../src/platform/kafka-error.ts';
import type {
  IsolationLevel,
  KafkaClient,
  KafkaSettings,
  NewTopic,
  ProducedPartition,
  TopicPartition,
} from '../../src/platform/kafka.ts';
import { readRows, recordBatch, type ReadRow, type Written } from './kafka-records.ts';

export const kafkaSettings: KafkaSettings = {
  bootstrapServers: ['kafka-0:9092'],
  clientId: 'test',
  tls: null,
  sasl: null,
  connectTimeoutMs: 5_000,
  requestTimeoutMs: 30_000,
};

export function newTopic(name: string, more: Partial<NewTopic> = {}): NewTopic {
  return { name, partitionCount: 1, replicationFactor: -1, configuration: {}, ...more };
}

export async function leaderOf(client: KafkaClient, place: TopicPartition): Promise<number> {
  const { topics } = await client.metadata([place.topic]);
  const leader = topics[0]?.partitions[place.partition]?.leader;
  if (leader == null) throw new Error(`${place.topic}-${place.partition} has no leader`);
  return leader;
}

export async function send(
  client: KafkaClient,
  place: TopicPartition,
  values: readonly string[],
  as: {
    readonly written?: Written;
    readonly transactionalId?: string;
    readonly acks?: -1 | 1;
  } = {},
): Promise<ProducedPartition> {
  const node = await leaderOf(client, place);
  const [answer] = await client.produce(node, {
    acks: as.acks ?? -1,
    timeoutMs: 5_000,
    transactionalId: as.transactionalId ?? null,
    batches: [{ ...place, records: recordBatch(values, as.written) }],
  });
  if (answer === undefined) throw new Error('no answer to a produce request');
  return answer;
}

/** All rows that a reader of this isolation level sees now. */
export async function readLog(
  client: KafkaClient,
  place: TopicPartition,
  isolationLevel: IsolationLevel,
): Promise<readonly ReadRow[]> {
  const node = await leaderOf(client, place);
  const [earliest] = await client.listOffsets(node, isolationLevel, [{ ...place, at: 'earliest' }]);
  const [latest] = await client.listOffsets(node, isolationLevel, [{ ...place, at: 'latest' }]);
  const rows: ReadRow[] = [];
  let offset = earliest?.offset ?? 0;
  while (offset < (latest?.offset ?? 0)) {
    const [fetched] = await client.fetch(node, {
      isolationLevel,
      maxWaitMs: 100,
      minBytes: 1,
      maxBytes: 1_000_000,
      partitions: [{ ...place, offset, maxBytes: 1_000_000 }],
    });
    if (fetched === undefined || fetched.error !== null) {
      throw new Error(`fetch of ${place.topic}: ${fetched?.error}`);
    }
    const read = readRows(fetched, offset);
    if (read.nextOffset === offset) break;
    rows.push(...read.rows);
    offset = read.nextOffset;
  }
  return rows;
}

export async function valuesOf(
  client: KafkaClient,
  place: TopicPartition,
  isolationLevel: IsolationLevel,
): Promise<readonly (string | null)[]> {
  return (await readLog(client, place, isolationLevel)).map(({ value }) => value);
}

/** The reason with which a call rejects; null when it does not. */
export async function reasonOf(call: Promise<unknown>): Promise<string | null> {
  try {
    await call;
    return null;
  } catch (error) {
    if (error instanceof KafkaError) return error.reason;
    throw error;
  }
}

/** Again after each answer that Kafka's clients try again after. */
export async function retried<T>(call: () => Promise<T>, pause: () => Promise<void>): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await call();
    } catch (error) {
      const isAgain = error instanceof KafkaError && isRetriable(error.reason);
      if (!isAgain || attempt === ATTEMPTS_MAX) throw error;
      await pause();
    }
  }
}

const ATTEMPTS_MAX = 500;
