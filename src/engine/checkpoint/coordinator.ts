/**
 * Decides when checkpoints and savepoints are taken, when they have failed, when they are complete
 * and which ones are kept. It does nothing itself: it turns events into effects, and time into
 * `nextWakeMs`. `nowMs` is the monotonic clock.
 * Invariants: ids never go back; a pending one ends once; one that was aborted is never notified;
 * notifications go up; the latest complete one is never discarded.
 */
import { assert } from '../../errors/assert.ts';
import {
  effectiveConfiguration,
  type CheckpointConfiguration,
} from './checkpoint-configuration.ts';
import { CompletedCheckpoints, type RestorePoint } from './completed-checkpoints.ts';
import type {
  CoordinatorEffect,
  CoordinatorEvent,
  SubtaskName,
  TriggerEffect,
} from './coordinator-events.ts';
import { afterCompleted, afterFailed, NO_FAILURES } from './failure-count.ts';
import type { FailureReason } from './failure-reason.ts';
import { PendingCheckpoint } from './pending-checkpoint.ts';
import { PeriodicSchedule } from './periodic-schedule.ts';
import { RequestQueue, type QueuedRequest } from './request-queue.ts';
import type { CompletedSnapshot } from './snapshot-storage.ts';
import { decideAlignment, decideTrigger } from './trigger-decision.ts';

export interface CoordinatorOptions {
  readonly configuration: CheckpointConfiguration;
  /** What the first attempt starts from. Ids go on after it. */
  readonly restored: RestorePoint | null;
}

/** The subtasks that run now. */
interface Attempt {
  readonly subtasks: readonly SubtaskName[];
  readonly hasFinishedOnes: boolean;
}

export class CheckpointCoordinator {
  readonly #configuration: CheckpointConfiguration;
  readonly #completed: CompletedCheckpoints;
  readonly #schedule: PeriodicSchedule;
  readonly #pending = new Map<number, PendingCheckpoint>();
  readonly #queue = new RequestQueue();
  #failures = NO_FAILURES;
  #nextId: number;
  #lastNotifiedId: number;
  #attempt: Attempt | null = null;
  #attemptCount = 0;
  #lastCompletedAtMs = -Infinity;
  /** A savepoint with which the job stops is queued or pending: nothing else starts. */
  #isStopping = false;
  /** The job was told to fail, and the attempt is not over yet. */
  #isFailing = false;
  #isShutDown = false;
  #nowMs = -Infinity;
  #effects: CoordinatorEffect[] = [];

  constructor(options: CoordinatorOptions) {
    this.#configuration = effectiveConfiguration(options.configuration);
    this.#completed = new CompletedCheckpoints(this.#configuration.retainedMax, options.restored);
    this.#schedule = new PeriodicSchedule(this.#configuration);
    this.#lastNotifiedId = options.restored?.snapshot.checkpointId ?? 0;
    this.#nextId = this.#lastNotifiedId + 1;
  }

  /** What the next attempt starts from; to be read when `isSettled`. */
  get latestCompleted(): CompletedSnapshot | null {
    return this.#completed.latest;
  }

  /** Complete ones that the job may remove when it ends, oldest first: nothing unclaimed. */
  get retained(): readonly CompletedSnapshot[] {
    return this.#completed.owned;
  }

  get nextCheckpointId(): number {
    return this.#nextId;
  }

