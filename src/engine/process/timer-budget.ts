/**
 * How many timers may fire in one go: one that always sets the next in the past, or at the end of
 * the input, would go on for ever without anything else getting its turn, signals included.
 */
import { EngineError } from '../../errors/drey-error.ts';

/** Timers that each one that was set at the start may bring about. */
const FOLLOWERS_MAX = 1_000;
/** Counted as set at the start, at least. */
const START_MIN = 1_000;

export class TimerBudget {
  private readonly node: string;
  private readonly module: string;
  private left = 0;
  private untilMs = 0;
  private lastMs = 0;

  constructor(node: string, module: string) {
    this.node = node;
    this.module = module;
  }

  /** `size`: timers that are set now. `untilMs`: those up to this time fire. */
  begin(size: number, untilMs: number): void {
    this.left = FOLLOWERS_MAX * Math.max(START_MIN, size);
    this.untilMs = untilMs;
    this.lastMs = -Infinity;
  }

  /** Before a timer of this time fires. One that is later than the last comes closer to the end. */
  spend(timeMs: number): void {
    const isCloser = timeMs > this.lastMs && this.untilMs < Infinity;
    this.lastMs = timeMs;
    if (isCloser || this.left-- > 0) return;
    const { node, module } = this;
    throw new EngineError(
      'DREY_PROCESS_CALL',
      `${node}: timers of ${module} set the next without end`,
      {
        hint: 'A timer of event time sets no other once context.currentWatermark is Infinity; one of processing time sets the next in the future.',
        details: { node, module },
      },
    );
  }
}
