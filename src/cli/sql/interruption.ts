/** Ctrl-C and its like while SQL runs: what is waited for ends at once, what is cleaned up soon. */
import { InterruptedError } from '../../errors/drey-error.ts';
import type { Signals, StopSignal } from '../../platform/signals.ts';

export class Interruption {
  /** The first one; null: none so far. */
  signal: StopSignal | null = null;
  private readonly first: Promise<StopSignal>;
  private readonly second: Promise<StopSignal>;
  private readonly unsubscribe: () => void;

  constructor(signals: Signals) {
    let arrivedFirst: (signal: StopSignal) => void = () => undefined;
    let arrivedSecond: (signal: StopSignal) => void = () => undefined;
    this.first = new Promise((resolve) => (arrivedFirst = resolve));
    this.second = new Promise((resolve) => (arrivedSecond = resolve));
    this.unsubscribe = signals.subscribe((signal) => {
      if (this.signal !== null) return arrivedSecond(signal);
      this.signal = signal;
      arrivedFirst(signal);
    });
  }

  /** Rejects with an InterruptedError at the first signal; `work` goes on, and nobody listens. */
  async race<T>(work: Promise<T>): Promise<T> {
    work.catch(() => undefined);
    const stopped = this.first.then((signal) => {
      throw new InterruptedError(signal, 'stopped');
    });
    stopped.catch(() => undefined);
    return Promise.race([work, stopped]);
  }

  /** Waits for the work, but not beyond a second signal. */
  async cleanUp(work: Promise<unknown>): Promise<void> {
    work.catch(() => undefined);
    await Promise.race([work, this.second]);
  }

  end(): void {
    this.unsubscribe();
  }
}
