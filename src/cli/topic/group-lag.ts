/** `topic lag`: how far a consumer group is behind, partition by partition. */
import { RefusedError, UsageError } from '../../errors/drey-error.ts';
import type { CommittedOffset } from '../../platform/kafka.ts';
import { partitionFailure } from '../../platform/kafka-failure.ts';
import { countCell, textCell, type View } from '../../output/view.ts';
import { askOffsets, partitionName } from './find-offsets.ts';
import { ifAllowed } from './if-allowed.ts';
import type { KafkaSession } from './kafka-session.ts';

export interface GroupLagRequest {
  /** Null: that of the session's properties. */
  readonly group: string | null;
  /** Null: every topic that the group has committed an offset of. */
  readonly topic: string | null;
}

export interface PartitionLag {
  readonly topic: string;
  readonly partition: number;
  readonly committedOffset: number;
  /** Null, as the lag: the partition is gone, or nobody leads it at present. */
  readonly latestOffset: number | null;
  readonly lag: number | null;
}

export interface GroupLag {
  readonly group: string;
  /** Kafka's word, such as Stable or Empty. */
  readonly state: string;
  readonly memberCount: number;
  /** Of the partitions whose lag is known. */
  readonly lagTotal: number;
  readonly partitions: readonly PartitionLag[];
}

const GROUPS_SHOWN_MAX = 20;

export async function groupLag(session: KafkaSession, request: GroupLagRequest): Promise<GroupLag> {
  const { client, requests } = session;
  const { topic } = request;
  const group = request.group ?? session.group;
  if (group === null) {
    throw new UsageError('DREY_USAGE', 'no consumer group is named', {
      hint: 'Pass --group, or --pipeline with a source that has properties.group.id.',
    });
  }
  const all = await requests.again(() => client.committedOffsets(group, 'all'));
  const committed = all.filter((one) => topic === null || one.topic === topic);
  refuseErrors(session, committed);
  if (committed.length === 0) throw await nothingCommitted(session, { group, topic });
  const [{ state, members }, partitions] = await Promise.all([
    requests.again(() => client.describeGroup(group)),
    lagOf(session, committed),
  ]);
  const lagTotal = partitions.reduce((sum, { lag }) => sum + (lag ?? 0), 0);
  return { group, state, memberCount: members.length, lagTotal, partitions };
}

export function groupLagView(group: GroupLag): View {
  return {
    sections: [
      {
        kind: 'fields',
        fields: [
          { key: 'group', label: 'group', cell: textCell(group.group) },
          { key: 'state', label: 'state', cell: textCell(group.state) },
          { key: 'memberCount', label: 'members', cell: countCell(group.memberCount) },
          { key: 'lagTotal', label: 'lag', cell: countCell(group.lagTotal) },
        ],
      },
      {
        kind: 'table',
        empty: 'no partitions',
        columns: [
          { key: 'topic', heading: 'TOPIC' },
          { key: 'partition', heading: 'PARTITION' },
          { key: 'committedOffset', heading: 'COMMITTED' },
          { key: 'latestOffset', heading: 'LATEST' },
          { key: 'lag', heading: 'LAG' },
        ],
        rows: group.partitions.map((one) => [
          textCell(one.topic),
          textCell(String(one.partition)),
          countCell(one.committedOffset),
          countCell(one.latestOffset),
          countCell(one.lag),
        ]),
      },
    ],
    names: [group.group],
  };
}

function refuseErrors(session: KafkaSession, committed: readonly CommittedOffset[]): void {
  for (const { error, ...place } of committed) {
    if (error === null) continue;
    const subject = partitionName(place);
    throw partitionFailure({ request: 'OffsetFetch', server: session.servers, subject }, error);
  }
}

async function lagOf(
  session: KafkaSession,
  committed: readonly CommittedOffset[],
): Promise<readonly PartitionLag[]> {
  const topics = [...new Set(committed.map(({ topic }) => topic))];
  const latest = await session.requests.again(async () => {
    const metadata = await session.client.metadata(topics);
    return askOffsets(session, metadata, {
      queries: committed.map(({ topic, partition }) => ({ topic, partition, at: 'latest' })),
      isolationLevel: 'read_uncommitted',
    });
  });
  return committed
    .flatMap(({ topic, partition, offset }, index): PartitionLag[] => {
      if (offset === null) return [];
      const latestOffset = latest[index]?.offset ?? null;
      const lag = latestOffset === null ? null : Math.max(0, latestOffset - offset);
      return [{ topic, partition, committedOffset: offset, latestOffset, lag }];
    })
    .toSorted(byPlace);
}

function byPlace(left: PartitionLag, right: PartitionLag): number {
  if (left.topic !== right.topic) return left.topic < right.topic ? -1 : 1;
  return left.partition - right.partition;
}

async function nothingCommitted(
  { client, requests }: KafkaSession,
  { group, topic }: { readonly group: string; readonly topic: string | null },
): Promise<RefusedError> {
  const groups = await ifAllowed(requests.again(() => client.listGroups()));
  const names = (groups ?? []).map((one) => one.group).toSorted();
  const shown = names.slice(0, GROUPS_SHOWN_MAX).join(', ');
  const known = names.length === 0 ? 'no group is to be seen' : `the groups are: ${shown}`;
  const where = topic === null ? '' : ` of topic ${topic}`;
  const more = names.length > GROUPS_SHOWN_MAX ? ', ...' : '';
  return new RefusedError(
    'DREY_KAFKA_GROUP_NOT_FOUND',
    `group ${group} has committed no offsets${where}; ${known}${more}`,
    { details: { group, topic, groups: names } },
  );
}
