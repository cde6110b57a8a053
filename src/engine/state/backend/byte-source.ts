/**
 * Reads what a ByteSink wrote, in the same order, wherever the bytes lie. A read beyond the end
 * throws DREY_STATE_CORRUPT.
 */
import { corruptState } from '../corrupt-state.ts';

/** Shorter texts are read by a loop, which is faster than a call of the decoder there. */
const LOOP_TEXT_MAX = 32;
/** Bytes of the longest varint of a whole number. */
const VARINT_BYTES_MAX = 8;
/** Keeps U+FEFF at the start of a text: it is part of the value. */
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

export class ByteSource {
  bytes: Uint8Array;
  view: DataView;
  /** Where the next value is read. */
  at: number;
  end: number;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.at = 0;
    this.end = bytes.length;
  }

  /** Goes on in other bytes. `view` spans the same bytes as `bytes`. */
  moveTo(bytes: Uint8Array, view: DataView, from: number): void {
    this.bytes = bytes;
    this.view = view;
    this.at = from;
    this.end = bytes.length;
  }

  uint8(): number {
    return this.bytes[this.take(1)]!;
  }

  uint16(): number {
    return this.view.getUint16(this.take(2), true);
  }

  varint(): number {
    let byte = this.bytes[this.take(1)]!;
    if (byte < 128) return byte;
    let value = byte & 127;
    let factor = 128;
    for (let count = 1; byte >= 128; count++) {
      if (count === VARINT_BYTES_MAX) throw corruptState('it holds a number that has no end');
      byte = this.bytes[this.take(1)]!;
      value += (byte & 127) * factor;
      factor *= 128;
    }
    if (!Number.isSafeInteger(value)) throw corruptState('it holds a number that is too large');
    return value;
  }

  float64(): number {
    return this.view.getFloat64(this.take(8), true);
  }

  text(): string {
    const length = this.varint();
    const from = this.take(length);
    const { bytes } = this;
    if (length <= LOOP_TEXT_MAX) {
      let text = '';
      let at = from;
      for (; at < from + length; at++) {
        const code = bytes[at]!;
        if (code >= 128) break;
        text += String.fromCharCode(code);
      }
      if (at === from + length) return text;
    }
    return decoder.decode(bytes.subarray(from, from + length));
  }

  /** A copy of the next `count` bytes. */
  copy(count: number): Uint8Array {
    const from = this.take(count);
    return this.bytes.slice(from, from + count);
  }

  /** Moves behind the next `count` bytes; returns where they start. */
  take(count: number): number {
    const { at } = this;
    if (at + count > this.end) throw corruptState('it ends inside a value');
    this.at = at + count;
    return at;
  }
}
