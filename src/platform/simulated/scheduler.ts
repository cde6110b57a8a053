/**
 * The one loop of a simulated world: everything that will happen is an event in a heap, and one
 * step takes the earliest, moves the clock to it, runs it and lets all promises settle before the
 * next. Nothing else moves virtual time, so the same seed gives the same run, event by event.
 *
 * Which of several events comes first is the policy's choice:
 * - `fifo`: the earlier in virtual time; at the same moment the one scheduled first.
 * - `uniform`: the earlier in virtual time; at the same moment a random one.
 * - `starve`: as `uniform`, but events of the owner named are held back by `heldBackMs`, so that
 *   all others overtake it.
 */
import { BugError } from '../../errors/drey-error.ts';
import { hashText, type SeededRandom } from './random.ts';

export type SchedulingPolicy =
  | { readonly kind: 'fifo' }
  | { readonly kind: 'uniform' }
  | { readonly kind: 'starve'; readonly owner: string; readonly heldBackMs: number };

export interface EventOptions {
  /** What this is, for the trace: `timer`, `read /a`. */
  readonly label: string;
  /** Who waits for it, for the `starve` policy. */
  readonly owner?: string;
  /** False: a run may end while this is still to come. */
  readonly keepAlive?: boolean;
  /** True: not of the process but of what it talks to, and comes although the process is dead. */
  readonly isOutside?: boolean;
}

interface Event {
  readonly atMs: number;
  readonly tie: number;
  readonly sequence: number;
  readonly label: string;
  readonly keepAlive: boolean;
  readonly isOutside: boolean;
  /** Null once cancelled. */
  task: (() => void) | null;
}

export interface ScheduledEvent {
  cancel(): void;
}

/** A run that needs more steps than this is taken for a livelock. */
export const STEPS_MAX_DEFAULT = 1_000_000;

export class Scheduler {
  private readonly random: SeededRandom;
  private readonly policy: SchedulingPolicy;
  private readonly heap: Event[] = [];
  private sequence = 0;
  private keepAliveCount = 0;
  private timeMs = 0;
  private stepCount = 0;
  private traceState = hashText('');
  private traceListener: ((line: string) => void) | null = null;

  constructor(random: SeededRandom, policy: SchedulingPolicy = { kind: 'uniform' }) {
    this.random = random;
    this.policy = policy;
  }

  /** Virtual milliseconds since the start of the world. */
  get nowMs(): number {
    return this.timeMs;
  }

  get steps(): number {
    return this.stepCount;
  }

  /** Digest of all events so far, in their order and with their times. */
  get traceHash(): string {
    return this.traceState.toString(16).padStart(8, '0');
  }

  /** Gets one line for each event from now on: for looking into a failing seed. */
  onTrace(listener: (line: string) => void): void {
    this.traceListener = listener;
  }

  schedule(delayMs: number, options: EventOptions, task: () => void): ScheduledEvent {
    const isStarved = this.policy.kind === 'starve' && options.owner === this.policy.owner;
    const heldBackMs = isStarved && this.policy.kind === 'starve' ? this.policy.heldBackMs : 0;
    const event: Event = {
      atMs: this.timeMs + Math.max(0, delayMs) + heldBackMs,
      tie: this.policy.kind === 'fifo' ? 0 : this.random.next(),
      sequence: this.sequence++,
      label: options.label,
      keepAlive: options.keepAlive ?? true,
      isOutside: options.isOutside ?? false,
      task,
    };
    if (event.keepAlive) this.keepAliveCount++;
    pushEvent(this.heap, event);
    return {
      cancel: () => {
        if (event.task !== null && event.keepAlive) this.keepAliveCount--;
        event.task = null;
      },
    };
  }

  /** Runs one event and settles all promises that it moves; false when nothing is to come. */
  async step(): Promise<boolean> {
    for (;;) {
      const event = popEvent(this.heap);
      if (event === null) return false;
      const task = event.task;
      if (task === null) continue;
      event.task = null;
      if (event.keepAlive) this.keepAliveCount--;
      this.timeMs = event.atMs;
      this.stepCount++;
      this.record(event);
      task();
      await settlePromises();
      return true;
    }
  }

