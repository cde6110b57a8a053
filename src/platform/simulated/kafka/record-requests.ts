/**
 * What a broker does with requests about records: metadata, offsets, fetch and produce. What is
 * wrong with one partition stands in the answer; nothing here throws.
 */
import { DreyError } from '../../../errors/drey-error.ts';
import { readBatchHeader, type BatchHeader } from '../../../kafka/batch-header.ts';
import type { KafkaErrorName } from '../../../kafka/error-names.ts';
import type {
  FetchedPartition,
  FetchPosition,
  FetchRequest,
  FoundOffset,
  IsolationLevel,
  KafkaMetadata,
  KafkaTopic,
  OffsetQuery,
  ProducedBatch,
  ProducedPartition,
  ProduceRequest,
  TopicPartition,
} from '../../kafka.ts';
import type { SimulatedBroker, SimulatedCluster } from './cluster.ts';
import { attempt, Refusal } from './refusal.ts';
import { isTopicName, type Partition } from './topics.ts';

/** The broker that is asked, and the cluster that it is part of. */
export interface Asked {
  readonly cluster: SimulatedCluster;
  readonly broker: SimulatedBroker;
}

interface AppendedBatch {
  readonly batch: ProducedBatch;
  readonly partition: Partition;
  readonly leaderEpoch: number;
  readonly baseOffset: number;
  readonly endOffset: number;
}

const NOTHING = new Uint8Array(0);

/** What a produce request answers instead where its transaction cannot be looked at now. */
const UNVERIFIED_REASONS: ReadonlySet<KafkaErrorName> = new Set<KafkaErrorName>([
  'CONCURRENT_TRANSACTIONS',
  'COORDINATOR_LOAD_IN_PROGRESS',
  'COORDINATOR_NOT_AVAILABLE',
  'NOT_COORDINATOR',
]);

export function metadata(
  cluster: SimulatedCluster,
  topics: readonly string[] | 'all',
): KafkaMetadata {
  const names = topics === 'all' ? cluster.topics.names : topics;
  return {
    brokers: cluster.brokers
      .filter(({ isUp }) => isUp)
      .map(({ node, host, port }) => ({ node, host, port })),
    topics: names.map((name) => describeTopic(cluster, name)),
  };
}

export function listOffsets(
  asked: Asked,
  isolationLevel: IsolationLevel,
  queries: readonly OffsetQuery[],
): readonly FoundOffset[] {
  return queries.map(({ topic, partition, at }) => {
    const same = queries.filter((query) => query.topic === topic && query.partition === partition);
    const offset = attempt(() => {
      if (same.length > 1) throw new Refusal('INVALID_REQUEST');
      return ledPartition(asked, { topic, partition }).log.find(at, isolationLevel);
    });
    return offset instanceof Refusal
      ? { topic, partition, error: offset.reason, offset: null }
      : { topic, partition, error: null, offset };
  });
}

export function fetch(
  asked: Asked,
  request: FetchRequest,
  done: (answer: readonly FetchedPartition[]) => void,
): void {
  const { partitions, minBytes, maxWaitMs, isolationLevel } = request;
  const isReady = (): boolean => {
    let bytes = 0;
    for (const position of partitions) {
      const found = attempt(() => {
        const { log } = ledPartition(asked, position);
        log.checkOffset(position.offset);
        return log.availableBytes(position.offset, isolationLevel);
      });
      if (found instanceof Refusal) return true;
      bytes += found;
    }
    return bytes >= minBytes;
  };
  asked.cluster.waitUntil(isReady, maxWaitMs, () => done(readAll(asked, request)));
}

export function produce(
  asked: Asked,
  request: ProduceRequest,
  done: (answer: readonly ProducedPartition[]) => void,
): void {
  const outcomes = request.batches.map((batch) => appendBatch(asked, request, batch));
  const appended = outcomes.filter((outcome) => 'endOffset' in outcome);
  const answer = (): void => {
    done(outcomes.map((outcome) => ('endOffset' in outcome ? acknowledged(outcome) : outcome)));
  };
  if (request.acks === -1) {
    asked.cluster.waitUntil(() => appended.every(isDecided), request.timeoutMs, answer);
  } else if (request.acks === 1) {
    done(outcomes.map((outcome) => ('endOffset' in outcome ? stored(outcome) : outcome)));
  } else done([]);
}

function describeTopic(cluster: SimulatedCluster, name: string): KafkaTopic {
  const topic = cluster.topics.find(name);
  const reason = isTopicName(name) ? 'UNKNOWN_TOPIC_OR_PARTITION' : 'INVALID_TOPIC_EXCEPTION';
  if (topic === undefined) return { name, error: reason, isInternal: false, partitions: [] };
  return {
    name,
    error: null,
    isInternal: false,
    partitions: topic.partitions.map(({ partition, leader, replicas }) => ({
      partition,
      leader,
      replicas,
      inSyncReplicas: replicas.filter((node) => cluster.brokers[node]?.isUp === true),
    })),
  };
}

