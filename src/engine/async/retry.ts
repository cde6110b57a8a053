/** Which pause comes before which retry. As Flink's AsyncRetryStrategies. */

export interface RetrySpec {
  /** Calls after the first one, at most; 0: none. */
  readonly attempts: number;
  /** Pause before the first retry. */
  readonly delayMs: number;
  /** `fixed`: all pauses are equal; `exponential`: each is twice the one before. */
  readonly backoff: 'fixed' | 'exponential';
  /** Longest pause. */
  readonly maxDelayMs: number;
}

/** The pause after this many attempts, from 1. */
export function retryDelayMs(
  { delayMs, backoff, maxDelayMs }: RetrySpec,
  attempts: number,
): number {
  if (backoff === 'fixed') return delayMs;
  return Math.max(delayMs, Math.min(maxDelayMs, delayMs * 2 ** (attempts - 1)));
}