  get pendingIds(): readonly number[] {
    return [...this.#pending.keys()];
  }

  /** No manifest is being written, so it is known which checkpoints are complete. */
  get isSettled(): boolean {
    return [...this.#pending.values()].every((pending) => pending.phase !== 'finalizing');
  }

  /** When `time-passed` is wanted at the latest; Infinity: not at all. */
  get nextWakeMs(): number {
    let wakeMs = this.#schedule.nextAtMs;
    for (const pending of this.#pending.values()) wakeMs = Math.min(wakeMs, pending.deadlineMs);
    return wakeMs;
  }

  on(event: CoordinatorEvent, nowMs: number): readonly CoordinatorEffect[] {
    assert(nowMs >= this.#nowMs, 'the monotonic clock never falls');
    this.#nowMs = nowMs;
    this.#effects = [];
    if (event.kind !== 'restarting' && event.kind !== 'shutting-down') this.#expire();
    this.#apply(event);
    this.#schedule.advance(nowMs);
    this.#startDue();
    return this.#effects;
  }

  #apply(event: CoordinatorEvent): void {
    switch (event.kind) {
      case 'time-passed':
        return;
      case 'tasks-running':
        return this.#begin(event.subtasks, event.random);
      case 'subtask-finished':
        if (this.#attempt !== null) this.#attempt = { ...this.#attempt, hasFinishedOnes: true };
        return;
      case 'snapshot-requested':
        return this.#enqueue({ requestId: event.requestId, request: event.request });
      case 'subtask-acknowledged':
        return this.#acknowledge(event.checkpointId, event.subtask);
      case 'subtask-declined': {
        const pending = this.#pending.get(event.checkpointId);
        if (pending?.phase !== 'acknowledging' || !pending.isMissing(event.subtask)) return;
        return this.#abort(pending, { ...event, isOfSubtask: true });
      }
      case 'storage-completed':
        return this.#complete(event.checkpointId, event.snapshot);
      case 'storage-failed': {
        const pending = this.#pending.get(event.checkpointId);
        if (pending === undefined) return;
        const reason = pending.phase === 'finalizing' ? 'finalize-failed' : 'io-failed';
        return this.#abort(pending, { reason, message: event.message, isOfSubtask: false });
      }
      case 'restarting':
        return this.#end('failover');
      case 'shutting-down':
        this.#isShutDown = true;
        return this.#end('coordinator-shut-down');
    }
  }

  #begin(subtasks: readonly SubtaskName[], random: number): void {
    assert(!this.#isShutDown, 'a job that has ended does not run again');
    assert(this.#attempt === null, 'one attempt runs at a time');
    assert(this.isSettled, 'an attempt starts when it is known which checkpoint is the latest');
    this.#attempt = { subtasks, hasFinishedOnes: false };
    this.#attemptCount++;
    this.#schedule.start(this.#nowMs, random);
  }

  /** The attempt is over. What is being finalized stays, until the storage has said what it is. */
  #end(reason: FailureReason): void {
    this.#attempt = null;
    this.#isStopping = false;
    this.#isFailing = false;
    this.#schedule.stop();
    this.#refuseQueued(this.#isShutDown ? 'coordinator-shut-down' : 'coordinator-suspended');
    this.#abortWhere(() => true, reason);
  }

  #enqueue(queued: QueuedRequest): void {
    if (this.#isStopping || this.#isShutDown || this.#isFailing) {
      return this.#refuse(queued, 'scheduler-shut-down');
    }
    const { request } = queued;
    if (request.kind === 'savepoint' && request.stop !== 'none') {
      // As Flink: nothing but this savepoint may be committed from here on.
      this.#isStopping = true;
      this.#schedule.stop();
      this.#refuseQueued('coordinator-suspended');
      this.#abortWhere(() => true, 'coordinator-suspended');
    }
    if (!this.#queue.push(queued)) this.#refuse(queued, 'too-many-requests');
  }

  #acknowledge(checkpointId: number, subtask: SubtaskName): void {
    const pending = this.#pending.get(checkpointId);
    // Late, or of an attempt that is over.
    if (pending?.phase !== 'acknowledging') return;
    if (!pending.acknowledge(subtask)) return;
    pending.finalizeUntil(this.#nowMs + this.#configuration.timeoutMs);
    this.#effects.push({ kind: 'complete', checkpointId });
  }

  #complete(checkpointId: number, snapshot: CompletedSnapshot): void {
    const pending = this.#pending.get(checkpointId);
    if (pending === undefined) return;
    pending.become('completed');
    this.#pending.delete(checkpointId);
    this.#lastCompletedAtMs = this.#nowMs;
    this.#failures = afterCompleted(this.#failures, checkpointId);
    const { requestId } = pending.trigger;
    if (requestId !== null) {
      this.#effects.push({ kind: 'request-completed', requestId, snapshot });
    }
    // As Flink: a savepoint commits nothing and replaces nothing, unless the job ends with it.
    if (!pending.isSavepoint || pending.stopsJob) {
      this.#abortWhere((older) => older.id < checkpointId && !older.isSavepoint, 'subsumed');
      this.#notify(pending);
    }
    if (pending.isSavepoint && !pending.stopsJob) return;
    // Unlike Flink: when the job fails after the savepoint it stops with, whose output is committed,
    // it starts from there; from an older checkpoint it would write that output again.
    const isOwned = !pending.isSavepoint;
    for (const discarded of this.#completed.add({ snapshot, isOwned })) {
      this.#effects.push({ kind: 'discard', snapshot: discarded });
    }
  }

  /** Subtasks of a later attempt have committed it when they were restored from it. */
  #notify(pending: PendingCheckpoint): void {
    const isOwnAttempt = this.#attempt !== null && pending.attempt === this.#attemptCount;
    if (!isOwnAttempt || pending.id <= this.#lastNotifiedId) return;
    this.#lastNotifiedId = pending.id;
    this.#effects.push({ kind: 'notify-complete', checkpointId: pending.id });
  }

  #expire(): void {
    for (const pending of this.#pending.values()) {
      if (pending.deadlineMs > this.#nowMs) continue;
      if (pending.phase === 'acknowledging') {
        this.#abort(pending, { reason: 'expired', message: '', isOfSubtask: false });
      } else {
        this.#giveUpOnStorage(pending);
      }
    }
  }

  /** Unlike Flink, where a hung file system blocks the coordinator for ever. */
  #giveUpOnStorage(pending: PendingCheckpoint): void {
    pending.waitForEver();
    const seconds = this.#configuration.timeoutMs / 1_000;
    const message = `The storage has not said within ${seconds} s whether checkpoint ${pending.id} is complete.`;
    this.#fail(message, false);
  }

  #abortWhere(concerns: (pending: PendingCheckpoint) => boolean, reason: FailureReason): void {
    for (const pending of this.#pending.values()) {
      if (pending.phase !== 'acknowledging' || !concerns(pending)) continue;
      this.#abort(pending, { reason, message: '', isOfSubtask: false });
    }
  }

  #abort(
    pending: PendingCheckpoint,
    failure: {
      readonly reason: FailureReason;
      readonly message: string;
      readonly isOfSubtask: boolean;
    },
  ): void {
    const { reason, message } = failure;
    pending.become('aborted');
    this.#pending.delete(pending.id);
    this.#effects.push({ kind: 'abort', checkpointId: pending.id, reason, message });
    const { requestId } = pending.trigger;
    if (requestId !== null) {
      this.#effects.push({ kind: 'request-failed', requestId, reason, message });
    }
    if (pending.stopsJob) return this.#abandonStop(failure.isOfSubtask);
    // As Flink: a savepoint that fails in the coordinator concerns only who asked for it.
    if (pending.isSavepoint && !failure.isOfSubtask) return;
    const failed = { checkpointId: pending.id, reason };
    const { tolerableFailed } = this.#configuration;
    const { count, isExceeded } = afterFailed(this.#failures, failed, tolerableFailed);
    this.#failures = count;
    if (isExceeded) this.#fail('Exceeded checkpoint tolerable failure threshold.', true);
  }

  /** As Flink: subtasks that wait for the end of a savepoint that a subtask declined would hang. */
  #abandonStop(isOfSubtask: boolean): void {
    if (!this.#isStopping) return;
    this.#isStopping = false;
    if (isOfSubtask) return this.#fail('A subtask declined the savepoint the job ends with.', true);
    this.#schedule.resume(this.#nowMs);
  }

  #fail(message: string, isRestartable: boolean): void {
    if (this.#isFailing || this.#isShutDown) return;
    // Between two attempts there is none to fail.
    if (this.#attempt === null && isRestartable) return;
    this.#isFailing = true;
    this.#schedule.stop();
    this.#effects.push({ kind: 'fail-job', message, isRestartable });
  }

  #startDue(): void {
    const refusal = this.#refusal();
    if (refusal !== null) this.#refuseQueued(refusal);
    if (this.#schedule.isDue && (refusal !== null || this.#isLate())) {
      this.#schedule.clear();
      this.#effects.push({ kind: 'trigger-refused', reason: refusal ?? 'not-all-tasks-running' });
    }
    if (refusal !== null) return;
    for (;;) {
      const facts = {
        hasSavepointRequest: this.#queue.has('savepoint'),
        hasCheckpointRequest: this.#queue.has('checkpoint'),
        isPeriodicDue: this.#schedule.isDue,
        pendingCount: this.#pending.size,
        lastCompletedAtMs: this.#lastCompletedAtMs,
      };
      const decision = decideTrigger(facts, this.#configuration, this.#nowMs);
      if (decision.kind === 'wait') return;
      if (decision.kind === 'postpone') return this.#schedule.postpone(decision.untilMs);
      if (decision.source === 'periodic') {
        this.#schedule.clear();
        this.#trigger(null);
      } else {
        this.#trigger(this.#queue.take(decision.source));
      }
    }
  }

  /** Why nothing can become a checkpoint at present; null when something can. */
  #refusal(): FailureReason | null {
    if (this.#isShutDown) return 'coordinator-shut-down';
    if (this.#isFailing) return 'coordinator-suspended';
    return this.#attempt === null ? 'not-all-tasks-running' : null;
  }

  /**
   * Unlike Flink, subtasks that have come to their end acknowledge like others, so that only periodic
   * checkpoints heed `checkpoints-after-tasks-finish`; what someone asks for is taken.
   */
  #isLate(): boolean {
    return this.#attempt?.hasFinishedOnes === true && !this.#configuration.isTakenAfterTasksFinish;
  }

  #trigger(queued: QueuedRequest | null): void {
    assert(this.#attempt !== null, 'a checkpoint is taken of subtasks that run');
    const savepoint = queued?.request.kind === 'savepoint' ? queued.request : null;
    const snapshot = savepoint === null ? 'checkpoint' : 'savepoint';
    const trigger: TriggerEffect = {
      kind: 'trigger',
      checkpointId: this.#nextId++,
      requestId: queued?.requestId ?? null,
      snapshot,
      alignment: decideAlignment(this.#configuration, snapshot),
      format: savepoint?.format ?? null,
      targetDirectory: savepoint?.targetDirectory ?? null,
      stop: savepoint?.stop ?? 'none',
      subtasks: this.#attempt.subtasks,
    };
    const pending = new PendingCheckpoint(trigger, {
      attempt: this.#attemptCount,
      deadlineMs: this.#nowMs + this.#configuration.timeoutMs,
    });
    this.#pending.set(pending.id, pending);
    this.#effects.push(trigger);
  }

  #refuseQueued(reason: FailureReason): void {
    for (const queued of this.#queue.takeAll()) this.#refuse(queued, reason);
  }

  #refuse(queued: QueuedRequest, reason: FailureReason): void {
    const { requestId } = queued;
    this.#effects.push({ kind: 'request-failed', requestId, reason, message: '' });
  }
}
