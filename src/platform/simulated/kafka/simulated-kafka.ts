/**
 * Kafka of the simulated world as one process sees it. The cluster is shared by all processes and
 * outlives each; with the process end its clients, its connections and what they wait for.
 */
import type {
  CommittedOffset,
  FetchedPartition,
  FetchRequest,
  FoundOffset,
  GroupOffset,
  InitProducerRequest,
  IsolationLevel,
  Kafka,
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
import type { SeededRandom } from '../random.ts';
import type { Scheduler } from '../scheduler.ts';
import { ClientCalls, type CallingProcess } from './client-calls.ts';
import type { SimulatedCluster } from './cluster.ts';
import * as coordinator from './coordinator-requests.ts';
import * as records from './record-requests.ts';

export class SimulatedKafka implements Kafka {
  private readonly process: CallingProcess;
  private isDead = false;

  constructor(scheduler: Scheduler, random: SeededRandom, cluster: SimulatedCluster) {
    this.process = { scheduler, random, cluster, isDead: () => this.isDead };
  }

  connect(settings: KafkaSettings): KafkaClient {
    return new SimulatedKafkaClient(this.process, settings);
  }

  /** The process is dead: what its clients wait for never comes. */
  kill(): void {
    this.isDead = true;
  }
}

class SimulatedKafkaClient implements KafkaClient {
  private readonly calls: ClientCalls;

  constructor(process: CallingProcess, settings: KafkaSettings) {
    this.calls = new ClientCalls(process, settings);
  }

  metadata(topics: readonly string[] | 'all'): Promise<KafkaMetadata> {
    return this.calls.send<KafkaMetadata>({
      request: 'Metadata',
      subject: topics === 'all' ? null : topics.join(', '),
      target: { kind: 'any' },
      act: ({ cluster }, answer) => answer(records.metadata(cluster, topics)),
    });
  }

  listOffsets(
    node: number,
    isolationLevel: IsolationLevel,
    queries: readonly OffsetQuery[],
  ): Promise<readonly FoundOffset[]> {
    return this.calls.send<readonly FoundOffset[]>({
      request: 'ListOffsets',
      subject: topicsOf(queries),
      target: { kind: 'node', node },
      act: (asked, answer) => answer(records.listOffsets(asked, isolationLevel, queries)),
      failed: (error) => {
        return queries.map(({ topic, partition }) => ({ topic, partition, error, offset: null }));
      },
    });
  }

  fetch(node: number, request: FetchRequest): Promise<readonly FetchedPartition[]> {
    return this.calls.send<readonly FetchedPartition[]>({
      request: 'Fetch',
      subject: topicsOf(request.partitions),
      target: { kind: 'node', node },
      waitMs: request.maxWaitMs,
      act: (asked, answer) => records.fetch(asked, request, answer),
      failed: (error) => request.partitions.map((place) => records.fetchFailed(place, error)),
    });
  }

  produce(node: number, request: ProduceRequest): Promise<readonly ProducedPartition[]> {
    // What is sent may be written over by its owner once the call has returned.
    const batches = request.batches.map((batch) => ({ ...batch, records: batch.records.slice() }));
    return this.calls.send<readonly ProducedPartition[]>({
      request: 'Produce',
      subject: topicsOf(batches),
      target: { kind: 'node', node },
      act: (asked, answer) => records.produce(asked, { ...request, batches }, answer),
      failed: (error) => {
        return batches.map(({ topic, partition }) => ({
          topic,
          partition,
          error,
          baseOffset: null,
        }));
      },
    });
  }

  initProducer(request: InitProducerRequest): Promise<ProducerIdentity> {
    const { transactionalId } = request;
    return this.calls.send<ProducerIdentity>({
      request: 'InitProducerId',
      subject: transactionalId,
      target:
        transactionalId === null ? { kind: 'any' } : { kind: 'coordinator', key: transactionalId },
      act: (asked, answer) => answer(coordinator.initProducer(asked, request)),
    });
  }

  addPartitionsToTransaction(
    producer: TransactionalProducer,
    partitions: readonly TopicPartition[],
  ): Promise<void> {
    return this.calls.send<void>({
      request: 'AddPartitionsToTxn',
      subject: producer.transactionalId,
      target: { kind: 'coordinator', key: producer.transactionalId },
      act: (asked, answer) => answer(coordinator.addPartitions(asked, producer, partitions)),
    });
  }

  addGroupToTransaction(producer: TransactionalProducer, group: string): Promise<void> {
    return this.calls.send<void>({
      request: 'AddOffsetsToTxn',
      subject: producer.transactionalId,
      target: { kind: 'coordinator', key: producer.transactionalId },
      act: (asked, answer) => answer(coordinator.addGroup(asked, producer, group)),
    });
  }

  commitOffsetsInTransaction(
    producer: TransactionalProducer,
    group: string,
    offsets: readonly GroupOffset[],
  ): Promise<void> {
    const commit = { group, offsets };
    return this.calls.send<void>({
      request: 'TxnOffsetCommit',
      subject: group,
      target: { kind: 'coordinator', key: group },
      act: (asked, answer) => {
        answer(coordinator.commitOffsetsInTransaction(asked, producer, commit));
      },
    });
  }

  endTransaction(producer: TransactionalProducer, result: 'commit' | 'abort'): Promise<void> {
    return this.calls.send<void>({
      request: 'EndTxn',
      subject: producer.transactionalId,
      target: { kind: 'coordinator', key: producer.transactionalId },
      act: (asked, answer) => answer(coordinator.endTransaction(asked, producer, result)),
    });
  }

  committedOffsets(
    group: string,
    partitions: readonly TopicPartition[] | 'all',
  ): Promise<readonly CommittedOffset[]> {
    return this.calls.send<readonly CommittedOffset[]>({
      request: 'OffsetFetch',
      subject: group,
      target: { kind: 'coordinator', key: group },
      act: (asked, answer) => answer(coordinator.committedOffsets(asked, group, partitions)),
    });
  }

  commitOffsets(group: string, offsets: readonly GroupOffset[]): Promise<void> {
    return this.calls.send<void>({
      request: 'OffsetCommit',
      subject: group,
      target: { kind: 'coordinator', key: group },
      act: (asked, answer) => answer(coordinator.commitOffsets(asked, group, offsets)),
    });
  }

  createTopic(topic: NewTopic): Promise<void> {
    return this.calls.send<void>({
      request: 'CreateTopics',
      subject: topic.name,
      target: { kind: 'any' },
      act: (asked, answer) => answer(coordinator.createTopic(asked, topic)),
    });
  }

  deleteTopic(name: string): Promise<void> {
    return this.calls.send<void>({
      request: 'DeleteTopics',
      subject: name,
      target: { kind: 'any' },
      act: (asked, answer) => answer(coordinator.deleteTopic(asked, name)),
    });
  }

  topicSettings(topic: string): Promise<readonly KafkaSetting[]> {
    return this.calls.send<readonly KafkaSetting[]>({
      request: 'DescribeConfigs',
      subject: topic,
      target: { kind: 'any' },
      act: (asked, answer) => answer(coordinator.topicSettings(asked, topic)),
    });
  }

  brokerSettings(node: number): Promise<readonly KafkaSetting[]> {
    return this.calls.send<readonly KafkaSetting[]>({
      request: 'DescribeConfigs',
      subject: null,
      target: { kind: 'node', node },
      act: (_, answer) => answer(coordinator.brokerSettings()),
    });
  }

  listGroups(): Promise<readonly KafkaGroup[]> {
    return this.calls.send<readonly KafkaGroup[]>({
      request: 'ListGroups',
      subject: null,
      target: { kind: 'any' },
      act: (asked, answer) => answer(coordinator.listGroups(asked)),
    });
  }

  describeGroup(group: string): Promise<KafkaGroup> {
    return this.calls.send<KafkaGroup>({
      request: 'DescribeGroups',
      subject: group,
      target: { kind: 'coordinator', key: group },
      act: (asked, answer) => answer(coordinator.describeGroup(asked, group)),
    });
  }

  async close(): Promise<void> {
    this.calls.close();
  }
}

function topicsOf(partitions: readonly TopicPartition[]): string {
  return [...new Set(partitions.map(({ topic }) => topic))].join(', ');
}
