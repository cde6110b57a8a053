/**
 * Asks again and again until an answer ends the waiting, at first often, then seldom. A cluster
 * that does not answer for a while ends nothing: the operation goes on there.
 */
import type { Transport } from './transport.ts';

export interface PollOptions {
  /** How long to wait at most; Infinity: until it is over. */
  readonly timeoutMs: number;
  /** Called before each wait. */
  readonly onWait?: (elapsedMs: number) => void;
}

export type Polled<T> = { readonly kind: 'over'; readonly value: T } | { readonly kind: 'timeout' };

/** What one look says; null: not yet. */
export type Look<T> = (budgetMs: number) => Promise<T | null>;

const PAUSE_FIRST_MS = 100;
const PAUSE_LONGEST_MS = 5000;
const PAUSE_GROWTH = 1.5;
/** A look may take its time also when the waiting is nearly over. */
const LOOK_BUDGET_LEAST_MS = 5000;
/** What Number.MAX_SAFE_INTEGER milliseconds are for timers: a day is for ever here. */
const LOOK_BUDGET_MOST_MS = 24 * 3600 * 1000;

export async function poll<T>(
  transport: Transport,
  look: Look<T>,
  { timeoutMs, onWait }: PollOptions,
): Promise<Polled<T>> {
  const startMs = transport.monotonicMs();
  const endMs = startMs + Math.min(timeoutMs, transport.remainingMs());
  for (
    let pauseMs = PAUSE_FIRST_MS;
    ;
    pauseMs = Math.min(pauseMs * PAUSE_GROWTH, PAUSE_LONGEST_MS)
  ) {
    const leftMs = endMs - transport.monotonicMs();
    const value = await look(Math.min(Math.max(leftMs, LOOK_BUDGET_LEAST_MS), LOOK_BUDGET_MOST_MS));
    if (value !== null) return { kind: 'over', value };
    const nowMs = transport.monotonicMs();
    if (nowMs >= endMs) return { kind: 'timeout' };
    onWait?.(nowMs - startMs);
    await transport.pause(Math.min(pauseMs, endMs - nowMs));
  }
}
