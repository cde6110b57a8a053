/**
 * One life of an exactly-once sink over the model of a coordinator, a step at a time: what the
 * protocol asks for is sent, and the network does with it what it likes.
 */
import {
  SlotProtocol,
  type GiveUp,
  type SlotEffect,
  type SlotEvent,
  type SlotTask,
} from '../../../../../src/engine/connector/kafka/sink/slot-protocol.ts';
import type { EpochLabel } from '../../../../../src/engine/connector/kafka/sink/commit-marker.ts';
import type { TransactionFailure } from '../../../../../src/engine/connector/kafka/sink/transaction-failure.ts';
import type { CoordinatorModel, ModelRequest } from './coordinator-model.ts';

export interface PendingRows {
  readonly label: EpochLabel;
  readonly rows: readonly number[];
}

export interface Network {
  readonly random: () => number;
  /** Requests that come later than their sender waits. */
  readonly late: ModelRequest[];
  faultShare: number;
}

const UNKNOWN: TransactionFailure = { reason: 'timeout', outcome: 'unknown' };
const NOT_SENT: TransactionFailure = { reason: 'unreachable', outcome: 'not-done' };
const REFUSED: TransactionFailure = {
  reason: 'COORDINATOR_LOAD_IN_PROGRESS',
  outcome: 'not-done',
};

export class SinkLife {
  readonly run: string;
  readonly protocol: SlotProtocol;
  pending: PendingRows[];
  end: GiveUp | null = null;
  hasClaimed = false;
  isAllowed = true;
  private readonly model: CoordinatorModel;
  private readonly network: Network;
  private effect: SlotEffect = { kind: 'settled' };
  private task: SlotTask | null = null;
  private epoch = -1;
  /** Epochs up to this id may be committed. */
  private mayCommit = -1;

  constructor(
    run: string,
    restored: readonly PendingRows[],
    world: { readonly model: CoordinatorModel; readonly network: Network },
    expiredMarker: 'refuse' | 'resend' | 'skip' = 'refuse',
  ) {
    this.run = run;
    this.model = world.model;
    this.network = world.network;
    this.protocol = new SlotProtocol({ run, expiredMarker, budgetMs: Infinity });
    this.pending = [...restored];
    this.begin({ kind: 'claim', restored: restored.map(({ label }) => label) });
  }

  get isBusy(): boolean {
    return this.task !== null;
  }

  /** What was restored is committed, and rows may be taken. */
  get isOpen(): boolean {
    return this.hasClaimed && this.pending.every(({ label }) => label.run === this.run);
  }

  commitUpTo(checkpointId: number): void {
    this.mayCommit = Math.max(this.mayCommit, checkpointId);
  }

  step(): void {
    if (this.end !== null) return;
    if (this.task !== null) return this.carryOut();
    if (!this.hasClaimed) return;
    const next = this.pending.find(
      ({ label }) => label.run !== this.run || label.epoch <= this.mayCommit,
    );
    if (next !== undefined) this.begin({ kind: 'commit', label: next.label });
    else if (this.network.random() < 0.05) this.begin({ kind: 'refresh' });
  }

  private begin(task: SlotTask): void {
    this.task = task;
    this.on({ kind: 'begin', task });
  }

  private on(event: SlotEvent): void {
    this.effect = this.protocol.on(event, 0);
    if (this.effect.kind === 'give-up') this.end = this.effect.why;
    if (this.effect.kind !== 'settled') return;
    const { task } = this;
    this.task = null;
    if (task?.kind === 'claim') this.hasClaimed = true;
    if (task?.kind === 'commit') {
      this.pending = this.pending.filter(({ label }) => label !== task.label);
    }
  }

  private carryOut(): void {
    const { effect, epoch } = this;
    switch (effect.kind) {
      case 'wait':
        return this.on({ kind: 'done' });
      case 'check-allowed':
        if (this.isAllowed) return this.on({ kind: 'done' });
        this.end = { kind: 'fenced', by: 'the lock' };
        return;
      case 'read-marker':
        if (this.network.random() < this.network.faultShare) {
          return this.on({ kind: 'failed', failure: UNKNOWN });
        }
        return this.on({ kind: 'marker', marker: this.model.marker });
      case 'init-producer':
        return this.send({ kind: 'init-producer' });
      case 'add-partitions':
      case 'add-group':
        return this.send({ kind: 'add', epoch });
      case 'send-rows': {
        const pending = this.pending.find(({ label }) => label === effect.label);
        return this.send({ kind: 'rows', epoch, rows: pending?.rows ?? [] });
      }
      case 'write-marker':
        return this.send({ kind: 'marker', epoch, marker: effect.marker });
      case 'end-transaction':
        return this.send({ kind: 'end', epoch });
      case 'settled':
      case 'give-up':
        return;
    }
  }

  private send(request: ModelRequest): void {
    const { random, faultShare, late } = this.network;
    if (random() >= faultShare) return this.answer(this.model.apply(request));
    const fault = Math.floor(random() * 5);
    if (fault === 0) return this.answer(NOT_SENT);
    if (fault === 1) return this.answer(REFUSED);
    // Lost; or done without an answer; or done when nobody expects it any more.
    if (fault === 3) this.model.apply(request);
    if (fault === 4) late.push(request);
    this.answer(UNKNOWN);
  }

  private answer(failure: TransactionFailure | null): void {
    if (failure !== null) return this.on({ kind: 'failed', failure });
    if (this.effect.kind === 'init-producer') this.epoch = this.model.epoch;
    this.on({ kind: 'done' });
  }
}
