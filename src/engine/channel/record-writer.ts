/**
 * The producer's end of an exchange: divides the rows of one stream of one subtask among the
 * subtasks that read it. Watermarks, idleness, end and barriers go to all of them.
 * Invariant: a batch is copied when `emit` returns; nothing is ever pending here.
 */
import type { Batch } from '../batch/batch.ts';
import { BATCH_ROWS } from '../batch/column.ts';
import type { LinearMemory } from '../memory/linear-memory.ts';
import type { WriterCredits } from './channel.ts';
import type { ChannelSender } from './channel-sender.ts';
import type { CheckpointBarrier, StreamConsumer } from './contract.ts';
import type { KeyTargets } from './key-targets.ts';

export type Distribution =
  /** Whole batches in turn; all to the one target where there is only one. */
  | { readonly kind: 'forward' }
  | { readonly kind: 'broadcast' }
  | { readonly kind: 'hash'; readonly targets: KeyTargets };

export class RecordWriter implements StreamConsumer {
  private readonly senders: readonly ChannelSender[];
  private readonly credits: WriterCredits;
  private readonly distribution: Distribution;
  private readonly memory: LinearMemory;
  /**
   * Row numbers: those of one target after those of another, or all in their order. Lies where
   * kernels read it; null until there are rows.
   */
  private rows: Int32Array | null = null;
  /** By target: where its next row goes in `sorted`. */
  private readonly ends: Int32Array;
  /** Who gets the next batch of a forward exchange. */
  private turn = 0;

  constructor(
    senders: readonly ChannelSender[],
    credits: WriterCredits,
    distribution: Distribution,
    memory: LinearMemory,
  ) {
    this.memory = memory;
    this.senders = senders;
    this.credits = credits;
    this.distribution = distribution;
    this.ends = new Int32Array(senders.length);
  }

  /** Calls each time `hasCredit` has become true again. */
  whenCredit(call: () => void): void {
    this.credits.whenCredit = call;
  }

  /** A producer may start a call. */
  get hasCredit(): boolean {
    return this.credits.withoutCredit === 0;
  }

  /** A call that is under way has to stop. */
  get isFull(): boolean {
    return this.credits.full > 0;
  }

  /** Rows wait for others to fill a batch. */
  get hasOpenRows(): boolean {
    return this.senders.some((sender) => sender.hasOpenRows);
  }

  emit(batch: Batch): void {
    const { senders, distribution } = this;
    const rows = (this.rows ??= everyRow(this.memory));
    switch (distribution.kind) {
      case 'forward':
        senders[this.turn]!.append(batch, rows, batch.rowCount);
        this.turn = (this.turn + 1) % senders.length;
        return;
      case 'broadcast':
        for (const sender of senders) sender.append(batch, rows, batch.rowCount);
        return;
      case 'hash':
        if (senders.length > 1) this.scatter(batch, distribution.targets, rows);
        else senders[0]!.append(batch, rows, batch.rowCount);
        return;
    }
  }

  emitWatermark(watermarkMs: number): void {
    for (const sender of this.senders) sender.watermark(watermarkMs);
  }

  emitIdleness(isIdle: boolean): void {
    for (const sender of this.senders) sender.idleness(isIdle);
  }

  end(): void {
    for (const sender of this.senders) sender.end();
  }

  drain(): boolean {
    return true;
  }

  /** Sends on rows that wait in open batches. */
  flush(): void {
    for (const sender of this.senders) sender.flush();
  }

  /** Behind all rows that were emitted; `isUnaligned`: in front of those that are still queued. */
  sendBarrier(barrier: CheckpointBarrier, isUnaligned: boolean): void {
    for (const sender of this.senders) sender.barrier(barrier, isUnaligned);
  }

  private scatter(batch: Batch, keys: KeyTargets, sorted: Int32Array): void {
    const { senders, ends } = this;
    const { rowCount } = batch;
    keys.read(batch);
    const { targets } = keys;
    ends.fill(0);
    for (let row = 0; row < rowCount; row++) ends[targets[row]!]!++;
    let position = 0;
    for (let target = 0; target < ends.length; target++) {
      const count = ends[target]!;
      ends[target] = position;
      position += count;
    }
    for (let row = 0; row < rowCount; row++) sorted[ends[targets[row]!]!++] = row;
    let from = 0;
    for (let target = 0; target < senders.length; target++) {
      const end = ends[target]!;
      if (end > from) senders[target]!.append(batch, sorted.subarray(from, end), end - from);
      from = end;
    }
  }
}

/** All rows of a batch, in their order. */
function everyRow(memory: LinearMemory): Int32Array {
  const rows = memory.int32Array(BATCH_ROWS);
  for (let row = 0; row < BATCH_ROWS; row++) rows[row] = row;
  return rows;
}
