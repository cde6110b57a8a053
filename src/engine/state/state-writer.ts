/**
 * Writes one operator's state as a flat sequence of little-endian values. The operator decides the
 * order; StateReader reads it back in the same order. Grows as needed.
 */

/** First size of the buffer, bytes. */
const INITIAL_BYTES = 1024;
/** Above this length a native copy is faster than a loop over bytes, measured on Node 20. */
const LOOP_COPY_MAX = 32;
/** A buffer that is this many times larger than what is in it is not kept. */
const SPARE_MAX = 1.5;

export class StateWriter {
  private buffer: Uint8Array = new Uint8Array(INITIAL_BYTES);
  private view = new DataView(this.buffer.buffer);
  private at = 0;
  /** The buffer, when it is what was appended to the empty writer. */
  private whole: Uint8Array | null = null;

  /** Unsigned, 0 to 255. */
  uint8(value: number): void {
    this.reserve(1);
    this.buffer[this.at++] = value;
  }

  /** Unsigned, 0 to 2^32 - 1. */
  uint32(value: number): void {
    this.reserve(4);
    this.view.setUint32(this.at, value, true);
    this.at += 4;
  }

  float64(value: number): void {
    this.reserve(8);
    this.view.setFloat64(this.at, value, true);
    this.at += 8;
  }

  /** A signed 64-bit integer. */
  int64(value: bigint): void {
    this.reserve(8);
    this.view.setBigInt64(this.at, value, true);
    this.at += 8;
  }

  boolean(value: boolean): void {
    this.reserve(1);
    this.buffer[this.at++] = value ? 1 : 0;
  }

  /** Length-prefixed bytes, copied. */
  bytes(value: Uint8Array): void {
    this.uint32(value.length);
    this.reserve(value.length);
    this.buffer.set(value, this.at);
    this.at += value.length;
  }

  /** Length-prefixed bytes from `start` on, copied: as `bytes`, without a view of them. */
  byteRange(source: Uint8Array, start: number, length: number): void {
    this.uint32(length);
    this.reserve(length);
    const { buffer, at } = this;
    this.at = at + length;
    if (length > LOOP_COPY_MAX) {
      buffer.set(source.subarray(start, start + length), at);
      return;
    }
    for (let offset = 0; offset < length; offset++) buffer[at + offset] = source[start + offset]!;
  }

  text(value: string): void {
    this.bytes(new TextEncoder().encode(value));
  }

  /** Length-prefixed 32-bit words, copied. */
  int32Array(values: Int32Array): void {
    this.bytes(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  }

  float64Array(values: Float64Array): void {
    this.bytes(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  }

  /** Empties it, to be used again. */
  reset(): void {
    this.at = 0;
    if (this.buffer !== this.whole) return;
    this.buffer = new Uint8Array(INITIAL_BYTES);
    this.view = new DataView(this.buffer.buffer);
  }

  /** What was written so far; valid until it goes on. */
  written(): Uint8Array {
    return this.buffer.subarray(0, this.at);
  }

  /**
   * Bytes without their length; they are the last that a reader asks for, with `rest`. An empty
   * writer keeps them as they are, so they must not change any more.
   */
  append(value: Uint8Array): void {
    if (this.at === 0 && value.length > 0) {
      // What is written behind it makes a new buffer.
      this.whole = value;
      this.buffer = value;
      this.view = new DataView(value.buffer, value.byteOffset, value.length);
      this.at = value.length;
      return;
    }
    this.reserve(value.length);
    this.buffer.set(value, this.at);
    this.at += value.length;
  }

  /** Gives up what was written, without a copy where that does not keep much room; ends its use. */
  take(): Uint8Array {
    return this.at * SPARE_MAX < this.buffer.length ? this.finish() : this.written();
  }

  /** Makes room for so many bytes more at once. */
  expect(byteCount: number): void {
    this.reserve(byteCount);
  }

  /** What was written so far; a copy, unless it was appended as a whole. */
  finish(): Uint8Array {
    return this.buffer === this.whole ? this.whole : this.buffer.slice(0, this.at);
  }

  private reserve(byteCount: number): void {
    const needed = this.at + byteCount;
    if (needed <= this.buffer.length) return;
    const grown = new Uint8Array(Math.max(needed, this.buffer.length * 2));
    grown.set(this.buffer.subarray(0, this.at));
    this.buffer = grown;
    this.view = new DataView(grown.buffer);
  }
}
