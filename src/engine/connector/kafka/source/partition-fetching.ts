/**
 * Keeps the logs of a source filled: one loop for each broker that leads some of them, which asks
 * for all that have room and asks again while the last answer is being decoded. A partition without
 * room is left out, so that a slow job holds no more than its logs may.
 * Partitions that lose their leader wait, with growing pauses, until the cluster names one.
 */
import type { Clock } from '../../../../platform/clock.ts';
import type { ConsumerProperties } from '../../../../kafka/consumer-properties.ts';
import { isRetriable } from '../../../../kafka/error-names.ts';
import { KafkaError } from '../../../../platform/kafka-error.ts';
import {
  isWorthRetrying,
  kafkaFailure,
  partitionFailure,
} from '../../../../platform/kafka-failure.ts';
import type { FetchedPartition, KafkaClient, KafkaTopic } from '../../../../platform/kafka.ts';
import type { CancellablePauses } from '../cancellable-pause.ts';
import type { PartitionLeaders } from '../partition-leaders.ts';
import type { RetryDelay } from '../retry-delay.ts';
import { LeaderLoop } from './leader-loop.ts';
import type { PartitionLog } from './partition-log.ts';

export interface PartitionFetchingOptions {
  /** As messages name the source: `source events`. */
  readonly node: string;
  readonly client: KafkaClient;
  readonly leaders: PartitionLeaders;
  readonly consumer: ConsumerProperties;
  /** What one partition may hold before it is left out. */
  readonly partitionBytesMax: number;
  readonly clock: Clock;
  readonly pauses: CancellablePauses;
  readonly delay: RetryDelay;
  /** There is something new for the reader of this log: so many bytes of it. */
  readonly arrived: (log: PartitionLog, byteCount: number) => void;
  /** What was asked for is not there; resolves when the log goes on elsewhere. */
  readonly outOfRange: (log: PartitionLog) => Promise<void>;
  readonly failed: (failure: unknown) => void;
}

/** A partition that nobody is asked for at the moment. */
interface Trouble {
  /** Monotonic milliseconds of the first failure since the last answer. */
  readonly sinceMs: number;
  attempts: number;
  last: unknown;
}

export class PartitionFetching {
  private readonly options: PartitionFetchingOptions;
  private readonly loops = new Map<number, LeaderLoop>();
  private readonly loopOf = new Map<PartitionLog, LeaderLoop>();
  private readonly troubles = new Map<PartitionLog, Trouble>();
  /** Those whose leader has to be found. */
  private readonly lost = new Set<PartitionLog>();
  private isSearching = false;
  private isClosed = false;

  constructor(options: PartitionFetchingOptions) {
    this.options = options;
  }

  add(log: PartitionLog): void {
    const node = this.options.leaders.of(log);
    if (node === null) this.lose(log);
    else this.place(log, node);
  }

  /** The log has room again. */
  drained(log: PartitionLog): void {
    this.loopOf.get(log)?.drained();
  }

  /** The log needs nothing any more. */
  remove(log: PartitionLog): void {
    this.loopOf.get(log)?.remove(log);
    this.loopOf.delete(log);
    this.troubles.delete(log);
    this.lost.delete(log);
  }

  close(): void {
    this.isClosed = true;
    for (const loop of this.loops.values()) loop.close();
    this.loops.clear();
    this.loopOf.clear();
    this.lost.clear();
  }

  private place(log: PartitionLog, node: number): void {
    let loop = this.loops.get(node);
    if (loop === undefined) {
      const { client, consumer, partitionBytesMax } = this.options;
      loop = new LeaderLoop({
        node,
        client,
        consumer,
        partitionBytesMax,
        answered: (asked, answer) => {
          this.take(asked, answer);
        },
        failed: (asked, failure) => {
          this.fail(asked, failure);
        },
        ended: (ended) => {
          if (this.loops.get(node) === ended) this.loops.delete(node);
        },
      });
      this.loops.set(node, loop);
    }
    this.loopOf.set(log, loop);
    loop.add(log);
  }

  private take(
    asked: ReadonlyMap<string, PartitionLog>,
    answer: readonly FetchedPartition[],
  ): void {
    if (this.isClosed) return;
    for (const fetched of answer) {
      const log = asked.get(`${fetched.topic}-${fetched.partition}`);
      if (log === undefined || !this.loopOf.has(log)) continue;
      if (fetched.error !== null) {
        this.refused(log, fetched.error);
        continue;
      }
      this.troubles.delete(log);
      try {
        log.append(fetched);
      } catch (failure) {
        this.options.failed(failure);
        return;
      }
      if (!log.isDrained || log.isAtStop) this.options.arrived(log, fetched.records.length);
    }
  }

