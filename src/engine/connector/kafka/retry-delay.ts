/**
 * How long to wait before a request to Kafka is sent again: twice as long each time, up to a
 * maximum, give or take a fifth so that many clients do not come at once. As Kafka's own clients.
 */
import type { Random } from '../../../platform/random.ts';

const FACTOR = 2;
const JITTER = 0.2;

export interface RetryDelayOptions {
  readonly firstMs: number;
  readonly maxMs: number;
  readonly random: Random;
}

export class RetryDelay {
  private readonly options: RetryDelayOptions;

  constructor(options: RetryDelayOptions) {
    this.options = options;
  }

  /** `attempts`: those that have failed so far, at least 1. */
  afterMs(attempts: number): number {
    const { firstMs, maxMs, random } = this.options;
    const delayMs = Math.min(firstMs * FACTOR ** Math.min(attempts - 1, 30), maxMs);
    return delayMs * (1 + JITTER * (2 * random.next() - 1));
  }
}
