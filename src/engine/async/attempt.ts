/** One call of a module: what the module is told, and whether anybody still waits for its answer. */
import type { AsyncContext } from './async-function.ts';

export class Attempt implements AsyncContext {
  readonly node: string;
  readonly attempt: number;
  /** Nobody waits for an answer: one has come, or it was given up. */
  isOver = false;
  private readonly clock: { nowMs(): number };
  /** Made when the module asks for it: that takes longer than all the rest of a call. */
  private controller: AbortController | null = null;
  private isGivenUp = false;

  constructor(node: string, attempt: number, clock: { nowMs(): number }) {
    this.node = node;
    this.attempt = attempt;
    this.clock = clock;
  }

  get signal(): AbortSignal {
    if (this.controller === null) {
      this.controller = new AbortController();
      if (this.isGivenUp) this.controller.abort();
    }
    return this.controller.signal;
  }

  currentProcessingTime(): number {
    return this.clock.nowMs();
  }

  /** Nobody waits any more; no effect once there is an answer. */
  giveUp(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.isGivenUp = true;
    this.controller?.abort();
  }
}
