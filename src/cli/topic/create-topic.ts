/**
 * `topic create`: makes a topic and waits until it can be used. A topic that is there after a
 * request whose answer was lost was made by that request: before it, it was not there.
 */
import { KafkaError } from '../../platform/kafka-error.ts';
import type { KafkaTopic, NewTopic } from '../../platform/kafka.ts';
import { countCell, flagCell, textCell, type View } from '../../output/view.ts';
import { lookForTopic, replicationFactorOf, topicFailure } from './find-topic.ts';
import type { KafkaSession } from './kafka-session.ts';

export interface CreateTopicRequest {
  readonly topic: NewTopic;
  /** A topic of this name is no failure, whatever it is like. */
  readonly ifNotExists: boolean;
}

export interface CreatedTopic {
  readonly topic: string;
  /** False: it was there. */
  readonly created: boolean;
  readonly partitionCount: number;
  readonly replicationFactor: number;
}

export async function createTopic(
  session: KafkaSession,
  { topic, ifNotExists }: CreateTopicRequest,
): Promise<CreatedTopic> {
  const existing = await lookForTopic(session, topic.name);
  if (existing !== null) {
    if (ifNotExists) return { topic: topic.name, created: false, ...sizeOf(existing) };
    throw topicFailure(session, topic.name, 'TOPIC_ALREADY_EXISTS');
  }
  const created = await makeTopic(session, topic, ifNotExists);
  return { topic: topic.name, created, ...(await untilUsable(session, topic.name)) };
}

export function createdTopicView(result: CreatedTopic): View {
  return {
    sections: [
      {
        kind: 'fields',
        fields: [
          { key: 'topic', label: 'topic', cell: textCell(result.topic) },
          { key: 'created', label: 'created', cell: flagCell(result.created) },
          { key: 'partitionCount', label: 'partitions', cell: countCell(result.partitionCount) },
          {
            key: 'replicationFactor',
            label: 'replicas',
            cell: countCell(result.replicationFactor),
          },
        ],
      },
    ],
    names: [result.topic],
  };
}

/** False: another one made it at the same time. */
async function makeTopic(
  { client, requests }: KafkaSession,
  topic: NewTopic,
  ifNotExists: boolean,
): Promise<boolean> {
  let mayBeOurs = false;
  try {
    await requests.again(async () => {
      try {
        await client.createTopic(topic);
      } catch (failure) {
        if (failure instanceof KafkaError) mayBeOurs ||= failure.outcome === 'unknown';
        throw failure;
      }
    });
    return true;
  } catch (failure) {
    const isThere = failure instanceof KafkaError && failure.reason === 'TOPIC_ALREADY_EXISTS';
    if (isThere && (mayBeOurs || ifNotExists)) return mayBeOurs;
    throw failure;
  }
}

interface TopicSize {
  readonly partitionCount: number;
  readonly replicationFactor: number;
}

/** Brokers hear of a topic one after the other, and its leaders are chosen behind that. */
async function untilUsable(session: KafkaSession, name: string): Promise<TopicSize> {
  return session.requests.again(async () => {
    const topic = await lookForTopic(session, name);
    const isUsable = topic?.partitions.every(({ leader }) => leader !== null);
    if (topic === null || isUsable !== true) {
      throw topicFailure(session, name, 'LEADER_NOT_AVAILABLE');
    }
    return sizeOf(topic);
  });
}

function sizeOf({ partitions }: KafkaTopic): TopicSize {
  return { partitionCount: partitions.length, replicationFactor: replicationFactorOf(partitions) };
}
