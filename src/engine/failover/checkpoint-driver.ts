/**
 * Carries out what the coordinator decides: has subtasks take snapshots, writes them, tells the
 * coordinator what came of it. One for a job, over all its attempts.
 * Invariant: the coordinator hears of a subtask only what belongs to the present attempt.
 */
import { assert } from '../../errors/assert.ts';
import { EngineError } from '../../errors/drey-error.ts';
import type { Platform } from '../../platform/platform.ts';
import type { Timer } from '../../platform/timers.ts';
import { CheckpointCoordinator } from '../checkpoint/coordinator.ts';
import type {
  CoordinatorEffect,
  CoordinatorEvent,
  SnapshotRequest,
  SubtaskName,
  TriggerEffect,
} from '../checkpoint/coordinator-events.ts';
import { failureReasons, type FailureReason } from '../checkpoint/failure-reason.ts';
import type {
  CompletedSnapshot,
  OperatorHeader,
  PendingSnapshot,
} from '../checkpoint/snapshot-storage.ts';
import type { AttemptListener, JobTask } from '../task/job-task.ts';
import { isDoneWithin } from '../task/within-time.ts';
import { NotWanted, SnapshotWriting } from '../task/snapshot-writing.ts';
import type { SubtaskSnapshot } from '../task/subtask-snapshot.ts';
import type { CheckpointOverview } from '../checkpoint/statistics/statistics-tracker.ts';
import { BackgroundWork } from './background-work.ts';
import { barrierOf } from './barrier-of.ts';
import { CheckpointJournal } from './checkpoint-journal.ts';
import {
  completedOf,
  type JobIdentity,
  type JobRecovery,
  type JobStorage,
  type RestoreFrom,
} from './job-recovery.ts';
import { endsJob } from './restartable.ts';
import { savepointFailed, SnapshotRequests } from './snapshot-requests.ts';

/** How long a job that is over waits for its storage. Source: as long as a lease of its lock. */
const SHUT_DOWN_MAX_MS = 30_000;

export interface CheckpointDriverOptions {
  readonly recovery: JobRecovery;
  readonly storage: JobStorage;
  readonly job: JobIdentity;
  readonly platform: Platform;
  /** Of all nodes of the job. */
  readonly headers: readonly OperatorHeader[];
  /** Told of a checkpoint that failed while the job goes on. */
  readonly warn: (message: string, failure: EngineError) => void;
}

/** A checkpoint under way. */
interface Driven {
  readonly trigger: TriggerEffect;
  readonly attempt: JobTask;
  readonly begun: Promise<PendingSnapshot>;
  /** All its rows were the last ones of the job. */
  readonly isLast: boolean;
  isWanted: boolean;
}

export interface CheckpointCounts {
  readonly completed: number;
  readonly failed: number;
  /** Folder of the latest complete checkpoint, while the job runs. */
  readonly latest: string | null;
}

export class CheckpointDriver implements AttemptListener {
  /** The savepoint with which the job stops is complete: no row is read any more. */
  hasStopped = false;
  private readonly options: CheckpointDriverOptions;
  private readonly coordinator: CheckpointCoordinator;
  private readonly journal: CheckpointJournal;
  private readonly driven = new Map<number, Driven>();
  private readonly requests = new SnapshotRequests();
  private readonly background = new BackgroundWork((failure) => this.attempt?.fail(failure));
  private attempt: JobTask | null = null;
  private timer: Timer | null = null;
  private completedCount = 0;
  private failedCount = 0;
  private hasFinished = false;
  private isRestartable = true;
  private lastFailure = '';
  private settledWaiter: (() => void) | null = null;

  constructor(options: CheckpointDriverOptions) {
    const { recovery } = options;
    this.options = options;
    this.journal = new CheckpointJournal(options);
    const from = recovery.restoreFrom;
    this.coordinator = new CheckpointCoordinator({
      configuration: recovery.configuration,
      restored: from === null ? null : { snapshot: completedOf(from), isOwned: from.isOwned },
    });
  }

  get counts(): CheckpointCounts {
    return {
      completed: this.completedCount,
      failed: this.failedCount,
      latest: this.retained.at(-1)?.location ?? null,
    };
  }

  /** What the next attempt starts from; null: the start. */
  get latest(): CompletedSnapshot | null {
    return this.coordinator.latestCompleted;
  }

  /** False: what the storage holds is unknown, so no further attempt may start. */
  get mayRestart(): boolean {
    return this.isRestartable;
  }

  /** Complete checkpoints of this job and what it was restored from, as far as they are kept. */
  get retained(): readonly CompletedSnapshot[] {
    const restoredId = this.options.recovery.restoreFrom?.snapshot.checkpointId ?? 0;
    return this.coordinator.retained.filter(({ checkpointId }) => checkpointId > restoredId);
  }

  get statistics(): CheckpointOverview {
    return this.journal.overview;
  }

