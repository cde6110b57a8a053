/**
 * Writes the values of one or more columns as one byte key a row. The bytes are canonical: equal
 * values give equal bytes whatever batch they came in, so keys can be compared, stored and restored.
 *
 * One text or binary column is its own key and is not copied. Otherwise each value is whole words:
 * a header (-1: NULL; bytes: the length; else 0) and the value (integers: one word; BIGINT, DOUBLE:
 * two; TIMESTAMP: milliseconds in two, then nanoseconds; others: text). KeyDecoder reads it back.
 */
import { ByteBlock } from '../batch/byte-block.ts';
import { BATCH_ROWS, type BytesColumn, type Column } from '../batch/column.ts';
import type { LinearMemory } from '../memory/linear-memory.ts';
import { objectText } from './key-object.ts';
import { NULL_KEY_LENGTH, type KeyRanges } from './key-ranges.ts';

/** Header word of a NULL value. */
export const NULL_HEADER = -1;
/** First size of the block that keys are written to, bytes. */
const INITIAL_BYTES = 64 * 1024;
const TWO_32 = 4_294_967_296;

export class KeyEncoder {
  /** Where keys are written to. */
  private readonly memory: LinearMemory;
  /** Written before each key, to keep several grouping sets apart; null: nothing. */
  private readonly prefix: number | null;
  private readonly start = new Int32Array(BATCH_ROWS);
  private readonly length = new Int32Array(BATCH_ROWS);
  private block: ByteBlock;
  /** Where the next word goes. */
  private at = 0;

  constructor(memory: LinearMemory, prefix: number | null = null) {
    this.memory = memory;
    this.prefix = prefix;
    this.block = new ByteBlock(INITIAL_BYTES, memory);
  }

  /** The keys of the first `rowCount` rows; valid until the next call or change of the columns. */
  encode(columns: readonly Column[], rowCount: number): KeyRanges {
    const [only] = columns;
    if (this.prefix === null && columns.length === 1 && only?.kind === 'bytes') {
      return this.columnAsKey(only, rowCount);
    }
    this.at = 0;
    for (let row = 0; row < rowCount; row++) {
      const from = this.at;
      if (this.prefix !== null) this.writeWord(this.prefix);
      for (const column of columns) this.writeValue(column, row);
      this.start[row] = from;
      this.length[row] = this.at - from;
    }
    return { block: this.block, start: this.start, length: this.length };
  }

  /** Gives up the block; nothing else is called afterwards. */
  release(): void {
    this.memory.release(this.block.bytes);
  }

  private columnAsKey(column: BytesColumn, rowCount: number): KeyRanges {
    const { block, start } = column;
    if (!column.hasNulls) return { block, start, length: column.length };
    for (let row = 0; row < rowCount; row++) {
      this.length[row] = column.nulls[row] === 1 ? NULL_KEY_LENGTH : column.length[row]!;
    }
    return { block, start, length: this.length };
  }

  private writeValue(column: Column, row: number): void {
    if (column.nulls[row] === 1) {
      this.writeWord(NULL_HEADER);
      return;
    }
    switch (column.kind) {
      case 'boolean':
      case 'int':
        this.writeWord(0);
        this.writeWord(column.values[row]!);
        return;
      case 'long':
        this.writeWord(0);
        if (column.wide === null) this.writeInteger(column.values[row]!);
        else this.writeInt64(column.wide[row]!);
        return;
      case 'double':
        this.writeWord(0);
        this.reserve(8);
        this.block.view.setFloat64(this.at, canonicalDouble(column.values[row]!), true);
        this.at += 8;
        return;
      case 'timestamp':
        this.writeWord(0);
        this.writeInteger(column.millis[row]!);
        this.writeWord(column.nanos === null ? 0 : column.nanos[row]!);
        return;
      case 'bytes':
        this.writeBytes(column.block.bytes, column.start[row]!, column.length[row]!);
        return;
      case 'decimal':
        this.writeText(String(column.values[row]!));
        return;
      case 'object':
        this.writeText(objectText(column.values[row]!));
        return;
    }
  }

  private writeWord(value: number): void {
    this.reserve(4);
    this.block.view.setInt32(this.at, value, true);
    this.at += 4;
  }

  /** A safe integer as 64 bits. */
  private writeInteger(value: number): void {
    const high = Math.floor(value / TWO_32);
    this.writeWord((value - high * TWO_32) | 0);
    this.writeWord(high | 0);
  }

  private writeInt64(value: bigint): void {
    this.reserve(8);
    this.block.view.setBigInt64(this.at, value, true);
    this.at += 8;
  }

  private writeText(text: string): void {
    const bytes = new TextEncoder().encode(text);
    this.writeBytes(bytes, 0, bytes.length);
  }

  private writeBytes(source: Uint8Array, start: number, length: number): void {
    this.writeWord(length);
    const padded = (length + 3) & ~3;
    this.reserve(padded);
    const { bytes } = this.block;
    let at = this.at;
    for (let index = 0; index < length; index++) bytes[at++] = source[start + index]!;
    this.at += padded;
    while (at < this.at) bytes[at++] = 0;
  }

  private reserve(byteCount: number): void {
    const needed = this.at + byteCount;
    if (needed <= this.block.capacity) return;
    const grown = new ByteBlock(Math.max(needed, this.block.capacity * 2), this.memory);
    grown.bytes.set(this.block.bytes.subarray(0, this.at));
    this.memory.release(this.block.bytes);
    this.block = grown;
  }
}

/** One of the many bit patterns of NaN, and 0 for -0: each two are equal by value. */
function canonicalDouble(value: number): number {
  return Number.isNaN(value) ? Number.NaN : value + 0;
}
