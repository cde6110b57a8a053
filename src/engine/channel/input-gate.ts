/**
 * One input of an operator that comes from other subtasks: takes elements of its channels in turn
 * and feeds them to the operator. Its watermark is the lowest of its channels', its idleness that
 * of all, its end the last one's.
 * Invariant: restored rows are taken before anything else of any channel, as rows of one key may
 * come through another channel from now on.
 */
import { WATERMARK_MIN, type Batch } from '../batch/batch.ts';
import { BATCH_ROWS } from '../batch/column.ts';
import { corruptState } from '../state/corrupt-state.ts';
import type { RestoredState, SnapshotWriter } from '../state/operator-snapshot.ts';
import type { StatePart } from '../state/state-part.ts';
import { WatermarkValve } from '../time/watermark-valve.ts';
import type { Channel, GateQueue, QueuedBarrier, QueuedElement } from './channel.ts';
import type { StreamConsumer } from './contract.ts';
import { encodeInFlight } from './in-flight.ts';
import { inputTimeName } from './time-state.ts';
import type { BatchPool, TransferBatch } from './transfer-batch.ts';

/** Version of what a gate writes. */
const FORMAT_VERSION = 1;

export interface InputGateOptions {
  /** In the order of the producing subtasks. */
  readonly channels: readonly Channel[];
  readonly queue: GateQueue;
  readonly pool: BatchPool;
  /** The edge to the operator. */
  readonly target: StreamConsumer;
  /** The operator that it feeds, and as which of its inputs. */
  readonly node: string;
  readonly input: number;
}

export class InputGate {
  readonly channels: readonly Channel[];
  readonly node: string;
  readonly input: number;
  private readonly queue: GateQueue;
  private readonly pool: BatchPool;
  private readonly target: StreamConsumer;
  private readonly valve: WatermarkValve;
  /** The combined watermark before each row; null until rows come. */
  private watermarks: Float64Array | null = null;
  /** The rows that the operator was given last, which it may still use. */
  private inUse: TransferBatch | null = null;
  /** The channel that is asked first. */
  private turn = 0;
  private endedCount = 0;
  private isHeld = false;

  constructor(options: InputGateOptions) {
    this.channels = options.channels;
    this.queue = options.queue;
    this.pool = options.pool;
    this.target = options.target;
    this.node = options.node;
    this.input = options.input;
    this.valve = new WatermarkValve(options.channels.length);
  }

  /** Calls each time an element has come into one of its channels. */
  whenElement(call: () => void): void {
    this.queue.whenElement = call;
  }

  /** It may have something to take; with blocked channels it may turn out that it has not. */
  get mayStep(): boolean {
    return this.queue.elementCount > 0 && !this.isHeld;
  }

  /** With restored rows it gives nothing until it is told again. */
  holdRestored(isHeld: boolean): void {
    this.isHeld = isHeld && this.queue.restoredCount > 0;
  }

  /** An unaligned barrier is in front of one of its channels. */
  get hasPriority(): boolean {
    return this.queue.priorityCount > 0;
  }

  /** All rows have come. */
  get hasEnded(): boolean {
    return this.endedCount === this.channels.length;
  }

  /** Wall clock at which the first barrier that waits in a channel is overdue, or was before. */
  get barrierDeadlineMs(): number {
    return this.queue.barrierDeadlineMs;
  }

  set barrierDeadlineMs(deadlineMs: number) {
    this.queue.barrierDeadlineMs = deadlineMs;
  }

  /**
   * The position of the channel whose front is to be taken next; -1: none. Only an unaligned
   * barrier is taken from a channel that is blocked, and while restored rows wait elsewhere.
   */
  next(): number {
    const { channels, queue } = this;
    if (!this.mayStep) return -1;
    if (queue.priorityCount > 0) {
      const position = channels.findIndex(({ front }) => isPriority(front));
      if (position >= 0) return position;
    }
    const onlyRestored = queue.restoredCount > 0;
    for (let tried = 0; tried < channels.length; tried++) {
      const position = (this.turn + tried) % channels.length;
      const channel = channels[position]!;
      const { front } = channel;
      if (front === null || channel.isBlocked) continue;
      if (onlyRestored && !(front.kind === 'batch' && front.isRestored)) continue;
      return position;
    }
    return -1;
  }

