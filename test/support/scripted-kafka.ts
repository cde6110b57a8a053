/**
 * A small Kafka for tests of what reads from it: topics whose partitions hold record batches, one
 * leader each. A test appends batches, and says which requests fail or are answered otherwise; how
 * answers are cut follows from the limits of the request and from `batchesMax`.
 */
import { readBatchHeader, setBaseOffset } from '../../src/kafka/batch-header.ts';
import { crc32c } from '../../src/kafka/crc32c.ts';
import type { KafkaErrorName } from '../../src/kafka/error-names.ts';
import { RecordBatchWriter } from '../../src/kafka/record-batch-writer.ts';
import { KafkaError } from '../../src/platform/kafka-error.ts';
import type {
  AbortedTransaction,
  CommittedOffset,
  FetchedPartition,
  FetchPosition,
  FetchRequest,
  FoundOffset,
  GroupOffset,
  IsolationLevel,
  Kafka,
  KafkaClient,
  KafkaMetadata,
  OffsetQuery,
  TopicPartition,
} from '../../src/platform/kafka.ts';
import type { Timers } from '../../src/platform/timers.ts';

export interface ScriptedRecord {
  readonly key?: string | Uint8Array | null;
  readonly value: string | Uint8Array | null;
  readonly timestampMs?: number;
  readonly headers?: readonly { readonly name: string; readonly value: Uint8Array | null }[];
}

export interface BatchShape {
  /** Offsets that compaction has taken away before the batch. */
  readonly gap?: number;
  readonly producerId?: number;
  readonly isTransactional?: boolean;
  readonly compression?: Parameters<RecordBatchWriter['finish']>[0]['compression'];
  readonly leaderEpoch?: number;
}

interface Stored {
  readonly baseOffset: number;
  readonly endOffset: number;
  readonly maxTimestampMs: number;
  readonly bytes: Uint8Array;
}

const ATTRIBUTES_AT = 21;
const CONTROL_BIT = 0x20;
const EPOCH_AT = 12;
const CRC_AT = 17;

const utf8 = new TextEncoder();
const bytesOf = (value: string | Uint8Array | null): Uint8Array | null =>
  typeof value === 'string' ? utf8.encode(value) : value;

export class ScriptedPartition {
  leader: number | null = 0;
  logStart = 0;
  highWatermark = 0;
  lastStable: number | null = null;
  aborted: AbortedTransaction[] = [];
  batches: Stored[] = [];
  private readonly appended: () => void;

  constructor(appended: () => void = () => {}) {
    this.appended = appended;
  }

  append(records: readonly ScriptedRecord[], shape: BatchShape = {}): void {
    this.store(batchOf(records, shape), shape);
  }

  /** The marker that ends a transaction. */
  appendMarker(producerId: number, result: 'commit' | 'abort'): void {
    const key = Uint8Array.of(0, 0, 0, result === 'commit' ? 1 : 0);
    const bytes = batchOf([{ key, value: new Uint8Array(6) }], {
      producerId,
      isTransactional: true,
    });
    bytes[ATTRIBUTES_AT + 1] = bytes[ATTRIBUTES_AT + 1]! | CONTROL_BIT;
    const crc = crc32c(bytes, ATTRIBUTES_AT, bytes.length);
    new DataView(bytes.buffer, bytes.byteOffset).setUint32(CRC_AT, crc);
    this.store(bytes, {});
  }

  /** Takes away what is before the offset, as retention does. */
  truncate(logStart: number): void {
    this.logStart = logStart;
    this.batches = this.batches.filter(({ endOffset }) => endOffset > logStart);
  }

  private store(bytes: Uint8Array, { gap = 0, leaderEpoch = 0 }: BatchShape): void {
    const baseOffset = this.highWatermark + gap;
    setBaseOffset(bytes, 0, baseOffset);
    new DataView(bytes.buffer, bytes.byteOffset).setInt32(EPOCH_AT, leaderEpoch);
    const header = readBatchHeader(bytes, 0)!;
    const endOffset = baseOffset + header.lastOffsetDelta + 1;
    this.batches.push({ baseOffset, endOffset, maxTimestampMs: header.maxTimestampMs, bytes });
    this.highWatermark = endOffset;
    this.appended();
  }
}

