/**
 * Whether state lives as long as it is to: beside a value with a time to live stands, in state that
 * never expires, when it was written. Exact at any speed, since the clock stands still during a call.
 * Invariant: both are written together, so that every snapshot has them of the same call.
 */
import type {
  OpenContext,
  ProcessContext,
  ValueState,
} from '../../src/engine/process/process-function.ts';

/** About as long as a job is down between two attempts. */
const TTL_MS = 100;

export class StateLife {
  private readonly mortal: ValueState<boolean>;
  private readonly writtenAt: ValueState<number>;

  constructor(context: OpenContext) {
    // Nothing but a read removes it: a clock that has jumped ahead and back has done nothing then.
    const ttl = { ttlMs: TTL_MS, cleanup: {} };
    this.mortal = context.valueState('mortal', { ttl });
    this.writtenAt = context.valueState('written at');
  }

  /** Looks, then writes anew. */
  isRight(context: ProcessContext): boolean {
    const nowMs = context.currentProcessingTime();
    const writtenAtMs = this.writtenAt.value();
    const isDue = writtenAtMs !== null && writtenAtMs + TTL_MS > nowMs;
    const isThere = this.mortal.value() !== null;
    this.mortal.update(true);
    this.writtenAt.update(nowMs);
    return isThere === isDue;
  }
}
