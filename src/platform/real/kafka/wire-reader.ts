/**
 * Takes an answer of the Kafka protocol apart. What does not fit into the answer is an
 * UnusableAnswer, so that damage or another protocol never becomes a number that looks right.
 */
import { readInt16, readInt32, readInt64 } from '../../../kafka/int64.ts';
import { kafkaErrorName, type KafkaErrorName } from '../../../kafka/error-names.ts';

export class UnusableAnswer extends Error {
  constructor(problem: string) {
    super(problem);
    this.name = new.target.name;
  }
}

const NOTHING = new Uint8Array(0);

export class WireReader {
  /** How long the broker wants to be left alone. */
  throttleMs = 0;
  private readonly bytes: Uint8Array;
  private at = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  int8(): number {
    const at = this.take(1);
    return ((this.bytes[at] ?? 0) << 24) >> 24;
  }

  boolean(): boolean {
    return this.int8() !== 0;
  }

  int16(): number {
    return readInt16(this.bytes, this.take(2));
  }

  int32(): number {
    return readInt32(this.bytes, this.take(4));
  }

  int64(): number {
    return readInt64(this.bytes, this.take(8));
  }

  string(): string {
    return this.nullableString() ?? '';
  }

  nullableString(): string | null {
    const length = this.int16();
    if (length < 0) return null;
    const at = this.take(length);
    return Buffer.from(this.bytes.buffer, this.bytes.byteOffset + at, length).toString();
  }

  /** A view of the answer; null is read as no bytes. */
  bytesWithLength(): Uint8Array {
    const length = this.int32();
    if (length < 0) return NOTHING;
    const at = this.take(length);
    return this.bytes.subarray(at, at + length);
  }

  /** Null is read as no entries. */
  list<T>(read: () => T): readonly T[] {
    const count = this.int32();
    // No entry is smaller than a byte, so a wrong count costs no more than the answer's size.
    if (count > this.bytes.length - this.at) throw new UnusableAnswer(`a list of ${count} entries`);
    const values: T[] = [];
    for (let index = 0; index < count; index++) values.push(read());
    return values;
  }

  int32List(): readonly number[] {
    return this.list(() => this.int32());
  }

  error(): KafkaErrorName | null {
    return kafkaErrorName(this.int16());
  }

  throttle(): void {
    this.throttleMs = Math.max(0, this.int32());
  }

  /** Nothing may follow: bytes that are left over belong to a form that is not known here. */
  finish(): void {
    const rest = this.bytes.length - this.at;
    if (rest !== 0) throw new UnusableAnswer(`${rest} bytes more than the answer has`);
  }

  private take(length: number): number {
    const at = this.at;
    if (at + length > this.bytes.length) throw new UnusableAnswer('it ends too early');
    this.at = at + length;
    return at;
  }
}
