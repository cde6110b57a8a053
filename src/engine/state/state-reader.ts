/**
 * Reads what a StateWriter wrote, in the same order. A read beyond the end
 * throws DREY_STATE_CORRUPT: the bytes are then not a state of this operator.
 */
import { corruptState } from './corrupt-state.ts';

/** Keeps U+FEFF at the start of a text: it is part of the value. */
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

export class StateReader {
  private readonly buffer: Uint8Array;
  private readonly view: DataView;
  private at = 0;

  constructor(state: Uint8Array) {
    this.buffer = state;
    this.view = new DataView(state.buffer, state.byteOffset, state.byteLength);
  }

  get isAtEnd(): boolean {
    return this.at === this.buffer.length;
  }

  /** Bytes that were not read yet. */
  get remaining(): number {
    return this.buffer.length - this.at;
  }

  uint8(): number {
    return this.view.getUint8(this.take(1));
  }

  uint32(): number {
    return this.view.getUint32(this.take(4), true);
  }

  float64(): number {
    return this.view.getFloat64(this.take(8), true);
  }

  int64(): bigint {
    return this.view.getBigInt64(this.take(8), true);
  }

  boolean(): boolean {
    return this.view.getUint8(this.take(1)) === 1;
  }

  /** A copy of length-prefixed bytes. */
  bytes(): Uint8Array {
    const length = this.uint32();
    const at = this.take(length);
    return this.buffer.slice(at, at + length);
  }

  text(): string {
    return decoder.decode(this.bytes());
  }

  int32Array(): Int32Array {
    return new Int32Array(this.bytes().buffer);
  }

  float64Array(): Float64Array {
    return new Float64Array(this.bytes().buffer);
  }

  /** Moves behind the next `byteCount` bytes; returns where they start. */
  private take(byteCount: number): number {
    const { at } = this;
    if (at + byteCount > this.buffer.length) throw corruptState('it ends inside a value');
    this.at = at + byteCount;
    return at;
  }
}
