/**
 * The watermark is the highest event time of the split minus a delay that follows the stream: the
 * mean of the last delays observed there, times a factor, and never below a least one. What is
 * observed is how long after its event time a row arrives, on the engine's processing-time clock;
 * a row from the future has a delay of 0. All rows of a batch arrive at the same moment.
 * Therefore, unlike with the other strategies, which rows are late depends on when they are read.
 * Invariant: a delay that grows does not lower the watermark; it stays until event time catches up.
 */
import type { StateReader } from '../state/state-reader.ts';
import type { StateWriter } from '../state/state-writer.ts';
import type {
  DynamicDelaySpec,
  SplitProgress,
  TimedBatch,
  WatermarkStrategy,
} from './watermark-strategy.ts';

export class DynamicDelay implements WatermarkStrategy {
  private readonly spec: DynamicDelaySpec;
  private readonly nowMs: () => number;
  private readonly observed = new Map<number, ObservedDelays>();

  constructor(spec: DynamicDelaySpec, nowMs: () => number) {
    this.spec = spec;
    this.nowMs = nowMs;
  }

  advance(batch: TimedBatch, progress: SplitProgress, before: Float64Array): void {
    const { factor, minDelayMs } = this.spec;
    const { millis, rowCount, split } = batch;
    const { othersMs } = progress;
    const nowMs = this.nowMs();
    const delays = this.delaysOf(split);
    let { ownMs, combinedMs } = progress;
    for (let row = 0; row < rowCount; row++) {
      before[row] = combinedMs;
      const millisOfRow = millis[row]!;
      delays.add(millisOfRow, nowMs);
      // Without a highest time of its own a shorter delay would not raise the watermark.
      const candidate = delays.highestMs - delays.delayMs(factor, minDelayMs);
      if (candidate > ownMs) {
        ownMs = candidate;
        const lowest = ownMs < othersMs ? ownMs : othersMs;
        if (lowest > combinedMs) combinedMs = lowest;
      }
    }
    progress.ownMs = ownMs;
    progress.combinedMs = combinedMs;
  }

  forget(split: number): void {
    this.observed.delete(split);
  }

  snapshotSplit(split: number, writer: StateWriter): void {
    this.delaysOf(split).snapshotState(writer);
  }

  restoreSplit(split: number, reader: StateReader): void {
    this.delaysOf(split).restoreState(reader);
  }

  private delaysOf(split: number): ObservedDelays {
    let delays = this.observed.get(split);
    if (delays === undefined) {
      this.observed.set(split, (delays = new ObservedDelays(this.spec.samples)));
    }
    return delays;
  }
}

/** The last delays of one split, as a ring with their sum. */
export class ObservedDelays {
  /** Highest event time of the split, epoch milliseconds. */
  highestMs = -Infinity;
  private readonly ring: Float64Array;
  private count = 0;
  private next = 0;
  /** Of whole milliseconds, so that adding and taking away is exact up to 2^53. */
  private sumMs = 0;

  constructor(samples: number) {
    this.ring = new Float64Array(samples);
  }

  /** A row of this event time has arrived at `nowMs`. */
  add(eventMs: number, nowMs: number): void {
    if (eventMs > this.highestMs) this.highestMs = eventMs;
    this.put(Math.max(0, Math.round(nowMs - eventMs)));
  }

  /** The delay to allow for, whole milliseconds; after the first row. */
  delayMs(factor: number, minDelayMs: number): number {
    return Math.max(minDelayMs, Math.ceil((this.sumMs / this.count) * factor));
  }

  snapshotState(writer: StateWriter): void {
    writer.float64(this.highestMs);
    writer.uint32(this.count);
    for (let index = 0; index < this.count; index++) writer.float64(this.fromOldest(index));
  }

  /** A ring of other size, after `samples` was changed, keeps the newest that it has room for. */
  restoreState(reader: StateReader): void {
    this.highestMs = reader.float64();
    const count = reader.uint32();
    for (let index = 0; index < count; index++) this.put(reader.float64());
  }

  private put(delayMs: number): void {
    const { ring } = this;
    if (this.count === ring.length) this.sumMs -= ring[this.next]!;
    else this.count++;
    ring[this.next] = delayMs;
    this.sumMs += delayMs;
    this.next = this.next + 1 === ring.length ? 0 : this.next + 1;
    // Delays of millennia are no exact sums: what was lost is gone after a turn of the ring.
    if (this.next === 0) this.sumMs = sumOf(ring);
  }

  private fromOldest(index: number): number {
    const { ring, next, count } = this;
    return ring[(next - count + index + ring.length) % ring.length]!;
  }
}

function sumOf(values: Float64Array): number {
  let sum = 0;
  for (let index = 0; index < values.length; index++) sum += values[index]!;
  return sum;
}
