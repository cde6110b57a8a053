/** The process's stop signals. */
import type { Signals, StopSignal } from '../signals.ts';

const stopSignals: readonly StopSignal[] = ['SIGINT', 'SIGTERM'];

export const realSignals: Signals = {
  subscribe(listener) {
    const subscriptions = stopSignals.map((signal) => ({ signal, call: () => listener(signal) }));
    for (const { signal, call } of subscriptions) process.on(signal, call);
    return () => {
      for (const { signal, call } of subscriptions) process.off(signal, call);
    };
  },
};
