/**
 * Sends record batches to the leaders of their partitions until each is acknowledged: the next one
 * of a partition only after the one before, and what may have arrived again with the very same
 * bytes, so that a broker knows it by its sequence numbers.
 * Invariant: a batch never goes to another partition than its own.
 */
import type { KafkaErrorName } from '../../../../kafka/error-names.ts';
import type { Clock } from '../../../../platform/clock.ts';
import type { KafkaClient, ProducedPartition } from '../../../../platform/kafka.ts';
import { KafkaError } from '../../../../platform/kafka-error.ts';
import { isWorthRetrying, partitionFailure } from '../../../../platform/kafka-failure.ts';
import type { Random } from '../../../../platform/random.ts';
import type { Timers } from '../../../../platform/timers.ts';
import { partitionName, type PartitionLeaders } from '../partition-leaders.ts';
import { RetryDelay } from '../retry-delay.ts';
import { pause } from '../retrying.ts';
import type { OutgoingBatch } from './outgoing-batch.ts';

export interface BatchSendingOptions {
  readonly client: KafkaClient;
  readonly leaders: PartitionLeaders;
  readonly topic: string;
  /** As messages name the cluster. */
  readonly server: string;
  readonly acks: -1 | 0 | 1;
  readonly requestTimeoutMs: number;
  readonly deliveryTimeoutMs: number;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
}

/** Of one request, below `socket.request.max.bytes` (100 MiB) by far. */
const REQUEST_BYTES_MAX = 16 * 1024 * 1024;
/** As `retry.backoff.max.ms`; the first pause is short, since a new leader is found at once. */
const RETRY_FIRST_MS = 20;
const RETRY_MAX_MS = 1_000;

export class BatchSending {
  private readonly options: BatchSendingOptions;
  private readonly delay: RetryDelay;

  constructor(options: BatchSendingOptions) {
    this.options = options;
    const { random } = options;
    this.delay = new RetryDelay({ firstMs: RETRY_FIRST_MS, maxMs: RETRY_MAX_MS, random });
  }

  /**
   * Rejects with the KafkaError of the first batch that no later try can send, or that was tried
   * for too long. What was acknowledged before is removed from `batches`.
   */
  async send(batches: OutgoingBatch[], transactionalId: string | null): Promise<void> {
    const { clock, timers, deliveryTimeoutMs } = this.options;
    const untilMs = clock.monotonicMs() + deliveryTimeoutMs;
    for (let failures = 0; batches.length > 0;) {
      const failure = await this.sendHeads(batches, transactionalId);
      if (failure === null) {
        failures = 0;
        continue;
      }
      failures++;
      const waitMs = this.delay.afterMs(failures);
      if (!isWorthRetrying(failure) || clock.monotonicMs() + waitMs > untilMs) throw failure;
      await pause(waitMs, timers);
    }
  }

  /** Sends the first batch of each partition. Returns the worst failure; null: there was none. */
  private async sendHeads(
    batches: OutgoingBatch[],
    transactionalId: string | null,
  ): Promise<KafkaError | null> {
    const failures: KafkaError[] = [];
    const byLeader = await this.headsByLeader(batches, failures);
    await Promise.all(
      [...byLeader].map(async ([leader, heads]) => {
        try {
          const answers = await this.produce(leader, heads, transactionalId);
          for (const batch of heads) this.take(batch, answers, { batches, failures });
        } catch (failure) {
          if (!(failure instanceof KafkaError)) throw failure;
          for (const { partition } of heads) this.forgetLeader(partition);
          failures.push(failure);
        }
      }),
    );
    return failures.find((failure) => !isWorthRetrying(failure)) ?? failures[0] ?? null;
  }

  private async headsByLeader(
    batches: readonly OutgoingBatch[],
    failures: KafkaError[],
  ): Promise<Map<number, OutgoingBatch[]>> {
    const { leaders, topic } = this.options;
    const heads = new Map<number, OutgoingBatch>();
    for (const batch of batches) {
      if (!heads.has(batch.partition)) heads.set(batch.partition, batch);
    }
    const isUnknown = (partition: number): boolean => leaders.of({ topic, partition }) === null;
    if ([...heads.keys()].some(isUnknown)) await this.askForLeaders(failures);
    const byLeader = new Map<number, OutgoingBatch[]>();
    const sizes = new Map<number, number>();
    for (const batch of heads.values()) {
      const { partition, records } = batch;
      const leader = leaders.of({ topic, partition });
      if (leader === null) {
        failures.push(this.failureOf(partition, 'LEADER_NOT_AVAILABLE'));
        continue;
      }
      const size = (sizes.get(leader) ?? 0) + records.length;
      // The others come with the next request.
      if (size > REQUEST_BYTES_MAX && size > records.length) continue;
      sizes.set(leader, size);
      byLeader.set(leader, [...(byLeader.get(leader) ?? []), batch]);
    }
    return byLeader;
  }

  private async askForLeaders(failures: KafkaError[]): Promise<void> {
    const { leaders, topic } = this.options;
    try {
      const topics = await leaders.ask([topic]);
      const error = topics.find(({ name }) => name === topic)?.error ?? null;
      if (error !== null) failures.push(this.failureOf(null, error));
    } catch (failure) {
      if (!(failure instanceof KafkaError)) throw failure;
      failures.push(failure);
    }
  }

  private produce(
    leader: number,
    heads: readonly OutgoingBatch[],
    transactionalId: string | null,
  ): Promise<readonly ProducedPartition[]> {
    const { client, topic, acks, requestTimeoutMs: timeoutMs } = this.options;
    const batches = heads.map(({ partition, records }) => ({ topic, partition, records }));
    return client.produce(leader, { acks, timeoutMs, transactionalId, batches });
  }

  /** Notes what the leader said of one batch. */
  private take(
    batch: OutgoingBatch,
    answers: readonly ProducedPartition[],
    into: { readonly batches: OutgoingBatch[]; readonly failures: KafkaError[] },
  ): void {
    const { partition } = batch;
    const answer = answers.find((one) => one.partition === partition);
    const error = this.options.acks === 0 ? null : (answer?.error ?? missingAnswer(answer));
    // It is there already, from a try whose answer was lost.
    if (error === null || error === 'DUPLICATE_SEQUENCE_NUMBER') {
      into.batches.splice(into.batches.indexOf(batch), 1);
      return;
    }
    this.forgetLeader(partition);
    into.failures.push(this.failureOf(partition, error));
  }

  private forgetLeader(partition: number): void {
    this.options.leaders.forget({ topic: this.options.topic, partition });
  }

  private failureOf(partition: number | null, reason: KafkaErrorName): KafkaError {
    const { topic, server } = this.options;
    const subject = partition === null ? topic : partitionName({ topic, partition });
    const request = partition === null ? 'Metadata' : 'Produce';
    return partitionFailure({ request, server, subject }, reason);
  }
}

/** A leader that says nothing of a partition has not written to it, as far as anybody knows. */
function missingAnswer(answer: ProducedPartition | undefined): KafkaErrorName | null {
  return answer === undefined ? 'UNKNOWN_SERVER_ERROR' : null;
}
