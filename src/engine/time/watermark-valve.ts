/**
 * The watermark of an operator with several inputs: the lowest of theirs. An input that has ended
 * has said WATERMARK_MAX and holds nothing back.
 * Invariant: it never falls.
 */
import { WATERMARK_MIN } from '../batch/batch.ts';
import type { StateReader } from '../state/state-reader.ts';
import type { StateWriter } from '../state/state-writer.ts';

export class WatermarkValve {
  /** The combined watermark. */
  watermarkMs = WATERMARK_MIN;
  private readonly inputs: Float64Array;

  constructor(inputCount: number) {
    this.inputs = new Float64Array(inputCount).fill(WATERMARK_MIN);
  }

  /** The input's watermark is now this. True when the combined one has risen. */
  advance(input: number, watermarkMs: number): boolean {
    if (watermarkMs > this.inputs[input]!) this.inputs[input] = watermarkMs;
    const lowest = Math.min(this.inputs[input]!, this.othersThan(input));
    if (lowest <= this.watermarkMs) return false;
    this.watermarkMs = lowest;
    return true;
  }

  /**
   * Writes the combined watermark before each row of a batch of one input, whose own watermarks
   * before them are `own`, into `combined`; null: that input has no event time.
   */
  before(
    input: number,
    own: Float64Array | null,
    { rowCount, combined }: { readonly rowCount: number; readonly combined: Float64Array },
  ): void {
    const others = this.othersThan(input);
    for (let row = 0; row < rowCount; row++) {
      const lowest = Math.min(own === null ? WATERMARK_MIN : own[row]!, others);
      combined[row] = Math.max(lowest, this.watermarkMs);
    }
  }

  snapshotState(writer: StateWriter): void {
    writer.float64(this.watermarkMs);
    writer.float64Array(this.inputs);
  }

  restoreState(reader: StateReader): void {
    this.watermarkMs = reader.float64();
    this.inputs.set(reader.float64Array());
  }

  private othersThan(input: number): number {
    let lowest = Infinity;
    for (let index = 0; index < this.inputs.length; index++) {
      if (index !== input) lowest = Math.min(lowest, this.inputs[index]!);
    }
    return lowest;
  }
}
