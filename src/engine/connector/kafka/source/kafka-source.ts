/**
 * The `kafka` source: one split for each partition, each read from its own offset. Puts the parts
 * together: which partitions, from where, fetched by whom, decoded how.
 */
import { assert } from '../../../../errors/assert.ts';
import type { EngineError } from '../../../../errors/drey-error.ts';
import type { ConsumerProperties } from '../../../../kafka/consumer-properties.ts';
import type { Clock } from '../../../../platform/clock.ts';
import type { GroupOffset, KafkaClient, TopicPartition } from '../../../../platform/kafka.ts';
import type { Random } from '../../../../platform/random.ts';
import type { Timers } from '../../../../platform/timers.ts';
import type { RowSchema } from '../../../batch/batch.ts';
import type { LinearMemory } from '../../../memory/linear-memory.ts';
import type {
  DeadRecordListener,
  Source,
  SourceCommits,
  SourcePlace,
  SourceProgress,
  SplitDiscovery,
  SplitReader,
} from '../../contract.ts';
import { WHOLE_SOURCE } from '../../split-assignment.ts';
import { CancellablePauses } from '../cancellable-pause.ts';
import { PartitionLeaders } from '../partition-leaders.ts';
import { RetryDelay } from '../retry-delay.ts';
import { retrying, type RetryOptions } from '../retrying.ts';
import { BatchLoader, type UnpackBlock } from './batch-loader.ts';
import { findPartitions, ownsPartition, restoredPartitions, without } from './find-partitions.ts';
import type { KafkaSourceSpec } from './kafka-source-spec.ts';
import { moveIntoRange } from './offset-out-of-range.ts';
import { OffsetCommits } from './offset-commits.ts';
import { PartitionDiscovery } from './partition-discovery.ts';
import { PartitionFetching } from './partition-fetching.ts';
import { PartitionLog } from './partition-log.ts';
import { PartitionReader } from './partition-reader.ts';
import { RunDecoder, type KafkaDecoderFactory } from './run-decoder.ts';
import { RunFiller } from './run-filler.ts';
import { startOffsets, stopOffsets, type OffsetRules } from './start-offsets.ts';
import { noTopic } from './no-topic.ts';

export interface KafkaSourceOptions {
  /** Name of the source node. */
  readonly name: string;
  readonly spec: KafkaSourceSpec;
  readonly consumer: ConsumerProperties;
  /** What is decoded, and metadata columns. */
  readonly schema: RowSchema;
  readonly createDecoder: KafkaDecoderFactory;
  readonly unpack: UnpackBlock;
  readonly maxRecordBytes: number;
  readonly memory: LinearMemory;
  readonly onDeadRecord: DeadRecordListener;
  /** Called once; the client is this source's alone, which closes it. */
  readonly connect: () => Promise<KafkaClient>;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
  readonly warn: (reason: EngineError) => void;
  /** Content bytes of the block; by default what suits a full batch. */
  readonly areaBytes?: number;
}

interface Connection {
  readonly client: KafkaClient;
  readonly leaders: PartitionLeaders;
}

/** What all partitions of a source may hold together before they are decoded. */
const READ_MEMORY_BYTES = 64 * 1024 * 1024;
/** A partition asks for this much at least, or small batches would come one by one. */
const PARTITION_BYTES_MIN = 32 * 1024;
/** How long a topic may be missing when a job starts: it may have been made just now. */
const TOPIC_WAIT_MS = 5_000;
/** Both what is decoded and what comes next lie in memory. */
const CHUNKS_OF_PARTITION = 2;

export class KafkaSource implements Source {
  readonly schema: RowSchema;
  readonly isBounded: boolean;
  readonly hasEndlessSplits: boolean;
  readonly isRepeatable = true;
  private readonly options: KafkaSourceOptions;
  private readonly pauses: CancellablePauses;
  private readonly retry: RetryOptions;
  private readonly loader: BatchLoader;
  private readonly filler: RunFiller;
  private readonly decoder: RunDecoder;
  private readonly readers = new Map<string, PartitionReader>();
  private connection: Connection | null = null;
  private fetching: PartitionFetching | null = null;
  private offsetCommits: OffsetCommits | null = null;
  private found: PartitionDiscovery | null = null;
  private failure: Error | null = null;
  private bytesRead = 0;
  private isClosed = false;

