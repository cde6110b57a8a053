/**
 * `topic delete`: deletes topics with all that is in them, after a question. What is to go is looked
 * at first, so that the question says how much it is, and so that one that is missing spares the
 * others.
 */
import { RefusedError } from '../../errors/drey-error.ts';
import { KafkaError } from '../../platform/kafka-error.ts';
import { formatCount } from '../../output/humanise.ts';
import { countCell, flagCell, textCell, type View } from '../../output/view.ts';
import { askBefore } from '../cluster/confirm-change.ts';
import { describeOffsets } from './describe-topic.ts';
import { lookForTopic, topicFailure, type FoundTopic } from './find-topic.ts';
import type { KafkaSession } from './kafka-session.ts';

export interface DeleteTopicsRequest {
  /** At least one. */
  readonly topics: readonly string[];
  /** A topic that is not there is no failure. */
  readonly ifExists: boolean;
  readonly isConfirmed: boolean;
  readonly isDryRun: boolean;
}

export interface DeletedTopic {
  readonly topic: string;
  readonly partitionCount: number;
  /** Null: not known. */
  readonly messagesMax: number | null;
  readonly deleted: boolean;
}

export interface DeletedTopics {
  readonly topics: readonly DeletedTopic[];
  readonly dryRun: boolean;
}

export async function deleteTopics(
  session: KafkaSession,
  request: DeleteTopicsRequest,
): Promise<DeletedTopics> {
  const found = await findAll(session, request);
  const wanted = await Promise.all(found.map((topic) => sizeUp(session, topic)));
  if (request.isDryRun || wanted.length === 0) {
    return { topics: wanted, dryRun: request.isDryRun };
  }
  if (!request.isConfirmed) {
    session.status.clear();
    const what = wanted.map(describe).join(', ');
    await askBefore(session.world, `delete ${what} at ${session.servers}`);
  }
  for (const { topic } of wanted) await deleteOne(session, topic);
  return { topics: wanted.map((topic) => ({ ...topic, deleted: true })), dryRun: false };
}

export function deletedTopicsView({ topics }: DeletedTopics): View {
  return {
    sections: [
      {
        kind: 'table',
        empty: 'no topics',
        columns: [
          { key: 'topic', heading: 'TOPIC' },
          { key: 'partitionCount', heading: 'PARTITIONS' },
          { key: 'messagesMax', heading: 'MESSAGES' },
          { key: 'deleted', heading: 'DELETED' },
        ],
        rows: topics.map((topic) => [
          textCell(topic.topic),
          countCell(topic.partitionCount),
          countCell(topic.messagesMax),
          flagCell(topic.deleted),
        ]),
      },
    ],
    names: topics.map(({ topic }) => topic),
  };
}

async function findAll(
  session: KafkaSession,
  { topics, ifExists }: DeleteTopicsRequest,
): Promise<readonly FoundTopic[]> {
  const found: FoundTopic[] = [];
  for (const name of new Set(topics)) {
    const topic = await lookForTopic(session, name);
    if (topic === null) {
      if (ifExists) continue;
      throw topicFailure(session, name, 'UNKNOWN_TOPIC_OR_PARTITION');
    }
    if (topic.isInternal) throw isKafkas(name);
    found.push(topic);
  }
  return found;
}

/** Groups and transactions of everybody are in there. */
function isKafkas(name: string): RefusedError {
  return new RefusedError(
    'DREY_KAFKA_REQUEST_FAILED',
    `topic ${name} is one that Kafka keeps for itself; drey does not delete it`,
    { hint: 'Leave it out.', details: { topic: name } },
  );
}

async function sizeUp(session: KafkaSession, topic: FoundTopic): Promise<DeletedTopic> {
  const { messagesMax } = await describeOffsets(session, topic);
  return {
    topic: topic.name,
    partitionCount: topic.partitions.length,
    messagesMax,
    deleted: false,
  };
}

function describe({ topic, partitionCount, messagesMax }: DeletedTopic): string {
  const messages =
    messagesMax === null ? 'an unknown number of' : `at most ${formatCount(messagesMax)}`;
  return `topic ${topic} with ${partitionCount} partitions and ${messages} messages`;
}

/** Deleting twice is deleting once: gone after a request whose answer was lost is what was wanted. */
async function deleteOne({ client, requests }: KafkaSession, name: string): Promise<void> {
  let mayBeOurs = false;
  await requests.again(async () => {
    try {
      await client.deleteTopic(name);
    } catch (failure) {
      if (!(failure instanceof KafkaError)) throw failure;
      if (mayBeOurs && failure.reason === 'UNKNOWN_TOPIC_OR_PARTITION') return;
      mayBeOurs ||= failure.outcome === 'unknown';
      throw failure;
    }
  });
}