export function batchOf(records: readonly ScriptedRecord[], shape: BatchShape = {}): Uint8Array {
  const writer = new RecordBatchWriter();
  for (const { key = null, value, timestampMs = 0, headers = [] } of records) {
    writer.append({ timestampMs, key: bytesOf(key), value: bytesOf(value), headers });
  }
  const { producerId = -1, isTransactional = false, compression } = shape;
  const isNumbered = producerId >= 0;
  return writer.finish({
    producerId,
    epoch: isNumbered ? 0 : -1,
    baseSequence: isNumbered ? 0 : -1,
    isTransactional,
    ...(compression !== undefined && { compression }),
  });
}

export class ScriptedKafka implements Kafka {
  readonly topics = new Map<string, ScriptedPartition[]>();
  readonly committed = new Map<string, number>();
  readonly commits: (readonly GroupOffset[])[] = [];
  readonly fetches: FetchRequest[] = [];
  /** What the next requests of a name reject with, in order; null: answered as usual. */
  readonly failures = new Map<string, (KafkaError | null)[]>();
  /** What a partition's next fetches are answered with. */
  readonly fetchErrors = new Map<string, KafkaErrorName[]>();
  /** Batches of a partition in one answer at most. */
  batchesMax = Infinity;
  /** Bytes of the batch behind the last one that come too. */
  cutBytes = 0;
  openClients = 0;
  private readonly timers: Timers;
  private readonly waiting = new Set<() => void>();

  constructor(timers: Timers) {
    this.timers = timers;
  }

  topic(name: string, partitionCount = 1): readonly ScriptedPartition[] {
    const partitions = Array.from({ length: partitionCount }, () => this.newPartition());
    this.topics.set(name, partitions);
    return partitions;
  }

  addPartition(topic: string): ScriptedPartition {
    const partition = this.newPartition();
    this.topics.get(topic)!.push(partition);
    return partition;
  }

  fail(request: string, ...failures: readonly (KafkaError | null)[]): void {
    this.failures.set(request, [...(this.failures.get(request) ?? []), ...failures]);
  }

  connect(): KafkaClient {
    return client(this);
  }

  partition({ topic, partition }: TopicPartition): ScriptedPartition | undefined {
    return this.topics.get(topic)?.[partition];
  }

  /** Lets what waits for records look again. */
  wake(): void {
    for (const resolve of this.waiting) resolve();
  }

  async fetch(
    request: FetchRequest,
    isClosed: () => boolean,
  ): Promise<readonly FetchedPartition[]> {
    this.fetches.push(request);
    for (let waitedMs = 0; ; waitedMs = request.maxWaitMs) {
      const answer = this.answerOf(request);
      const hasSome = answer.some(({ records, error }) => records.length > 0 || error !== null);
      if (isClosed()) throw refusedBy('Fetch', 'closed');
      if (hasSome || waitedMs >= request.maxWaitMs) return answer;
      await this.pause(request.maxWaitMs);
    }
  }

  private newPartition(): ScriptedPartition {
    return new ScriptedPartition(() => {
      this.wake();
    });
  }

  private pause(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        this.waiting.delete(end);
        timer.cancel();
        resolve();
      };
      const timer = this.timers.after(delayMs, end);
      this.waiting.add(end);
    });
  }

  private answerOf({ isolationLevel, maxBytes, partitions }: FetchRequest): FetchedPartition[] {
    let bytesLeft = maxBytes;
    let isFirst = true;
    return partitions.map((position) => {
      const fetched = this.fetched(position, isolationLevel, { bytesLeft, isFirst });
      bytesLeft -= fetched.records.length;
      if (fetched.records.length > 0) isFirst = false;
      return fetched;
    });
  }

  private fetched(
    position: FetchPosition,
    isolationLevel: IsolationLevel,
    room: { readonly bytesLeft: number; readonly isFirst: boolean },
  ): FetchedPartition {
    const { topic, partition, offset } = position;
    const log = this.partition(position);
    const error = this.fetchErrors.get(`${topic}-${partition}`)?.shift() ?? null;
    if (error !== null || log === undefined) {
      return empty(position, error ?? 'UNKNOWN_TOPIC_OR_PARTITION');
    }
    if (offset < log.logStart || offset > log.highWatermark) {
      return empty(position, 'OFFSET_OUT_OF_RANGE', log);
    }
    const isCommitted = isolationLevel === 'read_committed';
    const end = isCommitted ? (log.lastStable ?? log.highWatermark) : log.highWatermark;
    const limit = Math.min(position.maxBytes, room.bytesLeft);
    const taken: Uint8Array[] = [];
    let size = 0;
    for (const { endOffset, bytes } of log.batches) {
      if (endOffset <= offset || endOffset > end) continue;
      const isWhole = size + bytes.length <= limit || (room.isFirst && size === 0);
      if (!isWhole || taken.length === this.batchesMax) {
        if (this.cutBytes > 0)
          taken.push(bytes.subarray(0, Math.min(this.cutBytes, bytes.length - 1)));
        break;
      }
      taken.push(bytes);
      size += bytes.length;
    }
    return {
      ...empty(position, null, log),
      lastStableOffset: log.lastStable ?? log.highWatermark,
      abortedTransactions: isCommitted ? log.aborted : [],
      records: Uint8Array.from(taken.flatMap((bytes) => [...bytes])),
    };
  }
}

