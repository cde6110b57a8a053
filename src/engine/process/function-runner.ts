/**
 * Makes the calls of one process function: enters the key, gives it its context and its outputs, and
 * turns what it throws into the error that the job ends with.
 */
import type { KeyedStates } from '../state/keyed/keyed-states.ts';
import type { TimerQueue } from '../time/timer-queue.ts';
import type { TimerService } from '../time/timer-service.ts';
import { CallScope } from './call-scope.ts';
import { FunctionContext, type CallState } from './function-context.ts';
import type { KeyReader } from './key-reader.ts';
import { Misuse } from './misuse.ts';
import { FunctionOpenContext } from './open-context.ts';
import { processFailure, type FailedCall } from './process-failure.ts';
import type { Collector, ProcessFunction, Row } from './process-function.ts';
import type { ProcessOutputs } from './process-outputs.ts';
import type { KeyedProcessSpec } from './process-spec.ts';

export interface RunnerParts {
  readonly spec: KeyedProcessSpec;
  readonly instance: ProcessFunction;
  readonly states: KeyedStates;
  readonly timers: TimerService;
  readonly keys: KeyReader;
  readonly nowMs: () => number;
}

export class FunctionRunner {
  private readonly parts: RunnerParts;
  private readonly scope = new CallScope();
  private readonly call: CallState;
  private readonly context: FunctionContext;
  private readonly collector: Collector;
  private outputs: ProcessOutputs | null = null;
  /** When what is emitted now is emitted. */
  private readonly time = { watermarkMs: -Infinity, timestampMs: null as number | null };
  private row: Row | null = null;
  private timerMs = 0;
  /** The call that is running; null: none. */
  private method: FailedCall['method'] | null = null;

  constructor(parts: RunnerParts) {
    this.parts = parts;
    const { spec, timers, keys, nowMs } = parts;
    this.call = {
      scope: this.scope,
      timers,
      nowMs,
      keyOf: (keyId) => keys.read(keyId),
      emitSide: (name, row) => {
        this.requireCall();
        this.outputs!.collectSide(name, row, this.time);
      },
      hasEventTime: spec.timeIndex !== null,
      timestampMs: null,
      timeDomain: 'eventTime',
    };
    this.context = new FunctionContext(this.call);
    this.collector = {
      collect: (row) => {
        this.requireCall();
        this.outputs!.collect(row, this.time);
      },
    };
  }

  open(outputs: ProcessOutputs): void {
    const { instance, states } = this.parts;
    this.outputs = outputs;
    const context = new FunctionOpenContext(states, this.scope);
    this.method = 'open';
    try {
      requireSynchronous(instance.open?.(context), 'open');
    } catch (error) {
      throw this.failure(error);
    }
    context.close();
    this.leave();
  }

  processRow(row: Row, keyId: number, timestampMs: number | null): void {
    const { instance, timers } = this.parts;
    this.enter(keyId, timestampMs, timers.watermarkMs);
    this.method = 'processElement';
    this.row = row;
    const result: unknown = instance.processElement(row, this.context, this.collector);
    if (result !== undefined) requireSynchronous(result, 'processElement');
    this.leave();
  }

  /** Takes the first timer of the queue and fires it. */
  fire(queue: TimerQueue, timeDomain: CallState['timeDomain'], watermarkMs: number): void {
    const { instance } = this.parts;
    const { nextMs, nextKey } = queue;
    queue.removeNext();
    this.enter(nextKey, timeDomain === 'eventTime' ? nextMs : null, watermarkMs);
    this.method = this.timerMethod;
    this.call.timeDomain = timeDomain;
    this.timerMs = nextMs;
    const result: unknown = instance.onTimer?.(nextMs, this.context, this.collector);
    if (result !== undefined) requireSynchronous(result, this.timerMethod);
    this.leave();
  }

  close(): void {
    this.method = 'close';
    try {
      this.parts.instance.close?.();
    } catch (error) {
      throw this.failure(error);
    }
  }

  /** The error that the job ends with; what was thrown outside of a call stays what it is. */
  failure(error: unknown): unknown {
    const { method, timerMs } = this;
    if (method === null) return error;
    const { spec, keys } = this.parts;
    const isKeyed = method !== 'open' && method !== 'close';
    const key = isKeyed ? keys.read(this.scope.keyId) : null;
    const timestampMs =
      method === this.timerMethod ? timerMs : isKeyed ? this.call.timestampMs : null;
    this.leave();
    return processFailure(error, {
      node: spec.name,
      modulePath: spec.modulePath,
      moduleText: spec.moduleText,
      method,
      key,
      timestampMs,
      row: method === 'processElement' ? this.row : null,
    });
  }

  private enter(keyId: number, timestampMs: number | null, watermarkMs: number): void {
    this.scope.enter(keyId);
    this.call.timestampMs = timestampMs;
    this.time.timestampMs = timestampMs;
    this.time.watermarkMs = watermarkMs;
  }

  private leave(): void {
    this.scope.leave();
    this.method = null;
  }

  /** What a timer calls, in the author's words. */
  private get timerMethod(): 'onTimer' | 'processWindow' {
    return this.parts.spec.window === null ? 'onTimer' : 'processWindow';
  }

  /** Throws Misuse when no call is running. */
  private requireCall(): number {
    return this.scope.keyId;
  }
}

/** A call that goes on after it has returned would work with the key of another row. */
function requireSynchronous(result: unknown, method: string): void {
  if (typeof result !== 'object' || result === null || !('then' in result)) return;
  // What becomes of it is of no interest any more.
  Promise.resolve(result).catch(() => undefined);
  throw new Misuse(
    'DREY_PROCESS_CALL',
    `${method} returned a promise`,
    'Calls are synchronous: leave out async and await.',
  );
}
