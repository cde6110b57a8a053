/**
 * Looks at the topic before the first row: that it is there, how many partitions it has, and how
 * large a record batch it takes. It is never made.
 */
import { KafkaError } from '../../../../platform/kafka-error.ts';
import { kafkaFailure, partitionFailure } from '../../../../platform/kafka-failure.ts';
import type { ProducerProperties } from '../../../../kafka/producer-properties.ts';
import { retrying } from '../retrying.ts';
import type { BatchSendingOptions } from './batch-sending.ts';

export interface OpenTopic {
  readonly partitionCount: number;
  readonly batchBytesMax: number;
}

const RETRY_FIRST_MS = 20;
const RETRY_MAX_MS = 1_000;
const BATCH_BYTES_SETTING = 'max.message.bytes';

/** Rejects with a DreyError. */
export async function openTopic(
  node: string,
  producer: ProducerProperties,
  sending: BatchSendingOptions,
): Promise<OpenTopic> {
  const { client, leaders, topic, server, deliveryTimeoutMs: limitMs } = sending;
  const retry = { ...sending, node, limitMs, firstMs: RETRY_FIRST_MS, maxMs: RETRY_MAX_MS };
  const about = { request: 'Metadata', server, subject: topic };
  const partitionCount = await retrying(async () => {
    const topics = await leaders.ask([topic]);
    const found = topics.find(({ name }) => name === topic);
    const error = found?.error ?? null;
    // A wrong name is told at once.
    if (error === 'UNKNOWN_TOPIC_OR_PARTITION') {
      throw kafkaFailure(partitionFailure(about, error), node);
    }
    if (found === undefined || error !== null || found.partitions.length === 0) {
      throw partitionFailure(about, error ?? 'LEADER_NOT_AVAILABLE');
    }
    return found.partitions.length;
  }, retry);
  const limit = await retrying(async () => {
    try {
      const settings = await client.topicSettings(topic);
      return Number(settings.find(({ name }) => name === BATCH_BYTES_SETTING)?.value ?? Infinity);
    } catch (failure) {
      // Who may write need not be allowed to ask; the broker says so when a batch is too large.
      const isDenied = failure instanceof KafkaError && DENIED.has(failure.reason);
      if (isDenied) return Infinity;
      throw failure;
    }
  }, retry);
  return { partitionCount, batchBytesMax: Math.min(limit, producer.batchBytesMax) };
}

const DENIED: ReadonlySet<string> = new Set([
  'TOPIC_AUTHORIZATION_FAILED',
  'CLUSTER_AUTHORIZATION_FAILED',
]);
