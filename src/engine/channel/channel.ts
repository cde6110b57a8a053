/**
 * The queue from one subtask to one subtask. The producer puts elements behind, the consumer takes
 * them in front; an unaligned barrier is put in front.
 *
 * Credits are counted in batches: with `credits` of them queued the producer starts no further
 * call, with `overdraft` more its output is full. One call of `emit` is always taken whole. Restored
 * batches take none: they wait for lookup tables, which the producer may have to read.
 * In-flight rows of an unaligned checkpoint are encoded here as soon as it is known that they
 * belong to it: the rows that are queued, and those that still come before its barrier.
 * Invariant: a checkpoint's recording holds exactly the rows that were sent before its barrier and
 * not taken before the consumer's snapshot.
 */
import { assert } from '../../errors/assert.ts';
import { alignmentDeadlineMs } from './barrier-handler.ts';
import { encodeBatch } from './batch-codec.ts';
import type { CheckpointBarrier } from './contract.ts';
import type { TransferBatch } from './transfer-batch.ts';

/** Batches that may be queued before a producer has to wait. Source: as few as keep both busy. */
export const CHANNEL_CREDITS = 2;
/** Batches that a call that has begun may queue beyond that. Source: as CHANNEL_CREDITS, Flink has 5 in all. */
export const CHANNEL_OVERDRAFT = 4;

export interface QueuedBarrier {
  readonly kind: 'barrier';
  readonly barrier: CheckpointBarrier;
  /** It was put in front of what was queued. */
  readonly isUnaligned: boolean;
  /** Elements with a lower number were sent before it. */
  readonly sequence: number;
}

export type QueuedElement =
  | {
      readonly kind: 'batch';
      readonly transfer: TransferBatch;
      readonly isRestored: boolean;
      readonly sequence: number;
    }
  | { readonly kind: 'watermark'; watermarkMs: number }
  | { readonly kind: 'idleness'; readonly isIdle: boolean }
  | { readonly kind: 'end' }
  | QueuedBarrier;

function nothing(): void {
  // Nobody has to be told.
}

/** What the channels of one producer's writer count together. */
export class WriterCredits {
  /** Channels without a credit. */
  withoutCredit = 0;
  /** Channels whose overdraft is used up. */
  full = 0;
  /** Called when no channel is without credit any more. */
  whenCredit: () => void = nothing;
}

/** What the channels of one gate count together. */
export class GateQueue {
  /** Elements in all channels. */
  elementCount = 0;
  /** Unaligned barriers in front of channels. */
  priorityCount = 0;
  /** Restored batches that were not taken yet. */
  restoredCount = 0;
  /** Wall clock at which the first barrier behind rows is overdue; Infinity: none will be. */
  barrierDeadlineMs = Infinity;
  /** Called when an element has come. */
  whenElement: () => void = nothing;
}

interface Recording {
  readonly checkpointId: number;
  readonly batches: Uint8Array[];
  /** The barrier has not come yet: what is sent belongs to it. */
  isOpen: boolean;
}

export class Channel {
  readonly fromSubtask: number;
  /** The consumer takes nothing from it until its other inputs have delivered a barrier. */
  isBlocked = false;
  private readonly credits: WriterCredits;
  private readonly gate: GateQueue;
  private readonly elements: QueuedElement[] = [];
  private batchCount = 0;
  private nextSequence = 0;
  private recording: Recording | null = null;

  constructor(fromSubtask: number, credits: WriterCredits, gate: GateQueue) {
    this.fromSubtask = fromSubtask;
    this.credits = credits;
    this.gate = gate;
  }

  /** The element that is taken next. */
  get front(): QueuedElement | null {
    return this.elements[0] ?? null;
  }

  /** Barriers that are queued. */
  get waitingBarriers(): readonly CheckpointBarrier[] {
    return this.elements.flatMap((element) =>
      element.kind === 'barrier' ? [element.barrier] : [],
    );
  }

  pushBatch(transfer: TransferBatch, isRestored = false): void {
    const { credits } = this;
    const sequence = this.nextSequence++;
    this.push({ kind: 'batch', transfer, isRestored, sequence });
    if (isRestored) {
      this.gate.restoredCount++;
      return;
    }
    if (this.recording?.isOpen === true) this.recording.batches.push(encodeBatch(transfer.batch));
    const count = ++this.batchCount;
    if (count === CHANNEL_CREDITS) credits.withoutCredit++;
    if (count === CHANNEL_CREDITS + CHANNEL_OVERDRAFT) credits.full++;
  }

