/**
 * Writes records into the partitions of a topic: idempotent, acknowledged by all in-sync replicas,
 * one request for a partition under way at a time. Records gather while a request is under way, so
 * batches grow with the rate.
 * Invariant: a batch is sent again with the same bytes and the same number, so that it is written
 * once however often it is sent.
 */
import { assert } from '../../errors/assert.ts';
import { BugError, OutcomeUnknownError } from '../../errors/drey-error.ts';
import { BATCH_HEADER_BYTES } from '../../kafka/batch-header.ts';
import { RecordBatchWriter } from '../../kafka/record-batch-writer.ts';
import type { KafkaErrorName } from '../../kafka/error-names.ts';
import { KafkaError } from '../../platform/kafka-error.ts';
import type { ProducerIdentity } from '../../platform/kafka.ts';
import { isWorthRetrying, kafkaFailure, partitionFailure } from '../../platform/kafka-failure.ts';
import { leadersOf, partitionName } from './find-offsets.ts';
import type { KafkaSession } from './kafka-session.ts';
import type { LineRecord } from './line-record.ts';

export interface ProducerOptions {
  readonly topic: string;
  /** Their numbers are 0 to this, without it. */
  readonly partitionCount: number;
  readonly identity: ProducerIdentity;
  /** Of a batch, its header included. */
  readonly batchBytesMax: number;
}

export interface ProducedTo {
  readonly partition: number;
  readonly recordCount: number;
  readonly firstOffset: number;
  readonly lastOffset: number;
}

interface Batch {
  readonly records: Uint8Array;
  readonly count: number;
  readonly firstLine: number;
  readonly lastLine: number;
}

/** Of records that nobody has acknowledged yet. */
const BUFFER_BYTES_MAX = 8 * 1024 * 1024;
/** Lengths, deltas and counts of a record at their widest. */
export const RECORD_OVERHEAD_BYTES = 36;
/** As Kafka's `request.timeout.ms`: so long a broker waits for the other replicas. */
const REPLICATION_TIMEOUT_MS = 30_000;
/** Kafka counts batches of a producer in 31 bits, and begins anew. */
const SEQUENCE_LIMIT = 2 ** 31;

class PartitionQueue {
  readonly topic: string;
  readonly partition: number;
  readonly name: string;
  readonly writer = new RecordBatchWriter();
  readonly batches: Batch[] = [];
  sequence = 0;
  isSending = false;
  firstLine = 0;
  lastLine = 0;
  recordCount = 0;
  firstOffset = -1;
  lastOffset = -1;

  constructor(topic: string, partition: number) {
    this.topic = topic;
    this.partition = partition;
    this.name = partitionName({ topic, partition });
  }
}

export class TopicProducer {
  private readonly session: KafkaSession;
  private readonly options: ProducerOptions;
  private readonly queues: readonly PartitionQueue[];
  private leaders: ReadonlyMap<string, number | null> = new Map();
  private bufferedBytes = 0;
  /** Where records without a key go, until their batch is full. */
  private sticky: number;
  private failure: Error | null = null;
  private wake: (() => void) | null = null;

  constructor(session: KafkaSession, options: ProducerOptions) {
    this.session = session;
    this.options = options;
    this.queues = Array.from(
      { length: options.partitionCount },
      (_, partition) => new PartitionQueue(options.topic, partition),
    );
    this.sticky = Math.floor(session.world.platform.random.next() * options.partitionCount);
  }

  /** What was acknowledged. */
  get acknowledged(): readonly ProducedTo[] {
    return this.queues
      .filter(({ recordCount }) => recordCount > 0)
      .map(({ partition, recordCount, firstOffset, lastOffset }) => ({
        partition,
        recordCount,
        firstOffset,
        lastOffset,
      }));
  }

  /** `partition` null: any. `line`: where it came from. */
  append(partition: number | null, record: LineRecord, line: number): void {
    const queue = this.queues[partition ?? this.sticky];
    assert(queue !== undefined, 'the topic has the partition');
    const size = (record.key?.length ?? 0) + (record.value?.length ?? 0) + RECORD_OVERHEAD_BYTES;
    if (queue.writer.count > 0 && queue.writer.sizeBytes + size > this.options.batchBytesMax) {
      this.close(queue);
    }
    if (queue.writer.count === 0) queue.firstLine = line;
    queue.lastLine = line;
    const before = queue.writer.sizeBytes;
    queue.writer.append({
      timestampMs: this.session.world.platform.clock.nowMs(),
      key: record.key,
      value: record.value,
      headers: [],
    });
    this.bufferedBytes += queue.writer.sizeBytes - before;
  }

  /** Sends what can be sent, and waits while too much is kept. Rejects when a batch was given up. */
  async room(): Promise<void> {
    this.pump();
    await this.until(() => this.bufferedBytes <= BUFFER_BYTES_MAX);
  }

  /** Until all is acknowledged. Rejects when a batch was given up. */
  async drain(): Promise<void> {
    this.pump();
    await this.until(() => this.queues.every((queue) => isEmpty(queue)));
  }

