/**
 * One instance of a vertex: its operators, sources and sinks, as a machine that does one step at a
 * time. A step never waits; what it waits for (a sink, an answer, rows) wakes the subtask.
 * Invariant: a snapshot is taken only when no call is pending and the sinks are flushed.
 */
import type { Platform } from '../../platform/platform.ts';
import { SnapshotParts } from '../state/snapshot-parts.ts';
import type { OperatorChain } from './operator-chain.ts';
import type { SinkEntry } from './sink-entry.ts';
import type { SourceTask } from './source-task.ts';
import type { OperatorSnapshot, SubtaskOrder, SubtaskSnapshot } from './subtask-snapshot.ts';
import type { SubtaskInputs } from './subtask-inputs.ts';

/** Lookup tables are read to their end before all else. */
export type JobPhase = 'tables' | 'rows';

export interface SubtaskPlace {
  readonly vertexId: string;
  readonly subtask: number;
  readonly parallelism: number;
  readonly maxParallelism: number;
}

export interface SubtaskListener {
  /** It may have something to do. */
  woken(): void;
  failed(failure: unknown): void;
  /** Nobody reads the output any more. */
  outputClosed(): void;
  /** The subtask has come to the end of its input. */
  finished(): void;
  snapshotTaken(snapshot: SubtaskSnapshot): void;
}

export interface SubtaskOptions {
  readonly place: SubtaskPlace;
  readonly chain: OperatorChain;
  readonly sources: readonly SourceTask[];
  readonly sinks: readonly SinkEntry[];
  /** From other subtasks, and to them. */
  readonly inputs: SubtaskInputs;
  readonly platform: Platform;
  readonly listener: SubtaskListener;
}

export class Subtask {
  readonly place: SubtaskPlace;
  readonly chain: OperatorChain;
  readonly sources: readonly SourceTask[];
  readonly sinks: readonly SinkEntry[];
  readonly inputs: SubtaskInputs;
  /** Processing time, epoch milliseconds, at which it has something to do; Infinity: never. */
  wakeAtMs = Infinity;
  private readonly platform: Platform;
  private readonly listener: SubtaskListener;
  private isWoken = true;
  private flushed: Promise<void> | null = null;
  /** Rows may lie in the buffers of sinks. */
  private needsFlush = false;
  /** The source that is asked first at the next step. */
  private nextSource = 0;
  /** What waits for a moment between two calls. */
  private ordered: SubtaskOrder | null = null;
  /** Sinks are being flushed for this one. */
  private taking: SubtaskOrder | null = null;
  /** The sources stand still behind the barrier of a savepoint with which the job stops. */
  private isStopped = false;
  private hasEnded = false;

  constructor(options: SubtaskOptions) {
    this.place = options.place;
    this.chain = options.chain;
    this.sources = options.sources;
    this.sinks = options.sinks;
    this.inputs = options.inputs;
    this.platform = options.platform;
    this.listener = options.listener;
  }

  /** A step may do something. */
  get isRunnable(): boolean {
    if (this.isFlushing) return false;
    return this.isWoken || this.sources.some((source) => source.isReleased);
  }

  /** All inputs have ended and everything has gone on. It goes on to take snapshots. */
  get isFinished(): boolean {
    return this.hasEnded;
  }

  /** Resolves when what the sinks pass on is there, or has failed. */
  get flushing(): Promise<void> | null {
    return this.flushed;
  }

  private get isFlushing(): boolean {
    return this.flushed !== null;
  }

  /** Nothing is under way in it. */
  get isQuiet(): boolean {
    return !this.isRunnable && !this.isFlushing && this.taking === null && this.inputs.isEmpty;
  }

  /** False: a call is pending, and what operators use must stay as it is. */
  trySettle(): boolean {
    return !this.isFlushing && this.chain.drain();
  }

  wake(): void {
    this.isWoken = true;
    this.listener.woken();
  }

  /** Processing time has come to this. */
  wakeUntil(nowMs: number): void {
    if (this.wakeAtMs <= nowMs) this.isWoken = true;
  }

  /** A checkpoint begins at the sources of this subtask. */
  order(order: SubtaskOrder): void {
    this.ordered = order;
    this.wake();
  }

  /** The checkpoint was given up. */
  abort(checkpointId: number): void {
    if (this.ordered?.checkpointId === checkpointId) this.ordered = null;
    this.inputs.abort(checkpointId);
    this.wake();
  }

  /** Rows are read again after a savepoint that failed. */
  resume(): void {
    this.isStopped = false;
    this.wake();
  }

  step(phase: JobPhase): void {
    this.isWoken = false;
    this.wakeAtMs = Infinity;
    if (this.isFlushing) return;
    if (this.taking !== null) {
      this.take(this.taking);
    } else if (this.settle() && !this.fireTimers() && !this.beginSnapshot() && !this.read(phase)) {
      this.rest();
    }
  }

  /** Brings what is on the way to its end as far as it goes; false: something stays pending. */
  private settle(): boolean {
    const { chain } = this;
    if (chain.drain()) return true;
    if (this.sinks.some(({ sink }) => sink.isFull)) {
      this.flush();
    } else if (chain.isHeldUp) {
      if (this.flushOnce()) return false;
      this.wakeAtMs = chain.nextDueMs;
    } else if (!this.inputs.waitsForRoom) {
      this.isWoken = true;
    }
    return false;
  }