  constructor(options: KafkaSourceOptions) {
    const { spec, consumer, schema, clock, timers, random, name } = options;
    this.options = options;
    this.schema = schema;
    this.isBounded = spec.bounded.kind !== 'unbounded';
    this.hasEndlessSplits = !this.isBounded;
    this.pauses = new CancellablePauses(timers);
    const { retryBackoffMs: firstMs, retryBackoffMaxMs: maxMs, apiTimeoutMs: limitMs } = consumer;
    this.retry = { node: `source ${name}`, clock, timers, random, firstMs, maxMs, limitMs };
    const { isolationLevel, checksCrcs } = consumer;
    this.loader = new BatchLoader({ isolationLevel, checksCrcs, unpack: options.unpack });
    this.filler = createFiller(options);
    this.decoder = new RunDecoder({ ...options, source: name });
  }

  get discovery(): SplitDiscovery | null {
    return this.found;
  }

  get commits(): SourceCommits | null {
    return this.options.consumer.commitsOnCheckpoint ? this.offsetCommits : null;
  }

  /** Records without a value that were passed over. */
  get emptyCount(): number {
    return this.filler.emptyCount;
  }

  async open(place: SourcePlace = WHOLE_SOURCE): Promise<readonly SplitReader[]> {
    const { restored } = place;
    const client = await this.options.connect();
    this.connection = { client, leaders: new PartitionLeaders(client) };
    const readers: PartitionReader[] = [];
    if (restored !== null) {
      for (const each of restoredPartitions(restored.names, place)) readers.push(this.reader(each));
    }
    if (restored === null || !this.isBounded) {
      const all = await this.partitions(Math.min(TOPIC_WAIT_MS, this.retry.limitMs));
      if (all.length === 0 && this.isBounded) throw noTopic(this.options);
      const known = new Set(restored?.names);
      const fresh = without(all, known).filter((each) => ownsPartition(each, place));
      readers.push(...(await this.newReaders(fresh, restored !== null)));
    }
    if (!this.isBounded) this.found = this.createDiscovery(place);
    this.startCommits();
    return readers;
  }

  progress(): SourceProgress {
    const lag = [...this.readers.values()].map(({ name, log }) => ({
      split: name,
      position: log.position,
      records: log.lag,
    }));
    return { bytesRead: this.bytesRead, bytesTotal: null, lag };
  }

  async close(): Promise<void> {
    if (this.isClosed) return;
    this.isClosed = true;
    await this.found?.close();
    this.pauses.cancel();
    this.fetching?.close();
    this.offsetCommits?.close();
    this.decoder.release();
    this.filler.release();
    await this.connection?.client.close();
  }

  private partitions(limitMs: number): Promise<readonly TopicPartition[]> {
    const { topics } = this.options.spec;
    const { leaders } = this.connected;
    return retrying(() => findPartitions(topics, leaders), { ...this.retry, limitMs });
  }

  /** `isLater`: they were not there when the job started. */
  private async newReaders(
    partitions: readonly TopicPartition[],
    isLater: boolean,
  ): Promise<readonly PartitionReader[]> {
    const { spec } = this.options;
    const startup = isLater ? ({ kind: 'earliest-offset' } as const) : spec.startup;
    const starts = await startOffsets(partitions, startup, this.rules);
    const stops = await stopOffsets(partitions, spec.bounded, this.rules);
    return partitions.map((partition) => {
      const reader = this.reader(partition);
      const start = starts.get(reader.name);
      assert(start !== undefined, 'every partition has a start');
      reader.log.start(start, stops?.get(reader.name) ?? null);
      return reader;
    });
  }

  private reader({ topic, partition }: TopicPartition): PartitionReader {
    const { name: source, consumer } = this.options;
    const { isolationLevel } = consumer;
    const log = new PartitionLog({ source, topic, partition, isolationLevel, loader: this.loader });
    const reader = new PartitionReader(log, {
      filler: this.filler,
      decoder: this.decoder,
      failure: () => this.failure,
      start: () => {
        if (this.fetching === null) this.startFetching();
      },
      drained: (drained) => {
        this.fetching?.drained(drained);
      },
      ended: (ended) => {
        this.fetching?.remove(ended);
      },
    });
    this.readers.set(reader.name, reader);
    this.fetching?.add(log);
    return reader;
  }

