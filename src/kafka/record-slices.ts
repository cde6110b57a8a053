/**
 * Where in a batch's records each key, value and header lies, as columns of numbers: no object and
 * no copy a record. The columns are reused by the next batch, and grow as they must.
 * Invariant: every slice lies within its record, and the records fill the bytes to the end.
 */
import { recordsCorrupt } from './records-corrupt.ts';

/** Length, attributes, two deltas, two lengths and a header count, one byte each. */
const RECORD_BYTES_MIN = 7;
const CAPACITY_FIRST = 256;
/** The 28 bits of four bytes fit into what bit operators work on; longer numbers are rare. */
const SHIFT_FAST_MAX = 21;
const VARINT_BYTES_MAX = 10;
/** 5 bytes hold 32 bits. */
const INT32_LIMIT = 0x8000_0000;

export interface RecordHeader {
  readonly name: string;
  readonly value: Uint8Array | null;
}

export class RecordSlices {
  count = 0;
  /** -1: the value is null. */
  valueLength = new Int32Array(CAPACITY_FIRST);
  valueStart = new Int32Array(CAPACITY_FIRST);
  /** -1: there is no key. */
  keyLength = new Int32Array(CAPACITY_FIRST);
  keyStart = new Int32Array(CAPACITY_FIRST);
  offsetDelta = new Int32Array(CAPACITY_FIRST);
  timestampDelta = new Float64Array(CAPACITY_FIRST);
  /** For `readHeaders`. */
  headersStart = new Int32Array(CAPACITY_FIRST);
  headersEnd = new Int32Array(CAPACITY_FIRST);
  private at = 0;

  /**
   * The records of one batch, uncompressed, as they stand in `records` from `from` to `to`. Throws
   * DREY_KAFKA_RECORDS_CORRUPT; the columns hold nothing of use then.
   */
  read(records: Uint8Array, from: number, to: number, count: number): void {
    this.count = 0;
    if (count < 0 || count * RECORD_BYTES_MIN > to - from) {
      throw recordsCorrupt(`${count} records are said to lie in ${to - from} bytes`, from);
    }
    if (to > records.length) throw recordsCorrupt('they end before their end', records.length);
    this.reserve(count);
    this.at = from;
    for (let index = 0; index < count; index++) this.readRecord(records, to, index);
    if (this.at !== to) throw recordsCorrupt('there is more than its records', this.at);
    this.count = count;
  }

  private readRecord(records: Uint8Array, to: number, index: number): void {
    const start = this.at;
    const length = this.readInt(records);
    const end = this.at + length;
    if (length < RECORD_BYTES_MIN - 1 || end > to) {
      throw recordsCorrupt(`record ${index} has a length of ${length} bytes`, start);
    }
    // One byte of attributes that mean nothing yet.
    this.at++;
    this.timestampDelta[index] = this.readLong(records);
    this.offsetDelta[index] = this.readInt(records);
    const keyLength = this.readInt(records);
    this.keyLength[index] = keyLength;
    this.keyStart[index] = this.at;
    if (keyLength > 0) this.at += keyLength;
    // Before a value's length is looked for, and so far no further than one record.
    if (keyLength < -1 || this.at >= end) {
      throw recordsCorrupt(`the key of record ${index} has ${keyLength} bytes`, start);
    }
    const valueLength = this.readInt(records);
    this.valueLength[index] = valueLength;
    this.valueStart[index] = this.at;
    if (valueLength > 0) this.at += valueLength;
    if (valueLength < -1 || this.at >= end) {
      throw recordsCorrupt(`the value of record ${index} has ${valueLength} bytes`, start);
    }
    this.headersStart[index] = this.at;
    this.headersEnd[index] = end;
    this.at = end;
  }

