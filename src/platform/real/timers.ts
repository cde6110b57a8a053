/** Node's timers. */
import type { Timers } from '../timers.ts';

/** Node fires longer delays at once (with a warning); such a timer waits in several parts. */
const DELAY_MS_MAX = 2 ** 31 - 1;

export const realTimers: Timers = {
  after(delayMs, task, options = {}) {
    let handle: NodeJS.Timeout;
    const wait = (remainingMs: number): void => {
      const partMs = Math.min(remainingMs, DELAY_MS_MAX);
      const then = remainingMs > partMs ? () => wait(remainingMs - partMs) : task;
      handle = setTimeout(then, partMs);
      if (options.keepAlive === false) handle.unref();
    };
    wait(Math.max(0, delayMs));
    return { cancel: () => clearTimeout(handle) };
  },
  yield: () => new Promise((resolve) => setImmediate(resolve)),
};
