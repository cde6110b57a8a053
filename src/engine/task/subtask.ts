/**
 * One instance of a vertex: its operators, sources and sinks, as a machine that does one step at a
 * time. A step never waits; what it waits for (a sink, an answer, rows, room) lets it go on later.
 * Invariant: a snapshot is taken only when no call is pending and the sinks are flushed.
 */
import { assert } from '../../errors/assert.ts';
import type { Platform } from '../../platform/platform.ts';
import type { BarrierAction, CheckpointBarrier } from '../channel/contract.ts';
import type { StopMode } from '../checkpoint/coordinator-events.ts';
import { SnapshotParts } from '../state/snapshot-parts.ts';
import type { OperatorChain } from './operator-chain.ts';
import { nextSourceMs } from './next-source-ms.ts';
import { durableOf, flushSinks, type SinkEntry } from './sink-entry.ts';
import type { SourceTask } from './source-task.ts';
import type { SubtaskLinks } from './subtask-links.ts';
import type { SubtaskListener } from './subtask-listener.ts';
import type { SubtaskPlace } from './subtask-place.ts';
import type { SubtaskSnapshot } from './subtask-snapshot.ts';

/** Lookup tables are read to their end before all else. */
export type JobPhase = 'tables' | 'rows';

export interface SubtaskOptions {
  readonly place: SubtaskPlace;
  readonly chain: OperatorChain;
  readonly sources: readonly SourceTask[];
  readonly sinks: readonly SinkEntry[];
  readonly links: SubtaskLinks;
  readonly platform: Platform;
  readonly listener: SubtaskListener;
  /** It is restored at the end of its input, which comes again at once. */
  readonly wasAtEnd: boolean;
}

type TakeSnapshot = BarrierAction & { readonly kind: 'snapshot' };

export class Subtask {
  readonly place: SubtaskPlace;
  readonly chain: OperatorChain;
  readonly sources: readonly SourceTask[];
  readonly sinks: readonly SinkEntry[];
  readonly links: SubtaskLinks;
  /** Processing time, epoch milliseconds, at which it has something to do; Infinity: never. */
  wakeAtMs = Infinity;
  /** Resolves when what the sinks pass on is there, or has failed; null: nothing is under way. */
  flushing: Promise<void> | null = null;
  private readonly platform: Platform;
  private readonly listener: SubtaskListener;
  private isWoken = true;
  /** Rows may lie in the buffers of sinks. */
  private needsFlush = false;
  /** Why nothing can be taken: a call is pending, or no call may start for want of credit. */
  private isHeldUp: 'by-nothing' | 'by-answers' | 'by-full' | 'by-room' = 'by-nothing';
  /** The source that is asked first at the next step. */
  private nextSource = 0;
  /** What barriers have said is to be done, in order. */
  private readonly actions: BarrierAction[] = [];
  /** The sinks have been flushed for the snapshot that is to be taken. */
  private isReadyToTake = false;
  /** The savepoint with which the job stops. */
  private stopsBehindId: number | null = null;
  /** Its snapshot was taken: nothing that would not be in it may happen. */
  private isStopped = false;
  private hasEnded = false;
  private readonly wasAtEnd: boolean;

  constructor(options: SubtaskOptions) {
    this.place = options.place;
    this.chain = options.chain;
    this.sources = options.sources;
    this.sinks = options.sinks;
    this.links = options.links;
    this.platform = options.platform;
    this.listener = options.listener;
    this.wasAtEnd = options.wasAtEnd;
    this.links.whenReady(options.listener.ready);
  }

  /** A step may do something. */
  get isRunnable(): boolean {
    if (this.flushing !== null) return false;
    if (this.isWoken) return true;
    if (this.isStopped) return this.links.inputs.hasBarriers;
    switch (this.isHeldUp) {
      case 'by-answers':
        return false;
      case 'by-full':
        return !this.links.isFull;
      case 'by-room':
        return this.links.hasRoom || this.links.inputs.hasBarriers;
      case 'by-nothing':
        return this.links.isRunnable || this.sources.some((source) => source.isReleased);
    }
  }

  /** All inputs have ended and everything has gone on. It goes on to take snapshots. */
  get isFinished(): boolean {
    return this.hasEnded;
  }

  /** Nothing is under way in it. */
  get isQuiet(): boolean {
    if (this.isRunnable || this.flushing !== null || this.actions.length > 0) return false;
    // Room that a consumer's restored rows take comes when the tables have been read.
    const isHeldUp = this.isHeldUp !== 'by-nothing' && this.isHeldUp !== 'by-room';
    return !isHeldUp && this.links.isEmpty;
  }

  /** False: a call is pending or a snapshot is near, and what operators use must stay as it is. */
  trySettle(): boolean {
    return this.flushing === null && !this.isReadyToTake && this.chain.drain();
  }

  wake(): void {
    this.isWoken = true;
    this.listener.ready();
    this.listener.woken();
  }

