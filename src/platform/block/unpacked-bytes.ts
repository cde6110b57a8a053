/**
 * Memory that something is unpacked into: it grows as it is written, never beyond its limit, and
 * earlier bytes can be repeated, which is what all these formats live by.
 */
import { corrupt, tooLarge } from './block-damage.ts';

const CAPACITY_FIRST_BYTES = 64 * 1024;

export class UnpackedBytes {
  length = 0;
  private bytes: Uint8Array;
  private readonly limitBytes: number;

  /** `expectedBytes`: what the format says, which may be wrong. */
  constructor(limitBytes: number, expectedBytes: number) {
    this.limitBytes = limitBytes;
    this.bytes = new Uint8Array(Math.min(expectedBytes, limitBytes, CAPACITY_FIRST_BYTES * 16));
  }

  append(source: Uint8Array, from: number, to: number): void {
    if (to > source.length) throw corrupt('it ends too early');
    const count = to - from;
    this.reserve(count);
    // A call costs more than a few bytes in a loop.
    if (count <= 32) {
      const { bytes, length } = this;
      for (let at = 0; at < count; at++) bytes[length + at] = source[from + at] ?? 0;
    } else this.bytes.set(source.subarray(from, to), this.length);
    this.length += count;
  }

  /** The `count` bytes that begin `distance` before the end; they may overlap what is written. */
  repeat(distance: number, count: number): void {
    if (distance < 1 || distance > this.length) {
      throw corrupt(`it repeats what lies ${distance} bytes before its byte ${this.length}`);
    }
    this.reserve(count);
    const { bytes, length } = this;
    if (distance >= count && count > 32)
      bytes.copyWithin(length, length - distance, length - distance + count);
    else for (let at = length; at < length + count; at++) bytes[at] = bytes[at - distance] ?? 0;
    this.length += count;
  }

  finish(): Uint8Array {
    return this.bytes.subarray(0, this.length);
  }

  private reserve(moreBytes: number): void {
    const needed = this.length + moreBytes;
    if (needed > this.limitBytes) throw tooLarge(this.limitBytes);
    if (needed <= this.bytes.length) return;
    const capacity = Math.max(needed, 2 * this.bytes.length, CAPACITY_FIRST_BYTES);
    const grown = new Uint8Array(Math.min(capacity, this.limitBytes));
    grown.set(this.bytes.subarray(0, this.length));
    this.bytes = grown;
  }
}
