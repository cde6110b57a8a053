/**
 * A second, naive account of a coordinator: it plays random events and keeps, from the effects
 * alone, what must be true of them. It throws at the first effect that breaks a rule.
 */
import { expect } from 'vitest';
import type { CheckpointConfiguration } from '../../../src/engine/checkpoint/checkpoint-configuration.ts';
import type {
  CoordinatorEffect,
  CoordinatorEvent,
  SnapshotRequest,
  SubtaskName,
  TriggerEffect,
} from '../../../src/engine/checkpoint/coordinator-events.ts';
import type { CheckpointCoordinator } from '../../../src/engine/checkpoint/coordinator.ts';
import type { DeclineReason } from '../../../src/engine/checkpoint/failure-reason.ts';
import { StatisticsTracker } from '../../../src/engine/checkpoint/statistics/statistics-tracker.ts';
import { METRICS, savepoint, snapshotOf, SUBTASKS } from './coordinator-driver.ts';

export type Step =
  | { readonly kind: 'wait'; readonly ms: number }
  | { readonly kind: 'wake' }
  | { readonly kind: 'acknowledge'; readonly pick: number; readonly subtask: number }
  | { readonly kind: 'acknowledge-all'; readonly pick: number }
  | { readonly kind: 'decline'; readonly pick: number; readonly reason: DeclineReason }
  | { readonly kind: 'store'; readonly pick: number; readonly isGood: boolean }
  | { readonly kind: 'storage-fails'; readonly pick: number }
  | { readonly kind: 'request'; readonly request: 'checkpoint' | 'savepoint' | 'suspend' | 'drain' }
  | { readonly kind: 'restart'; readonly random: number };

interface Known {
  readonly trigger: TriggerEffect;
  readonly triggeredAtMs: number;
  readonly attempt: number;
  phase: 'acknowledging' | 'finalizing' | 'completed' | 'aborted';
  finalizingAtMs: number;
}

/** As Flink's CheckpointFailureManager counts them. */
const COUNTED: readonly string[] = [
  'io-failed',
  'async-failed',
  'declined',
  'expired',
  'finalize-failed',
];

export class CoordinatorModel {
  readonly #coordinator: CheckpointCoordinator;
  readonly #configuration: CheckpointConfiguration;
  readonly #known = new Map<number, Known>();
  readonly #requests = new Map<string, SnapshotRequest | 'answered'>();
  readonly #retained = new Set<number>();
  readonly #statistics = new StatisticsTracker(5);
  nowMs = 0;
  #attempt = 0;
  #isOver = false;
  #isFailing = false;
  #lastCompletedAtMs = -Infinity;
  #lastId = 0;
  #lastCompletedId = 0;
  #lastNotifiedId = 0;
  #consecutive = 0;
  triggers = 0;
  failedJobs = 0;

  constructor(coordinator: CheckpointCoordinator, configuration: CheckpointConfiguration) {
    this.#coordinator = coordinator;
    this.#configuration = configuration;
  }

  get unanswered(): readonly string[] {
    return [...this.#requests].filter(([, state]) => state !== 'answered').map(([id]) => id);
  }

  begin(random: number): void {
    this.#attempt++;
    this.#send({ kind: 'tasks-running', subtasks: SUBTASKS, random });
  }

  play(step: Step): void {
    switch (step.kind) {
      case 'wait':
        this.nowMs += step.ms;
        return this.#send({ kind: 'time-passed' });
      case 'wake':
        if (this.#coordinator.nextWakeMs < Infinity) this.nowMs = this.#coordinator.nextWakeMs;
        return this.#send({ kind: 'time-passed' });
      case 'acknowledge':
        return this.#acknowledge(this.#pick(step.pick, 'acknowledging'), SUBTASKS[step.subtask]);
      case 'acknowledge-all': {
        const picked = this.#pick(step.pick, 'acknowledging');
        for (const subtask of SUBTASKS) this.#acknowledge(picked, subtask);
        return;
      }
      case 'decline': {
        const checkpointId = this.#pick(step.pick, 'acknowledging');
        if (checkpointId === null) return;
        const rest = { subtask: SUBTASKS[2]!, reason: step.reason, message: '', metrics: null };
        return this.#send({ kind: 'subtask-declined', checkpointId, ...rest });
      }
      case 'store':
        return this.#store(this.#pick(step.pick, 'finalizing'), step.isGood);
      case 'storage-fails':
        return this.#store(this.#pick(step.pick, 'acknowledging'), false);
      case 'request':
        return this.#request(step.request);
      case 'restart':
        return this.#restart(step.random);
    }
  }

  /** Ends the job and lets the storage answer what is open. */
  shutDown(): void {
    this.#isOver = true;
    this.#send({ kind: 'shutting-down' });
    this.#settle();
  }

  /** Restarts, so that whatever was stopping or failing begins anew. */
  #restart(random: number): void {
    this.#send({ kind: 'restarting' });
    this.#settle();
    this.begin(random);
  }

  #settle(): void {
    for (let id = this.#pick(0, 'finalizing'); id !== null; id = this.#pick(0, 'finalizing')) {
      this.#store(id, true);
    }
    expect(this.#coordinator.isSettled).toBe(true);
    this.#checkStatistics();
  }

  #request(word: 'checkpoint' | 'savepoint' | 'suspend' | 'drain'): void {
    const requestId = `r${this.#requests.size}`;
    const stop = word === 'savepoint' || word === 'checkpoint' ? 'none' : word;
    const request: SnapshotRequest =
      word === 'checkpoint' ? { kind: 'checkpoint' } : savepoint(stop);
    this.#requests.set(requestId, request);
    this.#send({ kind: 'snapshot-requested', requestId, request });
  }

