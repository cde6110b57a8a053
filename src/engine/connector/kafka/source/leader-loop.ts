/**
 * Fetches from one broker, one request at a time, for the partitions it leads. While some of them
 * have no room the broker is told to wait hardly at all for the others: it would keep those that
 * get room meanwhile waiting, too.
 * Invariant: a partition is asked for at its `fetchOffset`, and by one request.
 */
import type { ConsumerProperties } from '../../../../kafka/consumer-properties.ts';
import type { FetchedPartition, FetchPosition, KafkaClient } from '../../../../platform/kafka.ts';
import type { PartitionLog } from './partition-log.ts';

/**
 * How long the broker may wait for partitions with room while there are others without: twice as
 * long each time, as long as none of these gets room. A job that stands still asks seldom.
 */
const CROWDED_WAIT_MS = 5;

export interface LeaderLoopOptions {
  readonly node: number;
  readonly client: KafkaClient;
  readonly consumer: ConsumerProperties;
  readonly partitionBytesMax: number;
  /** `asked`: by name. */
  readonly answered: (
    asked: ReadonlyMap<string, PartitionLog>,
    answer: readonly FetchedPartition[],
  ) => void;
  /** The loop is over, and these were its partitions. */
  readonly failed: (logs: Iterable<PartitionLog>, failure: unknown) => void;
  readonly ended: (loop: LeaderLoop) => void;
}

export class LeaderLoop {
  private readonly options: LeaderLoopOptions;
  private readonly logs = new Set<PartitionLog>();
  private isRunning = false;
  private isClosed = false;
  private resolveWake: (() => void) | null = null;
  private crowdedWaitMs = CROWDED_WAIT_MS;
  /** Who is named first: a broker fills its answer from the front. */
  private turn = 0;

  constructor(options: LeaderLoopOptions) {
    this.options = options;
  }

  add(log: PartitionLog): void {
    this.logs.add(log);
    if (this.isRunning) {
      this.wake();
      return;
    }
    this.isRunning = true;
    // Those that are added together are asked for together.
    void Promise.resolve().then(() => this.run());
  }

  remove(log: PartitionLog): void {
    this.logs.delete(log);
    this.wake();
  }

  /** A partition has room again. */
  drained(): void {
    this.crowdedWaitMs = CROWDED_WAIT_MS;
    this.wake();
  }

  wake(): void {
    const resolve = this.resolveWake;
    this.resolveWake = null;
    resolve?.();
  }

  close(): void {
    this.isClosed = true;
    this.logs.clear();
    this.wake();
  }

  private async run(): Promise<void> {
    const { node, client, answered, failed, ended } = this.options;
    while (this.logs.size > 0 && !this.isClosed) {
      const asked = this.withRoom();
      if (asked.size === 0) {
        await this.woken();
        continue;
      }
      try {
        const answer = await client.fetch(node, this.request(asked));
        if (!this.isClosed) answered(asked, answer);
      } catch (failure) {
        const logs = [...this.logs];
        this.logs.clear();
        // Before they are placed again, perhaps at the same broker.
        this.isRunning = false;
        ended(this);
        if (!this.isClosed) failed(logs, failure);
        return;
      }
    }
    this.isRunning = false;
    ended(this);
  }

  private withRoom(): Map<string, PartitionLog> {
    const asked = new Map<string, PartitionLog>();
    for (const log of this.logs) {
      if (log.isAtStop || log.bufferedBytes > this.options.partitionBytesMax) continue;
      asked.set(log.name, log);
    }
    return asked;
  }

  private request(asked: ReadonlyMap<string, PartitionLog>): Parameters<KafkaClient['fetch']>[1] {
    const { consumer, partitionBytesMax } = this.options;
    const partitions = [...asked.values()].map(
      ({ topic, partition, fetchOffset }): FetchPosition => ({
        topic,
        partition,
        offset: fetchOffset,
        maxBytes: partitionBytesMax,
      }),
    );
    const first = this.turn++ % partitions.length;
    const maxWaitMs = this.waitMs(asked.size < this.logs.size);
    return {
      isolationLevel: consumer.isolationLevel,
      maxWaitMs,
      minBytes: consumer.fetchMinBytes,
      maxBytes: consumer.fetchMaxBytes,
      partitions: [...partitions.slice(first), ...partitions.slice(0, first)],
    };
  }

  private waitMs(isCrowded: boolean): number {
    const { fetchMaxWaitMs } = this.options.consumer;
    const waitMs = Math.min(this.crowdedWaitMs, fetchMaxWaitMs);
    this.crowdedWaitMs = isCrowded ? 2 * waitMs : CROWDED_WAIT_MS;
    return isCrowded ? waitMs : fetchMaxWaitMs;
  }

  private woken(): Promise<void> {
    return new Promise((resolve) => {
      this.resolveWake = resolve;
    });
  }
}
