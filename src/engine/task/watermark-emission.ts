/**
 * What a source tells its consumers about time: its watermark, and whether it is idle. With an
 * interval a new watermark waits until so much processing time has passed since the last one; rows
 * are judged by the watermark before them all the same, so only results come later. After a restore
 * everything is told anew, so nothing of it is in a snapshot.
 * Invariant: before consumers hear that the source is idle or at its end, they know its watermark.
 */
import { WATERMARK_MAX, WATERMARK_MIN } from '../batch/batch.ts';
import type { Output } from '../operator/contract.ts';

export class WatermarkEmission {
  private readonly output: Output;
  /** Null: every new watermark goes out at once. */
  private readonly intervalMs: number | null;
  private readonly nowMs: () => number;
  /** The watermark of the source. */
  private watermarkMs = WATERMARK_MIN;
  /** The one that the consumers know. */
  private emittedMs = WATERMARK_MIN;
  /** Processing time from when on the next one may go out. */
  private notBeforeMs = -Infinity;
  private isIdle = false;

  constructor(output: Output, intervalMs: number | null, nowMs: () => number) {
    this.output = output;
    this.intervalMs = intervalMs;
    this.nowMs = nowMs;
  }

  /** Processing time, epoch milliseconds, at which a watermark that waits is due; Infinity: none. */
  get dueAtMs(): number {
    if (this.watermarkMs <= this.emittedMs) return Infinity;
    // Never further off than an interval, though the clock be set back.
    return Math.min(this.notBeforeMs, this.nowMs() + (this.intervalMs ?? 0));
  }

  /** The source's watermark is now this. */
  rise(watermarkMs: number): void {
    if (watermarkMs <= this.watermarkMs) return;
    this.watermarkMs = watermarkMs;
    this.emitDue();
  }

  /** Emits what waits, if its time has come. */
  emitDue(): void {
    if (this.watermarkMs <= this.emittedMs) return;
    const { intervalMs } = this;
    if (intervalMs !== null) {
      const nowMs = this.nowMs();
      const waitsMs = this.notBeforeMs - nowMs;
      // More than an interval to wait: the clock was set back.
      if (waitsMs > 0 && waitsMs <= intervalMs) return;
      this.notBeforeMs = nowMs + intervalMs;
    }
    this.emit();
  }

  /** Emits what waits, at once. */
  flush(): void {
    if (this.watermarkMs > this.emittedMs) this.emit();
  }

  setIdle(isIdle: boolean): void {
    if (isIdle === this.isIdle) return;
    this.flush();
    this.isIdle = isIdle;
    this.output.emitIdleness(isIdle);
  }

  /** No rows follow. */
  end(): void {
    if (this.isIdle) this.setIdle(false);
    this.watermarkMs = WATERMARK_MAX;
    this.flush();
  }

  private emit(): void {
    this.emittedMs = this.watermarkMs;
    this.output.emitWatermark(this.watermarkMs);
  }
}
