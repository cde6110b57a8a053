/** `topic list`: the topics that the login may see. */
import type { KafkaTopic } from '../../platform/kafka.ts';
import { countCell, flagCell, textCell, type View } from '../../output/view.ts';
import { replicationFactorOf } from './find-topic.ts';
import type { KafkaSession } from './kafka-session.ts';

export interface ListedTopic {
  readonly topic: string;
  readonly partitionCount: number;
  /** Of its partitions the least. */
  readonly replicationFactor: number;
  readonly isInternal: boolean;
  /** Partitions that nobody leads at present. */
  readonly leaderlessCount: number;
}

export interface TopicListResult {
  readonly topics: readonly ListedTopic[];
}

/** `all`: with those that Kafka keeps for itself. */
export async function listTopics(
  { client, requests }: KafkaSession,
  { all }: { readonly all: boolean },
): Promise<TopicListResult> {
  const { topics } = await requests.again(() => client.metadata('all'));
  const wanted = topics.filter(({ isInternal }) => all || !isInternal);
  return { topics: wanted.map(listed).toSorted(byName) };
}

export function topicListView({ topics }: TopicListResult): View {
  return {
    sections: [
      {
        kind: 'table',
        empty: 'no topics',
        columns: [
          { key: 'topic', heading: 'TOPIC' },
          { key: 'partitionCount', heading: 'PARTITIONS' },
          { key: 'replicationFactor', heading: 'REPLICAS' },
          { key: 'leaderlessCount', heading: 'WITHOUT LEADER' },
          { key: 'isInternal', heading: 'INTERNAL', isWide: true },
        ],
        rows: topics.map((topic) => [
          textCell(topic.topic),
          countCell(topic.partitionCount),
          countCell(topic.replicationFactor),
          countCell(topic.leaderlessCount, topic.leaderlessCount > 0 ? 'bad' : undefined),
          flagCell(topic.isInternal),
        ]),
      },
    ],
    names: topics.map(({ topic }) => topic),
  };
}

function listed({ name, isInternal, partitions }: KafkaTopic): ListedTopic {
  return {
    topic: name,
    partitionCount: partitions.length,
    replicationFactor: replicationFactorOf(partitions),
    isInternal,
    leaderlessCount: partitions.filter(({ leader }) => leader === null).length,
  };
}

function byName(left: ListedTopic, right: ListedTopic): number {
  return left.topic < right.topic ? -1 : 1;
}
