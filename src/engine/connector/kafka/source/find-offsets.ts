/** Asks the leaders of partitions for offsets, each until it has answered. */
import { KafkaError } from '../../../../platform/kafka-error.ts';
import { partitionFailure } from '../../../../platform/kafka-failure.ts';
import type {
  IsolationLevel,
  KafkaClient,
  OffsetQuery,
  TopicPartition,
} from '../../../../platform/kafka.ts';
import { partitionName, type PartitionLeaders } from '../partition-leaders.ts';
import { retrying, type RetryOptions } from '../retrying.ts';

export interface OffsetSearch {
  readonly client: KafkaClient;
  readonly leaders: PartitionLeaders;
  readonly isolationLevel: IsolationLevel;
  readonly retry: RetryOptions;
}

/** By name; null: no record is that new. Rejects with a DreyError. */
export async function findOffsets(
  queries: readonly OffsetQuery[],
  search: OffsetSearch,
): Promise<ReadonlyMap<string, number | null>> {
  const found = new Map<string, number | null>();
  await retrying(async () => {
    const open = queries.filter((query) => !found.has(partitionName(query)));
    const failure = await askOnce(open, search, found);
    if (failure !== null) throw failure;
  }, search.retry);
  return found;
}

/** The offsets that a group has committed; those that it has not are left out. */
export async function findCommitted(
  group: string,
  partitions: readonly TopicPartition[],
  { client, retry }: Pick<OffsetSearch, 'client' | 'retry'>,
): Promise<ReadonlyMap<string, number>> {
  if (partitions.length === 0) return new Map();
  return retrying(async () => {
    const found = new Map<string, number>();
    for (const committed of await client.committedOffsets(group, partitions)) {
      const { error, offset } = committed;
      if (error !== null)
        throw partitionFailure(
          { request: 'OffsetFetch', server: `group ${group}`, subject: partitionName(committed) },
          error,
        );
      if (offset !== null) found.set(partitionName(committed), offset);
    }
    return found;
  }, retry);
}

/** The last failure; null: all have answered. */
async function askOnce(
  queries: readonly OffsetQuery[],
  { client, leaders, isolationLevel }: OffsetSearch,
  found: Map<string, number | null>,
): Promise<KafkaError | null> {
  const leaderless = queries.filter((query) => leaders.of(query) === null);
  if (leaderless.length > 0) await leaders.ask([...new Set(leaderless.map(({ topic }) => topic))]);
  const byNode = new Map<number, OffsetQuery[]>();
  let failure: KafkaError | null = null;
  for (const query of queries) {
    const node = leaders.of(query);
    if (node === null) {
      failure = partitionFailure(
        { request: 'Metadata', server: 'the cluster', subject: partitionName(query) },
        'LEADER_NOT_AVAILABLE',
      );
      continue;
    }
    const queriesOfNode = byNode.get(node);
    if (queriesOfNode === undefined) byNode.set(node, [query]);
    else queriesOfNode.push(query);
  }
  for (const [node, queriesOfNode] of byNode) {
    try {
      for (const answer of await client.listOffsets(node, isolationLevel, queriesOfNode)) {
        if (answer.error === null) {
          found.set(partitionName(answer), answer.offset);
          continue;
        }
        failure = partitionFailure(
          {
            request: 'ListOffsets',
            server: leaders.serverOf(answer),
            subject: partitionName(answer),
          },
          answer.error,
        );
        leaders.forget(answer);
      }
    } catch (cause) {
      if (!(cause instanceof KafkaError)) throw cause;
      failure = cause;
      for (const query of queriesOfNode) leaders.forget(query);
    }
  }
  return failure;
}