  /** Processing time has come to this. */
  wakeUntil(nowMs: number): void {
    if (this.wakeAtMs > nowMs) return;
    this.isWoken = true;
    this.listener.ready();
  }

  /** A checkpoint begins; at the sources of this subtask, if it has some. */
  trigger(barrier: CheckpointBarrier, stop: StopMode): void {
    if (stop !== 'none') this.stopsBehindId = barrier.checkpointId;
    if (this.sources.length === 0) return;
    if (stop === 'drain') for (const source of this.sources) source.drain();
    this.links.inputs.holdsTriggers = stop === 'drain' && !this.haveSourcesEnded;
    this.links.inputs.trigger(barrier);
    this.wake();
  }

  /** The checkpoint was given up. */
  abort(checkpointId: number): void {
    this.links.abort(checkpointId);
    const at = this.actions.findIndex(
      (action) => action.kind === 'snapshot' && action.barrier.checkpointId === checkpointId,
    );
    if (at >= 0) this.actions.splice(at, 1);
    if (at === 0) this.isReadyToTake = false;
    this.wake();
  }

  /** Goes on after a savepoint that failed. */
  resume(): void {
    this.isStopped = false;
    this.stopsBehindId = null;
    this.wake();
  }

  /** Lookup tables are being read, or have been: until then no row of another source goes on. */
  begin(phase: JobPhase): void {
    this.chain.isPaused = phase === 'tables';
    this.links.holdRestored(phase === 'tables');
    this.wake();
  }

  step(phase: JobPhase): void {
    this.isWoken = false;
    this.wakeAtMs = Infinity;
    if (this.flushing !== null) return;
    if (this.isReadyToTake) {
      this.take();
      return;
    }
    if (this.isStopped) {
      if (!this.act()) this.stand();
      return;
    }
    if (!this.settle()) return;
    if (this.act()) return;
    if (this.fireTimers()) return;
    if (!this.read(phase)) this.rest();
  }

  /** Brings what is on the way to its end as far as it goes; false: something stays pending. */
  private settle(): boolean {
    const { chain } = this;
    this.isHeldUp = 'by-nothing';
    if (chain.drain()) return true;
    if (this.sinks.some(({ sink }) => sink.isFull)) {
      this.flush();
    } else if (chain.isHeldUp) {
      if (this.flushOnce()) return false;
      this.links.flush();
      this.isHeldUp = 'by-answers';
      this.wakeAtMs = chain.nextDueMs;
    } else if (this.links.isFull) {
      this.isHeldUp = 'by-full';
    } else {
      this.isWoken = true;
    }
    return false;
  }

  /** Does what barriers have asked for; true: it did something, or waits for it. */
  private act(): boolean {
    const { inputs } = this.links;
    const nowMs = this.platform.clock.nowMs();
    if (inputs.nextTimeoutMs <= nowMs) this.actions.push(...inputs.timePassed(nowMs));
    const action = this.actions[0];
    if (action === undefined) return false;
    this.isWoken = true;
    switch (action.kind) {
      case 'snapshot':
        return this.beginSnapshot();
      case 'in-flight-complete':
        this.links.completeInFlight(action.checkpointId);
        break;
      case 'aborted':
        this.links.abort(action.checkpointId);
        this.listener.declined(action.checkpointId);
        break;
    }
    this.actions.shift();
    return true;
  }

  private beginSnapshot(): boolean {
    // As Flink: at the end of the input rows that wait for answers come first.
    if (this.isAtEnd && this.chain.rowsInFlight > 0) {
      this.isWoken = false;
      this.wakeAtMs = Math.min(this.chain.nextDueMs, this.chain.nextTimerMs);
      this.isHeldUp = 'by-answers';
      this.fireTimers();
      return true;
    }
    this.isReadyToTake = true;
    if (this.sinks.length > 0) this.flush();
    return true;
  }

  private take(): void {
    this.isReadyToTake = false;
    this.isWoken = true;
    const action = this.actions.shift();
    assert(action?.kind === 'snapshot', 'sinks are flushed for the snapshot that comes first');
    this.listener.snapshotTaken(this.snapshot(action));
    const { barrier, isUnaligned } = action;
    this.links.sendBarrier(barrier, isUnaligned);
    if (this.stopsBehindId === barrier.checkpointId) this.isStopped = true;
  }

