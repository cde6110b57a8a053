/** Puts a request of the Kafka protocol together: big-endian, strings with a length before them. */
import { writeInt16, writeInt32, writeInt64 } from '../../../kafka/int64.ts';

const CAPACITY_FIRST_BYTES = 512;

export class WireWriter {
  private bytes: Uint8Array;
  private at = 0;

  /** `roomBytes`: of large requests, so that they are not copied while they grow. */
  constructor(roomBytes = 0) {
    this.bytes = new Uint8Array(CAPACITY_FIRST_BYTES + roomBytes);
  }

  int8(value: number): this {
    this.reserve(1);
    this.bytes[this.at++] = value;
    return this;
  }

  boolean(value: boolean): this {
    return this.int8(value ? 1 : 0);
  }

  int16(value: number): this {
    this.reserve(2);
    writeInt16(this.bytes, this.at, value);
    this.at += 2;
    return this;
  }

  int32(value: number): this {
    this.reserve(4);
    writeInt32(this.bytes, this.at, value);
    this.at += 4;
    return this;
  }

  int64(value: number): this {
    this.reserve(8);
    writeInt64(this.bytes, this.at, value);
    this.at += 8;
    return this;
  }

  string(value: string | null): this {
    if (value === null) return this.int16(-1);
    const text = Buffer.from(value);
    this.int16(text.length);
    return this.raw(text);
  }

  bytesWithLength(value: Uint8Array): this {
    this.int32(value.length);
    return this.raw(value);
  }

  /** Null is another thing than no entries. */
  list<T>(values: readonly T[] | null, write: (value: T) => void): this {
    this.int32(values === null ? -1 : values.length);
    for (const value of values ?? []) write(value);
    return this;
  }

  int32List(values: readonly number[]): this {
    return this.list(values, (value) => this.int32(value));
  }

  /** With the number of its bytes before it, as a request goes over the connection. */
  framed(): Uint8Array {
    const frame = new Uint8Array(4 + this.at);
    writeInt32(frame, 0, this.at);
    frame.set(this.bytes.subarray(0, this.at), 4);
    return frame;
  }

  private raw(value: Uint8Array): this {
    this.reserve(value.length);
    this.bytes.set(value, this.at);
    this.at += value.length;
    return this;
  }

  private reserve(moreBytes: number): void {
    const needed = this.at + moreBytes;
    if (needed <= this.bytes.length) return;
    const grown = new Uint8Array(Math.max(needed, 2 * this.bytes.length));
    grown.set(this.bytes.subarray(0, this.at));
    this.bytes = grown;
  }
}
