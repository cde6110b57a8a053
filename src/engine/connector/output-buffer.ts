/**
 * What a sink has encoded and not yet passed on. Two arrays take turns: while one is being written
 * out the other one is filled.
 */
import type { ByteSink } from '../format/contract.ts';

/** A sink with more than this wants to be flushed. */
export const OUTPUT_BYTES_MAX = 1024 * 1024;
/** A larger array, grown by a few huge rows, is not kept. */
const KEPT_BYTES_MAX = 4 * OUTPUT_BYTES_MAX;
const INITIAL_BYTES = 64 * 1024;

export class OutputBuffer implements ByteSink {
  private bytes = new Uint8Array(0);
  private other = new Uint8Array(0);
  private used = 0;

  get length(): number {
    return this.used;
  }

  get isFull(): boolean {
    return this.used >= OUTPUT_BYTES_MAX;
  }

  reserve(byteCount: number): Uint8Array {
    const needed = this.used + byteCount;
    if (needed > this.bytes.length) {
      const grown = new Uint8Array(Math.max(needed, 2 * this.bytes.length, INITIAL_BYTES));
      grown.set(this.bytes.subarray(0, this.used));
      this.bytes = grown;
    }
    return this.bytes;
  }

  advance(byteCount: number): void {
    this.used += byteCount;
  }

  /** The content, and an empty buffer from now on. The content is valid until the next take. */
  take(): Uint8Array {
    const content = this.bytes.subarray(0, this.used);
    const free = this.other.length > KEPT_BYTES_MAX ? new Uint8Array(0) : this.other;
    this.other = this.bytes;
    this.bytes = free;
    this.used = 0;
    return content;
  }
}