  private snapshot(action: TakeSnapshot): SubtaskSnapshot {
    const { clock } = this.platform;
    const startedMs = clock.monotonicMs();
    const { maxParallelism, subtask } = this.place;
    const { checkpointId, isSavepoint } = action.barrier;
    const order = { checkpointId, isSavepoint, maxParallelism };
    const operators = this.chain.snapshotParts(order);
    for (const source of this.sources) {
      const written = new SnapshotParts(order);
      source.snapshotState(written);
      operators.set(source.node.uid, written);
    }
    this.links.snapshotState((uid) => operators.get(uid)!);
    const snapshot: SubtaskSnapshot = {
      checkpointId,
      subtask,
      operators: [...operators].map(([uid, written]) => ({ uid, written })),
      inFlight: this.links.inFlight(action).parts,
      isUnaligned: action.isUnaligned,
      durable: durableOf(this.sinks),
      isFinished: this.isAtEnd,
      startDelayMs: action.startDelayMs,
      alignmentMs: action.alignmentMs,
      syncMs: clock.monotonicMs() - startedMs,
    };
    // Awaited later; until then a failure has nobody to tell.
    snapshot.durable.catch(() => undefined);
    return snapshot;
  }

  /** True: some fired. As Flink: behind the end of the input none does. */
  private fireTimers(): boolean {
    if (this.hasEnded || this.wasAtEnd) return false;
    if (this.chain.nextTimerMs === Infinity || !this.links.hasRoom) return false;
    const nowMs = this.platform.clock.nowMs();
    if (this.chain.nextTimerMs > nowMs) return false;
    this.needsFlush = true;
    this.isWoken = true;
    this.chain.processTimers(nowMs);
    return true;
  }

  /** Takes one batch, or one element of a channel; false: there is none. */
  private read(phase: JobPhase): boolean {
    const { links } = this;
    if (!links.hasRoom) {
      this.isHeldUp = 'by-room';
      this.wakeAtMs = links.inputs.nextTimeoutMs;
      return this.readInputs(true);
    }
    if (!links.feed() && !this.chain.sayAgain() && !this.readNew(phase)) return false;
    this.needsFlush = true;
    this.isWoken = true;
    // Rows go on as far as they can in the same step.
    this.chain.drain();
    return true;
  }

  private readNew(phase: JobPhase): boolean {
    return this.readInputs(false) || this.readSources(phase);
  }

  private readInputs(onlyBarriers: boolean): boolean {
    const { inputs } = this.links;
    const nowMs = this.platform.clock.nowMs();
    const actions = onlyBarriers ? inputs.stepBarriers(nowMs) : inputs.step(nowMs);
    if (actions === null) return onlyBarriers;
    for (const action of actions) this.actions.push(action);
    this.isWoken = true;
    return true;
  }

  private readSources(phase: JobPhase): boolean {
    const { sources, links } = this;
    if (links.inputs.areSourcesBlocked) return false;
    for (let count = 0; count < sources.length; count++) {
      const source = sources[this.nextSource]!;
      this.nextSource = (this.nextSource + 1) % sources.length;
      if (source.isEnded || source.node.isTable !== (phase === 'tables')) continue;
      const result = source.step();
      if (result === 'ended' && this.haveSourcesEnded) links.inputs.holdsTriggers = false;
      if (result !== 'waiting') return true;
      // Idleness and watermarks may have gone out.
      if (!this.chain.drain()) return true;
    }
    return false;
  }

  /**
   * Behind the savepoint with which the job stops only barriers are taken. As Flink: timers that
   * are due, answers and rows are left to the job that is restored from it.
   */
  private stand(): void {
    if (this.flushOnce()) return;
    this.links.flush();
    if (this.links.inputs.hasBarriers) this.readInputs(true);
  }

  /** Nothing is to be read: shows what has been written, and says what is waited for. */
  private rest(): void {
    if (this.flushOnce()) return;
    this.links.flush();
    this.end();
    const { chain, links } = this;
    this.wakeAtMs = Math.min(chain.nextDueMs, links.inputs.nextTimeoutMs);
    if (this.hasEnded) return;
    const sourceMs = nextSourceMs(this.sources, this.platform.clock);
    const timerMs = this.wasAtEnd ? Infinity : chain.nextTimerMs;
    this.wakeAtMs = Math.min(this.wakeAtMs, timerMs, sourceMs);
  }

  /** No rows come any more. */
  private get isAtEnd(): boolean {
    return this.links.inputs.hasEnded && this.haveSourcesEnded;
  }

  private get haveSourcesEnded(): boolean {
    return this.sources.every((source) => source.isEnded);
  }

  private end(): void {
    if (this.hasEnded || !this.isAtEnd || this.chain.rowsInFlight > 0) return;
    this.hasEnded = true;
    this.links.end();
    this.listener.finished();
  }

  /** True: rows may be in the sinks' buffers and are being passed on. */
  private flushOnce(): boolean {
    if (this.chain.takeHasAnswered()) this.needsFlush = true;
    if (!this.needsFlush || this.sinks.length === 0) return false;
    this.flush();
    return true;
  }

  private flush(): void {
    this.needsFlush = false;
    this.flushing = flushSinks(this.sinks).then(
      (isOpen) => {
        this.flushing = null;
        if (!isOpen) this.listener.outputClosed();
        this.wake();
      },
      (failure: unknown) => {
        this.listener.failed(failure);
      },
    );
  }
}
