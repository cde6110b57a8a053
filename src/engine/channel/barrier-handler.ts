/**
 * Decides what a subtask does when barriers come on its inputs: which inputs wait, when the snapshot
 * is taken, when a checkpoint is given up. Knows inputs by number and no rows.
 *
 * Exactly-once: one checkpoint at a time; a newer barrier ends an older one, which can then not come
 * to its end any more. As Flink, unaligned checkpoints therefore need a concurrency of 1.
 * At-least-once: nothing waits, several are counted side by side.
 * Invariant: for each checkpoint, at most one snapshot; no action after its last barrier or its end.
 */
import { assert } from '../../errors/assert.ts';
import type { BarrierAction, CheckpointBarrier } from './contract.ts';

/** At-least-once checkpoints counted side by side. Source: Flink, MAX_CHECKPOINTS_TO_TRACK. */
const TRACKED_MAX = 50;
/** Given up checkpoints whose barriers may still come. Source: Flink, DEFAULT_MAX_RECORD_ABORTED_CHECKPOINTS. */
const ABORTED_KEPT_MAX = 128;

/** A checkpoint of which a barrier has come, or is known to wait in a channel. */
interface Alignment {
  readonly barrier: CheckpointBarrier;
  /** 1 for each input that has delivered the barrier. */
  readonly received: Uint8Array;
  receivedCount: number;
  readonly startedAtMs: number;
  /** It was taken before all inputs had delivered the barrier, and rows in flight are recorded. */
  hasSnapshot: boolean;
}

/** Wall clock at which an aligned checkpoint turns unaligned; Infinity: never. */
export function alignmentDeadlineMs(barrier: CheckpointBarrier): number {
  return barrier.triggeredAtMs + barrier.alignedTimeoutMs;
}

export class BarrierHandler {
  private readonly inputCount: number;
  private readonly pending = new Map<number, Alignment>();
  private readonly aborted = new Set<number>();
  /** The latest exactly-once checkpoint that has begun; older ones are over. */
  private latestId = -1;

  constructor(inputCount: number) {
    this.inputCount = inputCount;
  }

  /** The input has delivered the barrier; `isUnaligned`: it has overtaken rows. */
  received(
    input: number,
    barrier: CheckpointBarrier,
    { isUnaligned, nowMs }: { readonly isUnaligned: boolean; readonly nowMs: number },
  ): readonly BarrierAction[] {
    const actions: BarrierAction[] = [];
    const alignment = this.alignmentOf(barrier, nowMs, actions);
    if (alignment === null) return actions;
    assert(alignment.received[input] === 0, 'an input delivers a barrier once');
    alignment.received[input] = 1;
    alignment.receivedCount++;
    const isOverdue = isUnaligned || nowMs >= alignmentDeadlineMs(barrier);
    const isComplete = alignment.receivedCount === this.inputCount;
    if (!alignment.hasSnapshot && (isComplete || (isOverdue && barrier.isExactlyOnce))) {
      actions.push(snapshotOf(alignment, isOverdue && barrier.isExactlyOnce, nowMs));
      alignment.hasSnapshot = isOverdue && barrier.isExactlyOnce;
    }
    if (isComplete) this.complete(alignment, nowMs, actions);
    return actions;
  }

  /** A barrier that waits in a channel, or whose others do, is overdue: do not wait any longer. */
  expired(barrier: CheckpointBarrier, nowMs: number): readonly BarrierAction[] {
    const actions: BarrierAction[] = [];
    const alignment = this.alignmentOf(barrier, nowMs, actions);
    if (alignment === null || alignment.hasSnapshot || !barrier.isExactlyOnce) return actions;
    actions.push(snapshotOf(alignment, true, nowMs));
    alignment.hasSnapshot = true;
    return actions;
  }

  /** The coordinator has given the checkpoint up. */
  abort(checkpointId: number): void {
    this.pending.delete(checkpointId);
    this.aborted.add(checkpointId);
    for (const oldest of this.aborted) {
      if (this.aborted.size <= ABORTED_KEPT_MAX) break;
      this.aborted.delete(oldest);
    }
  }

  /** Nothing may be taken from the input until others have delivered their barrier. */
  isBlocked(input: number): boolean {
    for (const { barrier, hasSnapshot, received } of this.pending.values()) {
      if (barrier.isExactlyOnce && !hasSnapshot && received[input] === 1) return true;
    }
    return false;
  }

  /** The checkpoint waits for the barrier of this input. */
  isAwaited(input: number, checkpointId: number): boolean {
    return this.pending.get(checkpointId)?.received[input] === 0;
  }

  /** The checkpoint has come to its end or was given up: its barriers are dropped. */
  isOver({ checkpointId, isExactlyOnce }: CheckpointBarrier): boolean {
    if (this.pending.has(checkpointId)) return false;
    return this.aborted.has(checkpointId) || (isExactlyOnce && checkpointId <= this.latestId);
  }

  /** Barriers of checkpoints that wait for other inputs and may become overdue. */
  get waiting(): readonly CheckpointBarrier[] {
    return [...this.pending.values()].flatMap(({ barrier, hasSnapshot }) =>
      hasSnapshot || !barrier.isExactlyOnce ? [] : [barrier],
    );
  }

  /** Null: the checkpoint is over, and its barrier is dropped. */
  private alignmentOf(
    barrier: CheckpointBarrier,
    nowMs: number,
    actions: BarrierAction[],
  ): Alignment | null {
    const { checkpointId, isExactlyOnce } = barrier;
    const known = this.pending.get(checkpointId);
    if (known !== undefined) return known;
    if (this.isOver(barrier)) return null;
    this.giveUpOlder(barrier, actions);
    if (isExactlyOnce) this.latestId = checkpointId;
    const alignment: Alignment = {
      barrier,
      received: new Uint8Array(this.inputCount),
      receivedCount: 0,
      startedAtMs: nowMs,
      hasSnapshot: false,
    };
    this.pending.set(checkpointId, alignment);
    return alignment;
  }

  private giveUpOlder(newer: CheckpointBarrier, actions: BarrierAction[]): void {
    for (const [checkpointId, { barrier }] of this.pending) {
      const isReplaced = newer.isExactlyOnce && barrier.isExactlyOnce;
      if (!isReplaced && this.pending.size < TRACKED_MAX) continue;
      this.abort(checkpointId);
      actions.push({ kind: 'aborted', checkpointId, because: 'newer-barrier' });
    }
  }

  private complete(alignment: Alignment, nowMs: number, actions: BarrierAction[]): void {
    const { checkpointId } = alignment.barrier;
    this.pending.delete(checkpointId);
    if (!alignment.hasSnapshot) return;
    const alignmentMs = nowMs - alignment.startedAtMs;
    actions.push({ kind: 'in-flight-complete', checkpointId, alignmentMs });
  }
}

function snapshotOf(
  { barrier, startedAtMs }: Alignment,
  isUnaligned: boolean,
  nowMs: number,
): BarrierAction {
  return {
    kind: 'snapshot',
    barrier,
    isUnaligned,
    startDelayMs: Math.max(0, startedAtMs - barrier.triggeredAtMs),
    alignmentMs: nowMs - startedAtMs,
  };
}