  /** A zigzag number of at most 32 bits. */
  private readInt(bytes: Uint8Array): number {
    const first = bytes[this.at] ?? 0;
    if (first < 0x80) {
      this.at++;
      return (first >>> 1) ^ -(first & 1);
    }
    const second = bytes[this.at + 1] ?? 0;
    if (second < 0x80) {
      this.at += 2;
      const raw = (first & 0x7f) | (second << 7);
      return (raw >>> 1) ^ -(raw & 1);
    }
    const value = this.readLong(bytes);
    if (value >= INT32_LIMIT || value < -INT32_LIMIT) {
      throw recordsCorrupt(`${value} is no 32-bit number`, this.at);
    }
    return value;
  }

  /** A zigzag number of at most 64 bits. */
  private readLong(bytes: Uint8Array): number {
    let raw = 0;
    let shift = 0;
    let at = this.at;
    for (; shift <= SHIFT_FAST_MAX; shift += 7) {
      const byte = bytes[at++] ?? 0;
      raw |= (byte & 0x7f) << shift;
      if (byte < 0x80) {
        this.at = at;
        return (raw >>> 1) ^ -(raw & 1);
      }
    }
    return this.readLongTail(bytes, at, raw);
  }

  /** What follows the first four bytes, whose bits are `low`; in floating point. */
  private readLongTail(bytes: Uint8Array, from: number, low: number): number {
    let raw = low;
    let factor = 2 ** (SHIFT_FAST_MAX + 7);
    for (let at = from; at < this.at + VARINT_BYTES_MAX; at++) {
      const byte = bytes[at] ?? 0;
      raw += (byte & 0x7f) * factor;
      factor *= 0x80;
      if (byte < 0x80) {
        this.at = at + 1;
        // The lowest bit, which is the sign, is that of the first bytes: `raw` may be rounded.
        return (low & 1) === 0 ? raw / 2 : -(raw + 1) / 2;
      }
    }
    throw recordsCorrupt('a number is longer than 64 bits', this.at);
  }

  private reserve(count: number): void {
    if (count <= this.valueLength.length) return;
    const capacity = Math.max(count, 2 * this.valueLength.length);
    this.valueLength = new Int32Array(capacity);
    this.valueStart = new Int32Array(capacity);
    this.keyLength = new Int32Array(capacity);
    this.keyStart = new Int32Array(capacity);
    this.offsetDelta = new Int32Array(capacity);
    this.timestampDelta = new Float64Array(capacity);
    this.headersStart = new Int32Array(capacity);
    this.headersEnd = new Int32Array(capacity);
  }
}

const utf8 = new TextDecoder();

/** Of one record, from its `headersStart` to its `headersEnd`; values are views of `bytes`. */
export function readHeaders(
  bytes: Uint8Array,
  start: number,
  end: number,
): readonly RecordHeader[] {
  const cursor = new HeaderCursor(bytes, start, end);
  const count = cursor.length();
  if (count < 0 || count * 2 > end - start) throw recordsCorrupt(`it has ${count} headers`, start);
  const headers: RecordHeader[] = [];
  for (let index = 0; index < count; index++) {
    const name = cursor.slice();
    if (name === null) throw recordsCorrupt('a header has no name', start);
    headers.push({ name: utf8.decode(name), value: cursor.slice() });
  }
  cursor.finish();
  return headers;
}

class HeaderCursor {
  private readonly bytes: Uint8Array;
  private readonly end: number;
  private at: number;

  constructor(bytes: Uint8Array, start: number, end: number) {
    this.bytes = bytes;
    this.end = end;
    this.at = start;
  }

  length(): number {
    let raw = 0;
    for (let shift = 0; shift <= 28 && this.at < this.end; shift += 7) {
      const byte = this.bytes[this.at++] ?? 0;
      raw |= (byte & 0x7f) << shift;
      if (byte < 0x80) return (raw >>> 1) ^ -(raw & 1);
    }
    throw recordsCorrupt('its headers end within a number', this.at);
  }

  slice(): Uint8Array | null {
    const length = this.length();
    if (length === -1) return null;
    if (length < 0 || this.at + length > this.end) {
      throw recordsCorrupt(`a header has ${length} bytes`, this.at);
    }
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }

  finish(): void {
    if (this.at !== this.end) throw recordsCorrupt('there is more than its headers', this.at);
  }
}
