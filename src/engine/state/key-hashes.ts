/**
 * The hashes of the keys of a batch, column by column, without writing the keys out.
 * Invariant: the same numbers as keyGroupOf has for the bytes that KeyEncoder writes; where this
 * file does not know how a value is written, they are written after all.
 */
import { BATCH_ROWS, type BytesColumn, type Column } from '../batch/column.ts';
import type { LinearMemory } from '../memory/linear-memory.ts';
import { NULL_HEADER } from './key-encoder.ts';
import { finishKeyHash, mixKeyRest, mixKeyWord, NULL_KEY_HASH } from './key-groups.ts';

const TWO_32 = 4_294_967_296;

/** Scratch areas of the memory: what of a column does not lie there. */
const STARTS = 0;
const LENGTHS = 1;
const NULLS = 2;

/** Columns whose values are written as whole words of a fixed number, or as bytes. */
export function areHashable(columns: readonly Column[]): boolean {
  return columns.every(({ kind }) => kind !== 'decimal' && kind !== 'object');
}

export class KeyHashes {
  /** Of the batch read last; 32 bits each. */
  readonly hashes: Int32Array;
  /** Bytes of each key so far. */
  private readonly lengths: Int32Array;
  private readonly memory: LinearMemory;
  private readonly doubles = new Float64Array(1);
  private readonly words = new Int32Array(this.doubles.buffer);

  /** `memory`: texts that lie there are hashed by its kernels. */
  constructor(memory: LinearMemory) {
    this.memory = memory;
    this.hashes = memory.int32Array(BATCH_ROWS);
    this.lengths = memory.int32Array(BATCH_ROWS);
  }

  /** Fills `hashes`; the columns are hashable. */
  read(columns: readonly Column[], rowCount: number): void {
    const { hashes, lengths } = this;
    const [only] = columns;
    if (columns.length === 1 && only?.kind === 'bytes') {
      this.readOnly(only, rowCount);
      return;
    }
    hashes.fill(0, 0, rowCount);
    lengths.fill(0, 0, rowCount);
    for (const column of columns) this.mix(column, rowCount);
    for (let row = 0; row < rowCount; row++) {
      hashes[row] = finishKeyHash(hashes[row]!, lengths[row]!);
    }
  }

  /** One text or binary column is its own key. */
  private readOnly(column: BytesColumn, rowCount: number): void {
    const { hashes, memory } = this;
    if (column.block.memory === memory) {
      memory.kernels.hashTexts(
        column.block.bytes.byteOffset,
        memory.addressOf(column.start, rowCount, STARTS),
        memory.addressOf(column.length, rowCount, LENGTHS),
        memory.addressOf(column.nulls, rowCount, NULLS),
        rowCount,
        NULL_KEY_HASH,
        hashes.byteOffset,
      );
      return;
    }
    const { nulls, start, length } = column;
    const { view } = column.block;
    for (let row = 0; row < rowCount; row++) {
      if (nulls[row] === 1) {
        hashes[row] = NULL_KEY_HASH;
        continue;
      }
      const from = start[row]!;
      const size = length[row]!;
      const end = from + (size & ~3);
      let hash = 0;
      for (let at = from; at < end; at += 4) hash = mixKeyWord(hash, view.getInt32(at, true));
      if ((size & 3) !== 0) hash = mixKeyRest(hash, restOf(view.getInt32(end, true), size));
      hashes[row] = finishKeyHash(hash, size);
    }
  }

  private mix(column: Column, rowCount: number): void {
    switch (column.kind) {
      case 'boolean':
      case 'int':
        this.mixInts(column.values, column.nulls, rowCount);
        return;
      case 'bytes':
        this.mixBytes(column, rowCount);
        return;
      case 'long':
      case 'double':
      case 'timestamp':
        this.mixWide(column, rowCount);
        return;
      case 'decimal':
      case 'object':
        return;
    }
  }

  private mixInts(values: Int32Array | Uint8Array, nulls: Uint8Array, rowCount: number): void {
    const { hashes, lengths } = this;
    for (let row = 0; row < rowCount; row++) {
      if (nulls[row] === 1) {
        this.mixNull(row);
        continue;
      }
      hashes[row] = mixKeyWord(mixKeyWord(hashes[row]!, 0), values[row]!);
      lengths[row] = lengths[row]! + 8;
    }
  }

  private mixBytes({ nulls, start, length, block }: BytesColumn, rowCount: number): void {
    const { hashes, lengths, memory } = this;
    if (block.memory === memory) {
      memory.kernels.mixTexts(
        block.bytes.byteOffset,
        memory.addressOf(start, rowCount, STARTS),
        memory.addressOf(length, rowCount, LENGTHS),
        memory.addressOf(nulls, rowCount, NULLS),
        rowCount,
        NULL_HEADER,
        hashes.byteOffset,
        lengths.byteOffset,
      );
      return;
    }
    const { view } = block;
    for (let row = 0; row < rowCount; row++) {
      if (nulls[row] === 1) {
        this.mixNull(row);
        continue;
      }
      const from = start[row]!;
      const size = length[row]!;
      const end = from + (size & ~3);
      let hash = mixKeyWord(hashes[row]!, size);
      for (let at = from; at < end; at += 4) hash = mixKeyWord(hash, view.getInt32(at, true));
      // The last word is filled up with zeros.
      if ((size & 3) !== 0) hash = mixKeyWord(hash, restOf(view.getInt32(end, true), size));
      hashes[row] = hash;
      lengths[row] = lengths[row]! + 4 + ((size + 3) & ~3);
    }
  }

  /** Values of two words; a timestamp has a third one. */
  private mixWide(
    column: Extract<Column, { kind: 'long' | 'double' | 'timestamp' }>,
    rowCount: number,
  ): void {
    const { hashes, lengths, words } = this;
    const isTimestamp = column.kind === 'timestamp';
    for (let row = 0; row < rowCount; row++) {
      if (column.nulls[row] === 1) {
        this.mixNull(row);
        continue;
      }
      this.split(column, row);
      let hash = mixKeyWord(hashes[row]!, 0);
      hash = mixKeyWord(mixKeyWord(hash, words[0]!), words[1]!);
      if (isTimestamp) hash = mixKeyWord(hash, column.nanos?.[row] ?? 0);
      hashes[row] = hash;
      lengths[row] = lengths[row]! + (isTimestamp ? 16 : 12);
    }
  }

  /** The two words of a value, into `words`. */
  private split(
    column: Extract<Column, { kind: 'long' | 'double' | 'timestamp' }>,
    row: number,
  ): void {
    const { words } = this;
    if (column.kind === 'double') {
      const value = column.values[row]!;
      this.doubles[0] = Number.isNaN(value) ? Number.NaN : value + 0;
    } else if (column.kind === 'long' && column.wide !== null) {
      const value = column.wide[row]!;
      words[0] = Number(BigInt.asIntN(32, value));
      words[1] = Number(BigInt.asIntN(32, value >> 32n));
    } else {
      const value = column.kind === 'long' ? column.values[row]! : column.millis[row]!;
      const high = Math.floor(value / TWO_32);
      words[0] = (value - high * TWO_32) | 0;
      words[1] = high | 0;
    }
  }

  private mixNull(row: number): void {
    this.hashes[row] = mixKeyWord(this.hashes[row]!, NULL_HEADER);
    this.lengths[row] = this.lengths[row]! + 4;
  }
}

/** The bytes of a word that belong to a value of this size, whose last word it is. */
function restOf(word: number, size: number): number {
  return word & ((1 << ((size & 3) << 3)) - 1);
}