  /** The job starts, perhaps from a snapshot. */
  start(from: RestoreFrom | null): void {
    this.journal.start();
    if (from !== null) this.restoredFrom(completedOf(from));
  }

  /** An attempt starts from this one. */
  restoredFrom(snapshot: CompletedSnapshot): void {
    this.journal.restored(snapshot);
  }

  /** The attempt that runs from now on. */
  begin(attempt: JobTask): void {
    this.attempt = attempt;
    this.hasFinished = false;
  }

  /** Resolves when the snapshot is complete; rejects with an OperationFailedError. */
  request(request: SnapshotRequest): Promise<CompletedSnapshot> {
    return this.requests.wait((requestId) => {
      this.tell({ kind: 'snapshot-requested', requestId, request });
    });
  }

  running(subtasks: readonly SubtaskName[]): void {
    this.tell({ kind: 'tasks-running', subtasks, random: this.options.platform.random.next() });
  }

  subtaskFinished(subtask: SubtaskName): void {
    this.tell({ kind: 'subtask-finished', subtask });
  }

  /** The rows of the whole input have gone through: one more checkpoint commits the last of them. */
  allFinished(): void {
    const { intervalMs, isTakenAfterTasksFinish } = this.options.recovery.configuration;
    const { attempt } = this;
    this.hasFinished = true;
    if (intervalMs === null || !isTakenAfterTasksFinish) {
      const allowed = this.options.storage.checkAllowed?.() ?? Promise.resolve();
      const finished = allowed.then(() => attempt?.finish(false));
      return this.background.add(finished.catch((failure: unknown) => attempt?.fail(failure)));
    }
    // When it fails, the next periodic one takes its place.
    this.request({ kind: 'checkpoint' }).catch(() => undefined);
  }

  snapshotTaken(subtask: SubtaskName, snapshot: SubtaskSnapshot): void {
    const driven = this.driven.get(snapshot.checkpointId);
    if (driven === undefined || driven.attempt !== this.attempt) {
      for (const { written } of snapshot.operators) {
        for (const state of written.laterStates) state.end(false);
      }
      return;
    }
    this.background.add(this.write(driven, subtask, snapshot));
  }

  declined(subtask: SubtaskName, checkpointId: number): void {
    const reason = 'barrier-subsumed';
    this.tell({
      kind: 'subtask-declined',
      checkpointId,
      subtask,
      reason,
      message: '',
      metrics: null,
    });
  }

  /** The attempt is over. Resolves when it is known which checkpoint is the latest. */
  async end(): Promise<void> {
    this.attempt = null;
    this.tell({ kind: 'restarting' });
    while (!this.coordinator.isSettled && this.isRestartable) {
      await new Promise<void>((resolve) => {
        this.settledWaiter = resolve;
      });
    }
  }

  /** No attempt follows. Waits for what the storage has under way. */
  async shutDown(): Promise<void> {
    this.attempt = null;
    this.tell({ kind: 'shutting-down' });
    // What hangs has no effect that matters: the storage refuses all of a job that is over.
    await isDoneWithin(this.background.finished(), SHUT_DOWN_MAX_MS, this.options.platform.timers);
    this.timer?.cancel();
    this.timer = null;
  }

  private tell(event: CoordinatorEvent): void {
    const nowMs = this.options.platform.clock.monotonicMs();
    const effects = this.coordinator.on(event, nowMs);
    this.journal.follow(event, effects, nowMs);
    this.options.recovery.observe?.(event, effects, nowMs);
    for (const effect of effects) this.carryOut(effect);
    this.setTimer(nowMs);
    if (this.settledWaiter !== null && (this.coordinator.isSettled || !this.isRestartable)) {
      this.settledWaiter();
      this.settledWaiter = null;
    }
  }

  private setTimer(nowMs: number): void {
    this.timer?.cancel();
    this.timer = null;
    const { nextWakeMs } = this.coordinator;
    if (nextWakeMs === Infinity) return;
    const delayMs = Math.max(0, Math.ceil(nextWakeMs - nowMs));
    this.timer = this.options.platform.timers.after(delayMs, () => {
      this.tell({ kind: 'time-passed' });
    });
  }

  private carryOut(effect: CoordinatorEffect): void {
    switch (effect.kind) {
      case 'trigger':
        return this.trigger(effect);
      case 'abort':
        return this.abort(effect.checkpointId, effect.reason, effect.message);
      case 'complete':
        return this.background.add(this.complete(effect.checkpointId));
      case 'notify-complete':
        return this.commit(effect.checkpointId);
      case 'discard':
        // What cannot be deleted now is an orphan that the next start removes.
        return this.background.add(this.options.storage.discard(effect.snapshot));
      case 'trigger-refused':
        return;
      case 'request-completed':
        return this.requests.complete(effect.requestId, effect.snapshot);
      case 'request-failed':
        return this.requests.fail(effect.requestId, savepointFailed(effect.reason, effect.message));
      case 'fail-job':
        return this.failJob(effect.message, effect.isRestartable);
    }
  }

