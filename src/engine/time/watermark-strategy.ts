/**
 * How the watermark of one split follows its rows. A strategy is asked once for each batch of a
 * split and keeps what it needs by split; combining the splits is SplitWatermarks' work.
 * Invariant: a split's watermark never falls, whatever the strategy.
 */
import type { StateReader } from '../state/state-reader.ts';
import type { StateWriter } from '../state/state-writer.ts';

export type WatermarkStrategySpec =
  /** The highest event time seen, minus the delay. */
  | { readonly kind: 'bounded'; readonly delayMs: number }
  /** The highest event time seen: rows come in the order of their times. */
  | { readonly kind: 'ascending' }
  | DynamicDelaySpec;

/** The delay follows the delays that are observed. */
export interface DynamicDelaySpec {
  readonly kind: 'dynamic';
  /** How many of the last delays are averaged. */
  readonly samples: number;
  readonly factor: number;
  readonly minDelayMs: number;
}

/** The event times of a batch of one split, in order. */
export interface TimedBatch {
  readonly split: number;
  /** Epoch milliseconds; more than `rowCount` may be there. */
  readonly millis: Float64Array;
  readonly rowCount: number;
}

/** Where a split and its source stand; a strategy moves both on. */
export interface SplitProgress {
  /** The split's own watermark. */
  ownMs: number;
  /** The source's watermark. */
  combinedMs: number;
  /** The lowest watermark of the other splits. */
  othersMs: number;
}

export interface WatermarkStrategy {
  /** Takes a batch and writes the source's watermark before each row into `before`. */
  advance(batch: TimedBatch, progress: SplitProgress, before: Float64Array): void;
  /** The split has ended: what is kept for it can go. */
  forget(split: number): void;
  snapshotSplit(split: number, writer: StateWriter): void;
  restoreSplit(split: number, reader: StateReader): void;
}
