/**
 * Calls a module for rows: each attempt, its retries, its timeout. As Flink's AsyncDataStream the
 * timeout counts from the first attempt to the last answer, retries and the pauses before them
 * included, and what has timed out is not tried again.
 *
 * Answers are noted when they come and looked at by `takeAnswers`, so that a failure is thrown
 * where the job can see it. Time is that of the task's clock: nothing here sets a timer.
 */
import type { EvaluationContext } from '../../expression/function/contract.ts';
import type { AsyncCall } from './async-call.ts';
import { Attempt } from './attempt.ts';
import type { AsyncPlace } from './async-place.ts';
import { callFailed, callTimedOut } from './async-failure.ts';
import { closeModule, type AsyncContext, type AsyncFunction } from './async-function.ts';
import type { CallRows } from './call-rows.ts';
import { retryDelayMs, type RetrySpec } from './retry.ts';

export interface RunnerSpec {
  readonly place: AsyncPlace;
  readonly timeoutMs: number;
  readonly retry: RetrySpec;
}

/** An answer of the module: what it gave, or what it threw. */
type Answer = { readonly result: unknown } | { readonly thrown: unknown };

/** Deadlines of rows that are done, beyond those of as many as are not. */
const DONE_DEADLINES_MAX = 64;

interface Deadline {
  readonly call: AsyncCall;
  readonly atMs: number;
}

interface Pause {
  readonly call: AsyncCall;
  readonly untilMs: number;
}

export class CallRunner {
  private readonly spec: RunnerSpec;
  private readonly rows: CallRows;
  private readonly clock: Pick<EvaluationContext, 'nowMs'>;
  private readonly onDone: (call: AsyncCall) => void;
  private target: AsyncFunction | null = null;
  private wake: () => void = () => undefined;
  private readonly answers: { readonly call: AsyncCall; readonly answer: Answer }[] = [];
  /** In the order of time as long as the clock does not fall; of rows that are done, too. */
  private deadlines: Deadline[] = [];
  private pauses: Pause[] = [];
  /** Rows that are not done. */
  private openCount = 0;

  /** `onDone`: told of each call that has its rows. */
  constructor(
    spec: RunnerSpec,
    rows: CallRows,
    clock: Pick<EvaluationContext, 'nowMs'>,
    onDone: (call: AsyncCall) => void,
  ) {
    this.spec = spec;
    this.rows = rows;
    this.clock = clock;
    this.onDone = onDone;
  }

  use(target: AsyncFunction, wake: () => void): void {
    this.target = target;
    this.wake = wake;
  }

  /** Calls that may be answered at any time. */
  get callsUnderWay(): number {
    return this.openCount - this.pauses.length;
  }

  /** Processing time of the next timeout or retry; Infinity: none. */
  get nextDueMs(): number {
    this.dropDone();
    let next = this.deadlines[0]?.atMs ?? Infinity;
    for (const { untilMs } of this.pauses) next = Math.min(next, untilMs);
    return next;
  }

  /** Calls for a row for the first time. */
  start(call: AsyncCall): void {
    this.openCount++;
    this.deadlines.push({ call, atMs: this.clock.nowMs() + this.spec.timeoutMs });
    this.attempt(call);
  }

  /** Looks at what came and at what is due. Throws EngineError when a row has failed for good. */
  takeAnswers(): void {
    const nowMs = this.clock.nowMs();
    do {
      for (const { call, answer } of this.answers) {
        if ('thrown' in answer) this.fail(call, answer.thrown);
        else this.finish(call, answer.result);
      }
      this.answers.length = 0;
      this.retryDue(nowMs);
      this.timeOutDue(nowMs);
      // What is called for may be answered at once.
    } while (this.answers.length > 0);
  }

  /** Nobody waits any more; answers that still come are nobody's. */
  async stop(): Promise<void> {
    for (const { call } of this.deadlines) call.latest?.giveUp();
    if (this.target !== null) await closeModule(this.target, this.spec.place);
  }

  private attempt(call: AsyncCall): void {
    call.attempt++;
    this.call(call, (target, context) => target.invoke(this.rows.objectOf(call), context));
  }

  /** Calls the module; whatever it gives or throws is an answer to this attempt. */
  private call(
    call: AsyncCall,
    run: (target: AsyncFunction, context: AsyncContext) => unknown,
  ): void {
    const attempt = new Attempt(this.spec.place.node, call.attempt, this.clock);
    call.state = 'called';
    call.latest = attempt;
    const note = (answer: Answer): void => {
      if (attempt.isOver) return;
      attempt.isOver = true;
      this.answers.push({ call, answer });
    };
    try {
      const given = run(this.target!, attempt);
      if (!isThenable(given)) {
        note({ result: given });
        return;
      }
      given.then(
        (result) => {
          note({ result });
          this.wake();
        },
        (thrown: unknown) => {
          note({ thrown });
          this.wake();
        },
      );
    } catch (thrown) {
      note({ thrown });
    }
  }

  private finish(call: AsyncCall, result: unknown): void {
    call.rows = this.rows.resultOf(call, result);
    call.state = 'done';
    this.openCount--;
    this.onDone(call);
  }

  private fail(call: AsyncCall, thrown: unknown): void {
    const { retry, place } = this.spec;
    if (call.hasTimedOut || call.attempt > retry.attempts) throw callFailed(place, call, thrown);
    call.state = 'paused';
    this.pauses.push({ call, untilMs: this.clock.nowMs() + retryDelayMs(retry, call.attempt) });
  }

  private retryDue(nowMs: number): void {
    if (this.pauses.length === 0) return;
    const due = this.pauses.filter(({ untilMs }) => untilMs <= nowMs);
    if (due.length === 0) return;
    this.pauses = this.pauses.filter(({ untilMs }) => untilMs > nowMs);
    for (const { call } of due) if (call.state === 'paused') this.attempt(call);
  }

  private timeOutDue(nowMs: number): void {
    for (;;) {
      this.dropDone();
      const first = this.deadlines[0];
      if (first === undefined || first.atMs > nowMs) return;
      this.deadlines.shift();
      this.timeOut(first.call, nowMs);
    }
  }

  /** Asks the module for the result instead, once and with the same time for it. */
  private timeOut(call: AsyncCall, nowMs: number): void {
    const { place, timeoutMs } = this.spec;
    call.latest?.giveUp();
    const isAsked = this.target?.timeout !== undefined && !call.hasTimedOut;
    if (!isAsked) throw callTimedOut(place, call, timeoutMs);
    call.hasTimedOut = true;
    this.pauses = this.pauses.filter((pause) => pause.call !== call);
    this.deadlines.push({ call, atMs: nowMs + timeoutMs });
    this.call(call, (target, context) => target.timeout?.(this.rows.objectOf(call), context));
  }

  private dropDone(): void {
    const isDone = (deadline: Deadline): boolean => deadline.call.state === 'done';
    // One slow row must not hold on to all that came after it.
    if (this.deadlines.length > 2 * this.openCount + DONE_DEADLINES_MAX) {
      this.deadlines = this.deadlines.filter((deadline) => !isDone(deadline));
    }
    while (this.deadlines[0] !== undefined && isDone(this.deadlines[0])) this.deadlines.shift();
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    typeof value === 'object' &&
    value !== null &&
    'then' in value &&
    typeof value.then === 'function'
  );
}