  /**
   * Steps until nothing is to come that keeps the world alive. Throws after `stepsMax` steps.
   */
  async runUntilIdle(stepsMax = STEPS_MAX_DEFAULT): Promise<void> {
    await settlePromises();
    for (let step = 0; this.keepAliveCount > 0; step++) {
      if (step === stepsMax) throw new BugError('DREY_BUG', `still busy after ${stepsMax} steps`);
      await this.step();
    }
  }

  /**
   * Steps until `promise` settles, and gives its value or error. Throws when nothing is to come
   * any more while it is pending (a deadlock), and after `stepsMax` steps.
   */
  async drive<T>(promise: Promise<T>, stepsMax = STEPS_MAX_DEFAULT): Promise<T> {
    let isSettled = false;
    const settle = (): void => {
      isSettled = true;
    };
    promise.then(settle, settle);
    await settlePromises();
    for (let step = 0; !isSettled; step++) {
      if (step === stepsMax)
        throw new BugError('DREY_BUG', `still pending after ${stepsMax} steps`);
      if (!(await this.step())) {
        throw new BugError(
          'DREY_BUG',
          `deadlock at ${this.timeMs} ms: the promise is pending and nothing is to come`,
        );
      }
    }
    return promise;
  }

  /** Forgets all that was to come to the process: it is dead. */
  clear(): void {
    const left = this.heap.filter(({ isOutside, task }) => isOutside && task !== null);
    for (const event of this.heap) if (!event.isOutside) event.task = null;
    this.heap.length = 0;
    for (const event of left) pushEvent(this.heap, event);
    this.keepAliveCount = left.filter(({ keepAlive }) => keepAlive).length;
  }

  private record(event: Event): void {
    // Of the time the low bits of its nanoseconds: no text is made for each event.
    this.traceState = hashText(event.label, this.traceState ^ Math.round(event.atMs * 1e6));
    this.traceListener?.(`${event.atMs.toFixed(3)} ${event.label}`);
  }
}

/**
 * All microtasks run first, also new ones: a tick that is asked for in a microtask comes when none is
 * left. A hop round the real loop would do the same and costs a system call a step.
 */
function settlePromises(): Promise<void> {
  return new Promise((resolve) => {
    queueMicrotask(() => {
      process.nextTick(resolve);
    });
  });
}

function isBefore(a: Event, b: Event): boolean {
  if (a.atMs !== b.atMs) return a.atMs < b.atMs;
  if (a.tie !== b.tie) return a.tie < b.tie;
  return a.sequence < b.sequence;
}

function pushEvent(heap: Event[], event: Event): void {
  let at = heap.length;
  heap.push(event);
  while (at > 0) {
    const parentAt = (at - 1) >> 1;
    const parent = heap[parentAt];
    if (parent === undefined || !isBefore(event, parent)) break;
    heap[at] = parent;
    at = parentAt;
  }
  heap[at] = event;
}

function popEvent(heap: Event[]): Event | null {
  const first = heap[0];
  const last = heap.pop();
  if (first === undefined || last === undefined) return null;
  if (heap.length === 0) return first;
  let at = 0;
  for (;;) {
    const child = smallerChild(heap, at);
    if (child === null || !isBefore(child.event, last)) break;
    heap[at] = child.event;
    at = child.at;
  }
  heap[at] = last;
  return first;
}

function smallerChild(
  heap: readonly Event[],
  at: number,
): { readonly at: number; readonly event: Event } | null {
  const left = heap[2 * at + 1];
  if (left === undefined) return null;
  const right = heap[2 * at + 2];
  return right !== undefined && isBefore(right, left)
    ? { at: 2 * at + 2, event: right }
    : { at: 2 * at + 1, event: left };
}
