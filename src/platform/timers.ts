/** Timers that everything outside this folder gets passed in. */
export interface Timer {
  /** Idempotent. */
  cancel(): void;
}

export interface Timers {
  /** Calls `task` once after `delayMs`; the process may exit before when `keepAlive` is false. */
  after(delayMs: number, task: () => void, options?: { readonly keepAlive?: boolean }): Timer;
  /** Lets other pending work (I/O, signals) run once, then resolves. */
  yield(): Promise<void>;
}
