/**
 * The way from one operator's output to the next operator's input, in the same thread: a call. A
 * consumer that is not finished leaves its call pending here; the edge is then full, and the job
 * repeats the call (`drain`) before anything new is sent.
 *
 * An edge is full, too, while something is pending behind its consumer: what the consumer has passed
 * on may share the columns of the batch that it was given, so that batch is still in use.
 * Invariant: at most one batch is pending, and it is the first pending call.
 */
import { assert } from '../../errors/assert.ts';
import { WATERMARK_MIN, type Batch } from '../batch/batch.ts';
import type { Operator, Output, Outputs } from '../operator/contract.ts';
import type { NodeCounters } from '../operator/node-counters.ts';
import type { RestoredState, SnapshotWriter } from '../state/operator-snapshot.ts';
import { SaidTime } from './said-time.ts';

type Call =
  | { readonly kind: 'batch'; readonly batch: Batch }
  | { readonly kind: 'watermark'; readonly watermarkMs: number }
  | { readonly kind: 'idleness'; readonly isIdle: boolean }
  | { readonly kind: 'end' };

export class Edge implements Output {
  private readonly target: Operator;
  private readonly input: number;
  /**
   * Where the target sends its rows, and that its input is idle unless it decides for itself; null:
   * it keeps them.
   */
  private readonly behind: NodeOutputs | null;
  private readonly pending: Call[] = [];

  constructor(target: Operator, input: number, behind: NodeOutputs | null = null) {
    this.target = target;
    this.input = input;
    this.behind = behind;
  }

  get isFull(): boolean {
    return this.pending.length > 0 || (this.behind !== null && this.behind.isFull);
  }

  get hasPending(): boolean {
    return this.pending.length > 0 || (this.behind !== null && this.behind.hasPending);
  }

  emit(batch: Batch): void {
    assert(this.pending.length === 0, 'a full output takes no batch');
    if (!this.target.processBatch(batch, this.input)) this.pending.push({ kind: 'batch', batch });
  }

  emitWatermark(watermarkMs: number): void {
    this.call({ kind: 'watermark', watermarkMs });
  }

  emitIdleness(isIdle: boolean): void {
    this.call({ kind: 'idleness', isIdle });
  }

  /** No rows follow. */
  end(): void {
    this.call({ kind: 'end' });
  }

  /** Repeats what is pending; true when nothing is left. */
  drain(): boolean {
    while (this.pending.length > 0) {
      if (!this.isDone(this.pending[0]!)) return false;
      this.pending.shift();
    }
    return true;
  }

  private call(call: Call): void {
    if (this.pending.length > 0 || !this.isDone(call)) this.pending.push(call);
  }

  private isDone(call: Call): boolean {
    switch (call.kind) {
      case 'batch':
        return this.target.processBatch(call.batch, this.input);
      case 'watermark':
        return this.target.processWatermark(call.watermarkMs, this.input);
      case 'idleness':
        return this.processIdleness(call.isIdle);
      case 'end':
        return this.target.endInput(this.input);
    }
  }

  private processIdleness(isIdle: boolean): boolean {
    const { target, behind } = this;
    if (target.processIdleness !== undefined) return target.processIdleness(isIdle, this.input);
    behind?.main.emitIdleness(isIdle);
    return true;
  }
}

/** A consumer of a stream: an operator of the same subtask, or the way to another one. */
export interface StreamTarget extends Output {
  /** No rows follow. */
  end(): void;
  /** Repeats what is pending; true when nothing is left. */
  drain(): boolean;
  /** A call to it, or behind it in the same subtask, is not done; it may be full without. */
  readonly hasPending: boolean;
}

/** One stream of a node with all its consumers; counts what passes. */
export class FanOut implements Output {
  readonly edges: StreamTarget[] = [];
  /** What consumers have been told last. */
  readonly said = new SaidTime();
  private readonly counters: NodeCounters | null;

  /** `counters`: where emitted rows count as recordsOut; null: nowhere (side streams). */
  constructor(counters: NodeCounters | null) {
    this.counters = counters;
  }

  get isFull(): boolean {
    for (const edge of this.edges) if (edge.isFull) return true;
    return false;
  }

  get hasPending(): boolean {
    for (const edge of this.edges) if (edge.hasPending) return true;
    return false;
  }

  emit(batch: Batch): void {
    if (this.counters !== null) this.counters.recordsOut += batch.rowCount;
    for (const edge of this.edges) edge.emit(batch);
  }

  emitWatermark(watermarkMs: number): void {
    this.said.watermarkMs = watermarkMs;
    for (const edge of this.edges) edge.emitWatermark(watermarkMs);
  }

  emitIdleness(isIdle: boolean): void {
    this.said.isIdle = isIdle;
    for (const edge of this.edges) edge.emitIdleness(isIdle);
  }

  /** Tells the consumers what they had been told before a restore; false: nothing. */
  sayAgain(): boolean {
    const { watermarkMs, isIdle } = this.said;
    if (!this.said.isAnything) return false;
    if (watermarkMs > WATERMARK_MIN) this.emitWatermark(watermarkMs);
    if (isIdle) this.emitIdleness(true);
    return true;
  }

  end(): void {
    for (const edge of this.edges) edge.end();
  }

  drain(): boolean {
    let isEmpty = true;
    for (const edge of this.edges) if (!edge.drain()) isEmpty = false;
    return isEmpty;
  }
}

/** All streams of one node. */
export class NodeOutputs implements Outputs {
  readonly main: FanOut;
  private readonly sides = new Map<string, FanOut>();

  constructor(counters: NodeCounters) {
    this.main = new FanOut(counters);
  }

  side(name: string): FanOut | null {
    return this.sides.get(name) ?? null;
  }

  /** The stream of this name, made when it is first asked for by a consumer. */
  stream(name: string): FanOut {
    if (name === 'main') return this.main;
    let side = this.sides.get(name);
    if (side === undefined) this.sides.set(name, (side = new FanOut(null)));
    return side;
  }

  /** One of the streams takes no batch for now. */
  get isFull(): boolean {
    if (this.main.isFull) return true;
    for (const side of this.sides.values()) if (side.isFull) return true;
    return false;
  }

  /** A call is pending on one of the streams, or behind their consumers. */
  get hasPending(): boolean {
    if (this.main.hasPending) return true;
    for (const side of this.sides.values()) if (side.hasPending) return true;
    return false;
  }

  /** What consumers have been told, among the state of the node. */
  snapshotState(snapshot: SnapshotWriter): void {
    for (const [name, { said }] of this.named()) said.snapshotState(snapshot, name);
  }

  restoreState(restored: RestoredState): void {
    for (const [name, { said }] of this.named()) said.restoreState(restored, name);
  }

  /** See FanOut.sayAgain. */
  sayAgain(): boolean {
    let hasSaid = false;
    for (const [, stream] of this.named()) if (stream.sayAgain()) hasSaid = true;
    return hasSaid;
  }

  private named(): readonly (readonly [string, FanOut])[] {
    return [['main', this.main], ...this.sides];
  }

  drain(): boolean {
    let isEmpty = this.main.drain();
    for (const side of this.sides.values()) if (!side.drain()) isEmpty = false;
    return isEmpty;
  }

  end(): void {
    this.main.end();
    for (const side of this.sides.values()) side.end();
  }
}
