/** The port over real brokers: which request goes to which broker, and nothing else. */
import type Connection from 'kafkajs/src/network/connection.js';
import type {
  CommittedOffset,
  FetchedPartition,
  FetchRequest,
  FoundOffset,
  GroupOffset,
  InitProducerRequest,
  IsolationLevel,
  KafkaClient,
  KafkaGroup,
  KafkaMetadata,
  KafkaSetting,
  KafkaSettings,
  NewTopic,
  OffsetQuery,
  ProducedPartition,
  ProduceRequest,
  ProducerIdentity,
  TopicPartition,
  TransactionalProducer,
} from '../../kafka.ts';
import { Brokers } from './brokers.ts';
import type { KafkaRequest } from './kafka-request.ts';
import { listOffsetsRequest } from './requests/cluster-requests.ts';
import {
  committedOffsetsRequest,
  commitOffsetsRequest,
  describeGroupRequest,
  describeGroupsRequest,
  listGroupsRequest,
} from './requests/group-requests.ts';
import { fetchRequest, produceRequest } from './requests/record-requests.ts';
import {
  createTopicRequest,
  deleteTopicRequest,
  settingsRequest,
} from './requests/topic-requests.ts';
import {
  addGroupRequest,
  addPartitionsRequest,
  endTransactionRequest,
  initProducerRequest,
  transactionOffsetsRequest,
} from './requests/transaction-requests.ts';

export class RealKafkaClient implements KafkaClient {
  private readonly brokers: Brokers;
  private readonly settings: KafkaSettings;

  constructor(kafkajs: typeof Connection, settings: KafkaSettings) {
    this.brokers = new Brokers(kafkajs, settings);
    this.settings = settings;
  }

  async metadata(topics: readonly string[] | 'all'): Promise<KafkaMetadata> {
    const { brokers, topics: found } = await this.brokers.metadata(topics);
    return { brokers, topics: found };
  }

  listOffsets(
    node: number,
    isolationLevel: IsolationLevel,
    queries: readonly OffsetQuery[],
  ): Promise<readonly FoundOffset[]> {
    return this.brokers.askNode(node, listOffsetsRequest(isolationLevel, queries));
  }

  fetch(node: number, request: FetchRequest): Promise<readonly FetchedPartition[]> {
    return this.brokers.askNode(node, fetchRequest(request));
  }

  produce(node: number, request: ProduceRequest): Promise<readonly ProducedPartition[]> {
    return this.brokers.askNode(node, produceRequest(request));
  }

  initProducer(request: InitProducerRequest): Promise<ProducerIdentity> {
    const { transactionalId } = request;
    return transactionalId === null
      ? this.brokers.ask(initProducerRequest(request))
      : this.inTransaction(transactionalId, initProducerRequest(request));
  }

  addPartitionsToTransaction(
    producer: TransactionalProducer,
    partitions: readonly TopicPartition[],
  ): Promise<void> {
    return this.inTransaction(producer.transactionalId, addPartitionsRequest(producer, partitions));
  }

  addGroupToTransaction(producer: TransactionalProducer, group: string): Promise<void> {
    return this.inTransaction(producer.transactionalId, addGroupRequest(producer, group));
  }

  commitOffsetsInTransaction(
    producer: TransactionalProducer,
    group: string,
    offsets: readonly GroupOffset[],
  ): Promise<void> {
    const request = transactionOffsetsRequest(producer, group, offsets);
    return this.brokers.askCoordinator('group', group, request);
  }

  endTransaction(producer: TransactionalProducer, result: 'commit' | 'abort'): Promise<void> {
    return this.inTransaction(producer.transactionalId, endTransactionRequest(producer, result));
  }

  committedOffsets(
    group: string,
    partitions: readonly TopicPartition[] | 'all',
  ): Promise<readonly CommittedOffset[]> {
    const request = committedOffsetsRequest(group, partitions);
    return this.brokers.askCoordinator('group', group, request);
  }

  commitOffsets(group: string, offsets: readonly GroupOffset[]): Promise<void> {
    return this.brokers.askCoordinator('group', group, commitOffsetsRequest(group, offsets));
  }

  createTopic(topic: NewTopic): Promise<void> {
    const { requestTimeoutMs } = this.settings;
    return this.brokers.askController(createTopicRequest(topic, requestTimeoutMs));
  }

  deleteTopic(name: string): Promise<void> {
    const { requestTimeoutMs } = this.settings;
    return this.brokers.askController(deleteTopicRequest(name, requestTimeoutMs));
  }

  topicSettings(topic: string): Promise<readonly KafkaSetting[]> {
    return this.brokers.ask(settingsRequest('topic', topic));
  }

  brokerSettings(node: number): Promise<readonly KafkaSetting[]> {
    return this.brokers.askNode(node, settingsRequest('broker', String(node)));
  }

  async listGroups(): Promise<readonly KafkaGroup[]> {
    const { brokers } = await this.brokers.metadata([]);
    const ofBrokers = await Promise.all(brokers.map(({ node }) => this.groupsOf(node)));
    return ofBrokers.flat();
  }

  describeGroup(group: string): Promise<KafkaGroup> {
    return this.brokers.askCoordinator('group', group, describeGroupRequest(group));
  }

  close(): Promise<void> {
    this.brokers.close();
    return Promise.resolve();
  }

  private async groupsOf(node: number): Promise<readonly KafkaGroup[]> {
    const groups = await this.brokers.askNode(node, listGroupsRequest);
    if (groups.length === 0) return [];
    return this.brokers.askNode(node, describeGroupsRequest(groups));
  }

  private inTransaction<T>(transactionalId: string, request: KafkaRequest<T>): Promise<T> {
    return this.brokers.askCoordinator('transaction', transactionalId, request);
  }
}
