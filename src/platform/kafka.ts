/**
 * Kafka as everything outside this folder sees it: single requests to a cluster, each tried once.
 * Which broker answers for a group or a transaction is found here; leaders of partitions are the
 * caller's to know (`metadata`), because it reads each of them on its own. Retries, back-off and
 * the order of a transaction's steps are decided by the caller, so that they can be simulated.
 *
 * Offsets, times (epoch milliseconds) and producer ids are whole numbers below 2^53. Records travel
 * as Kafka's own record batches (`src/kafka/`), never as one object a record.
 *
 * A request that has no whole answer rejects with a KafkaError (`kafka-error.ts`), whose `outcome`
 * says whether it may have taken effect. What an answer says of a single partition stands there.
 */
import type { KafkaErrorName } from '../kafka/error-names.ts';

export interface Kafka {
  /** Sends nothing yet. */
  connect(settings: KafkaSettings): KafkaClient;
}

export interface KafkaSettings {
  /** `host:port`. */
  readonly bootstrapServers: readonly string[];
  /** Seen in the brokers' logs and quotas. */
  readonly clientId: string;
  /** Null: in plain text. */
  readonly tls: KafkaTls | null;
  /** Null: without a login. */
  readonly sasl: KafkaSasl | null;
  readonly connectTimeoutMs: number;
  /** From a request to its answer; a fetch may wait so long beyond its own `maxWaitMs`. */
  readonly requestTimeoutMs: number;
}

/** PEM texts, as in HttpConnection. */
export interface KafkaTls {
  /** Who is trusted instead of the system's authorities. */
  readonly authorities: string | null;
  readonly certificate: string | null;
  readonly privateKey: string | null;
  readonly passphrase: string | null;
  /** False: the name in the broker's certificate is not looked at. */
  readonly verifiesHostName: boolean;
}

export type KafkaSasl =
  | {
      readonly mechanism: 'PLAIN' | 'SCRAM-SHA-256' | 'SCRAM-SHA-512';
      readonly username: string;
      readonly password: string;
    }
  /** The token is asked for with each login. */
  | { readonly mechanism: 'OAUTHBEARER'; readonly token: () => Promise<string> };

/** What a fetch of committed records leaves out: aborted ones, and what may still be. */
export type IsolationLevel = 'read_uncommitted' | 'read_committed';

export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

export interface KafkaMetadata {
  readonly brokers: readonly KafkaBroker[];
  /** Of those asked for, also those that are not there (with their `error`). */
  readonly topics: readonly KafkaTopic[];
}

export interface KafkaBroker {
  readonly node: number;
  readonly host: string;
  readonly port: number;
}

export interface KafkaTopic {
  readonly name: string;
  readonly error: KafkaErrorName | null;
  readonly isInternal: boolean;
  /** In the order of their numbers. */
  readonly partitions: readonly KafkaPartition[];
}

export interface KafkaPartition {
  readonly partition: number;
  /** Null while there is none. */
  readonly leader: number | null;
  readonly replicas: readonly number[];
  readonly inSyncReplicas: readonly number[];
}

export interface OffsetQuery extends TopicPartition {
  /** A time: the first offset whose record is not older. */
  readonly at: 'earliest' | 'latest' | number;
}

export interface FoundOffset extends TopicPartition {
  readonly error: KafkaErrorName | null;
  /** Null: no record is that new. With read_committed, `latest` is the last stable offset. */
  readonly offset: number | null;
}

export interface FetchRequest {
  readonly isolationLevel: IsolationLevel;
  /** The broker waits so long for `minBytes`. */
  readonly maxWaitMs: number;
  readonly minBytes: number;
  /** Of all partitions together; a first batch that is larger comes whole. */
  readonly maxBytes: number;
  /** Of which the broker that is asked is the leader. */
  readonly partitions: readonly FetchPosition[];
}

export interface FetchPosition extends TopicPartition {
  readonly offset: number;
  readonly maxBytes: number;
}

export interface FetchedPartition extends TopicPartition {
  readonly error: KafkaErrorName | null;
  /** Behind the last record that all in-sync replicas have. */
  readonly highWatermark: number;
  /** Before the first record of a transaction that is still open. */
  readonly lastStableOffset: number;
  readonly logStartOffset: number;
  /** With read_committed: producers whose records from `firstOffset` to their marker are void; in no order. */
  readonly abortedTransactions: readonly AbortedTransaction[];
  /**
   * Record batches, one behind the other; the last may be cut. The first may begin before the
   * offset asked for. Belongs to the receiver.
   */
  readonly records: Uint8Array;
}

export interface AbortedTransaction {
  readonly producerId: number;
  readonly firstOffset: number;
}