  /** True: some fired. */
  private fireTimers(): boolean {
    if (this.chain.nextTimerMs === Infinity || !this.inputs.hasRoom) return false;
    const nowMs = this.platform.clock.nowMs();
    if (this.chain.nextTimerMs > nowMs) return false;
    this.needsFlush = true;
    this.isWoken = true;
    this.chain.processTimers(nowMs);
    return true;
  }

  /** True: the moment for a snapshot has come. */
  private beginSnapshot(): boolean {
    const order = this.ordered;
    if (order === null) return false;
    if (order.stop === 'drain' && !this.drainSources()) return false;
    this.ordered = null;
    this.isStopped = order.stop !== 'none';
    this.taking = order;
    this.isWoken = true;
    if (this.sinks.length > 0) this.flush();
    return true;
  }

  /** Ends the sources where they are; true when all that came of it has gone on. */
  private drainSources(): boolean {
    for (const source of this.sources) source.drain();
    return this.chain.drain() && this.chain.rowsInFlight === 0;
  }

  private take(order: SubtaskOrder): void {
    this.taking = null;
    this.isWoken = true;
    const { clock } = this.platform;
    const startedMs = clock.monotonicMs();
    const { maxParallelism, subtask } = this.place;
    const { checkpointId, isSavepoint } = order;
    const snapshotOrder = { checkpointId, isSavepoint, maxParallelism };
    const operators: OperatorSnapshot[] = [];
    for (const source of this.sources) {
      const written = new SnapshotParts(snapshotOrder);
      source.snapshotState(written);
      operators.push({ uid: source.node.uid, written });
    }
    for (const [uid, written] of this.chain.snapshotParts(snapshotOrder)) {
      operators.push({ uid, written });
    }
    const { inFlight, firstBarrierMs, lastBarrierMs } = this.inputs.passBarrier(order, startedMs);
    const snapshot: SubtaskSnapshot = {
      order,
      subtask,
      operators,
      inFlight,
      durable: durableOf(this.sinks),
      isFinished: this.hasEnded,
      startDelayMs: firstBarrierMs - order.triggeredMs,
      alignmentMs: lastBarrierMs - firstBarrierMs,
      syncMs: clock.monotonicMs() - startedMs,
    };
    // Both are awaited later; until then a failure has nobody to tell.
    snapshot.durable.catch(() => undefined);
    snapshot.inFlight.catch(() => undefined);
    this.listener.snapshotTaken(snapshot);
  }

  /** Takes one batch, or one element of a channel; false: there is none. */
  private read(phase: JobPhase): boolean {
    if (!this.inputs.hasRoom) return true;
    const hasRead = this.inputs.read() || this.readSources(phase);
    if (!hasRead) return false;
    this.needsFlush = true;
    this.isWoken = true;
    // Rows go on as far as they can in the same step.
    this.chain.drain();
    return true;
  }

  private readSources(phase: JobPhase): boolean {
    if (this.isStopped) return false;
    const { sources } = this;
    for (let count = 0; count < sources.length; count++) {
      const source = sources[this.nextSource]!;
      this.nextSource = (this.nextSource + 1) % sources.length;
      if (source.isEnded || source.node.isTable !== (phase === 'tables')) continue;
      if (source.step() !== 'waiting') return true;
      // Idleness and watermarks may have gone out.
      if (!this.chain.drain()) return true;
    }
    return false;
  }

  /** Nothing is to be read: shows what has been written, and says what is waited for. */
  private rest(): void {
    if (this.flushOnce()) return;
    this.end();
    this.wakeAtMs = Math.min(
      this.chain.nextDueMs,
      this.hasEnded ? Infinity : this.nextInputMs,
      this.hasEnded ? Infinity : this.chain.nextTimerMs,
    );
  }

  private get nextInputMs(): number {
    const { clock } = this.platform;
    let nextMs = this.inputs.nextDueMs;
    for (const source of this.sources) {
      const idleAtMs = source.idleAtMs();
      if (idleAtMs !== null) {
        nextMs = Math.min(nextMs, clock.nowMs() + idleAtMs - clock.monotonicMs());
      }
      nextMs = Math.min(nextMs, source.watermarkDueAtMs);
    }
    return nextMs;
  }

  private end(): void {
    if (this.hasEnded || !this.inputs.isEnded || this.chain.rowsInFlight > 0) return;
    if (this.sources.some((source) => !source.isEnded)) return;
    this.hasEnded = true;
    this.inputs.passEnd();
    this.listener.finished();
  }

  /** True: rows may be in the sinks' buffers and are being passed on. */
  private flushOnce(): boolean {
    if (!this.needsFlush || this.sinks.length === 0) return false;
    this.flush();
    return true;
  }

  private flush(): void {
    this.needsFlush = false;
    this.flushed = this.flushSinks().then(
      (isOpen) => {
        this.flushed = null;
        if (!isOpen) this.listener.outputClosed();
        this.wake();
      },
      (failure: unknown) => {
        this.listener.failed(failure);
      },
    );
  }

  private async flushSinks(): Promise<boolean> {
    let isOpen = true;
    for (const { sink } of this.sinks) if (!(await sink.flush())) isOpen = false;
    return isOpen;
  }
}

/** Begun for all at once: it is what they have just named that becomes durable. */
async function durableOf(sinks: readonly SinkEntry[]): Promise<void> {
  await Promise.all(sinks.flatMap(({ sink }) => sink.recovery?.durable() ?? []));
}
