/** Stop signals that a test sends. */
import type { Signals, StopSignal } from '../signals.ts';

export class SimulatedSignals implements Signals {
  private readonly listeners = new Set<(signal: StopSignal) => void>();

  subscribe(listener: (signal: StopSignal) => void): () => void {
    // A wrapper of its own: the same listener may subscribe twice.
    const call = (signal: StopSignal): void => listener(signal);
    this.listeners.add(call);
    return () => {
      this.listeners.delete(call);
    };
  }

  /** The number of listeners told; with none the real process would have ended. */
  send(signal: StopSignal): number {
    const told = [...this.listeners];
    for (const call of told) call(signal);
    return told.length;
  }
}
