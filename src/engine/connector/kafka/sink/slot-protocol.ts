/**
 * Decides the order of requests with which one transactional id takes its place and commits epochs,
 * each in one transaction with the marker that proves it. It does nothing itself: an event comes in
 * and one effect goes out, whose end is the next event.
 * Invariants: a marker is read only right after the producer was initialised, when nothing of the
 * slot is open; after any doubt the producer is thrown away; a run that finds another one's marker
 * never writes again; a transaction is ended once.
 */
import { assert } from '../../../../errors/assert.ts';
import {
  claimed,
  outcomeOf,
  withCommitted,
  type CommitMarker,
  type EpochLabel,
} from './commit-marker.ts';
import { verdictOf, type TransactionFailure, type TransactionStep } from './transaction-failure.ts';

export interface SlotProtocolOptions {
  /** Of this life of the sink. */
  readonly run: string;
  /** What becomes of restored epochs when the marker that tells their outcome has expired. */
  readonly expiredMarker: 'refuse' | 'resend' | 'skip';
  /** How long one task may be tried. */
  readonly budgetMs: number;
}

/** What a slot is asked to do; one after the other. */
export type SlotTask =
  /** First of all. `restored`: epochs of this slot that the run starts from. */
  | { readonly kind: 'claim'; readonly restored: readonly EpochLabel[] }
  | { readonly kind: 'commit'; readonly label: EpochLabel }
  /** Writes the marker anew, long before the broker forgets it. */
  | { readonly kind: 'refresh' };

export type SlotEvent =
  | { readonly kind: 'begin'; readonly task: SlotTask }
  | { readonly kind: 'done' }
  | { readonly kind: 'marker'; readonly marker: CommitMarker | null }
  | { readonly kind: 'failed'; readonly failure: TransactionFailure };

export type SlotEffect =
  | { readonly kind: 'init-producer' }
  | { readonly kind: 'read-marker' }
  /** Asks whether the run still holds its lock; answered with `done`, or it throws. */
  | { readonly kind: 'check-allowed' }
  /** `label` null: of the marker alone. */
  | { readonly kind: 'add-partitions'; readonly label: EpochLabel | null }
  | { readonly kind: 'send-rows'; readonly label: EpochLabel | null; readonly marker: CommitMarker }
  | { readonly kind: 'add-group' }
  | { readonly kind: 'write-marker'; readonly marker: CommitMarker }
  | { readonly kind: 'end-transaction' }
  /** After so many failures of the task; answered with `done`. */
  | { readonly kind: 'wait'; readonly failures: number }
  | { readonly kind: 'settled' }
  | { readonly kind: 'give-up'; readonly why: GiveUp };

export type GiveUp =
  /** Another run has taken the slot. */
  | { readonly kind: 'fenced'; readonly by: string }
  /** There is no proof whether the epoch was committed. */
  | { readonly kind: 'unknown-outcome'; readonly label: EpochLabel }
  | { readonly kind: 'in-vain' | 'too-long'; readonly failure: TransactionFailure };

type Step = TransactionStep | 'idle' | 'check-allowed' | 'over';

export class SlotProtocol {
  private readonly options: SlotProtocolOptions;
  private step: Step = 'idle';
  /** What comes after the pause; null: there is none. */
  private afterWait: TransactionStep | null = null;
  private task: SlotTask | null = null;
  private taskStartedAtMs = 0;
  private failures = 0;
  /** The last one that is known to be committed; null: none is there. */
  private known: CommitMarker | null = null;
  private hasRead = false;
  private hasClaimed = false;
  /** What the transaction under way is to leave behind. */
  private target: CommitMarker | null = null;

  constructor(options: SlotProtocolOptions) {
    this.options = options;
  }

  /** The generation of this run in the slot; after the claim. */
  get generation(): number {
    assert(this.hasClaimed && this.known !== null, 'a slot is claimed first');
    return this.known.generation;
  }

  /** `nowMs`: monotonic. */
  on(event: SlotEvent, nowMs: number): SlotEffect {
    assert(this.step !== 'over', 'a slot that was given up does nothing more');
    switch (event.kind) {
      case 'begin':
        return this.begin(event.task, nowMs);
      case 'marker':
        assert(this.step === 'read-marker' && this.afterWait === null, 'a marker was asked for');
        return this.resolve(event.marker);
      case 'done':
        return this.goOn();
      case 'failed':
        return this.fail(event.failure, nowMs);
    }
  }

  private begin(task: SlotTask, nowMs: number): SlotEffect {
    assert(this.step === 'idle', 'one task of a slot is done at a time');
    assert((task.kind === 'claim') !== this.hasClaimed, 'a slot is claimed once, and first');
    this.task = task;
    this.taskStartedAtMs = nowMs;
    this.failures = 0;
    if (task.kind === 'commit' && outcomeOf(this.known, task.label) === 'committed') {
      return this.settle();
    }
    return task.kind === 'claim' ? this.enter('init-producer') : this.startTransaction();
  }

