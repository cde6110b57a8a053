/**
 * Bytes that are written one value after the other and used as a whole: encoded values, entries of
 * snapshots. Little-endian; lengths as varints of seven bits a byte. Grows as needed.
 */

const INITIAL_BYTES = 256;
/** Shorter texts are written by a loop, which is faster than a call of the encoder there. */
const LOOP_TEXT_MAX = 48;
/** Bytes of a UTF-16 unit in UTF-8. */
const UTF8_BYTES_MAX = 3;
const TWO_32 = 4_294_967_296;
const encoder = new TextEncoder();

export class ByteSink {
  bytes = new Uint8Array(INITIAL_BYTES);
  view = new DataView(this.bytes.buffer);
  /** Bytes written so far. */
  length = 0;

  clear(): void {
    this.length = 0;
  }

  uint8(value: number): void {
    this.reserve(1);
    this.bytes[this.length++] = value;
  }

  uint16(value: number): void {
    this.reserve(2);
    this.view.setUint16(this.length, value, true);
    this.length += 2;
  }

  /** A whole number from 0 to 2^53 - 1. */
  varint(value: number): void {
    this.reserve(8);
    let rest = value;
    while (rest >= TWO_32) {
      this.bytes[this.length++] = (rest % 128) | 128;
      rest = Math.floor(rest / 128);
    }
    rest >>>= 0;
    while (rest >= 128) {
      this.bytes[this.length++] = (rest & 127) | 128;
      rest >>>= 7;
    }
    this.bytes[this.length++] = rest;
  }

  float64(value: number): void {
    this.reserve(8);
    this.view.setFloat64(this.length, value, true);
    this.length += 8;
  }

  /** `count` bytes of `source` from `start` on, without their length. */
  raw(source: Uint8Array, start: number, count: number): void {
    this.reserve(count);
    const { bytes, length } = this;
    if (count > LOOP_TEXT_MAX) bytes.set(source.subarray(start, start + count), length);
    else for (let at = 0; at < count; at++) bytes[length + at] = source[start + at]!;
    this.length += count;
  }

  /** With its length in bytes. */
  text(value: string): void {
    const { length } = value;
    if (length <= LOOP_TEXT_MAX && this.asciiText(value, length)) return;
    // Mostly each character is one byte, which is found out by encoding it.
    const from = this.length;
    this.varint(length);
    const start = this.length;
    this.reserve(length * UTF8_BYTES_MAX);
    const { written } = encoder.encodeInto(value, this.bytes.subarray(start));
    this.length = start + written;
    if (written === length) return;
    const bytes = this.bytes.slice(start, this.length);
    this.length = from;
    this.varint(written);
    this.raw(bytes, 0, written);
  }

  /** A copy of what was written. */
  copy(): Uint8Array {
    return this.bytes.slice(0, this.length);
  }

  /** False, and nothing is written, when a character is none of ASCII. */
  private asciiText(value: string, length: number): boolean {
    this.reserve(length + 1);
    const { bytes } = this;
    const from = this.length + 1;
    for (let at = 0; at < length; at++) {
      const code = value.charCodeAt(at);
      if (code >= 128) return false;
      bytes[from + at] = code;
    }
    bytes[from - 1] = length;
    this.length = from + length;
    return true;
  }

  private reserve(count: number): void {
    const needed = this.length + count;
    if (needed <= this.bytes.length) return;
    const grown = new Uint8Array(Math.max(needed, this.bytes.length * 2));
    grown.set(this.bytes.subarray(0, this.length));
    this.bytes = grown;
    this.view = new DataView(grown.buffer);
  }
}
