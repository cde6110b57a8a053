/**
 * Sort keys: the order-by values of a row as bytes whose unsigned order is the order of the rows.
 * NULL is less than any value, as in Flink: first with ASC, last with DESC. Text is ordered by its
 * UTF-8 bytes; NaN is greater than all numbers, and -0 equals 0.
 *
 * Each value is a byte 0 (NULL) or 1 and, big-endian: integers with the sign bit turned; floats
 * likewise, negative ones with all bits turned; decimals as 16 bytes; bytes with 0 written as 0, 255
 * and 0, 0 at the end. All bytes of a descending value are turned.
 */
import { ByteArena } from '../batch/byte-arena.ts';
import type { Column } from '../batch/column.ts';
import { growFloat64 } from '../function/accumulator.ts';
import { grownInt32 } from './slot-array.ts';

export interface SortColumn {
  /** Position of the column. */
  readonly index: number;
  readonly isDescending: boolean;
}

const NULL_MARK = 0;
const VALUE_MARK = 1;
const ESCAPED = 255;
const SIGN_32 = 0x8000_0000;
const TWO_32 = 4_294_967_296;
const MASK_64 = 0xffff_ffff_ffff_ffffn;
const SIGN_64 = 0x8000_0000_0000_0000n;
/** Bytes of a value without its content, and of the widest fixed one. */
const FIXED_BYTES_MAX = 17;
/** Bytes without a user that are left alone. */
const COMPACT_BYTES = 64 * 1024;

/** The sort keys of rows by slot, each with the number of its arrival. */
export class SortKeys {
  private readonly order: readonly SortColumn[];
  private arena = new ByteArena();
  private start: Int32Array = new Int32Array(0);
  private length: Int32Array = new Int32Array(0);
  /** By slot; the earlier of two rows with equal keys comes first. */
  private arrival: Float64Array = new Float64Array(0);
  private usedBytes = 0;

  constructor(order: readonly SortColumn[]) {
    this.order = order;
  }

  /** Keeps the key of a row of these columns under a slot that holds none. */
  set(slot: number, columns: readonly Column[], row: number, arrival: number): void {
    this.start = grownInt32(this.start, slot + 1, 0);
    this.length = grownInt32(this.length, slot + 1, 0);
    this.arrival = growFloat64(this.arrival, slot + 1);
    const from = this.arena.end;
    for (const { index, isDescending } of this.order) {
      const at = this.arena.end;
      this.writeValue(columns[index]!, row);
      if (isDescending) this.turn(at);
    }
    const size = this.arena.end - from;
    this.start[slot] = from;
    this.length[slot] = size;
    this.arrival[slot] = arrival;
    this.usedBytes += size;
  }

  arrivalOf(slot: number): number {
    return this.arrival[slot]!;
  }

  /** Gives up the key of a slot. */
  drop(slot: number): void {
    this.usedBytes -= this.length[slot]!;
    const isLast = this.start[slot]! + this.length[slot]! === this.arena.end;
    if (isLast) this.arena.end = this.start[slot]!;
    this.length[slot] = 0;
    if (this.arena.end > this.usedBytes * 2 + COMPACT_BYTES) this.compact();
  }

  /** Negative when the row of `left` comes first; 0 for one and the same. */
  compare(left: number, right: number): number {
    const { view } = this.arena.block;
    const leftAt = this.start[left]!;
    const rightAt = this.start[right]!;
    const leftLength = this.length[left]!;
    const rightLength = this.length[right]!;
    const shared = Math.min(leftLength, rightLength);
    let offset = 0;
    for (; offset + 4 <= shared; offset += 4) {
      const leftWord = view.getUint32(leftAt + offset, false);
      const rightWord = view.getUint32(rightAt + offset, false);
      if (leftWord !== rightWord) return leftWord < rightWord ? -1 : 1;
    }
    for (; offset < shared; offset++) {
      const difference = view.getUint8(leftAt + offset) - view.getUint8(rightAt + offset);
      if (difference !== 0) return difference;
    }
    if (leftLength !== rightLength) return leftLength - rightLength;
    return this.arrival[left]! - this.arrival[right]!;
  }