  private async until(isSo: () => boolean): Promise<void> {
    while (this.failure === null && !isSo()) {
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
    if (this.failure !== null) throw this.failure;
  }

  private pump(): void {
    for (const queue of this.queues) {
      if (queue.isSending || this.failure !== null) continue;
      if (queue.batches.length === 0 && queue.writer.count > 0) this.close(queue);
      const batch = queue.batches.shift();
      if (batch !== undefined) void this.send(queue, batch);
    }
  }

  /** The records so far are a batch. */
  private close(queue: PartitionQueue): void {
    const { identity, partitionCount } = this.options;
    const { count } = queue.writer;
    const records = queue.writer.finish({
      producerId: identity.producerId,
      epoch: identity.epoch,
      baseSequence: queue.sequence,
      isTransactional: false,
    });
    queue.sequence = (queue.sequence + count) % SEQUENCE_LIMIT;
    queue.batches.push({ records, count, firstLine: queue.firstLine, lastLine: queue.lastLine });
    if (queue.partition === this.sticky) this.sticky = (this.sticky + 1) % partitionCount;
  }

  private async send(queue: PartitionQueue, batch: Batch): Promise<void> {
    queue.isSending = true;
    try {
      const baseOffset = await this.sendUntilAcknowledged(queue, batch);
      queue.recordCount += batch.count;
      if (baseOffset !== null) {
        if (queue.firstOffset < 0) queue.firstOffset = baseOffset;
        queue.lastOffset = baseOffset + batch.count - 1;
      }
      this.bufferedBytes -= batch.records.length - BATCH_HEADER_BYTES;
    } catch (failure) {
      this.failure ??=
        failure instanceof Error ? failure : new BugError('DREY_BUG', String(failure));
    } finally {
      queue.isSending = false;
      this.pump();
      this.wake?.();
    }
  }

  /** Its first offset; null: it was there already, and the broker does not say where. */
  private async sendUntilAcknowledged(queue: PartitionQueue, batch: Batch): Promise<number | null> {
    const untilMs = this.nowMs() + this.session.requests.limitMs;
    let mayBeWritten = false;
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.sendOnce(queue, batch.records);
      } catch (failure) {
        mayBeWritten ||= failure instanceof KafkaError && failure.outcome === 'unknown';
        if (!isWorthRetrying(failure) || this.nowMs() >= untilMs) {
          throw givenUp(failure, { queue, batch, mayBeWritten });
        }
        this.leaders = new Map();
        await this.session.requests.wait(attempt);
      }
    }
  }

  private async sendOnce(
    { partition, name }: PartitionQueue,
    records: Uint8Array,
  ): Promise<number | null> {
    const { client, servers } = this.session;
    const { topic } = this.options;
    const failed = (reason: KafkaErrorName): KafkaError =>
      partitionFailure({ request: 'Produce', server: servers, subject: name }, reason);
    if (this.leaders.size === 0) this.leaders = leadersOf(await client.metadata([topic]));
    const leader = this.leaders.get(name) ?? null;
    if (leader === null) throw failed('LEADER_NOT_AVAILABLE');
    const answers = await client.produce(leader, {
      acks: -1,
      timeoutMs: REPLICATION_TIMEOUT_MS,
      transactionalId: null,
      batches: [{ topic, partition, records }],
    });
    const answer = answers.find((one) => one.partition === partition);
    if (answer === undefined) throw failed('UNKNOWN_SERVER_ERROR');
    if (answer.error === null) return answer.baseOffset;
    // An answer was lost, and the batch came twice: it is there.
    if (answer.error === 'DUPLICATE_SEQUENCE_NUMBER') return null;
    throw failed(answer.error);
  }

  private nowMs(): number {
    return this.session.world.platform.clock.monotonicMs();
  }
}

function isEmpty({ isSending, batches, writer }: PartitionQueue): boolean {
  return !isSending && batches.length === 0 && writer.count === 0;
}

interface GivenUp {
  readonly queue: PartitionQueue;
  readonly batch: Batch;
  readonly mayBeWritten: boolean;
}

function givenUp(failure: unknown, { queue, batch, mayBeWritten }: GivenUp): unknown {
  const { firstLine, lastLine } = batch;
  const lines = firstLine === lastLine ? `line ${firstLine}` : `lines ${firstLine} to ${lastLine}`;
  const error = kafkaFailure(failure, lines);
  if (!mayBeWritten || !(error instanceof Error)) return error;
  return new OutcomeUnknownError(
    'DREY_OUTCOME_UNKNOWN',
    `${lines}: perhaps ${batch.count} records are in ${queue.name}, perhaps none of them: ${error.message}`,
    {
      hint: `Look at the end of the partition: drey topic tail ${queue.topic} --partition ${queue.partition} --no-follow`,
      details: { partition: queue.partition, firstLine, lastLine },
      cause: failure,
    },
  );
}
