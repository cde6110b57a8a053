/**
 * All that comes into one subtask: its gates, and the triggers for its own sources, which count as
 * one more input that delivers barriers. Takes elements gate by gate in turn and turns barriers
 * into what the subtask has to do.
 * Invariant: an action's moment is the cut. What was taken before belongs to the snapshot by way of
 * the operators' state, what is recorded at that moment as rows in flight, the rest not at all.
 */
import type { StatePart } from '../state/state-part.ts';
import { alignmentDeadlineMs, BarrierHandler } from './barrier-handler.ts';
import type { Channel } from './channel.ts';
import type { BarrierAction, CheckpointBarrier } from './contract.ts';
import type { InputGate } from './input-gate.ts';

/** In-flight rows of one input: parts of the operator that it feeds. */
export interface InFlightParts {
  readonly node: string;
  readonly parts: readonly StatePart[];
}

interface GateInput {
  readonly gate: InputGate;
  /** Number of its first channel among the handler's inputs. */
  readonly first: number;
}

const NOTHING: readonly BarrierAction[] = [];

export class SubtaskInputs {
  private readonly gates: readonly GateInput[];
  private readonly channels: readonly Channel[];
  private readonly handler: BarrierHandler;
  /** The input that stands for own sources; -1: there are none. */
  private readonly sourcesInput: number;
  private readonly triggers: CheckpointBarrier[] = [];
  /** Own sources have something to pass on before their barrier. */
  holdsTriggers = false;
  /** The gate that is asked first. */
  private turn = 0;
  private blockedCount = 0;
  private nextCheckMs = Infinity;

  /** `hasSources`: the coordinator triggers this subtask itself. */
  constructor(gates: readonly InputGate[], hasSources: boolean) {
    let first = 0;
    this.gates = gates.map((gate) => {
      const input = { gate, first };
      first += gate.channels.length;
      return input;
    });
    this.channels = gates.flatMap((gate) => gate.channels);
    this.sourcesInput = hasSources ? first : -1;
    this.handler = new BarrierHandler(hasSources ? first + 1 : first);
  }

  /** `step` would take something. */
  get isRunnable(): boolean {
    if (this.hasTrigger) return true;
    for (const { gate } of this.gates) {
      if (gate.mayStep && (this.blockedCount === 0 || gate.next() >= 0)) return true;
    }
    return false;
  }

  /** Own sources have to wait, since their barrier is behind them and not behind the others. */
  get areSourcesBlocked(): boolean {
    return this.sourcesInput >= 0 && this.handler.isBlocked(this.sourcesInput);
  }

  /** All rows have come; barriers may still follow. */
  get hasEnded(): boolean {
    return this.gates.every(({ gate }) => gate.hasEnded);
  }

  /** The coordinator's order to the sources of this subtask: `step` takes it. */
  trigger(barrier: CheckpointBarrier): void {
    this.triggers.push(barrier);
  }

  /** Takes one element, with nothing pending in the subtask; null: there is none to take. */
  step(nowMs: number): readonly BarrierAction[] | null {
    if (this.hasTrigger) {
      const barrier = this.triggers.shift()!;
      return this.received(this.sourcesInput, barrier, { isUnaligned: false, nowMs });
    }
    const { gates } = this;
    for (let tried = 0; tried < gates.length; tried++) {
      const position = (this.turn + tried) % gates.length;
      const { gate, first } = gates[position]!;
      const channel = gate.next();
      if (channel < 0) continue;
      this.turn = (position + 1) % gates.length;
      const element = gate.take(channel);
      if (element === null) return NOTHING;
      const { barrier, isUnaligned, sequence } = element;
      if (this.handler.isOver(barrier)) return NOTHING;
      const source = gate.channels[channel]!;
      // What a channel was asked to wait for is recorded already.
      const isRecorded = !isUnaligned || source.isRecording(barrier.checkpointId);
      if (!isRecorded) source.record(barrier.checkpointId, sequence);
      return this.received(first + channel, barrier, { isUnaligned, nowMs });
    }
    return null;
  }