export interface ProduceRequest {
  /** -1: all in-sync replicas have it; 1: the leader; 0: nothing is answered. */
  readonly acks: -1 | 0 | 1;
  readonly timeoutMs: number;
  /** Null outside a transaction. */
  readonly transactionalId: string | null;
  /** One record batch for each partition. */
  readonly batches: readonly ProducedBatch[];
}

export interface ProducedBatch extends TopicPartition {
  readonly records: Uint8Array;
}

export interface ProducedPartition extends TopicPartition {
  readonly error: KafkaErrorName | null;
  /** Of the batch's first record; null with an error. */
  readonly baseOffset: number | null;
}

/** Who writes: records of an older epoch of the same id are refused. */
export interface ProducerIdentity {
  readonly producerId: number;
  readonly epoch: number;
}

export interface InitProducerRequest {
  /** Null: only for numbering batches (idempotence). Else ends what this id had open. */
  readonly transactionalId: string | null;
  /** The broker aborts a transaction that is open for longer. */
  readonly transactionTimeoutMs: number;
}

/** A producer within its transaction. */
export interface TransactionalProducer extends ProducerIdentity {
  readonly transactionalId: string;
}

export interface GroupOffset extends TopicPartition {
  readonly offset: number;
  /** At most 4,096 characters (`offset.metadata.max.bytes`). */
  readonly metadata: string;
}

export interface CommittedOffset extends TopicPartition {
  readonly error: KafkaErrorName | null;
  /** Null: none is committed. */
  readonly offset: number | null;
  readonly metadata: string;
}

export interface NewTopic {
  readonly name: string;
  /** -1: what the brokers hold for usual. */
  readonly partitionCount: number;
  /** -1: what the brokers hold for usual. */
  readonly replicationFactor: number;
  readonly configuration: Readonly<Record<string, string>>;
}

export interface KafkaSetting {
  readonly name: string;
  /** Null where it is secret. */
  readonly value: string | null;
  readonly isDefault: boolean;
}

export interface KafkaGroup {
  readonly group: string;
  readonly protocolType: string;
  /** Kafka's words: Stable, Empty, Dead, PreparingRebalance, CompletingRebalance. */
  readonly state: string;
  readonly members: readonly KafkaGroupMember[];
}

export interface KafkaGroupMember {
  readonly memberId: string;
  readonly clientId: string;
  readonly host: string;
}

export interface KafkaClient {
  /** `all`: every topic that the login may see. Never makes a topic. */
  metadata(topics: readonly string[] | 'all'): Promise<KafkaMetadata>;

  /** Of partitions that `node` leads, as the next three. */
  listOffsets(
    node: number,
    isolationLevel: IsolationLevel,
    queries: readonly OffsetQuery[],
  ): Promise<readonly FoundOffset[]>;
  fetch(node: number, request: FetchRequest): Promise<readonly FetchedPartition[]>;
  /** At most one request with the same partition may be under way. Empty with `acks` 0. */
  produce(node: number, request: ProduceRequest): Promise<readonly ProducedPartition[]>;

  initProducer(request: InitProducerRequest): Promise<ProducerIdentity>;
  /** The transaction begins with the first partition or group that is added. */
  addPartitionsToTransaction(
    producer: TransactionalProducer,
    partitions: readonly TopicPartition[],
  ): Promise<void>;
  addGroupToTransaction(producer: TransactionalProducer, group: string): Promise<void>;
  /** After `addGroupToTransaction`; the offsets count once the transaction is committed. */
  commitOffsetsInTransaction(
    producer: TransactionalProducer,
    group: string,
    offsets: readonly GroupOffset[],
  ): Promise<void>;
  endTransaction(producer: TransactionalProducer, result: 'commit' | 'abort'): Promise<void>;

  /** `all`: every partition that the group has committed an offset of. */
  committedOffsets(
    group: string,
    partitions: readonly TopicPartition[] | 'all',
  ): Promise<readonly CommittedOffset[]>;
  /** As one who is no member of the group. Rejects when one of them is refused. */
  commitOffsets(group: string, offsets: readonly GroupOffset[]): Promise<void>;

  createTopic(topic: NewTopic): Promise<void>;
  deleteTopic(name: string): Promise<void>;
  topicSettings(topic: string): Promise<readonly KafkaSetting[]>;
  brokerSettings(node: number): Promise<readonly KafkaSetting[]>;
  listGroups(): Promise<readonly KafkaGroup[]>;
  describeGroup(group: string): Promise<KafkaGroup>;

  /** Requests that are under way reject. Idempotent. */
  close(): Promise<void>;
}