function empty(
  { topic, partition }: TopicPartition,
  error: KafkaErrorName | null,
  log?: ScriptedPartition,
): FetchedPartition {
  return {
    topic,
    partition,
    error,
    highWatermark: log?.highWatermark ?? -1,
    lastStableOffset: log?.lastStable ?? log?.highWatermark ?? -1,
    logStartOffset: log?.logStart ?? -1,
    abortedTransactions: [],
    records: new Uint8Array(0),
  };
}

export function refusedBy(request: string, reason: KafkaError['reason']): KafkaError {
  return new KafkaError({
    request,
    server: 'kafka-0:9092',
    subject: 'events',
    reason,
    detail: null,
    outcome: 'not-done',
  });
}

function client(kafka: ScriptedKafka): KafkaClient {
  let isClosed = false;
  kafka.openClients++;
  const answering = async <T>(name: string, answer: () => T | Promise<T>): Promise<T> => {
    const failure = kafka.failures.get(name)?.shift() ?? null;
    if (failure !== null) throw failure;
    return answer();
  };
  const never = (): Promise<never> => Promise.reject(new Error('no source asks for this'));
  return {
    metadata: (topics) => answering('Metadata', () => metadataOf(kafka, topics)),
    listOffsets: (_node, isolationLevel, queries) =>
      answering('ListOffsets', () =>
        queries.map((query) => offsetOf(kafka, query, isolationLevel)),
      ),
    fetch: (_node, request) => answering('Fetch', () => kafka.fetch(request, () => isClosed)),
    committedOffsets: (_group, partitions) =>
      answering('OffsetFetch', () =>
        partitions === 'all' ? [] : partitions.map((each) => committedOf(kafka, each)),
      ),
    commitOffsets: (_group, offsets) =>
      answering('OffsetCommit', () => {
        kafka.commits.push(offsets);
      }),
    close: () => {
      if (!isClosed) kafka.openClients--;
      isClosed = true;
      kafka.wake();
      return Promise.resolve();
    },
    produce: never,
    initProducer: never,
    addPartitionsToTransaction: never,
    addGroupToTransaction: never,
    commitOffsetsInTransaction: never,
    endTransaction: never,
    createTopic: never,
    deleteTopic: never,
    topicSettings: never,
    brokerSettings: never,
    listGroups: never,
    describeGroup: never,
  };
}

function metadataOf(kafka: ScriptedKafka, asked: readonly string[] | 'all'): KafkaMetadata {
  const names = asked === 'all' ? [...kafka.topics.keys()] : asked;
  return {
    brokers: [{ node: 0, host: 'kafka-0', port: 9092 }],
    topics: names.map((name) => ({
      name,
      error: kafka.topics.has(name) ? null : 'UNKNOWN_TOPIC_OR_PARTITION',
      isInternal: name.startsWith('__'),
      partitions: (kafka.topics.get(name) ?? []).map(({ leader }, partition) => ({
        partition,
        leader,
        replicas: [0],
        inSyncReplicas: [0],
      })),
    })),
  };
}

function offsetOf(
  kafka: ScriptedKafka,
  { topic, partition, at }: OffsetQuery,
  isolationLevel: IsolationLevel,
): FoundOffset {
  const log = kafka.partition({ topic, partition });
  if (log === undefined)
    return { topic, partition, error: 'UNKNOWN_TOPIC_OR_PARTITION', offset: null };
  const isCommitted = isolationLevel === 'read_committed';
  const latest = isCommitted ? (log.lastStable ?? log.highWatermark) : log.highWatermark;
  const offset =
    at === 'earliest'
      ? log.logStart
      : at === 'latest'
        ? latest
        : (log.batches.find(({ maxTimestampMs }) => maxTimestampMs >= at)?.baseOffset ?? null);
  return { topic, partition, error: null, offset };
}

function committedOf(kafka: ScriptedKafka, { topic, partition }: TopicPartition): CommittedOffset {
  const offset = kafka.committed.get(`${topic}-${partition}`) ?? null;
  return { topic, partition, error: null, offset, metadata: '' };
}
