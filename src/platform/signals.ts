/** The signals with which a user or a supervisor asks the process to stop. */
export type StopSignal = 'SIGINT' | 'SIGTERM';

export interface Signals {
  /**
   * Calls `listener` at each arrival from now on; the process then no longer ends by itself.
   * Returns the unsubscription, which is idempotent.
   */
  subscribe(listener: (signal: StopSignal) => void): () => void;
}