  /** As `step`, but takes only what leads to no rows: triggers, and barriers that overtake. */
  stepBarriers(nowMs: number): readonly BarrierAction[] | null {
    if (!this.hasBarriers) return null;
    // Without a gate of that kind it is a trigger, which `step` takes first.
    this.turn = Math.max(
      0,
      this.gates.findIndex(({ gate }) => gate.hasPriority),
    );
    return this.step(nowMs);
  }

  /** `stepBarriers` would take something. */
  get hasBarriers(): boolean {
    if (this.hasTrigger) return true;
    return this.gates.some(({ gate }) => gate.hasPriority);
  }

  /** Wall clock at which `timePassed` wants to be called; Infinity: not at all. */
  get nextTimeoutMs(): number {
    let next = this.nextCheckMs;
    for (const { gate } of this.gates) next = Math.min(next, gate.barrierDeadlineMs);
    return next;
  }

  /** Turns what has waited too long for its alignment unaligned. */
  timePassed(nowMs: number): readonly BarrierAction[] {
    if (nowMs < this.nextTimeoutMs) return NOTHING;
    const actions: BarrierAction[] = [];
    for (const { gate } of this.gates) gate.barrierDeadlineMs = Infinity;
    this.nextCheckMs = Infinity;
    const queued = this.channels.flatMap(({ waitingBarriers }) => waitingBarriers);
    for (const barrier of [...this.handler.waiting, ...queued]) {
      const deadlineMs = alignmentDeadlineMs(barrier);
      if (deadlineMs > nowMs) this.nextCheckMs = Math.min(this.nextCheckMs, deadlineMs);
      else actions.push(...this.carryOut(this.handler.expired(barrier, nowMs), nowMs));
    }
    return actions;
  }

  /** The coordinator has given the checkpoint up. */
  abort(checkpointId: number): void {
    this.handler.abort(checkpointId);
    this.forget(checkpointId);
  }

  /** The rows in flight that were recorded for an unaligned checkpoint; asked for once. */
  takeInFlight(checkpointId: number): readonly InFlightParts[] {
    return this.gates.map(({ gate }) => ({
      node: gate.node,
      parts: gate.channels.flatMap((channel) => {
        const batches = channel.takeRecorded(checkpointId);
        return batches.length === 0 ? [] : [gate.inFlightPart(channel, batches)];
      }),
    }));
  }

  private get hasTrigger(): boolean {
    return this.triggers.length > 0 && !this.holdsTriggers && !this.areSourcesBlocked;
  }

  private received(
    input: number,
    barrier: CheckpointBarrier,
    how: { readonly isUnaligned: boolean; readonly nowMs: number },
  ): readonly BarrierAction[] {
    const actions = this.handler.received(input, barrier, how);
    this.nextCheckMs = Math.min(this.nextCheckMs, alignmentDeadlineMs(barrier));
    return this.carryOut(actions, how.nowMs);
  }

  /** What the decisions mean for the channels; returns all that is to be done. */
  private carryOut(decided: readonly BarrierAction[], nowMs: number): readonly BarrierAction[] {
    const actions: BarrierAction[] = [];
    for (const action of decided) {
      actions.push(action);
      if (action.kind === 'aborted') this.forget(action.checkpointId);
      if (action.kind !== 'snapshot' || !action.isUnaligned) continue;
      actions.push(...this.recordOthers(action.barrier, nowMs));
    }
    this.updateBlocked();
    return actions;
  }

  /** Records the channels that have not delivered the barrier yet. */
  private recordOthers(barrier: CheckpointBarrier, nowMs: number): readonly BarrierAction[] {
    const { checkpointId } = barrier;
    const actions: BarrierAction[] = [];
    for (const [input, channel] of this.channels.entries()) {
      if (!this.handler.isAwaited(input, checkpointId)) continue;
      if (!channel.startRecording(checkpointId)) continue;
      actions.push(...this.handler.received(input, barrier, { isUnaligned: true, nowMs }));
    }
    return actions;
  }

  private forget(checkpointId: number): void {
    for (const channel of this.channels) channel.takeRecorded(checkpointId);
    this.updateBlocked();
  }

  private updateBlocked(): void {
    this.blockedCount = 0;
    for (const [input, channel] of this.channels.entries()) {
      channel.isBlocked = this.handler.isBlocked(input);
      if (channel.isBlocked) this.blockedCount++;
    }
  }
}