  pushWatermark(watermarkMs: number): void {
    const last = this.elements.at(-1);
    if (last?.kind === 'watermark') last.watermarkMs = watermarkMs;
    else this.push({ kind: 'watermark', watermarkMs });
  }

  pushIdleness(isIdle: boolean): void {
    const last = this.elements.at(-1);
    // What was taken back before anybody has seen it was never said.
    if (last?.kind === 'idleness' && last.isIdle !== isIdle) {
      this.elements.pop();
      this.gate.elementCount--;
    } else {
      this.push({ kind: 'idleness', isIdle });
    }
  }

  pushEnd(): void {
    this.push({ kind: 'end' });
  }

  /** Behind what is queued; in front of it when it is unaligned, or when the consumer waits for it. */
  pushBarrier(barrier: CheckpointBarrier, isUnaligned: boolean): void {
    const sequence = this.nextSequence++;
    const { recording } = this;
    const isAwaited = recording?.checkpointId === barrier.checkpointId && recording.isOpen;
    if (isAwaited) recording.isOpen = false;
    const element: QueuedBarrier = {
      kind: 'barrier',
      barrier,
      isUnaligned: isUnaligned || isAwaited,
      sequence,
    };
    if (!element.isUnaligned) {
      this.push(element);
      const deadlineMs = alignmentDeadlineMs(barrier);
      this.gate.barrierDeadlineMs = Math.min(this.gate.barrierDeadlineMs, deadlineMs);
      return;
    }
    let position = 0;
    while (isInFront(this.elements[position])) position++;
    this.elements.splice(position, 0, element);
    this.gate.elementCount++;
    this.gate.priorityCount++;
    this.gate.whenElement();
  }

  /** Takes the element in front, which is there. */
  take(): QueuedElement {
    const element = this.elements.shift();
    assert(element !== undefined, 'an element is taken from a channel that has one');
    this.forget(element);
    return element;
  }

  /**
   * The consumer takes its snapshot for this unaligned checkpoint before the channel has delivered
   * the barrier: what is sent before it is recorded. True: the barrier is here already, and gone.
   */
  startRecording(checkpointId: number): boolean {
    const position = this.elements.findIndex(
      (element) => element.kind === 'barrier' && element.barrier.checkpointId === checkpointId,
    );
    const found = this.elements[position];
    this.record(checkpointId, found?.kind === 'barrier' ? found.sequence : this.nextSequence);
    if (found === undefined) {
      this.recording!.isOpen = true;
      return false;
    }
    this.elements.splice(position, 1);
    this.forget(found);
    return true;
  }

  /** Records the queued rows that were sent before `sequence`: a barrier has overtaken them. */
  record(checkpointId: number, sequence: number): void {
    const batches = this.elements.flatMap((element) =>
      element.kind === 'batch' && element.sequence < sequence
        ? [encodeBatch(element.transfer.batch)]
        : [],
    );
    this.recording = { checkpointId, batches, isOpen: false };
  }

  isRecording(checkpointId: number): boolean {
    return this.recording?.checkpointId === checkpointId;
  }

  /** What was recorded for the checkpoint, encoded batch by batch; ends the recording. */
  takeRecorded(checkpointId: number): readonly Uint8Array[] {
    const { recording } = this;
    if (recording?.checkpointId !== checkpointId) return [];
    this.recording = null;
    return recording.batches;
  }

  private push(element: QueuedElement): void {
    this.elements.push(element);
    this.gate.elementCount++;
    this.gate.whenElement();
  }

  private forget(element: QueuedElement): void {
    const { gate, credits } = this;
    gate.elementCount--;
    if (element.kind === 'barrier' && element.isUnaligned) gate.priorityCount--;
    if (element.kind !== 'batch') return;
    if (element.isRestored) {
      gate.restoredCount--;
      return;
    }
    const count = this.batchCount--;
    if (count === CHANNEL_CREDITS && --credits.withoutCredit === 0) credits.whenCredit();
    if (count === CHANNEL_CREDITS + CHANNEL_OVERDRAFT) credits.full--;
  }
}

function isInFront(element: QueuedElement | undefined): boolean {
  return element?.kind === 'barrier' && element.isUnaligned;
}
