/** The context that a process function sees, one object for all its calls. */
import type { TimerService } from '../time/timer-service.ts';
import type { CallScope } from './call-scope.ts';
import { Misuse } from './misuse.ts';
import type { Row, TimerContext } from './process-function.ts';

/** What the context reads and writes; the operator fills it before each call. */
export interface CallState {
  readonly scope: CallScope;
  readonly timers: TimerService;
  readonly nowMs: () => number;
  /** Reads the key of the scope. */
  readonly keyOf: (keyId: number) => Row;
  readonly emitSide: (name: string, row: unknown) => void;
  readonly hasEventTime: boolean;
  /** The watermark that the call sees. */
  timestampMs: number | null;
  timeDomain: 'eventTime' | 'processingTime';
}

export class FunctionContext implements TimerContext {
  readonly #call: CallState;

  constructor(call: CallState) {
    this.#call = call;
  }

  get key(): Row {
    return this.#call.keyOf(this.#call.scope.keyId);
  }

  get timestampMs(): number | null {
    return this.#call.timestampMs;
  }

  get timeDomain(): 'eventTime' | 'processingTime' {
    return this.#call.timeDomain;
  }

  get currentWatermark(): number {
    return this.#call.timers.watermarkMs;
  }

  currentProcessingTime(): number {
    return this.#call.nowMs();
  }

  registerEventTimeTimer(timestampMs: number): void {
    const { scope, timers, hasEventTime } = this.#call;
    if (!hasEventTime) {
      throw new Misuse(
        'DREY_PROCESS_CALL',
        'a timer of event time would never fire: the input has no time attribute',
        'Declare a watermark on the source and pass its column on, or use processing time.',
      );
    }
    timers.eventTime.register(scope.keyId, checkedTime(timestampMs));
  }

  deleteEventTimeTimer(timestampMs: number): void {
    const { scope, timers } = this.#call;
    timers.eventTime.delete(scope.keyId, checkedTime(timestampMs));
  }

  registerProcessingTimeTimer(timestampMs: number): void {
    const { scope, timers } = this.#call;
    timers.processingTime.register(scope.keyId, checkedTime(timestampMs));
  }

  deleteProcessingTimeTimer(timestampMs: number): void {
    const { scope, timers } = this.#call;
    timers.processingTime.delete(scope.keyId, checkedTime(timestampMs));
  }

  sideOutput(name: string, row: unknown): void {
    this.#call.emitSide(name, row);
  }
}

function checkedTime(timestampMs: unknown): number {
  // Minus zero is zero: there is one timer at a time.
  if (Number.isSafeInteger(timestampMs)) return (timestampMs as number) + 0;
  throw new Misuse(
    'DREY_PROCESS_CALL',
    `a timer is set to ${typeof timestampMs === 'number' ? timestampMs : `a ${typeof timestampMs}`}`,
    'Give whole epoch milliseconds: Math.floor(...) for a fraction.',
  );
}
