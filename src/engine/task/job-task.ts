/**
 * One attempt of a job, in one thread: lets its subtasks step, those nearest to the sinks first,
 * and gives the event loop its turn in between. Sources that are lookup tables run to their end
 * before the others start.
 * Invariant: what an attempt awaited has no effect once the attempt is over.
 */
import type { Platform } from '../../platform/platform.ts';
import type { CheckpointBarrier } from '../channel/contract.ts';
import type { StopMode, SubtaskName } from '../checkpoint/coordinator-events.ts';
import type { SnapshotKind } from '../checkpoint/job-snapshot.ts';
import type { StreamGraph } from '../graph/stream-graph.ts';
import type { LoadedModules } from '../process/load-function.ts';
import { CLOSE_MAX_MS, attemptStuck } from './attempt-stuck.ts';
import { bufferTimeoutOf } from './buffer-timeout.ts';
import { closeAll } from './close-all.ts';
import { STEPS_PER_TURN, type ExecutionGrain } from './execution-grain.ts';
import { JobCounters } from './job-counters.ts';
import type { JobWarning } from './job-warning.ts';
import type { BackendOptions } from '../state/backend/keyed-backend.ts';
import { PieceRanges } from './piece-ranges.ts';
import { ReadySubtasks, type PickSubtask } from './ready-subtasks.ts';
import type { RestoredJob } from './restored-job.ts';
import { SubtaskBuilder } from './subtask-builder.ts';
import type { SinkEntry } from './sink-entry.ts';
import type { SourceTask } from './source-task.ts';
import type { SubtaskSnapshot } from './subtask-snapshot.ts';
import type { SubtaskListener } from './subtask-listener.ts';
import type { SubtaskPlace } from './subtask-place.ts';
import type { JobPhase, Subtask } from './subtask.ts';
import { TableRefreshes } from './table-refreshes.ts';
import { Wakeup } from './wakeup.ts';
import { isDoneWithin } from './within-time.ts';

/** How a run ended: at the end of the input, because it was asked to, or for want of a reader. */
export type JobEnd = 'finished' | 'stopped' | 'output-closed';

/** Told what checkpoints have to know of an attempt. */
export interface AttemptListener {
  /** All subtasks run, and the lookup tables have been read. */
  running(subtasks: readonly SubtaskName[]): void;
  snapshotTaken(subtask: SubtaskName, snapshot: SubtaskSnapshot): void;
  /** The subtask gives the checkpoint up. */
  declined(subtask: SubtaskName, checkpointId: number): void;
  subtaskFinished(subtask: SubtaskName): void;
  /** The input is at its end; the attempt goes on until it is told to end. */
  allFinished(): void;
}

export interface AttemptOptions {
  readonly modules: LoadedModules;
  readonly warn: (warning: JobWarning) => void;
  readonly restored: RestoredJob | null;
  readonly stateBackend?: BackendOptions | undefined;
  /** Null: no checkpoints are taken. */
  readonly listener: AttemptListener | null;
  readonly pick: PickSubtask | null;
  /** Rows wait no longer for others of their batch; null: until it is full; left out: 100 ms. */
  readonly bufferTimeoutMs?: number | null | undefined;
  readonly grain?: ExecutionGrain | undefined;
  /** Throws when another run has taken over: asked where its files might be taken for leftovers. */
  readonly checkAllowed?: (() => Promise<void>) | undefined;
}

export class JobTask {
  /** Rows are visible that are in no checkpoint: who starts from one would write them again. */
  hasShownUncovered = false;
  readonly counters: JobCounters;
  private readonly platform: Platform;
  private readonly listener: AttemptListener | null;
  private readonly ready: ReadySubtasks<Subtask>;
  /** Downstream first. */
  private readonly subtasks: readonly Subtask[];
  private readonly refreshes: TableRefreshes;
  private readonly wakeup = new Wakeup();
  private readonly restored: RestoredJob | null;
  private readonly pieces = new Map<string, PieceRanges>();
  private readonly bufferTimeoutMs: number;
  private readonly stepsPerTurn: number;
  private nextFlushMs = 0;
  private phase: JobPhase = 'tables';
  private failure: unknown = null;
  private hasFailed = false;
  private isStopRequested = false;
  private isOutputClosed = false;
  private mayFinish = false;
  private isCovered = false;
  private hasToldFinished = false;
  private isOver = false;
  /** What is being committed, one checkpoint after the other. */
  private committing: Promise<void> = Promise.resolve();

