/**
 * Reads keys of a dictionary back into columns: the counterpart of KeyEncoder. The bytes of one
 * batch are kept in one block that all text columns share.
 */
import { ByteBlock } from '../batch/byte-block.ts';
import { BATCH_ROWS, type BytesColumn, type Column } from '../batch/column.ts';
import type { LinearMemory } from '../memory/linear-memory.ts';
import type { KeyDictionary } from './key-dictionary.ts';
import { NULL_HEADER } from './key-encoder.ts';
import { objectOfText } from './key-object.ts';
import { NULL_KEY_LENGTH } from './key-ranges.ts';

const INITIAL_BYTES = 64 * 1024;
const TWO_32 = 4_294_967_296;

export class KeyDecoder {
  private readonly memory: LinearMemory;
  /** Keys have a word in front of their values. */
  private readonly hasPrefix: boolean;
  private readonly start: Int32Array;
  private readonly length: Int32Array;
  private block: ByteBlock;
  private keyCount = 0;
  /** Where the next word is read. */
  private at = 0;

  constructor(memory: LinearMemory, hasPrefix = false) {
    this.memory = memory;
    this.hasPrefix = hasPrefix;
    this.start = memory.int32Array(BATCH_ROWS);
    this.length = memory.int32Array(BATCH_ROWS);
    this.block = new ByteBlock(INITIAL_BYTES, memory);
  }

  /** Takes the keys of a batch: columns that were filled from the ones before are not valid then. */
  load(dictionary: KeyDictionary, ids: Int32Array): void {
    const byteCount = dictionary.keysSizeBytes(ids);
    if (byteCount > this.block.capacity) {
      this.memory.release(this.block.bytes);
      this.block = new ByteBlock(Math.max(byteCount, this.block.capacity * 2), this.memory);
    }
    dictionary.copyKeys(ids, { block: this.block, start: this.start, length: this.length });
    this.keyCount = ids.length;
  }

  /** The word in front of the nth key. */
  prefixOf(index: number): number {
    return this.block.view.getInt32(this.start[index]!, true);
  }

  /** Fills the first rows of `columns`, which all keys were encoded from. */
  decodeAll(columns: readonly Column[]): void {
    const [only] = columns;
    if (!this.hasPrefix && columns.length === 1 && only?.kind === 'bytes') this.decodeTexts(only);
    else for (let row = 0; row < this.keyCount; row++) this.decode(columns, row);
  }

  /** Fills `row` of `columns` with the key of the same number; it was encoded from several values. */
  decode(columns: readonly Column[], row: number): void {
    this.at = this.start[row]! + (this.hasPrefix ? 4 : 0);
    for (const column of columns) this.readValue(column, row);
  }

  /** A single text is its own key. */
  private decodeTexts(column: BytesColumn): void {
    const { start, length, keyCount } = this;
    column.block = this.block;
    column.start.set(start.subarray(0, keyCount));
    column.length.set(length.subarray(0, keyCount));
    for (let row = 0; row < keyCount; row++) {
      if (length[row] === NULL_KEY_LENGTH) column.setNull(row);
    }
  }

  private readValue(column: Column, row: number): void {
    const header = this.readWord();
    if (header === NULL_HEADER) {
      column.setNull(row);
      return;
    }
    switch (column.kind) {
      case 'boolean':
      case 'int':
        column.values[row] = this.readWord();
        return;
      case 'long':
        this.readLong(column, row);
        return;
      case 'double':
        column.values[row] = this.block.view.getFloat64(this.at, true);
        this.at += 8;
        return;
      case 'timestamp':
        column.millis[row] = this.readInteger();
        this.readNanos(column, row);
        return;
      case 'bytes':
        column.block = this.block;
        column.start[row] = this.at;
        column.length[row] = header;
        this.at += (header + 3) & ~3;
        return;
      case 'decimal':
        column.values[row] = BigInt(this.readText(header));
        return;
      case 'object':
        column.values[row] = objectOfText(this.readText(header));
        return;
    }
  }

  private readLong(column: Column & { kind: 'long' }, row: number): void {
    const value = this.readInteger();
    if (Number.isSafeInteger(value) && column.wide === null) {
      column.values[row] = value;
      return;
    }
    const wide = column.widen(row);
    wide[row] = this.block.view.getBigInt64(this.at - 8, true);
  }

  private readNanos(column: Column & { kind: 'timestamp' }, row: number): void {
    const nanos = this.readWord();
    if (nanos === 0 && column.nanos === null) return;
    column.nanos ??= new Int32Array(column.millis.length);
    column.nanos[row] = nanos;
  }

  private readWord(): number {
    const word = this.block.view.getInt32(this.at, true);
    this.at += 4;
    return word;
  }

  private readInteger(): number {
    const low = this.readWord() >>> 0;
    return this.readWord() * TWO_32 + low;
  }

  private readText(length: number): string {
    const text = new TextDecoder().decode(this.block.bytes.subarray(this.at, this.at + length));
    this.at += (length + 3) & ~3;
    return text;
  }
}
