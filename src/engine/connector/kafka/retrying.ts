/**
 * Sends a request to Kafka until it is answered: again after a pause where that may help, and not
 * for longer than `limitMs`. Only for requests that may take effect twice.
 */
import type { Clock } from '../../../platform/clock.ts';
import type { Random } from '../../../platform/random.ts';
import { isWorthRetrying, kafkaFailure } from '../../../platform/kafka-failure.ts';
import type { Timers } from '../../../platform/timers.ts';
import { RetryDelay } from './retry-delay.ts';

export interface RetryOptions {
  /** As messages name who asks: `source events`. */
  readonly node: string;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
  /** Kafka's `retry.backoff.ms`, `retry.backoff.max.ms`, `default.api.timeout.ms`. */
  readonly firstMs: number;
  readonly maxMs: number;
  readonly limitMs: number;
}

/** Rejects with a DreyError. */
export async function retrying<T>(request: () => Promise<T>, options: RetryOptions): Promise<T> {
  const { clock, timers, limitMs, node } = options;
  const delay = new RetryDelay(options);
  const untilMs = clock.monotonicMs() + limitMs;
  for (let attempts = 1; ; attempts++) {
    try {
      return await request();
    } catch (failure) {
      const waitMs = delay.afterMs(attempts);
      if (!isWorthRetrying(failure) || clock.monotonicMs() + waitMs > untilMs) {
        throw kafkaFailure(failure, node);
      }
      await pause(waitMs, timers);
    }
  }
}

export function pause(delayMs: number, timers: Timers): Promise<void> {
  return new Promise((resolve) => {
    timers.after(delayMs, resolve);
  });
}