  #acknowledge(checkpointId: number | null, subtask: SubtaskName | undefined): void {
    if (checkpointId === null || subtask === undefined) return;
    this.#send({ kind: 'subtask-acknowledged', checkpointId, subtask, metrics: METRICS });
  }

  #store(checkpointId: number | null, isGood: boolean): void {
    const known = checkpointId === null ? undefined : this.#known.get(checkpointId);
    if (checkpointId === null || known === undefined) return;
    if (!isGood) return this.#send({ kind: 'storage-failed', checkpointId, message: '' });
    known.phase = 'completed';
    const kind = known.trigger.snapshot;
    const isLasting = kind === 'checkpoint' || known.trigger.stop !== 'none';
    if (isLasting) this.#retained.add(checkpointId);
    if (checkpointId > this.#lastCompletedId) {
      this.#lastCompletedId = checkpointId;
      this.#consecutive = 0;
    }
    this.#lastCompletedAtMs = this.nowMs;
    const snapshot = snapshotOf(checkpointId, kind);
    this.#send({ kind: 'storage-completed', checkpointId, snapshot });
  }

  #pick(pick: number, phase: Known['phase']): number | null {
    const ids = [...this.#known].filter(([, known]) => known.phase === phase).map(([id]) => id);
    return ids[pick % ids.length] ?? null;
  }

  #send(event: CoordinatorEvent): void {
    if (event.kind === 'restarting') {
      this.#attempt++;
      this.#isFailing = false;
    }
    const wasFailing = this.#isFailing;
    const effects = this.#coordinator.on(event, this.nowMs);
    let isExceeded = false;
    for (const effect of effects) {
      isExceeded = this.#follow(effect, event) || isExceeded;
    }
    if (isExceeded && !wasFailing) {
      expect(effects.some(({ kind }) => kind === 'fail-job')).toBe(true);
    }
    const moment = { wallMs: this.nowMs, monotonicMs: this.nowMs };
    for (const { id, status } of this.#statistics.follow(event, effects, moment)) {
      const phase = status === 'COMPLETED' ? 'completed' : 'aborted';
      expect(this.#known.get(id)?.phase).toBe(phase);
    }
    this.#checkStanding();
  }

  /** True when the job must fail because of it. */
  #follow(effect: CoordinatorEffect, event: CoordinatorEvent): boolean {
    switch (effect.kind) {
      case 'trigger':
        this.#followTrigger(effect);
        return false;
      case 'abort':
        return this.#followAbort(effect.checkpointId, effect.reason, event);
      case 'complete': {
        const known = this.#known.get(effect.checkpointId);
        expect(known?.phase).toBe('acknowledging');
        if (known === undefined) return false;
        known.phase = 'finalizing';
        known.finalizingAtMs = this.nowMs;
        return false;
      }
      case 'notify-complete': {
        const known = this.#known.get(effect.checkpointId);
        expect(known?.phase).toBe('completed');
        expect(known?.attempt).toBe(this.#attempt);
        expect(known?.trigger.snapshot === 'checkpoint' || known?.trigger.stop !== 'none').toBe(
          true,
        );
        expect(effect.checkpointId).toBeGreaterThan(this.#lastNotifiedId);
        this.#lastNotifiedId = effect.checkpointId;
        return false;
      }
      case 'discard':
        expect(effect.snapshot.kind).toBe('checkpoint');
        expect(this.#retained.delete(effect.snapshot.checkpointId)).toBe(true);
        expect(Math.max(...this.#retained)).toBeGreaterThan(effect.snapshot.checkpointId);
        return false;
      case 'trigger-refused':
        expect(this.#isOver).toBe(false);
        return false;
      case 'request-completed':
      case 'request-failed': {
        const request = this.#requests.get(effect.requestId);
        expect(request).toBeTypeOf('object');
        this.#requests.set(effect.requestId, 'answered');
        return false;
      }
      case 'fail-job':
        expect(this.#isFailing || this.#isOver).toBe(false);
        this.#isFailing = true;
        this.failedJobs++;
        return false;
    }
  }

  #followTrigger(trigger: TriggerEffect): void {
    this.triggers++;
    expect(trigger.checkpointId).toBe(this.#lastId + 1);
    this.#lastId = trigger.checkpointId;
    expect(this.#isOver || this.#isFailing).toBe(false);
    const pending = [...this.#known.values()].filter(
      ({ phase }) => phase === 'acknowledging' || phase === 'finalizing',
    );
    expect(pending.every((known) => known.trigger.stop === 'none')).toBe(true);
    if (trigger.snapshot === 'checkpoint' || this.#configuration.isUnaligned) {
      expect(pending.length).toBeLessThan(this.#configuration.maxConcurrent);
    }
    if (trigger.requestId === null) {
      const pauseMs = this.nowMs - this.#lastCompletedAtMs;
      expect(pauseMs).toBeGreaterThanOrEqual(this.#configuration.minPauseMs);
    }
    const times = { triggeredAtMs: this.nowMs, finalizingAtMs: Infinity };
    const known: Known = { trigger, ...times, attempt: this.#attempt, phase: 'acknowledging' };
    this.#known.set(trigger.checkpointId, known);
  }

  #followAbort(checkpointId: number, reason: string, event: CoordinatorEvent): boolean {
    const known = this.#known.get(checkpointId);
    expect(['acknowledging', 'finalizing']).toContain(known?.phase);
    if (known === undefined) return false;
    expect(known.phase === 'finalizing').toBe(reason === 'finalize-failed');
    known.phase = 'aborted';
    const ageMs = this.nowMs - known.triggeredAtMs;
    if (reason === 'expired') expect(ageMs).toBeGreaterThanOrEqual(this.#configuration.timeoutMs);
    if (reason === 'subsumed') {
      expect(known.trigger.snapshot).toBe('checkpoint');
      expect(this.#lastCompletedId).toBeGreaterThan(checkpointId);
    }
    const isOfSubtask = event.kind === 'subtask-declined' && event.checkpointId === checkpointId;
    const isExpiry = reason === 'expired';
    if (known.trigger.stop !== 'none') return isOfSubtask && !isExpiry;
    if (known.trigger.snapshot === 'savepoint' && (!isOfSubtask || isExpiry)) return false;
    if (!COUNTED.includes(reason) || checkpointId < this.#lastCompletedId) return false;
    this.#consecutive++;
    if (this.#consecutive <= this.#configuration.tolerableFailed) return false;
    this.#consecutive = 0;
    return true;
  }

  /** What holds between two events. */
  #checkStanding(): void {
    const { timeoutMs, retainedMax } = this.#configuration;
    for (const { phase, triggeredAtMs } of this.#known.values()) {
      if (phase === 'acknowledging') expect(this.nowMs - triggeredAtMs).toBeLessThan(timeoutMs);
    }
    expect(this.#coordinator.nextWakeMs).toBeGreaterThan(this.nowMs);
    expect(this.#retained.size).toBeLessThanOrEqual(retainedMax + this.#stoppingSavepoints());
    expect(this.#coordinator.latestCompleted?.checkpointId ?? 0).toBe(
      Math.max(0, ...this.#retained),
    );
  }

  #checkStatistics(): void {
    const { counts, history, latestCompleted } = this.#statistics.overview();
    const phases = [...this.#known.values()].map(({ phase }) => phase);
    expect(counts.inProgress).toBe(this.#coordinator.pendingIds.length);
    expect(counts.completed).toBe(phases.filter((phase) => phase === 'completed').length);
    expect(counts.failed).toBeGreaterThanOrEqual(
      phases.filter((phase) => phase === 'aborted').length,
    );
    const completed = [...this.#known.values()]
      .filter(({ trigger, phase }) => trigger.snapshot === 'checkpoint' && phase === 'completed')
      .map(({ trigger }) => trigger.checkpointId);
    expect(latestCompleted?.id ?? 0).toBe(Math.max(0, ...completed));
    const ids = [...this.#known.keys()].toReversed().slice(0, 5);
    expect(history.map(({ id }) => id)).toEqual(ids);
  }

  /** Those are not discarded, so that the model never learns that they are retained no more. */
  #stoppingSavepoints(): number {
    return [...this.#retained].filter((id) => this.#known.get(id)?.trigger.stop !== 'none').length;
  }
}