  private writeValue(column: Column, row: number): void {
    const { arena } = this;
    arena.reserve(FIXED_BYTES_MAX);
    if (column.nulls[row] === 1) {
      this.writeByte(NULL_MARK);
      return;
    }
    this.writeByte(VALUE_MARK);
    switch (column.kind) {
      case 'boolean':
        this.writeByte(column.values[row]!);
        return;
      case 'int':
        this.writeWord(column.values[row]! ^ SIGN_32);
        return;
      case 'long':
        if (column.wide === null) this.writeInteger(column.values[row]!);
        else this.writeInt64(column.wide[row]!);
        return;
      case 'double':
        this.writeDouble(column.values[row]!);
        return;
      case 'timestamp':
        this.writeInteger(column.millis[row]!);
        this.writeWord(column.nanos === null ? 0 : column.nanos[row]!);
        return;
      case 'bytes':
        this.writeBytes(column.block.bytes, column.start[row]!, column.length[row]!);
        return;
      case 'decimal': {
        const value = column.values[row]!;
        this.writeInt64(value >> 64n);
        arena.block.view.setBigUint64(arena.end, value & MASK_64, false);
        arena.end += 8;
        return;
      }
      case 'object':
        // The plan refuses to order by these.
        return;
    }
  }

  private writeByte(value: number): void {
    const { arena } = this;
    arena.block.bytes[arena.end++] = value;
  }

  private writeWord(value: number): void {
    const { arena } = this;
    arena.block.view.setInt32(arena.end, value, false);
    arena.end += 4;
  }

  /** A safe integer as 64 bits. */
  private writeInteger(value: number): void {
    const high = Math.floor(value / TWO_32);
    this.writeWord((high | 0) ^ SIGN_32);
    this.writeWord((value - high * TWO_32) | 0);
  }

  private writeInt64(value: bigint): void {
    const { arena } = this;
    arena.block.view.setBigUint64(arena.end, (value & MASK_64) ^ SIGN_64, false);
    arena.end += 8;
  }

  private writeDouble(value: number): void {
    const { arena } = this;
    const { view } = arena.block;
    view.setFloat64(arena.end, Number.isNaN(value) ? Number.NaN : value + 0, false);
    const high = view.getInt32(arena.end, false);
    if (high < 0) {
      view.setInt32(arena.end, ~high, false);
      view.setInt32(arena.end + 4, ~view.getInt32(arena.end + 4, false), false);
    } else {
      view.setInt32(arena.end, high ^ SIGN_32, false);
    }
    arena.end += 8;
  }

  private writeBytes(source: Uint8Array, start: number, length: number): void {
    const { arena } = this;
    arena.reserve(length * 2 + 2);
    const { bytes } = arena.block;
    let at = arena.end;
    for (let index = start; index < start + length; index++) {
      const byte = source[index]!;
      bytes[at++] = byte;
      if (byte === 0) bytes[at++] = ESCAPED;
    }
    bytes[at++] = 0;
    bytes[at++] = 0;
    arena.end = at;
  }

  /** Turns all bits from here to the end of the arena. */
  private turn(from: number): void {
    const { bytes } = this.arena.block;
    for (let at = from; at < this.arena.end; at++) bytes[at] = bytes[at]! ^ 255;
  }

  private compact(): void {
    const { bytes } = this.arena.block;
    const compacted = new ByteArena();
    compacted.reserve(this.usedBytes);
    for (let slot = 0; slot < this.start.length; slot++) {
      const from = this.start[slot]!;
      const size = this.length[slot]!;
      if (size === 0) continue;
      compacted.block.bytes.set(bytes.subarray(from, from + size), compacted.end);
      this.start[slot] = compacted.end;
      compacted.end += size;
    }
    this.arena = compacted;
  }
}
