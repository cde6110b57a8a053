/**
 * The real door to Kafka. The client and the part of kafkajs that it stands on are loaded with the
 * first request, because most commands never send one; until then a client is only its settings.
 */
import type {
  FetchRequest,
  GroupOffset,
  InitProducerRequest,
  IsolationLevel,
  Kafka,
  KafkaClient,
  KafkaSettings,
  NewTopic,
  OffsetQuery,
  ProduceRequest,
  TopicPartition,
  TransactionalProducer,
} from '../../kafka.ts';

export const realKafka: Kafka = {
  connect: (settings) => new LazyClient(settings),
};

class LazyClient implements KafkaClient {
  private readonly settings: KafkaSettings;
  private loading: Promise<KafkaClient> | null = null;
  private isClosed = false;

  constructor(settings: KafkaSettings) {
    this.settings = settings;
  }

  async metadata(topics: readonly string[] | 'all') {
    return (await this.client()).metadata(topics);
  }

  async listOffsets(node: number, level: IsolationLevel, queries: readonly OffsetQuery[]) {
    return (await this.client()).listOffsets(node, level, queries);
  }

  async fetch(node: number, request: FetchRequest) {
    return (await this.client()).fetch(node, request);
  }

  async produce(node: number, request: ProduceRequest) {
    return (await this.client()).produce(node, request);
  }

  async initProducer(request: InitProducerRequest) {
    return (await this.client()).initProducer(request);
  }

  async addPartitionsToTransaction(
    producer: TransactionalProducer,
    partitions: readonly TopicPartition[],
  ) {
    return (await this.client()).addPartitionsToTransaction(producer, partitions);
  }

  async addGroupToTransaction(producer: TransactionalProducer, group: string) {
    return (await this.client()).addGroupToTransaction(producer, group);
  }

  async commitOffsetsInTransaction(
    producer: TransactionalProducer,
    group: string,
    offsets: readonly GroupOffset[],
  ) {
    return (await this.client()).commitOffsetsInTransaction(producer, group, offsets);
  }

  async endTransaction(producer: TransactionalProducer, result: 'commit' | 'abort') {
    return (await this.client()).endTransaction(producer, result);
  }

  async committedOffsets(group: string, partitions: readonly TopicPartition[] | 'all') {
    return (await this.client()).committedOffsets(group, partitions);
  }

  async commitOffsets(group: string, offsets: readonly GroupOffset[]) {
    return (await this.client()).commitOffsets(group, offsets);
  }

  async createTopic(topic: NewTopic) {
    return (await this.client()).createTopic(topic);
  }

  async deleteTopic(name: string) {
    return (await this.client()).deleteTopic(name);
  }

  async topicSettings(topic: string) {
    return (await this.client()).topicSettings(topic);
  }

  async brokerSettings(node: number) {
    return (await this.client()).brokerSettings(node);
  }

  async listGroups() {
    return (await this.client()).listGroups();
  }

  async describeGroup(group: string) {
    return (await this.client()).describeGroup(group);
  }

  async close(): Promise<void> {
    this.isClosed = true;
    const client = await this.loading?.catch(() => null);
    await client?.close();
  }

  /** One that is loaded after `close` is closed before its first request. */
  private async client(): Promise<KafkaClient> {
    this.loading ??= load(this.settings);
    const client = await this.loading;
    if (this.isClosed) await client.close();
    return client;
  }
}

async function load(settings: KafkaSettings): Promise<KafkaClient> {
  const [{ RealKafkaClient }, { default: connectionClass }] = await Promise.all([
    import('./real-kafka-client.ts'),
    import('kafkajs/src/network/connection.js'),
  ]);
  return new RealKafkaClient(connectionClass, settings);
}
