/** Clients of the cluster under test, closed when a test file ends; and names nobody else uses. */
import { randomUUID } from 'node:crypto';
import { afterAll } from 'vitest';
import { BATCH_HEADER_BYTES, checkCrc, readBatchHeader } from '../../src/kafka/batch-header.ts';
import { RecordSlices } from '../../src/kafka/record-slices.ts';
import { realCompression } from '../../src/platform/real/compression.ts';
import { RecordBatchWriter, type BatchIdentity } from '../../src/kafka/record-batch-writer.ts';
import type { FetchedPartition, KafkaClient, KafkaSettings } from '../../src/platform/kafka.ts';
import { KafkaError } from '../../src/platform/kafka-error.ts';
import { realKafka } from '../../src/platform/real/kafka/real-kafka.ts';
import { isRetriable } from '../../src/kafka/error-names.ts';
import { givenKafka } from '../peers/kafka-under-test.ts';
import { waitUntil } from '../peers/wait-until.ts';

const opened: KafkaClient[] = [];

afterAll(async () => {
  await Promise.all(opened.map((client) => client.close()));
});

export function settings(changes: Partial<KafkaSettings> = {}): KafkaSettings {
  return {
    bootstrapServers: givenKafka().servers.PLAINTEXT,
    clientId: 'tests',
    tls: null,
    sasl: null,
    connectTimeoutMs: 20_000,
    requestTimeoutMs: 60_000,
    ...changes,
  };
}

export function client(changes: Partial<KafkaSettings> = {}): KafkaClient {
  const made = realKafka.connect(settings(changes));
  opened.push(made);
  return made;
}

export function freshName(kind: string): string {
  return `${kind}-${randomUUID()}`;
}

/** A topic with leaders; the node that leads its first partition. */
export async function freshTopic(
  kafka: KafkaClient,
  partitionCount = 1,
  configuration: Readonly<Record<string, string>> = {},
): Promise<{ readonly name: string; readonly leader: number }> {
  const name = freshName('topic');
  await kafka.createTopic({ name, partitionCount, replicationFactor: -1, configuration });
  const leader = await waitUntil({ what: `a leader of ${name}`, timeoutMs: 60_000 }, async () => {
    const { topics } = await kafka.metadata([name]);
    const partitions = topics[0]?.partitions ?? [];
    const first = partitions[0]?.leader ?? null;
    if (partitions.length < partitionCount || first === null) return undefined;
    // The cluster knows of it a moment before the leader does.
    const query = { topic: name, partition: 0, at: 'latest' } as const;
    const [found] = await kafka.listOffsets(first, 'read_committed', [query]);
    return found?.error === null ? first : undefined;
  });
  return { name, leader };
}

export const NO_IDENTITY = {
  producerId: -1,
  epoch: -1,
  baseSequence: -1,
  isTransactional: false,
} as const;

export function batchOf(values: readonly string[], identity: BatchIdentity): Uint8Array {
  const writer = new RecordBatchWriter();
  const utf8 = new TextEncoder();
  for (const value of values) {
    writer.append({
      timestampMs: 1_700_000_000_000,
      key: null,
      value: utf8.encode(value),
      headers: [],
    });
  }
  return writer.finish(identity);
}

export async function produceOne(
  kafka: KafkaClient,
  topic: { readonly name: string; readonly leader: number },
  records: Uint8Array,
  transactionalId: string | null = null,
) {
  const batches = [{ topic: topic.name, partition: 0, records }];
  const request = { acks: -1, timeoutMs: 60_000, transactionalId, batches } as const;
  const [produced] = await kafka.produce(topic.leader, request);
  if (produced === undefined) throw new Error('nothing was said of the partition');
  return produced;
}

export async function fetchOne(
  kafka: KafkaClient,
  topic: { readonly name: string; readonly leader: number },
  offset = 0,
  isolationLevel: 'read_committed' | 'read_uncommitted' = 'read_committed',
): Promise<FetchedPartition> {
  const maxBytes = 10_000_000;
  const [fetched] = await kafka.fetch(topic.leader, {
    isolationLevel,
    maxWaitMs: 100,
    minBytes: 1,
    maxBytes,
    partitions: [{ topic: topic.name, partition: 0, offset, maxBytes }],
  });
  if (fetched === undefined) throw new Error('nothing was said of the partition');
  return fetched;
}

const UNPACKED_BYTES_MAX = 100_000_000;

/** Of all batches but control batches, in whatever form they come. */
export function valuesOf(records: Uint8Array): readonly string[] {
  const values: string[] = [];
  const slices = new RecordSlices();
  for (let at = 0; at < records.length;) {
    const header = readBatchHeader(records, at);
    if (header === null) break;
    if (!checkCrc(records, at, header)) throw new Error(`the batch at ${at} is damaged`);
    const { compression, isControl, sizeBytes, recordCount } = header;
    const stored = records.subarray(at + BATCH_HEADER_BYTES, at + sizeBytes);
    at += sizeBytes;
    if (isControl) continue;
    const unpacked =
      compression === 'none'
        ? stored
        : realCompression.unpackBlock(compression, stored, UNPACKED_BYTES_MAX);
    slices.read(unpacked, 0, unpacked.length, recordCount);
    for (let index = 0; index < slices.count; index++) {
      const start = slices.valueStart[index] ?? 0;
      const value = unpacked.subarray(start, start + (slices.valueLength[index] ?? 0));
      values.push(Buffer.from(value).toString());
    }
  }
  return values;
}

/** As callers do: what the broker asks to be tried again is tried again. */
export function retried<T>(what: string, request: () => Promise<T>): Promise<T> {
  return waitUntil({ what, timeoutMs: 60_000 }, async () => {
    try {
      return { answer: await request() };
    } catch (error) {
      if (error instanceof KafkaError && isRetriable(error.reason)) return undefined;
      throw error;
    }
  }).then(({ answer }) => answer);
}

export async function failureOf(request: Promise<unknown>): Promise<KafkaError> {
  try {
    await request;
  } catch (error) {
    if (error instanceof KafkaError) return error;
    throw error;
  }
  throw new Error('the request has an answer');
}