  constructor(graph: StreamGraph, platform: Platform, options: AttemptOptions) {
    this.platform = platform;
    this.listener = options.listener;
    this.ready = new ReadySubtasks(options.pick);
    this.restored = options.restored;
    this.mayFinish = options.listener === null;
    this.bufferTimeoutMs = bufferTimeoutOf(options.bufferTimeoutMs);
    this.stepsPerTurn = options.grain?.stepsPerTurn ?? STEPS_PER_TURN;
    const builder = new SubtaskBuilder({
      graph,
      platform,
      modules: options.modules,
      warn: options.warn,
      restored: options.restored,
      stateBackend: options.stateBackend,
      checkAllowed: options.checkAllowed,
      transferRows: options.grain?.transferRows,
      listenerOf: (place) => this.listenerOf(place),
    });
    const subtasks = builder.build();
    this.subtasks = [...subtasks].reverse();
    this.ready.start(subtasks);
    this.refreshes = new TableRefreshes({
      graph,
      subtasks,
      builder,
      clock: platform.clock,
      wake: () => {
        this.wakeup.call();
      },
      warn: options.warn,
    });
    this.counters = new JobCounters(subtasks, this.refreshes);
  }

  /** Pieces of the state of an operator that this attempt knows. */
  piecesOf(uid: string, name: Pick<SubtaskName, 'subtask'>): PieceRanges {
    const key = `${uid}/${name.subtask}`;
    let pieces = this.pieces.get(key);
    if (pieces === undefined) this.pieces.set(key, (pieces = this.restoredPieces(uid)));
    return pieces;
  }

  /** What a restored operator may name again. */
  private restoredPieces(uid: string): PieceRanges {
    const pieces = new PieceRanges();
    const { restored } = this;
    if (restored === null) return pieces;
    for (const { parts } of restored.oldStatesOf(uid)) {
      for (const part of parts) {
        if (part.kind !== 'piece') continue;
        const { id, keyGroups, bytes } = part;
        pieces.add(id, { keyGroups, sizeBytes: bytes?.length ?? 0 }, restored.checkpointId);
      }
    }
    return pieces;
  }

  get names(): readonly SubtaskName[] {
    return this.subtasks.map(({ place }) => place).reverse();
  }

  stop(): void {
    this.isStopRequested = true;
    for (const { sink } of this.sinks) sink.stopRetrying?.();
    this.wakeup.call();
  }

  /** The input is at its end and what belongs to it is committed, or no checkpoint is to cover it. */
  finish(isCovered: boolean): void {
    this.mayFinish = true;
    this.isCovered = isCovered;
    this.wakeup.call();
  }

  /** Ends the attempt; without effect when it has ended. */
  fail(failure: unknown): void {
    if (!this.hasFailed) {
      this.hasFailed = true;
      this.failure = failure;
    }
    this.wakeup.call();
  }

  /** Puts barriers behind what the sources have read. */
  trigger(barrier: CheckpointBarrier, stop: StopMode): void {
    for (const subtask of this.subtasks) subtask.trigger(barrier, stop);
  }

  abort(checkpointId: number): void {
    for (const subtask of this.subtasks) subtask.abort(checkpointId);
  }

  /** Rows are read again after a savepoint that failed. */
  resume(): void {
    for (const subtask of this.subtasks) subtask.resume();
  }

  /** Commits what belongs to a complete checkpoint and to those before it. */
  commit(checkpointId: number, kind: SnapshotKind): Promise<void> {
    // Pieces of a savepoint belong to its user: operators must not refer to them.
    if (kind === 'checkpoint') {
      for (const { chain } of this.subtasks) chain.checkpointCompleted(checkpointId);
      for (const pieces of this.pieces.values()) pieces.forgetBefore(checkpointId);
    }
    this.committing = this.committing.then(() => this.commitSinks(checkpointId));
    return this.committing;
  }

  /** False: nothing that this attempt has begun may have an effect any more. */
  get isCurrent(): boolean {
    return !this.isOver && !this.hasFailed;
  }

  /** Runs to an end; rejects with what made the job fail. Everything is closed afterwards. */
  async run(): Promise<JobEnd> {
    const failures: unknown[] = [];
    let end: JobEnd = 'finished';
    try {
      end = await this.runToEnd();
    } catch (failure) {
      failures.push(failure);
    }
    this.isOver = true;
    // What fails while everything is closed does not hide what went wrong before.
    const closed = this.close(failures);
    if (!(await isDoneWithin(closed, CLOSE_MAX_MS, this.platform.timers))) {
      throw attemptStuck(failures[0]);
    }
    if (failures.length > 0) throw failures[0];
    return end;
  }

  private async commitSinks(checkpointId: number): Promise<void> {
    for (const { sink } of this.sinks) {
      if (!this.isCurrent) return;
      await sink.recovery?.commitUpTo(checkpointId);
    }
    if (this.isCurrent) for (const source of this.sources) source.commitUpTo(checkpointId);
  }

  private async runToEnd(): Promise<JobEnd> {
    await this.open();
    const isFinished = await this.runSubtasks();
    if (this.hasFailed) throw this.failure;
    await this.settled();
    for (const { sink } of this.sinks) {
      if (isFinished) await this.commitLast(sink);
      else if (!(await sink.flush())) this.isOutputClosed = true;
    }
    if (isFinished) return 'finished';
    return this.isOutputClosed ? 'output-closed' : 'stopped';
  }

  private async commitLast(sink: SinkEntry['sink']): Promise<void> {
    await sink.commit();
    if (!this.isCovered) this.hasShownUncovered = true;
  }

