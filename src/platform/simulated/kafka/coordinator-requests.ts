/**
 * What a broker does with requests about groups, transactions and topics. Throws Refusal; then
 * nothing has changed, unless it says so.
 */
import type {
  CommittedOffset,
  GroupOffset,
  InitProducerRequest,
  KafkaGroup,
  KafkaSetting,
  NewTopic,
  ProducerIdentity,
  TopicPartition,
  TransactionalProducer,
} from '../../kafka.ts';
import type { SimulatedCluster } from './cluster.ts';
import type { Asked } from './record-requests.ts';
import { Refusal } from './refusal.ts';
import type { Participant, TransactionResult } from './transaction-coordinator.ts';

/** As a broker of 4.3 describes itself, as far as anybody here asks. */
const BROKER_SETTINGS: readonly KafkaSetting[] = [
  { name: 'message.max.bytes', value: '1048588', isDefault: true },
  { name: 'offsets.retention.minutes', value: '10080', isDefault: true },
  { name: 'transaction.max.timeout.ms', value: '900000', isDefault: true },
  { name: 'transactional.id.expiration.ms', value: '604800000', isDefault: true },
];

export function initProducer(asked: Asked, request: InitProducerRequest): ProducerIdentity {
  const { transactionalId, transactionTimeoutMs } = request;
  if (transactionalId !== null) asked.cluster.checkCoordinator(asked.broker, transactionalId);
  const { coordinator } = asked.cluster.transactions;
  return coordinator.initProducer(transactionalId, transactionTimeoutMs);
}

export function addPartitions(
  asked: Asked,
  producer: TransactionalProducer,
  partitions: readonly TopicPartition[],
): void {
  const participants = partitions.map(({ topic, partition }): Participant => {
    asked.cluster.topics.partition(topic, partition);
    return { kind: 'partition', topic, partition };
  });
  add(asked, producer, participants);
}

export function addGroup(asked: Asked, producer: TransactionalProducer, group: string): void {
  add(asked, producer, [{ kind: 'group', group }]);
}

export function commitOffsetsInTransaction(
  asked: Asked,
  producer: TransactionalProducer,
  commit: { readonly group: string; readonly offsets: readonly GroupOffset[] },
): void {
  const { cluster, broker } = asked;
  const { group } = commit;
  cluster.checkCoordinator(broker, group);
  const offsets = knownOffsets(cluster, commit.offsets);
  cluster.groups.commitPending(group, producer, { offsets, nowMs: cluster.nowMs() }, () => {
    cluster.transactions.coordinator.verify(producer, { kind: 'group', group });
  });
  checkAllKnown(offsets, commit.offsets);
}

export function endTransaction(
  asked: Asked,
  producer: TransactionalProducer,
  result: TransactionResult,
): void {
  asked.cluster.checkCoordinator(asked.broker, producer.transactionalId);
  asked.cluster.transactions.coordinator.end(producer, result);
}

export function committedOffsets(
  asked: Asked,
  group: string,
  partitions: readonly TopicPartition[] | 'all',
): readonly CommittedOffset[] {
  asked.cluster.checkCoordinator(asked.broker, group);
  return asked.cluster.groups.committed(group, partitions, asked.cluster.nowMs());
}

export function commitOffsets(
  { cluster, broker }: Asked,
  group: string,
  offsets: readonly GroupOffset[],
): void {
  cluster.checkCoordinator(broker, group);
  const known = knownOffsets(cluster, offsets);
  cluster.groups.commit(group, known, cluster.nowMs());
  checkAllKnown(known, offsets);
}

export function createTopic({ cluster }: Asked, topic: NewTopic): void {
  cluster.topics.create(topic);
}

export function deleteTopic({ cluster }: Asked, name: string): void {
  cluster.topics.delete(name);
  cluster.groups.removeTopic(name);
  cluster.wake();
}

export function topicSettings({ cluster }: Asked, topic: string): readonly KafkaSetting[] {
  return cluster.topics.settings(topic);
}

export function brokerSettings(): readonly KafkaSetting[] {
  return BROKER_SETTINGS;
}

export function listGroups({ cluster }: Asked): readonly KafkaGroup[] {
  return cluster.groups.names(cluster.nowMs()).map((group) => groupWithoutMembers(group, 'Empty'));
}

export function describeGroup({ cluster, broker }: Asked, group: string): KafkaGroup {
  cluster.checkCoordinator(broker, group);
  const isThere = cluster.groups.names(cluster.nowMs()).includes(group);
  return groupWithoutMembers(group, isThere ? 'Empty' : 'Dead');
}

function add(
  asked: Asked,
  producer: TransactionalProducer,
  participants: readonly Participant[],
): void {
  asked.cluster.checkCoordinator(asked.broker, producer.transactionalId);
  asked.cluster.transactions.coordinator.add(producer, participants);
}

function groupWithoutMembers(group: string, state: string): KafkaGroup {
  return { group, protocolType: '', state, members: [] };
}

function knownOffsets(
  cluster: SimulatedCluster,
  offsets: readonly GroupOffset[],
): readonly GroupOffset[] {
  const known = offsets.filter(({ topic, partition }) => {
    return cluster.topics.find(topic)?.partitions[partition] !== undefined;
  });
  if (known.length === 0 && offsets.length > 0) throw new Refusal('UNKNOWN_TOPIC_OR_PARTITION');
  return known;
}

/** The offsets of partitions that are there have been committed all the same, as Kafka does. */
function checkAllKnown(known: readonly GroupOffset[], asked: readonly GroupOffset[]): void {
  if (known.length < asked.length) throw new Refusal('UNKNOWN_TOPIC_OR_PARTITION', true);
}
