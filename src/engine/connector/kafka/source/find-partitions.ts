/**
 * Which partitions a source has, and which subtask reads each. As Flink a partition's subtask
 * depends on topic and number alone, so that subtasks need not agree on a list.
 */
import { partitionFailure } from '../../../../platform/kafka-failure.ts';
import type { KafkaTopic, TopicPartition } from '../../../../platform/kafka.ts';
import type { SourcePlace } from '../../contract.ts';
import { partitionName, type PartitionLeaders } from '../partition-leaders.ts';
import type { TopicSelection } from './kafka-source-spec.ts';

/** One request; in the order of topics and numbers. Rejects with a KafkaError. */
export async function findPartitions(
  topics: TopicSelection,
  leaders: PartitionLeaders,
): Promise<readonly TopicPartition[]> {
  const found =
    topics.kind === 'list'
      ? await leaders.ask(topics.names)
      : matching(topics.pattern, await leaders.ask('all'));
  return [...found].sort(byName).flatMap(({ name: topic, error, partitions }) => {
    if (error !== null) {
      throw partitionFailure(
        { request: 'Metadata', server: 'the cluster', subject: `topic ${topic}` },
        error,
      );
    }
    return partitions.map(({ partition }) => ({ topic, partition }));
  });
}

/** As Flink's KafkaSourceEnumerator.getSplitOwner. */
export function ownsPartition(
  { topic, partition }: TopicPartition,
  { subtask, parallelism }: SourcePlace,
): boolean {
  const start = (Math.imul(javaHash(topic), 31) & 0x7fff_ffff) % parallelism;
  return (start + partition) % parallelism === subtask;
}

/** Of a name that `partitionName` gave; topics have hyphens, too. */
export function partitionOf(name: string): TopicPartition {
  const at = name.lastIndexOf('-');
  return { topic: name.slice(0, at), partition: Number(name.slice(at + 1)) };
}

/** What this subtask reads of what a snapshot names. */
export function restoredPartitions(
  names: readonly string[],
  place: SourcePlace,
): readonly TopicPartition[] {
  return names.map(partitionOf).filter((partition) => ownsPartition(partition, place));
}

export function without(
  partitions: readonly TopicPartition[],
  names: ReadonlySet<string>,
): readonly TopicPartition[] {
  return partitions.filter((partition) => !names.has(partitionName(partition)));
}

/** As Flink's TopicPatternSubscriber, Kafka's own topics are never meant. */
function matching(pattern: string, all: readonly KafkaTopic[]): readonly KafkaTopic[] {
  const whole = new RegExp(`^(?:${pattern})$`, 'u');
  return all.filter(({ name, isInternal }) => !isInternal && whole.test(name));
}

/** String.hashCode. */
function javaHash(text: string): number {
  let hash = 0;
  for (let at = 0; at < text.length; at++) hash = (Math.imul(hash, 31) + text.charCodeAt(at)) | 0;
  return hash;
}

function byName(a: KafkaTopic, b: KafkaTopic): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}
