/**
 * Reads keys of a dictionary back into columns: the counterpart of KeyEncoder. The bytes of one
 * batch are kept in one block that all text columns share.
 */
import { ByteBlock } from '../batch/byte-block.ts';
import type { BytesColumn, Column } from '../batch/column.ts';
import type { KeyDictionary } from './key-dictionary.ts';
import { NULL_HEADER } from './key-encoder.ts';
import { objectOfText } from './key-object.ts';
import { NULL_KEY_LENGTH } from './key-ranges.ts';

const INITIAL_BYTES = 64 * 1024;
const TWO_32 = 4_294_967_296;

export class KeyDecoder {
  private readonly hasPrefix: boolean;
  private block = new ByteBlock(INITIAL_BYTES);
  /** End of the content of `block`. */
  private end = 0;
  /** Where the next word is read. */
  private at = 0;

  constructor(hasPrefix = false) {
    this.hasPrefix = hasPrefix;
  }

  /** Starts a new batch: the columns filled before must not be read any more. */
  reset(): void {
    this.end = 0;
  }

  /** Fills `row` of `columns` with the key of `id`; the columns are those it was encoded from. */
  decode(dictionary: KeyDictionary, id: number, columns: readonly Column[], row: number): void {
    const length = dictionary.lengthOf(id);
    const [only] = columns;
    const isOwnKey = !this.hasPrefix && columns.length === 1 && only?.kind === 'bytes';
    if (length === NULL_KEY_LENGTH) {
      if (isOwnKey) only.setNull(row);
      return;
    }
    this.reserve(length + 4, columns);
    dictionary.copyKey(id, this.block.view, this.end);
    this.at = this.end;
    this.end += (length + 3) & ~3;
    if (isOwnKey) {
      this.pointTo(only, row, length);
      return;
    }
    if (this.hasPrefix) this.at += 4;
    for (const column of columns) this.readValue(column, row);
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
        this.pointTo(column, row, header);
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

  private pointTo(column: BytesColumn, row: number, length: number): void {
    column.block = this.block;
    column.start[row] = this.at;
    column.length[row] = length;
  }

  /** Makes room; the text columns filled so far move along to the new block. */
  private reserve(byteCount: number, columns: readonly Column[]): void {
    const needed = this.end + byteCount;
    if (needed <= this.block.capacity) return;
    const grown = new ByteBlock(Math.max(needed, this.block.capacity * 2));
    grown.bytes.set(this.block.bytes.subarray(0, this.end));
    this.block = grown;
    for (const column of columns) if (column.kind === 'bytes') column.block = grown;
  }
}
