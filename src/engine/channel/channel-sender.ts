/**
 * The producer's end of one channel: collects rows in an open batch, which goes out when it is full
 * or flushed. What is not a row waits until the rows before it have gone out; a watermark waits
 * behind the open batch, whose rows carry their own.
 */
import type { Batch } from '../batch/batch.ts';
import { WATERMARK_MIN } from '../batch/batch.ts';
import type { Channel } from './channel.ts';
import type { CheckpointBarrier } from './contract.ts';
import type { BatchPool, TransferBatch } from './transfer-batch.ts';

export class ChannelSender {
  readonly channel: Channel;
  private readonly pool: BatchPool;
  private open: TransferBatch | null = null;
  /** What was said, and what of it the channel has been given. */
  private watermarkMs = WATERMARK_MIN;
  private sentMs = WATERMARK_MIN;

  constructor(channel: Channel, pool: BatchPool) {
    this.channel = channel;
    this.pool = pool;
  }

  get hasOpenRows(): boolean {
    return this.open !== null;
  }

  /** Copies the first `count` rows of `rows`, which are row numbers of `source`. */
  append(source: Batch, rows: Int32Array, count: number): void {
    let from = 0;
    while (from < count) {
      const open = (this.open ??= this.pool.take());
      const taken = Math.min(count - from, open.capacity - open.batch.rowCount);
      const selected = from === 0 ? rows : rows.subarray(from);
      open.append(source, { rows: selected, count: taken });
      from += taken;
      if (open.isFull) this.flush();
    }
  }

  /** Sends on what waits. */
  flush(): void {
    if (this.open !== null) {
      this.channel.pushBatch(this.open);
      this.open = null;
    }
    if (this.watermarkMs > this.sentMs) {
      this.sentMs = this.watermarkMs;
      this.channel.pushWatermark(this.watermarkMs);
    }
  }

  watermark(watermarkMs: number): void {
    this.watermarkMs = watermarkMs;
    if (this.open === null) this.flush();
  }

  idleness(isIdle: boolean): void {
    this.flush();
    this.channel.pushIdleness(isIdle);
  }

  end(): void {
    this.flush();
    this.channel.pushEnd();
  }

  barrier(barrier: CheckpointBarrier, isUnaligned: boolean): void {
    this.flush();
    this.channel.pushBarrier(barrier, isUnaligned);
  }
}
