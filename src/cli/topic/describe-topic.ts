/**
 * `topic describe`: leaders, replicas and offsets of each partition, and the settings that are not
 * the default. A partition without a leader is shown, with what is not known of it left open.
 */
import type { FoundOffset, KafkaPartition } from '../../platform/kafka.ts';
import { countCell, flagCell, textCell, type View } from '../../output/view.ts';
import { askOffsets } from './find-offsets.ts';
import { findTopic, replicationFactorOf, type FoundTopic } from './find-topic.ts';
import { ifAllowed } from './if-allowed.ts';
import type { KafkaSession } from './kafka-session.ts';

export interface DescribedPartition {
  readonly partition: number;
  readonly leader: number | null;
  readonly replicas: readonly number[];
  readonly inSyncReplicas: readonly number[];
  /** Null, as the next two: not known, because the leader does not say. */
  readonly earliestOffset: number | null;
  readonly latestOffset: number | null;
  /** Fewer where the topic is compacted or holds transactions. */
  readonly messagesMax: number | null;
}

export interface DescribedSetting {
  readonly name: string;
  /** Null: secret. */
  readonly value: string | null;
}

export interface DescribedTopic {
  readonly topic: string;
  readonly isInternal: boolean;
  readonly partitionCount: number;
  readonly replicationFactor: number;
  readonly messagesMax: number | null;
  readonly partitions: readonly DescribedPartition[];
  /** Those that are not the default. Null: the login may not see them. */
  readonly settings: readonly DescribedSetting[] | null;
}

export async function describeTopic(session: KafkaSession, name: string): Promise<DescribedTopic> {
  const topic = await findTopic(session, name);
  const [{ partitions, messagesMax }, settings] = await Promise.all([
    describeOffsets(session, topic),
    settingsOf(session, name),
  ]);
  return {
    topic: name,
    isInternal: topic.isInternal,
    partitionCount: partitions.length,
    replicationFactor: replicationFactorOf(topic.partitions),
    messagesMax,
    partitions,
    settings,
  };
}

export function describedTopicView(topic: DescribedTopic): View {
  return {
    sections: [
      {
        kind: 'fields',
        fields: [
          { key: 'topic', label: 'topic', cell: textCell(topic.topic) },
          { key: 'partitionCount', label: 'partitions', cell: countCell(topic.partitionCount) },
          { key: 'replicationFactor', label: 'replicas', cell: countCell(topic.replicationFactor) },
          { key: 'messagesMax', label: 'messages (at most)', cell: countCell(topic.messagesMax) },
          {
            key: 'isInternal',
            label: 'internal',
            cell: flagCell(topic.isInternal),
            isWide: !topic.isInternal,
          },
        ],
      },
      {
        kind: 'table',
        title: 'Partitions',
        empty: 'no partitions',
        columns: [
          { key: 'partition', heading: 'PARTITION' },
          { key: 'leader', heading: 'LEADER' },
          { key: 'replicas', heading: 'REPLICAS' },
          { key: 'inSyncReplicas', heading: 'IN SYNC' },
          { key: 'earliestOffset', heading: 'EARLIEST' },
          { key: 'latestOffset', heading: 'LATEST' },
          { key: 'messagesMax', heading: 'MESSAGES' },
        ],
        rows: topic.partitions.map((partition) => [
          textCell(String(partition.partition)),
          partition.leader === null ? textCell('none', 'bad') : textCell(String(partition.leader)),
          textCell(partition.replicas.join(',')),
          textCell(partition.inSyncReplicas.join(','), isShort(partition) ? 'bad' : undefined),
          countCell(partition.earliestOffset),
          countCell(partition.latestOffset),
          countCell(partition.messagesMax),
        ]),
      },
      {
        kind: 'table',
        title: 'Settings',
        empty:
          topic.settings === null
            ? 'this login may not see the settings'
            : 'all settings have their defaults',
        columns: [
          { key: 'name', heading: 'NAME' },
          { key: 'value', heading: 'VALUE' },
        ],
        rows: (topic.settings ?? []).map(({ name, value }) => [textCell(name), textCell(value)]),
      },
    ],
    names: [topic.topic],
  };
}

/** Some replica is behind. */
function isShort({ replicas, inSyncReplicas }: DescribedPartition): boolean {
  return inSyncReplicas.length < replicas.length;
}

export interface DescribedOffsets {
  readonly partitions: readonly DescribedPartition[];
  /** Null: not known of all of them. */
  readonly messagesMax: number | null;
}

export async function describeOffsets(
  session: KafkaSession,
  topic: FoundTopic,
): Promise<DescribedOffsets> {
  const ask = (at: 'earliest' | 'latest'): Promise<readonly FoundOffset[]> =>
    session.requests.again(() =>
      askOffsets(session, topic.metadata, {
        queries: topic.partitions.map(({ partition }) => ({ topic: topic.name, partition, at })),
        isolationLevel: 'read_uncommitted',
      }),
    );
  const [earliest, latest] = await Promise.all([ask('earliest'), ask('latest')]);
  const partitions = topic.partitions.map((partition, index) =>
    described(partition, earliest[index]?.offset ?? null, latest[index]?.offset ?? null),
  );
  return { partitions, messagesMax: sumOrNull(partitions.map(({ messagesMax }) => messagesMax)) };
}

function described(
  partition: KafkaPartition,
  earliestOffset: number | null,
  latestOffset: number | null,
): DescribedPartition {
  const isKnown = earliestOffset !== null && latestOffset !== null;
  return {
    ...partition,
    earliestOffset,
    latestOffset,
    messagesMax: isKnown ? Math.max(0, latestOffset - earliestOffset) : null,
  };
}

/** To read a topic and to read its settings are two permissions. */
async function settingsOf(
  { client, requests }: KafkaSession,
  name: string,
): Promise<readonly DescribedSetting[] | null> {
  const settings = await ifAllowed(requests.again(() => client.topicSettings(name)));
  if (settings === null) return null;
  return settings
    .filter(({ isDefault }) => !isDefault)
    .map((setting) => ({ name: setting.name, value: setting.value }))
    .toSorted((left, right) => (left.name < right.name ? -1 : 1));
}

function sumOrNull(counts: readonly (number | null)[]): number | null {
  let sum = 0;
  for (const count of counts) {
    if (count === null) return null;
    sum += count;
  }
  return sum;
}
