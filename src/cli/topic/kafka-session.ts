/**
 * One command's way to one Kafka cluster: who is asked, how long, and what is told meanwhile.
 * Requests that may take effect twice are tried again where that may help, within the time.
 */
import type { BatchCompression } from '../../kafka/batch-header.ts';
import type { KafkaClient } from '../../platform/kafka.ts';
import { isWorthRetrying } from '../../platform/kafka-failure.ts';
import type { Platform } from '../../platform/platform.ts';
import type { StatusLine } from '../cluster/status-line.ts';
import type { World } from '../report-failure.ts';

export interface KafkaSession {
  readonly client: KafkaClient;
  readonly requests: KafkaRequests;
  /** As messages name the cluster: its bootstrap servers. */
  readonly servers: string;
  /** Of the pipeline's node that named the cluster; null: there is none, or it has several. */
  readonly pipelineTopic: string | null;
  /** `group.id` of the properties, as a source of a pipeline has it. */
  readonly group: string | null;
  readonly world: World;
  readonly status: StatusLine;
  /** What a compressed batch holds. */
  readonly unpack: (format: Exclude<BatchCompression, 'none'>, bytes: Uint8Array) => Uint8Array;
}

/** As Kafka's `retry.backoff.ms` and `retry.backoff.max.ms`. */
const RETRY_FIRST_MS = 100;
const RETRY_MAX_MS = 1_000;
/** Some 4 s: somebody waits, and a wrong address does not get better. */
const ATTEMPTS_MAX = 8;

export class KafkaRequests {
  readonly limitMs: number;
  private readonly platform: Pick<Platform, 'clock' | 'timers'>;
  private untilMs: number;

  /** `limitMs`: for all requests together, until `restart`. */
  constructor(platform: Pick<Platform, 'clock' | 'timers'>, limitMs: number) {
    this.platform = platform;
    this.limitMs = limitMs;
    this.untilMs = platform.clock.monotonicMs() + limitMs;
  }

  /** The time begins anew. */
  restart(): void {
    this.untilMs = this.platform.clock.monotonicMs() + this.limitMs;
  }

  /** Rejects with what the last attempt rejected with. */
  async again<T>(request: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await request();
      } catch (failure) {
        if (!isWorthRetrying(failure) || attempt === ATTEMPTS_MAX) throw failure;
        if (!(await this.pause(attempt))) throw failure;
      }
    }
  }

  /** Before the next attempt; false: the time is over, and nobody has waited. */
  async pause(attempt: number): Promise<boolean> {
    if (this.platform.clock.monotonicMs() + pauseMs(attempt) > this.untilMs) return false;
    await this.wait(attempt);
    return true;
  }

  /** The same for whoever counts the time. */
  async wait(attempt: number): Promise<void> {
    await new Promise<void>((done) => {
      this.platform.timers.after(pauseMs(attempt), done);
    });
  }
}

function pauseMs(attempt: number): number {
  return Math.min(RETRY_FIRST_MS * 2 ** (attempt - 1), RETRY_MAX_MS);
}
