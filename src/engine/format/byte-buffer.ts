/** A growing array of bytes that encoders write to. */
import type { ByteSink } from './contract.ts';

const INITIAL_BYTES = 4 * 1024;

export class ByteBuffer implements ByteSink {
  private bytes = new Uint8Array(INITIAL_BYTES);
  private used = 0;

  get length(): number {
    return this.used;
  }

  reserve(byteCount: number): Uint8Array {
    const needed = this.used + byteCount;
    if (needed > this.bytes.length) {
      const grown = new Uint8Array(Math.max(needed, this.bytes.length * 2));
      grown.set(this.bytes.subarray(0, this.used));
      this.bytes = grown;
    }
    return this.bytes;
  }

  advance(byteCount: number): void {
    this.used += byteCount;
  }

  /** The bytes written so far; valid until the next reserve or clear. */
  content(): Uint8Array {
    return this.bytes.subarray(0, this.used);
  }

  clear(): void {
    this.used = 0;
  }
}
