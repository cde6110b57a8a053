/**
 * The watermarks of one source: one for each split (file, partition), which follows the rows there
 * as the strategy says; the source's own is their minimum. A split that has ended or is idle does
 * not hold the others back; one that comes back from idleness counts again at once. As Flink's
 * WatermarkOutputMultiplexer.
 * A row is judged by the watermark that held before it.
 * Invariant: the source's watermark never falls.
 */
import { WATERMARK_MAX, WATERMARK_MIN } from '../batch/batch.ts';
import type { StateReader } from '../state/state-reader.ts';
import type { StateWriter } from '../state/state-writer.ts';
import type { SplitProgress, TimedBatch, WatermarkStrategy } from './watermark-strategy.ts';

/** How a split takes part in the minimum. */
const splitStates = { active: 0, idle: 1, ended: 2 } as const;

export class SplitWatermarks {
  private readonly strategy: WatermarkStrategy;
  private watermarks: Float64Array;
  /** A value of splitStates for each split. */
  private states: Uint8Array;
  private current = WATERMARK_MIN;
  private readonly progress: SplitProgress = {
    ownMs: WATERMARK_MIN,
    combinedMs: WATERMARK_MIN,
    othersMs: WATERMARK_MIN,
  };

  constructor(splitCount: number, strategy: WatermarkStrategy) {
    this.strategy = strategy;
    this.watermarks = new Float64Array(splitCount).fill(WATERMARK_MIN);
    this.states = new Uint8Array(splitCount);
  }

  /** A further split, which starts at the beginning; takes the place of one that has ended. */
  addSplit(): number {
    let split = this.states.indexOf(splitStates.ended);
    if (split === -1) {
      split = this.states.length;
      const watermarks = new Float64Array(2 * split + 1).fill(WATERMARK_MIN);
      watermarks.set(this.watermarks);
      const states = new Uint8Array(2 * split + 1).fill(splitStates.ended);
      states.set(this.states);
      this.watermarks = watermarks;
      this.states = states;
    }
    this.watermarks[split] = WATERMARK_MIN;
    this.states[split] = splitStates.active;
    return split;
  }

  /** The source's watermark. */
  get watermarkMs(): number {
    return this.current;
  }

  /** The split's own watermark. */
  of(split: number): number {
    return this.watermarks[split]!;
  }

  /** True when no split is active, but one may come back. */
  get isIdle(): boolean {
    let isIdle = false;
    for (const state of this.states) {
      if (state === splitStates.active) return false;
      if (state === splitStates.idle) isIdle = true;
    }
    return isIdle;
  }

  /**
   * Takes the event times of a batch of one split, in order, and writes the source's watermark
   * before each row into `before`.
   */
  advance(batch: TimedBatch, before: Float64Array): void {
    const { split } = batch;
    if (this.states[split] !== splitStates.active) {
      this.states[split] = splitStates.active;
      // Others that held the watermark back may be idle by now.
      this.raise();
    }
    const { progress } = this;
    progress.ownMs = this.watermarks[split]!;
    progress.combinedMs = this.current;
    progress.othersMs = this.minimumWithout(split);
    this.strategy.advance(batch, progress, before);
    this.watermarks[split] = progress.ownMs;
    this.current = progress.combinedMs;
  }

  /** The split takes no part in the minimum until its next row. */
  markIdle(split: number): void {
    if (this.states[split] === splitStates.ended) return;
    this.states[split] = splitStates.idle;
    this.raise();
  }

  /** The split has no further rows. */
  end(split: number): void {
    this.states[split] = splitStates.ended;
    this.strategy.forget(split);
    this.raise();
  }

  /** A watermark given from outside, as by a pipeline test. */
  raiseTo(split: number, watermarkMs: number): void {
    this.states[split] = splitStates.active;
    if (watermarkMs > this.watermarks[split]!) this.watermarks[split] = watermarkMs;
    this.raise();
  }

  /** Whether the source's watermark says how far event time has come: it waits for some split. */
  get hasActiveSplit(): boolean {
    return this.states.includes(splitStates.active);
  }

  isSplitIdle(split: number): boolean {
    return this.states[split] === splitStates.idle;
  }

  /** Of one split, which may be restored into another source's watermarks. */
  snapshotSplit(split: number, writer: StateWriter): void {
    writer.float64(this.watermarks[split]!);
    writer.boolean(this.isSplitIdle(split));
    this.strategy.snapshotSplit(split, writer);
  }

  restoreSplit(split: number, reader: StateReader): void {
    this.watermarks[split] = reader.float64();
    this.states[split] = reader.boolean() ? splitStates.idle : splitStates.active;
    this.strategy.restoreSplit(split, reader);
  }

  /**
   * After the splits were restored: the source had come so far. The splits may have come further
   * than those that were read together with them.
   */
  restoreCombined(watermarkMs: number): void {
    this.current = watermarkMs;
    this.raise();
  }

  private raise(): void {
    const lowest = this.minimumWithout(-1);
    // When no split is left, nothing says how far time has come: the watermark stays.
    if (lowest !== WATERMARK_MAX && lowest > this.current) this.current = lowest;
  }

  private minimumWithout(split: number): number {
    const { watermarks, states } = this;
    let lowest = WATERMARK_MAX;
    for (let index = 0; index < watermarks.length; index++) {
      if (index === split || states[index] !== splitStates.active) continue;
      if (watermarks[index]! < lowest) lowest = watermarks[index]!;
    }
    return lowest;
  }
}
