/**
 * The watermarks of one source: one for each split (file, partition), each the highest event time
 * seen there minus the delay; the source's own is their minimum. A split that has ended or is idle
 * does not hold the others back.
 * As Flink SQL's `WATERMARK FOR column AS column - delay`: without DataStream's extra millisecond,
 * and a row is judged by the watermark that held before it.
 * Invariant: the source's watermark never falls.
 */
import { WATERMARK_MAX, WATERMARK_MIN } from '../batch/batch.ts';
import type { StateReader } from '../state/state-reader.ts';
import type { StateWriter } from '../state/state-writer.ts';

export class SplitWatermarks {
  private readonly delayMs: number;
  private readonly watermarks: Float64Array;
  private readonly isOut: Uint8Array;
  private current = WATERMARK_MIN;

  constructor(splitCount: number, delayMs: number) {
    this.delayMs = delayMs;
    this.watermarks = new Float64Array(splitCount).fill(WATERMARK_MIN);
    this.isOut = new Uint8Array(splitCount);
  }

  /** The source's watermark. */
  get watermarkMs(): number {
    return this.current;
  }

  /** The split's own watermark. */
  of(split: number): number {
    return this.watermarks[split]!;
  }

  /**
   * Takes the event times of a batch of one split, in order, and writes the source's watermark
   * before each row into `before`.
   */
  advance(
    split: number,
    rows: { readonly millis: Float64Array; readonly rowCount: number },
    before: Float64Array,
  ): void {
    this.isOut[split] = 0;
    const others = this.minimumWithout(split);
    const { delayMs } = this;
    const { millis, rowCount } = rows;
    let own = this.watermarks[split]!;
    let { current } = this;
    for (let row = 0; row < rowCount; row++) {
      before[row] = current;
      const candidate = millis[row]! - delayMs;
      if (candidate > own) {
        own = candidate;
        const combined = own < others ? own : others;
        if (combined > current) current = combined;
      }
    }
    this.watermarks[split] = own;
    this.current = current;
  }

  /** The split takes no part in the minimum any more: it has ended, or until its next row. */
  leave(split: number): void {
    this.isOut[split] = 1;
    this.raise();
  }

  /** A watermark given from outside, as by a pipeline test. */
  raiseTo(split: number, watermarkMs: number): void {
    this.isOut[split] = 0;
    if (watermarkMs > this.watermarks[split]!) this.watermarks[split] = watermarkMs;
    this.raise();
  }

  snapshotState(writer: StateWriter): void {
    writer.float64Array(this.watermarks);
    writer.bytes(this.isOut);
    writer.float64(this.current);
  }

  restoreState(reader: StateReader): void {
    this.watermarks.set(reader.float64Array());
    this.isOut.set(reader.bytes());
    this.current = reader.float64();
  }

  private raise(): void {
    const lowest = this.minimumWithout(-1);
    // When no split is left, nothing says how far time has come: the watermark stays.
    if (lowest !== WATERMARK_MAX && lowest > this.current) this.current = lowest;
  }

  private minimumWithout(split: number): number {
    const { watermarks, isOut } = this;
    let lowest = WATERMARK_MAX;
    for (let index = 0; index < watermarks.length; index++) {
      if (index === split || isOut[index] === 1) continue;
      if (watermarks[index]! < lowest) lowest = watermarks[index]!;
    }
    return lowest;
  }
}
