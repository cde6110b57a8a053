/** Waits that end early when whoever waits is closed; no timer is left behind. */
import type { Timers } from '../../../platform/timers.ts';

export class CancellablePauses {
  private readonly timers: Timers;
  private readonly ends = new Set<() => void>();
  private isCancelled = false;

  constructor(timers: Timers) {
    this.timers = timers;
  }

  /** Resolves after the time, or at `cancel`. */
  wait(delayMs: number): Promise<void> {
    if (this.isCancelled) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = this.timers.after(delayMs, () => {
        end();
      });
      const end = (): void => {
        timer.cancel();
        this.ends.delete(end);
        resolve();
      };
      this.ends.add(end);
    });
  }

  /** Ends all waits, and those that begin later at once. */
  cancel(): void {
    this.isCancelled = true;
    for (const end of this.ends) end();
  }
}