function ledPartition({ cluster, broker }: Asked, { topic, partition }: TopicPartition): Partition {
  const found = cluster.topics.partition(topic, partition);
  if (found.leader !== broker.node) throw new Refusal('NOT_LEADER_OR_FOLLOWER');
  return found;
}

function readAll(asked: Asked, request: FetchRequest): readonly FetchedPartition[] {
  let readBytes = 0;
  return request.partitions.map((position) => {
    const room = Math.min(position.maxBytes, request.maxBytes - readBytes);
    const read = readOne(asked, position, {
      sizeBytesMax: Math.max(0, room),
      isolationLevel: request.isolationLevel,
      isFirstWhole: readBytes === 0,
    });
    readBytes += read.records.length;
    return read;
  });
}

function readOne(
  asked: Asked,
  { topic, partition, offset }: FetchPosition,
  bounds: Parameters<Partition['log']['read']>[1],
): FetchedPartition {
  const log = attempt(() => {
    const led = ledPartition(asked, { topic, partition }).log;
    led.checkOffset(offset);
    return led;
  });
  if (log instanceof Refusal) return fetchFailed({ topic, partition }, log.reason);
  return {
    topic,
    partition,
    error: null,
    highWatermark: log.highWatermark,
    lastStableOffset: log.lastStableOffset,
    logStartOffset: log.logStart,
    ...log.read(offset, bounds),
  };
}

export function fetchFailed(
  { topic, partition }: TopicPartition,
  error: KafkaErrorName,
): FetchedPartition {
  return {
    topic,
    partition,
    error,
    highWatermark: -1,
    lastStableOffset: -1,
    logStartOffset: -1,
    abortedTransactions: [],
    records: NOTHING,
  };
}

function appendBatch(
  asked: Asked,
  request: ProduceRequest,
  batch: ProducedBatch,
): AppendedBatch | ProducedPartition {
  const { cluster } = asked;
  const { topic, partition: number } = batch;
  const appended = attempt(() => {
    const header = headerOf(batch.records);
    if (header?.isTransactional === true && request.transactionalId === null) {
      throw new Refusal('TRANSACTIONAL_ID_AUTHORIZATION_FAILED');
    }
    const partition = ledPartition(asked, { topic, partition: number });
    if (header !== null) verify(cluster, { request, partition, header });
    const { leaderEpoch, log } = partition;
    const outcome = log.append(batch.records, leaderEpoch, cluster.nowMs());
    cluster.replicate(partition, outcome.endOffset);
    cluster.wake();
    return { batch, partition, leaderEpoch, ...outcome };
  });
  if (!(appended instanceof Refusal)) return appended;
  return { topic, partition: number, error: appended.reason, baseOffset: null };
}

/** A first record of a transaction asks the coordinator whether it knows of it. */
function verify(
  cluster: SimulatedCluster,
  append: {
    readonly request: ProduceRequest;
    readonly partition: Partition;
    readonly header: BatchHeader;
  },
): void {
  const { request, partition, header } = append;
  const { transactionalId } = request;
  if (!header.isTransactional || transactionalId === null) return;
  if (partition.log.hasTransaction(header.producerId)) return;
  partition.log.beginTransaction(header);
  const refusal = attempt(() => {
    const coordinator = cluster.coordinatorOf(transactionalId);
    if (coordinator === null) throw new Refusal('COORDINATOR_NOT_AVAILABLE');
    cluster.checkCoordinator(coordinator, transactionalId);
    const { topic, partition: number } = partition;
    cluster.transactions.coordinator.verify(
      { transactionalId, producerId: header.producerId, epoch: header.producerEpoch },
      { kind: 'partition', topic, partition: number },
    );
  });
  if (!(refusal instanceof Refusal)) return;
  throw UNVERIFIED_REASONS.has(refusal.reason) ? new Refusal('NOT_ENOUGH_REPLICAS') : refusal;
}

/** Null: the log will say what is wrong with it. */
function headerOf(records: Uint8Array): BatchHeader | null {
  try {
    return readBatchHeader(records, 0);
  } catch (error) {
    if (error instanceof DreyError) return null;
    throw error;
  }
}

function isDecided({ partition, leaderEpoch, endOffset }: AppendedBatch): boolean {
  return partition.leaderEpoch !== leaderEpoch || partition.log.highWatermark >= endOffset;
}

function acknowledged(appended: AppendedBatch): ProducedPartition {
  const { batch, partition, leaderEpoch } = appended;
  const { topic, partition: number } = batch;
  const isMoved = partition.leaderEpoch !== leaderEpoch;
  if (!isMoved && isDecided(appended)) return stored(appended);
  const error = isMoved ? 'NOT_LEADER_OR_FOLLOWER' : 'REQUEST_TIMED_OUT';
  return { topic, partition: number, error, baseOffset: null };
}

function stored({ batch, baseOffset }: AppendedBatch): ProducedPartition {
  const { topic, partition } = batch;
  return { topic, partition, error: null, baseOffset };
}
