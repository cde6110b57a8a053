/**
 * The watermark is the highest event time of the split minus a delay that does not change. As
 * Flink SQL's `WATERMARK FOR column AS column - delay`: without DataStream's extra millisecond.
 */
import type { SplitProgress, TimedBatch, WatermarkStrategy } from './watermark-strategy.ts';

export class FixedDelay implements WatermarkStrategy {
  private readonly delayMs: number;

  constructor(delayMs: number) {
    this.delayMs = delayMs;
  }

  advance(batch: TimedBatch, progress: SplitProgress, before: Float64Array): void {
    const { delayMs } = this;
    const { millis, rowCount } = batch;
    const { othersMs } = progress;
    let { ownMs, combinedMs } = progress;
    for (let row = 0; row < rowCount; row++) {
      before[row] = combinedMs;
      const candidate = millis[row]! - delayMs;
      if (candidate > ownMs) {
        ownMs = candidate;
        const lowest = ownMs < othersMs ? ownMs : othersMs;
        if (lowest > combinedMs) combinedMs = lowest;
      }
    }
    progress.ownMs = ownMs;
    progress.combinedMs = combinedMs;
  }

  forget(): void {
    // Keeps nothing by split.
  }

  snapshotSplit(): void {
    // The watermarks are all there is to know.
  }

  restoreSplit(): void {
    // As above.
  }
}
