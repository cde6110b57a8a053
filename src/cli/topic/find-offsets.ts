/** Offsets of partitions, asked of their leaders: each in one pass, whatever the leaders are. */
import type {
  FoundOffset,
  IsolationLevel,
  KafkaMetadata,
  OffsetQuery,
  TopicPartition,
} from '../../platform/kafka.ts';
import { partitionFailure } from '../../platform/kafka-failure.ts';
import type { KafkaSession } from './kafka-session.ts';

export function partitionName({ topic, partition }: TopicPartition): string {
  return `${topic}-${partition}`;
}

/**
 * One answer for each query, in their order. A partition may have its own error, as one without a
 * leader has; at most one query may be about one partition.
 */
export async function askOffsets(
  { client }: KafkaSession,
  metadata: KafkaMetadata,
  { queries, isolationLevel }: OffsetQuestion,
): Promise<readonly FoundOffset[]> {
  const leaders = leadersOf(metadata);
  const byNode = new Map<number, OffsetQuery[]>();
  for (const query of queries) {
    const leader = leaders.get(partitionName(query)) ?? null;
    if (leader !== null) byNode.set(leader, [...(byNode.get(leader) ?? []), query]);
  }
  const answers = await Promise.all(
    [...byNode].map(([node, asked]) => client.listOffsets(node, isolationLevel, asked)),
  );
  const found = new Map(answers.flat().map((answer) => [partitionName(answer), answer]));
  return queries.map(({ topic, partition }) => {
    const leaderless = { topic, partition, offset: null, error: 'LEADER_NOT_AVAILABLE' } as const;
    return found.get(partitionName({ topic, partition })) ?? leaderless;
  });
}

export interface OffsetQuestion {
  readonly queries: readonly OffsetQuery[];
  readonly isolationLevel: IsolationLevel;
}

/** By the names of the partitions; null: no record is that new. Rejects when one is not known. */
export async function findOffsets(
  session: KafkaSession,
  question: OffsetQuestion,
): Promise<ReadonlyMap<string, number | null>> {
  const topics = [...new Set(question.queries.map(({ topic }) => topic))];
  return session.requests.again(async () => {
    const metadata = await session.client.metadata(topics);
    const found = new Map<string, number | null>();
    for (const { error, offset, ...place } of await askOffsets(session, metadata, question)) {
      const subject = partitionName(place);
      if (error !== null) {
        throw partitionFailure({ request: 'ListOffsets', server: session.servers, subject }, error);
      }
      found.set(subject, offset);
    }
    return found;
  });
}

/** By the names of the partitions. */
export function leadersOf(metadata: KafkaMetadata): ReadonlyMap<string, number | null> {
  return new Map(
    metadata.topics.flatMap(({ name: topic, partitions }) =>
      partitions.map(({ partition, leader }) => [partitionName({ topic, partition }), leader]),
    ),
  );
}
