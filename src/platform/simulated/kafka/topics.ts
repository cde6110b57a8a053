/**
 * The topics of the simulated cluster, their settings and partitions, and who leads each of these.
 * A topic that is made again under the same name has new, empty logs.
 */
import type { KafkaSetting, NewTopic } from '../../kafka.ts';
import { PartitionLog } from './partition-log.ts';
import { Refusal } from './refusal.ts';

export interface Partition {
  readonly topic: string;
  readonly partition: number;
  readonly log: PartitionLog;
  readonly replicas: readonly number[];
  /** Null while no replica is up. */
  leader: number | null;
  leaderEpoch: number;
}

export interface Topic {
  readonly description: NewTopic;
  readonly partitions: Partition[];
}

/** Kafka's num.partitions and default.replication.factor. */
const PARTITIONS_DEFAULT = 1;
const REPLICAS_DEFAULT = 1;

/** What topics can be given here, with Kafka's defaults. */
const SETTINGS_DEFAULT: Readonly<Record<string, string>> = {
  'cleanup.policy': 'delete',
  'max.message.bytes': '1048588',
  'message.timestamp.type': 'CreateTime',
  'min.insync.replicas': '1',
  'retention.ms': '604800000',
};

const NAME_PATTERN = /^[a-zA-Z0-9._-]{1,249}$/;

export class Topics {
  private readonly topics = new Map<string, Topic>();
  private readonly brokerCount: number;
  private readonly isUp: (node: number) => boolean;

  constructor(brokerCount: number, isUp: (node: number) => boolean) {
    this.brokerCount = brokerCount;
    this.isUp = isUp;
  }

  get names(): readonly string[] {
    return [...this.topics.keys()];
  }

  get partitions(): readonly Partition[] {
    return [...this.topics.values()].flatMap((topic) => topic.partitions);
  }

  find(name: string): Topic | undefined {
    return this.topics.get(name);
  }

  /** Throws Refusal when there is none. */
  topic(name: string): Topic {
    const topic = this.topics.get(name);
    if (topic === undefined) throw new Refusal('UNKNOWN_TOPIC_OR_PARTITION');
    return topic;
  }

  partition(topic: string, partition: number): Partition {
    const found = this.topic(topic).partitions[partition];
    if (found === undefined) throw new Refusal('UNKNOWN_TOPIC_OR_PARTITION');
    return found;
  }

  create(description: NewTopic): Topic {
    const { name, partitionCount, replicationFactor, configuration } = description;
    if (this.topics.has(name)) throw new Refusal('TOPIC_ALREADY_EXISTS');
    if (!isTopicName(name)) throw new Refusal('INVALID_TOPIC_EXCEPTION');
    if (partitionCount === 0 || partitionCount < -1) throw new Refusal('INVALID_PARTITIONS');
    const replicas = replicationFactor === -1 ? REPLICAS_DEFAULT : replicationFactor;
    if (replicas < 1 || replicas > this.brokerCount) {
      throw new Refusal('INVALID_REPLICATION_FACTOR');
    }
    for (const setting of Object.keys(configuration)) {
      if (!(setting in SETTINGS_DEFAULT)) throw new Refusal('INVALID_CONFIG');
    }
    const topic: Topic = { description, partitions: [] };
    this.topics.set(name, topic);
    this.grow(name, partitionCount === -1 ? PARTITIONS_DEFAULT : partitionCount);
    return topic;
  }

  /** To so many partitions. */
  grow(name: string, partitionCount: number): void {
    const topic = this.topic(name);
    const { replicationFactor } = topic.description;
    const count = replicationFactor === -1 ? REPLICAS_DEFAULT : replicationFactor;
    for (let index = topic.partitions.length; index < partitionCount; index++) {
      const replicas = Array.from({ length: count }, (_, place) => {
        return (index + place) % this.brokerCount;
      });
      topic.partitions.push({
        topic: name,
        partition: index,
        log: new PartitionLog(logOptions(topic)),
        replicas,
        leader: replicas.find(this.isUp) ?? null,
        leaderEpoch: 0,
      });
    }
  }

  delete(name: string): Topic {
    const topic = this.topic(name);
    this.topics.delete(name);
    return topic;
  }

  settings(name: string): readonly KafkaSetting[] {
    const { configuration } = this.topic(name).description;
    return Object.entries(SETTINGS_DEFAULT).map(([setting, value]) => ({
      name: setting,
      value: configuration[setting] ?? value,
      isDefault: configuration[setting] === undefined,
    }));
  }
}

export function isTopicName(name: string): boolean {
  return NAME_PATTERN.test(name) && name !== '.' && name !== '..';
}

function logOptions(topic: Topic): ConstructorParameters<typeof PartitionLog>[0] {
  const settings = { ...SETTINGS_DEFAULT, ...topic.description.configuration };
  return {
    timestampType:
      settings['message.timestamp.type'] === 'LogAppendTime' ? 'LogAppendTime' : 'CreateTime',
    batchBytesMax: Number(settings['max.message.bytes']),
    isCompacted: (settings['cleanup.policy'] ?? '').split(',').includes('compact'),
  };
}
