/**
 * Asks a server again and again until it has reached a state: it cannot call back. The only place
 * that lets time pass; a test that uses it waits for a fact, not for a time.
 */
import { setTimeout as pause } from 'node:timers/promises';

const POLL_MS = 100;

export interface Wait {
  /** Ends the sentence "gave up waiting for ...". */
  readonly what: string;
  readonly timeoutMs: number;
}

/** The first answer that is not undefined. An error of `read` ends the wait. */
export async function waitUntil<T>(wait: Wait, read: () => Promise<T | undefined>): Promise<T> {
  const deadlineMs = performance.now() + wait.timeoutMs;
  for (;;) {
    const answer = await read();
    if (answer !== undefined) return answer;
    if (performance.now() > deadlineMs) {
      throw new Error(`gave up waiting for ${wait.what} after ${wait.timeoutMs} ms`);
    }
    await pause(POLL_MS);
  }
}