  /** All readers of `open` know their positions by now. */
  private startFetching(): void {
    const { consumer, clock, name } = this.options;
    this.fetching = new PartitionFetching({
      ...this.connected,
      node: `source ${name}`,
      consumer,
      partitionBytesMax: partitionBytes(consumer, this.readers.size),
      clock,
      pauses: this.pauses,
      delay: new RetryDelay(this.retry),
      arrived: (log, byteCount) => {
        this.bytesRead += byteCount;
        this.readers.get(log.name)?.wake(null);
      },
      outOfRange: (log) =>
        moveIntoRange(log, {
          source: name,
          search: this.rules,
          offsetReset: consumer.offsetReset,
          warn: this.options.warn,
        }),
      failed: (failure) => {
        this.fail(failure);
      },
    });
    for (const { log } of this.readers.values()) {
      if (!log.isAtStop) this.fetching.add(log);
    }
  }

  private fail(failure: unknown): void {
    if (this.isClosed || this.failure !== null) return;
    this.failure = failure instanceof Error ? failure : new Error(String(failure));
    for (const reader of this.readers.values()) reader.wake(failure);
  }

  private createDiscovery(place: SourcePlace): PartitionDiscovery {
    const { discoveryIntervalMs: intervalMs } = this.options.spec;
    return new PartitionDiscovery({
      intervalMs,
      pauses: this.pauses,
      find: async () => {
        const all = await this.partitions(this.retry.limitMs);
        const fresh = without(all, new Set(this.readers.keys()));
        return this.newReaders(
          fresh.filter((each) => ownsPartition(each, place)),
          true,
        );
      },
    });
  }

  private startCommits(): void {
    const { name: source, consumer, warn } = this.options;
    const { client } = this.connected;
    const { groupId: group, autoCommitIntervalMs } = consumer;
    if (group === null) return;
    const { pauses } = this;
    const offsets = (): readonly GroupOffset[] => this.groupOffsets();
    this.offsetCommits = new OffsetCommits({ source, client, group, pauses, offsets, warn });
    if (autoCommitIntervalMs !== null) void this.offsetCommits.commitEvery(autoCommitIntervalMs);
  }

  private groupOffsets(): readonly GroupOffset[] {
    return [...this.readers.values()].map(({ log: { topic, partition, position } }) => ({
      topic,
      partition,
      offset: position,
      metadata: '',
    }));
  }

  private get connected(): Connection {
    assert(this.connection !== null, 'a source is opened first');
    return this.connection;
  }

  private get rules(): OffsetRules {
    const { name: source, consumer } = this.options;
    const { groupId, offsetReset, isolationLevel } = consumer;
    return {
      ...this.connected,
      source,
      isolationLevel,
      retry: this.retry,
      // As Flink names the group of a table that has none.
      group: groupId ?? `KafkaSource-${source}`,
      offsetReset,
    };
  }
}

function createFiller(options: KafkaSourceOptions): RunFiller {
  const { name, spec, maxRecordBytes, memory, onDeadRecord, areaBytes } = options;
  const isRaw = spec.value.format.kind === 'raw';
  return new RunFiller({
    source: name,
    maxRecordBytes,
    memory,
    hasLines: spec.value.format.kind === 'json',
    // As Flink: json and csv make no row of a null, raw one of NULL.
    keepsNulls: isRaw || spec.changes === 'upsert',
    keepsEmpty: isRaw,
    readsKeys: spec.key !== null,
    readsHeaders: spec.metadata.some(({ key }) => key === 'headers'),
    onDeadRecord,
    ...(areaBytes !== undefined && { areaBytes }),
  });
}

function partitionBytes(
  { partitionFetchBytes, fetchMaxBytes }: ConsumerProperties,
  partitionCount: number,
): number {
  const share = READ_MEMORY_BYTES / (CHUNKS_OF_PARTITION * Math.max(1, partitionCount));
  const most = Math.min(partitionFetchBytes, fetchMaxBytes);
  return Math.max(1, Math.min(most, Math.max(PARTITION_BYTES_MIN, Math.floor(share))));
}