  /** The effect has come to its good end. */
  private goOn(): SlotEffect {
    if (this.afterWait !== null) {
      const next = this.afterWait;
      this.afterWait = null;
      return this.enter(next);
    }
    switch (this.step) {
      case 'init-producer':
        return this.enter('read-marker');
      case 'check-allowed':
        return this.startTransaction();
      case 'add-partitions':
        return this.enter('send-rows');
      case 'send-rows':
        return this.enter('add-group');
      case 'add-group':
        return this.enter('write-marker');
      case 'write-marker':
        return this.enter('end-transaction');
      case 'end-transaction':
        this.known = this.target;
        this.hasClaimed = true;
        return this.settle();
      case 'idle':
      case 'read-marker':
      case 'over':
        assert(false, `nothing that ends so was under way (${this.step})`);
    }
  }

  /** Nothing of the slot is open, and this is what it has committed. */
  private resolve(marker: CommitMarker | null): SlotEffect {
    const { task } = this;
    assert(task !== null, 'a marker is read for a task');
    if (marker?.run === this.options.run) {
      this.known = marker;
      if (task.kind === 'claim') {
        this.hasClaimed = true;
        return this.settle();
      }
      if (task.kind === 'refresh') return this.settle();
      return outcomeOf(marker, task.label) === 'committed'
        ? this.settle()
        : this.startTransaction();
    }
    if (task.kind === 'claim') return this.claim(marker, task.restored);
    if (marker !== null) return this.giveUp({ kind: 'fenced', by: marker.run });
    // Without rows there is nothing to be doubled.
    if (task.kind === 'refresh') return this.startTransaction();
    return this.giveUp({ kind: 'unknown-outcome', label: task.label });
  }

  private claim(marker: CommitMarker | null, restored: readonly EpochLabel[]): SlotEffect {
    if (this.hasRead) {
      const isAsBefore =
        marker?.run === this.known?.run && marker?.generation === this.known?.generation;
      // Only a run that was started after this one can have written it.
      if (!isAsBefore) return this.giveUp({ kind: 'fenced', by: marker?.run ?? '' });
    }
    this.hasRead = true;
    this.known = marker;
    const unknown = restored.filter((label) => outcomeOf(marker, label) === 'unknown');
    if (unknown.length > 0 && this.options.expiredMarker === 'refuse') {
      return this.giveUp({ kind: 'unknown-outcome', label: unknown[0]! });
    }
    let target = claimed(marker, this.options.run, restored);
    if (this.options.expiredMarker === 'skip') {
      for (const label of unknown) target = withCommitted(target, label);
    }
    this.target = target;
    this.step = 'check-allowed';
    return { kind: 'check-allowed' };
  }

  private startTransaction(): SlotEffect {
    const { task, known } = this;
    assert(task !== null, 'a transaction belongs to a task');
    if (task.kind !== 'claim') {
      assert(known !== null, 'a slot is claimed before rows are committed');
      this.target = task.kind === 'commit' ? withCommitted(known, task.label) : known;
    }
    return this.enter('add-partitions');
  }

  private enter(step: TransactionStep): SlotEffect {
    this.step = step;
    const { task, target } = this;
    const label = task?.kind === 'commit' ? task.label : null;
    switch (step) {
      case 'init-producer':
      case 'read-marker':
      case 'add-group':
      case 'end-transaction':
        return { kind: step };
      case 'add-partitions':
        return { kind: step, label };
      case 'send-rows':
        assert(target !== null, 'a transaction has a marker');
        return { kind: step, label, marker: target };
      case 'write-marker':
        assert(target !== null, 'a transaction has a marker');
        return { kind: step, marker: target };
    }
  }

  private fail(failure: TransactionFailure, nowMs: number): SlotEffect {
    const { step } = this;
    assert(step !== 'idle' && step !== 'over' && step !== 'check-allowed', 'a request has failed');
    const verdict = verdictOf(step, failure);
    if (verdict === 'in-vain') return this.giveUp({ kind: 'in-vain', failure });
    if (nowMs - this.taskStartedAtMs >= this.options.budgetMs) {
      return this.giveUp({ kind: 'too-long', failure });
    }
    this.afterWait = verdict === 'doubt' ? 'init-producer' : step;
    this.failures++;
    return { kind: 'wait', failures: this.failures };
  }

  private settle(): SlotEffect {
    this.step = 'idle';
    this.task = null;
    this.target = null;
    return { kind: 'settled' };
  }

  private giveUp(why: GiveUp): SlotEffect {
    this.step = 'over';
    return { kind: 'give-up', why };
  }
}
