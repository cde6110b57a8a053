/**
 * Reads what a StateWriter wrote, in the same order. A read beyond the end throws a RangeError:
 * the bytes are then not a state of this operator.
 */
export class StateReader {
  private readonly buffer: Uint8Array;
  private readonly view: DataView;
  private at = 0;

  constructor(state: Uint8Array) {
    this.buffer = state;
    this.view = new DataView(state.buffer, state.byteOffset, state.byteLength);
  }

  uint32(): number {
    const value = this.view.getUint32(this.at, true);
    this.at += 4;
    return value;
  }

  float64(): number {
    const value = this.view.getFloat64(this.at, true);
    this.at += 8;
    return value;
  }

  int64(): bigint {
    const value = this.view.getBigInt64(this.at, true);
    this.at += 8;
    return value;
  }

  boolean(): boolean {
    return this.view.getUint8(this.at++) === 1;
  }

  /** A copy of length-prefixed bytes. */
  bytes(): Uint8Array {
    const length = this.uint32();
    if (this.at + length > this.buffer.length) throw new RangeError('state ends inside a value');
    const value = this.buffer.slice(this.at, this.at + length);
    this.at += length;
    return value;
  }

  text(): string {
    return new TextDecoder().decode(this.bytes());
  }

  int32Array(): Int32Array {
    return new Int32Array(this.bytes().buffer);
  }

  float64Array(): Float64Array {
    return new Float64Array(this.bytes().buffer);
  }
}