  private async open(): Promise<void> {
    for (const subtask of this.subtasks) {
      await subtask.chain.startCalls(() => {
        subtask.wake();
      });
      subtask.chain.open();
    }
    for (const { sink } of this.sinks) await sink.open();
    for (const { place, sources } of this.subtasks) {
      for (const source of sources) await source.open(place);
    }
    if (this.sources.some(({ node }) => node.isTable)) this.begin('tables');
    else this.beginRows();
  }

  /** True: to the end of the input; false: it was ended before. */
  private async runSubtasks(): Promise<boolean> {
    let steps = 0;
    // Asked before the first step too: rows must not meet a table that was given up half read.
    while (!this.isEnding) {
      const next = this.ready.next();
      if (next !== null) next.step(this.phase);
      const hasMore = this.refreshes.step();
      if (next !== null || hasMore) {
        if (++steps % this.stepsPerTurn !== 0) continue;
        await this.platform.timers.yield();
        this.tick();
      } else if (this.phase === 'tables' && this.hasReadTables) {
        this.beginRows();
      } else if (this.isFinished && this.mayFinish) {
        return true;
      } else {
        await this.sleep();
      }
    }
    return false;
  }

  private get isEnding(): boolean {
    return this.isStopRequested || this.isOutputClosed || this.hasFailed;
  }

  private get hasReadTables(): boolean {
    return (
      this.sources.every((source) => source.isEnded || !source.node.isTable) &&
      this.subtasks.every(({ isQuiet }) => isQuiet)
    );
  }

  private begin(phase: JobPhase): void {
    this.phase = phase;
    for (const subtask of this.subtasks) subtask.begin(phase);
  }

  /** The tables have been read to their end. */
  private beginRows(): void {
    this.begin('rows');
    this.refreshes.schedule(this.platform.clock.nowMs());
    this.listener?.running(this.names);
  }

  /** All subtasks are at the end of their input; tells it once. */
  private get isFinished(): boolean {
    if (this.hasToldFinished) return true;
    if (!this.subtasks.every(({ isFinished }) => isFinished)) return false;
    this.hasToldFinished = true;
    this.listener?.allFinished();
    return true;
  }

  /** Until somebody calls, or until a timer of a subtask or table is due. */
  private async sleep(): Promise<void> {
    const { clock, timers } = this.platform;
    let untilMs = this.refreshes.nextTimerMs;
    for (const { wakeAtMs } of this.subtasks) untilMs = Math.min(untilMs, wakeAtMs);
    const wake = (): void => {
      for (const subtask of this.subtasks) subtask.wakeUntil(untilMs);
      this.wakeup.call();
    };
    const timer =
      untilMs === Infinity ? null : timers.after(Math.max(untilMs - clock.nowMs(), 1), wake);
    await this.wakeup.sleep();
    timer?.cancel();
  }

  /** What time asks for while there is always something to do. */
  private tick(): void {
    const { clock } = this.platform;
    const nowMs = clock.nowMs();
    const isFlushDue = clock.monotonicMs() >= this.nextFlushMs;
    if (isFlushDue) this.nextFlushMs = clock.monotonicMs() + this.bufferTimeoutMs;
    for (const subtask of this.subtasks) {
      subtask.wakeUntil(nowMs);
      if (isFlushDue) subtask.links.flush();
    }
  }

  private get sources(): readonly SourceTask[] {
    return this.subtasks.flatMap(({ sources }) => sources);
  }

  private get sinks(): readonly SinkEntry[] {
    return this.subtasks.flatMap(({ sinks }) => sinks);
  }

  private listenerOf(place: SubtaskPlace): SubtaskListener {
    const number = this.ready.register();
    return {
      ready: () => {
        this.ready.add(number);
      },
      woken: () => {
        this.wakeup.call();
      },
      failed: (failure) => {
        this.fail(failure);
      },
      outputClosed: () => {
        this.isOutputClosed = true;
        this.wakeup.call();
      },
      finished: () => {
        this.listener?.subtaskFinished(place);
      },
      declined: (checkpointId) => {
        this.listener?.declined(place, checkpointId);
      },
      snapshotTaken: (snapshot) => {
        this.listener?.snapshotTaken(place, snapshot);
      },
    };
  }

  /** Waits for what sinks have under way, whatever comes of it. */
  private async settled(): Promise<void> {
    await Promise.allSettled([this.committing, ...this.subtasks.map(({ flushing }) => flushing)]);
  }

  /** Closes whatever else fails to; adds the failures in their order. */
  private async close(failures: unknown[]): Promise<void> {
    const sinks = this.sinks.map(({ sink }) => sink);
    for (const sink of sinks) sink.stopRetrying?.();
    await this.settled();
    for (const { links } of this.subtasks) links.close();
    const chains = this.subtasks.map(({ chain }) => chain);
    const calls = chains.map((chain) => ({ close: () => chain.stopCalls() }));
    const closing = [...this.sources, this.refreshes, ...calls, ...sinks, ...chains];
    failures.push(...(await closeAll(closing)));
  }
}
