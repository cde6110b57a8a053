/** A topic by its name, with its partitions and their leaders; not there: an error that says so. */
import type { KafkaErrorName } from '../../kafka/error-names.ts';
import type { KafkaMetadata, KafkaPartition, KafkaTopic } from '../../platform/kafka.ts';
import { partitionFailure } from '../../platform/kafka-failure.ts';
import type { KafkaSession } from './kafka-session.ts';

export interface FoundTopic extends KafkaTopic {
  readonly metadata: KafkaMetadata;
}

/** Null: it is not there. Rejects with a KafkaError. */
export async function lookForTopic(
  session: KafkaSession,
  name: string,
): Promise<FoundTopic | null> {
  const metadata = await session.requests.again(() => session.client.metadata([name]));
  const topic = metadata.topics.find((candidate) => candidate.name === name);
  if (topic === undefined || topic.error === 'UNKNOWN_TOPIC_OR_PARTITION') return null;
  if (topic.error !== null) throw topicFailure(session, name, topic.error);
  return { ...topic, metadata };
}

export async function findTopic(session: KafkaSession, name: string): Promise<FoundTopic> {
  const topic = await lookForTopic(session, name);
  if (topic === null) throw topicFailure(session, name, 'UNKNOWN_TOPIC_OR_PARTITION');
  return topic;
}

/** Of the partitions the least; 0 without any. */
export function replicationFactorOf(partitions: readonly KafkaPartition[]): number {
  return partitions.length === 0
    ? 0
    : Math.min(...partitions.map(({ replicas }) => replicas.length));
}

/** Those that are named, or all of them; one that is not there is an error. */
export function choosePartitions(
  session: KafkaSession,
  topic: FoundTopic,
  numbers: readonly number[],
): readonly KafkaPartition[] {
  if (numbers.length === 0) return topic.partitions;
  return [...new Set(numbers)].map((number) => {
    const found = topic.partitions.find(({ partition }) => partition === number);
    if (found !== undefined) return found;
    const subject = `partition ${number} of topic ${topic.name}, which has ${topic.partitions.length}`;
    const place = { request: 'Metadata', server: session.servers, subject };
    throw partitionFailure(place, 'UNKNOWN_TOPIC_OR_PARTITION');
  });
}

export function topicFailure(session: KafkaSession, name: string, error: KafkaErrorName): Error {
  const place = { request: 'Metadata', server: session.servers, subject: `topic ${name}` };
  return partitionFailure(place, error);
}