  private refused(log: PartitionLog, error: NonNullable<FetchedPartition['error']>): void {
    this.loopOf.get(log)?.remove(log);
    this.loopOf.delete(log);
    if (error === 'OFFSET_OUT_OF_RANGE') {
      this.options.outOfRange(log).then(
        () => {
          if (!this.isClosed && !log.isAtStop) this.add(log);
          if (log.isAtStop) this.options.arrived(log, 0);
        },
        (failure: unknown) => {
          this.options.failed(failure);
        },
      );
      return;
    }
    const server = this.options.leaders.serverOf(log);
    const failure = partitionFailure({ request: 'Fetch', server, subject: log.name }, error);
    if (isRetriable(error) || error === 'UNKNOWN_SERVER_ERROR') this.lose(log, failure);
    else this.options.failed(kafkaFailure(failure, this.options.node));
  }

  /** A whole request has failed. */
  private fail(logs: Iterable<PartitionLog>, failure: unknown): void {
    if (this.isClosed) return;
    if (!isWorthRetrying(failure)) {
      this.options.failed(kafkaFailure(failure, this.options.node));
      return;
    }
    for (const log of logs) {
      if (!this.loopOf.has(log)) continue;
      this.loopOf.delete(log);
      this.lose(log, failure);
    }
  }

  private lose(log: PartitionLog, failure: unknown = null): void {
    const { clock, consumer, leaders, node } = this.options;
    leaders.forget(log);
    const trouble = this.troubles.get(log) ?? {
      sinceMs: clock.monotonicMs(),
      attempts: 0,
      last: failure,
    };
    if (failure !== null) {
      trouble.attempts++;
      trouble.last = failure;
    }
    this.troubles.set(log, trouble);
    if (clock.monotonicMs() - trouble.sinceMs > consumer.apiTimeoutMs) {
      this.options.failed(kafkaFailure(trouble.last ?? noLeader(log), node));
      return;
    }
    this.lost.add(log);
    if (!this.isSearching) void this.search();
  }

  /** Asks the cluster for leaders until each lost partition has one. */
  private async search(): Promise<void> {
    this.isSearching = true;
    const { leaders, pauses, delay } = this.options;
    while (this.lost.size > 0 && !this.isClosed) {
      const logs = [...this.lost];
      const attempts = Math.max(...logs.map((log) => this.troubles.get(log)?.attempts ?? 0));
      if (attempts > 0) await pauses.wait(delay.afterMs(attempts));
      if (this.isClosed) break;
      let topics: readonly KafkaTopic[] = [];
      let failure: unknown = null;
      try {
        topics = await leaders.ask([...new Set(logs.map(({ topic }) => topic))]);
      } catch (cause) {
        failure = cause;
      }
      if (this.isClosed) break;
      if (failure !== null && !isWorthRetrying(failure)) {
        this.options.failed(kafkaFailure(failure, this.options.node));
        break;
      }
      for (const log of logs) this.settle(log, failure ?? topicFailure(log, topics));
    }
    this.isSearching = false;
  }

  private settle(log: PartitionLog, failure: unknown): void {
    if (!this.lost.delete(log)) return;
    const node = this.options.leaders.of(log);
    if (node === null || failure !== null) this.lose(log, failure ?? noLeader(log));
    else this.place(log, node);
  }
}

/** Null: the cluster knows the topic. */
function topicFailure({ topic, name }: PartitionLog, topics: readonly KafkaTopic[]): unknown {
  const reason = topics.find((each) => each.name === topic)?.error ?? null;
  if (reason === null) return null;
  const detail = reason === 'UNKNOWN_TOPIC_OR_PARTITION' ? 'the topic was deleted' : null;
  return new KafkaError({
    request: 'Metadata',
    server: 'the cluster',
    subject: name,
    reason,
    detail,
    outcome: 'not-done',
  });
}

function noLeader({ name }: PartitionLog): KafkaError {
  return new KafkaError({
    request: 'Metadata',
    server: 'the cluster',
    subject: name,
    reason: 'LEADER_NOT_AVAILABLE',
    detail: 'the partition has no leader',
    outcome: 'not-done',
  });
}
