/**
 * Reads what a StateWriter wrote, in the same order. A read beyond the end
 * throws DREY_STATE_CORRUPT: the bytes are then not a state of this operator.
 */
import type { ByteArena } from '../batch/byte-arena.ts';
import { corruptState } from './corrupt-state.ts';

/** Keeps U+FEFF at the start of a text: it is part of the value. */
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
/** Above this length a native copy is faster than a loop over bytes, measured on Node 20. */
const LOOP_COPY_MAX = 32;

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

  /** Bytes that were read. */
  get position(): number {
    return this.at;
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
    const byte = this.uint8();
    if (byte > 1) throw corruptState(`it holds ${byte} for true or false`);
    return byte === 1;
  }

  /** The number of entries that follow, each of which takes this many bytes at least. */
  count(entryBytesMin: number): number {
    const count = this.uint32();
    this.expect(count * entryBytesMin);
    return count;
  }

  /** At least so many bytes follow. */
  expect(byteCount: number): void {
    const left = this.buffer.length - this.at;
    if (byteCount > left) throw corruptState(`${byteCount} bytes are to follow and ${left} do`);
  }

  /** A copy of length-prefixed bytes. */
  bytes(): Uint8Array {
    return this.bytesInPlace().slice();
  }

  /** Length-prefixed bytes where they lie, which are not to be written. */
  bytesInPlace(): Uint8Array {
    const length = this.uint32();
    const at = this.take(length);
    return this.buffer.subarray(at, at + length);
  }

  /** Copies length-prefixed bytes behind what is in an arena; returns their length. */
  bytesTo(arena: ByteArena): number {
    const length = this.uint32();
    const at = this.take(length);
    arena.reserve(length);
    const target = arena.block.bytes;
    const { end } = arena;
    arena.end = end + length;
    if (length > LOOP_COPY_MAX) {
      target.set(this.buffer.subarray(at, at + length), end);
      return length;
    }
    for (let offset = 0; offset < length; offset++)
      target[end + offset] = this.buffer[at + offset]!;
    return length;
  }

  /** All that is left, not a copy. */
  rest(): Uint8Array {
    return this.buffer.subarray(this.take(this.buffer.length - this.at));
  }

  text(): string {
    return decoder.decode(this.bytesInPlace());
  }

  int32Array(): Int32Array {
    return new Int32Array(this.wordsOf(Int32Array.BYTES_PER_ELEMENT));
  }

  float64Array(): Float64Array {
    return new Float64Array(this.wordsOf(Float64Array.BYTES_PER_ELEMENT));
  }

  /** An array of `target.length` numbers, into that one. */
  float64sTo(target: Float64Array): void {
    const bytes = this.bytesInPlace();
    if (bytes.length !== target.byteLength) {
      const count = bytes.length / Float64Array.BYTES_PER_ELEMENT;
      throw corruptState(`it has ${count} values for ${target.length} groups`);
    }
    new Uint8Array(target.buffer, target.byteOffset, target.byteLength).set(bytes);
  }

  /** Nothing follows. */
  end(): void {
    const left = this.buffer.length - this.at;
    if (left > 0) throw corruptState(`${left} bytes follow its end`);
  }

  private wordsOf(wordBytes: number): ArrayBuffer {
    const bytes = this.bytesInPlace();
    if (bytes.length % wordBytes !== 0) throw corruptState('it ends inside a number');
    // Of this buffer alone: the copy of a view is as long as the view.
    return new Uint8Array(bytes).buffer;
  }

  /** Moves behind the next `byteCount` bytes; returns where they start. */
  private take(byteCount: number): number {
    const { at } = this;
    if (at + byteCount > this.buffer.length) throw corruptState('it ends inside a value');
    this.at = at + byteCount;
    return at;
  }
}