  /**
   * Takes the front of a channel and feeds it to the operator, which has nothing pending. A
   * barrier is given back instead.
   */
  take(position: number): QueuedBarrier | null {
    this.giveBack();
    this.turn = (position + 1) % this.channels.length;
    const element = this.channels[position]!.take();
    switch (element.kind) {
      case 'batch':
        this.feed(position, element.transfer);
        return null;
      case 'watermark':
        this.tell(this.valve.isIdle, this.valve.advance(position, element.watermarkMs));
        return null;
      case 'idleness':
        this.tell(this.valve.isIdle, this.valve.setIdle(position, element.isIdle));
        return null;
      case 'end':
        this.endedCount++;
        if (this.hasEnded) this.target.end();
        return null;
      case 'barrier':
        return element;
    }
  }

  /** The operator has processed what it was given. */
  private giveBack(): void {
    if (this.inUse === null) return;
    this.pool.giveBack(this.inUse);
    this.inUse = null;
  }

  /** Writes the watermark that the operator has seen, among the state of the operator. */
  snapshotState(snapshot: SnapshotWriter): void {
    const writer = snapshot.unionList(this.stateName);
    writer.uint8(FORMAT_VERSION);
    writer.float64(this.valve.watermarkMs);
    writer.uint32(this.channels.length);
    this.valve.snapshotState(writer);
  }

  /**
   * Producers tell again what they have said; until then the channels stand where they stood, or
   * at another parallelism behind the lowest watermark that a subtask has seen.
   */
  restoreState(restored: RestoredState): void {
    let lowestMs: number | null = null;
    for (const { subtask, reader } of restored.unionList(this.stateName)) {
      const version = reader.uint8();
      if (version !== FORMAT_VERSION) throw corruptState(`format ${version} of an input`);
      const watermarkMs = reader.float64();
      const channelCount = reader.uint32();
      const isOwn =
        restored.parallelism === restored.oldParallelism && subtask === restored.subtask;
      if (isOwn && channelCount === this.channels.length) {
        this.valve.restoreState(reader);
        return;
      }
      lowestMs = Math.min(lowestMs ?? watermarkMs, watermarkMs);
    }
    if (lowestMs !== null) this.valve.startAt(lowestMs);
  }

  /** What was recorded of one of its channels, as a part of the operator's state. */
  inFlightPart({ fromSubtask }: Channel, batches: readonly Uint8Array[]): StatePart {
    const bytes = encodeInFlight(this.pool.schema, this.channels.length, batches);
    return { kind: 'input-channel', input: this.input, fromSubtask, bytes };
  }

  private get stateName(): string {
    return inputTimeName(this.input);
  }

  private feed(position: number, transfer: TransferBatch): void {
    const { batch } = transfer;
    this.inUse = transfer;
    this.judge(position, batch);
    this.target.emit(batch);
  }

  /** Gives each row the combined watermark that holds before it. */
  private judge(position: number, batch: Batch): void {
    const { valve } = this;
    if (batch.watermarksBefore !== null || valve.watermarkMs !== WATERMARK_MIN) {
      const { rowCount } = batch;
      const combined = (this.watermarks ??= new Float64Array(BATCH_ROWS));
      valve.before(position, batch.watermarksBefore, { rowCount, combined });
      batch.watermarksBefore = combined;
    }
    // The watermark of the only channel is that of the gate.
    if (this.channels.length > 1) batch.watermarkAfter = valve.watermarkMs;
  }

  private tell(wasIdle: boolean, hasRisen: boolean): void {
    const { isIdle, watermarkMs } = this.valve;
    if (wasIdle && !isIdle) this.target.emitIdleness(false);
    if (hasRisen) this.target.emitWatermark(watermarkMs);
    if (!wasIdle && isIdle) this.target.emitIdleness(true);
  }
}

function isPriority(element: QueuedElement | null): boolean {
  return element?.kind === 'barrier' && element.isUnaligned;
}