  private trigger(trigger: TriggerEffect): void {
    const { attempt } = this;
    assert(attempt !== null, 'checkpoints are triggered while an attempt runs');
    const { checkpointId, snapshot, targetDirectory } = trigger;
    const triggeredAtMs = this.options.platform.clock.nowMs();
    const begun = this.options.storage.begin({
      kind: snapshot,
      checkpointId,
      triggeredAtMs,
      targetDirectory,
      isLast: trigger.stop !== 'none',
    });
    begun.catch((failure: unknown) => {
      this.tell({ kind: 'storage-failed', checkpointId, message: messageOf(failure) });
    });
    const isLast = this.hasFinished;
    this.driven.set(checkpointId, { trigger, attempt, begun, isLast, isWanted: true });
    attempt.trigger(barrierOf(trigger, triggeredAtMs), trigger.stop);
  }

  private async write(
    driven: Driven,
    subtask: SubtaskName,
    snapshot: SubtaskSnapshot,
  ): Promise<void> {
    const { attempt } = driven;
    const { checkpointId } = snapshot;
    const isWanted = (): boolean =>
      driven.isWanted && attempt === this.attempt && attempt.isCurrent;
    const writing = new SnapshotWriting({
      platform: this.options.platform,
      piecesOf: (uid) => attempt.piecesOf(uid, subtask),
      isWanted,
    });
    try {
      const metrics = await writing.write(snapshot, driven.begun);
      this.tell({ kind: 'subtask-acknowledged', checkpointId, subtask, metrics });
    } catch (failure) {
      if (failure instanceof NotWanted || !isWanted()) return;
      if (endsJob(failure)) attempt.fail(failure);
      const message = messageOf(failure);
      const reason = 'async-failed';
      this.tell({
        kind: 'subtask-declined',
        checkpointId,
        subtask,
        reason,
        message,
        metrics: null,
      });
    }
  }

  private async complete(checkpointId: number): Promise<void> {
    const driven = this.driven.get(checkpointId);
    assert(driven !== undefined, 'what is completed has been begun');
    let snapshot: CompletedSnapshot;
    try {
      const pending = await driven.begun;
      snapshot = await pending.complete(this.options.headers);
    } catch (failure) {
      if (endsJob(failure)) this.attempt?.fail(failure);
      this.tell({ kind: 'storage-failed', checkpointId, message: messageOf(failure) });
      return;
    }
    if (snapshot.kind === 'checkpoint') this.completedCount++;
    if (driven.trigger.stop !== 'none') this.hasStopped = true;
    this.tell({ kind: 'storage-completed', checkpointId, snapshot });
    this.driven.delete(checkpointId);
  }

  private abort(checkpointId: number, reason: FailureReason, message: string): void {
    const driven = this.driven.get(checkpointId);
    if (driven === undefined) return;
    this.driven.delete(checkpointId);
    driven.isWanted = false;
    this.background.add(
      driven.begun.then(
        (pending) => pending.abort(),
        () => undefined,
      ),
    );
    const { isCounted, text } = failureReasons[reason];
    if (isCounted) {
      this.failedCount++;
      const what = `${driven.trigger.snapshot} ${checkpointId} failed`;
      const why = `${what}: ${message === '' ? text : message}`;
      this.lastFailure = why;
      this.options.warn(why, new EngineError('DREY_CHECKPOINT_FAILED', why));
    }
    if (driven.attempt !== this.attempt) return;
    driven.attempt.abort(checkpointId);
    if (driven.trigger.stop === 'suspend') driven.attempt.resume();
    // What was drained is at its end and cannot go on.
    if (driven.trigger.stop === 'drain') driven.attempt.fail(savepointFailed(reason, message));
  }

  private commit(checkpointId: number): void {
    const driven = this.driven.get(checkpointId);
    const { attempt } = this;
    assert(driven !== undefined && attempt !== null, 'what is committed belongs to the attempt');
    const isEnd = driven.isLast;
    const stops = driven.trigger.stop !== 'none';
    this.background.add(
      attempt.commit(checkpointId, driven.trigger.snapshot).then(
        () => {
          if (attempt.isCurrent) this.options.recovery.committed?.(checkpointId);
          if (stops) attempt.stop();
          else if (isEnd) attempt.finish(true);
        },
        (failure: unknown) => {
          attempt.fail(failure);
        },
      ),
    );
  }

  private failJob(message: string, isRestartable: boolean): void {
    this.isRestartable &&= isRestartable;
    const code = isRestartable ? 'DREY_CHECKPOINTS_FAILED' : 'DREY_STORAGE_SILENT';
    const why =
      isRestartable && this.lastFailure !== '' ? `${message} ${this.lastFailure}` : message;
    this.attempt?.fail(new EngineError(code, why));
  }
}

function messageOf(failure: unknown): string {
  return failure instanceof Error ? failure.message : String(failure);
}
