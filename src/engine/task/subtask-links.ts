/**
 * What joins a subtask to others: the gates that it reads, the writers of its outputs, and what
 * barriers mean for both. A subtask that has neither is a whole job.
 */
import type { Batch } from '../batch/batch.ts';
import type { BarrierAction, CheckpointBarrier } from '../channel/contract.ts';
import type { InputGate } from '../channel/input-gate.ts';
import type { RecordWriter } from '../channel/record-writer.ts';
import { SubtaskInputs } from '../channel/subtask-inputs.ts';
import type { SnapshotParts } from '../state/snapshot-parts.ts';
import type { StatePart } from '../state/state-part.ts';
import type { Edge, StreamTarget } from './edge.ts';

/** Of the operator that a gate feeds. */
export interface InFlightPart {
  readonly uid: string;
  readonly part: StatePart;
}

/** Rows that were in flight to an operator that is chained to their producer now. */
export interface RestoredFeed {
  readonly edge: Edge;
  readonly batches: readonly Batch[];
}

/** In-flight rows that are still being recorded. */
interface Recording {
  readonly resolve: (parts: readonly InFlightPart[]) => void;
}

export class SubtaskLinks {
  readonly inputs: SubtaskInputs;
  private readonly gates: readonly InputGate[];
  private readonly writers: readonly RecordWriter[];
  private readonly feeds: { readonly edge: Edge; readonly batch: Batch }[];
  private readonly recordings = new Map<number, Recording>();
  private areFeedsHeld = false;

  constructor(
    gates: readonly InputGate[],
    writers: readonly RecordWriter[],
    own: { readonly hasSources: boolean; readonly feeds: readonly RestoredFeed[] },
  ) {
    this.inputs = new SubtaskInputs(gates, own.hasSources);
    this.gates = gates;
    this.writers = writers;
    this.feeds = own.feeds.flatMap(({ edge, batches }) =>
      batches.map((batch) => ({ edge, batch })),
    );
  }

  /** Calls when an element comes, and when all channels of a writer have credits again. */
  whenReady(call: () => void): void {
    for (const gate of this.gates) gate.whenElement(call);
    for (const writer of this.writers) writer.whenCredit(call);
  }

  /** Something is to be taken, whether there is room for what comes of it or not. */
  get isRunnable(): boolean {
    return this.hasFeeds || this.inputs.isRunnable;
  }

  /** Every channel that is written takes more. */
  get hasRoom(): boolean {
    for (const writer of this.writers) if (!writer.hasCredit) return false;
    return true;
  }

  /** A call that is under way cannot go on. */
  get isFull(): boolean {
    for (const writer of this.writers) if (writer.isFull) return true;
    return false;
  }

  /** No element waits in a gate, and no row in an open batch. */
  get isEmpty(): boolean {
    if (this.hasFeeds) return false;
    for (const gate of this.gates) if (gate.mayStep) return false;
    for (const writer of this.writers) if (writer.hasOpenRows) return false;
    return true;
  }

  /** Rows that were restored come first; true: there were some. */
  feed(): boolean {
    const next = this.areFeedsHeld ? undefined : this.feeds.shift();
    if (next === undefined) return false;
    next.edge.emit(next.batch);
    return true;
  }

  /** Restored rows wait: lookup tables are read first, as one may be new. */
  holdRestored(isHeld: boolean): void {
    this.areFeedsHeld = isHeld;
    for (const gate of this.gates) gate.holdRestored(isHeld);
  }

  /** What waits in open batches goes out. */
  flush(): void {
    for (const writer of this.writers) if (writer.hasOpenRows) writer.flush();
  }

  /** No rows follow. */
  end(): void {
    for (const writer of this.writers) writer.end();
  }

  sendBarrier(barrier: CheckpointBarrier, isUnaligned: boolean): void {
    for (const writer of this.writers) writer.sendBarrier(barrier, isUnaligned);
  }

  /** Adds what gates have seen to the state of the operators that they feed. */
  snapshotState(partsOf: (uid: string) => SnapshotParts): void {
    for (const gate of this.gates) gate.snapshotState(partsOf(gate.node));
  }

  /** The rows in flight that belong to a snapshot; resolves when all barriers have come. */
  inFlight({ barrier, isUnaligned }: BarrierAction & { readonly kind: 'snapshot' }): {
    readonly parts: Promise<readonly InFlightPart[]>;
  } {
    if (!isUnaligned) return { parts: Promise.resolve([]) };
    const parts = new Promise<readonly InFlightPart[]>((resolve) => {
      this.recordings.set(barrier.checkpointId, { resolve });
    });
    return { parts };
  }

  completeInFlight(checkpointId: number): void {
    const parts = this.inputs
      .takeInFlight(checkpointId)
      .flatMap(({ node, parts: ofNode }) => ofNode.map((part) => ({ uid: node, part })));
    this.endRecording(checkpointId, parts);
  }

  abort(checkpointId: number): void {
    this.inputs.abort(checkpointId);
    // Nobody wants it any more.
    this.endRecording(checkpointId, []);
  }

  /** The attempt is over: nobody waits for rows in flight any more. */
  close(): void {
    for (const checkpointId of this.recordings.keys()) this.endRecording(checkpointId, []);
  }

  private get hasFeeds(): boolean {
    return !this.areFeedsHeld && this.feeds.length > 0;
  }

  private endRecording(checkpointId: number, parts: readonly InFlightPart[]): void {
    this.recordings.get(checkpointId)?.resolve(parts);
    this.recordings.delete(checkpointId);
  }
}

/**
 * A writer as the consumer of a stream. Nothing is ever pending in it; its end is that of the
 * subtask.
 */
export class WriterTarget implements StreamTarget {
  readonly hasPending = false;
  private readonly writer: RecordWriter;

  constructor(writer: RecordWriter) {
    this.writer = writer;
  }

  get isFull(): boolean {
    return this.writer.isFull;
  }

  emit(batch: Batch): void {
    this.writer.emit(batch);
  }

  emitWatermark(watermarkMs: number): void {
    this.writer.emitWatermark(watermarkMs);
  }

  emitIdleness(isIdle: boolean): void {
    this.writer.emitIdleness(isIdle);
  }

  end(): void {
    // The subtask may have more inputs, and rows that wait for answers.
  }

  drain(): boolean {
    return true;
  }
}
