/**
 * Which broker leads which partition, as far as the last answer of the cluster said. Who finds it
 * wrong forgets it and asks again.
 */
import type { KafkaClient, KafkaTopic, TopicPartition } from '../../../platform/kafka.ts';

export class PartitionLeaders {
  private readonly client: KafkaClient;
  private readonly leaders = new Map<string, number>();
  private readonly servers = new Map<number, string>();

  constructor(client: KafkaClient) {
    this.client = client;
  }

  /** Null: it has none, or nobody has asked. */
  of(partition: TopicPartition): number | null {
    return this.leaders.get(partitionName(partition)) ?? null;
  }

  /** For messages: `host:port` of the leader. */
  serverOf(partition: TopicPartition): string {
    const node = this.of(partition);
    return node === null ? 'the cluster' : (this.servers.get(node) ?? `broker ${node}`);
  }

  forget(partition: TopicPartition): void {
    this.leaders.delete(partitionName(partition));
  }

  /** One request; rejects with a KafkaError. What the answer says is known afterwards. */
  async ask(topics: readonly string[] | 'all'): Promise<readonly KafkaTopic[]> {
    const metadata = await this.client.metadata(topics);
    for (const { node, host, port } of metadata.brokers) this.servers.set(node, `${host}:${port}`);
    for (const { name: topic, error, partitions } of metadata.topics) {
      if (error !== null) continue;
      for (const { partition, leader } of partitions) {
        if (leader === null) this.forget({ topic, partition });
        else this.leaders.set(partitionName({ topic, partition }), leader);
      }
    }
    return metadata.topics;
  }
}

/** As messages and snapshots name a partition: `events-3`. */
export function partitionName({ topic, partition }: TopicPartition): string {
  return `${topic}-${partition}`;
}
