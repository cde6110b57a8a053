/**
 * Rows that outlive their batches and go one by one: each has a slot, which is used again once it
 * is given back. Everything is copied in, text too; `gatherRows` takes rows out by slot without
 * copying text.
 * Invariant: bytes that nobody refers to are at most as many as those in use, and COMPACT_BYTES.
 */
import type { RowSchema } from './batch.ts';
import { createColumn, type BytesColumn, type Column } from './column.ts';
import { scatterColumn, type RowMoves } from './scatter-rows.ts';

const INITIAL_SLOTS = 64;
/** Bytes without a user that are left alone. */
const COMPACT_BYTES = 64 * 1024;

export class SlotRows {
  readonly schema: RowSchema;
  private stored: Column[];
  private capacity = INITIAL_SLOTS;
  /** All slots that were ever used are below. */
  private limit = 0;
  /** 1 for a slot in use. */
  private inUse: Uint8Array = new Uint8Array(INITIAL_SLOTS);
  /** A stack of slots that were given back. */
  private free: Int32Array = new Int32Array(INITIAL_SLOTS);
  private freeCount = 0;
  /** By column, of bytes columns: the bytes in use, and those written since it was compacted. */
  private readonly usedBytes: Float64Array;
  private readonly writtenBytes: Float64Array;

  constructor(schema: RowSchema) {
    this.schema = schema;
    this.stored = schema.map(({ type }) => createColumn(type, INITIAL_SLOTS));
    this.usedBytes = new Float64Array(schema.length);
    this.writtenBytes = new Float64Array(schema.length);
  }

  /** The stored columns by slot; others after rows were written. */
  get columns(): readonly Column[] {
    return this.stored;
  }

  get rowCount(): number {
    return this.limit - this.freeCount;
  }

  /** All slots in use are below. */
  get slotLimit(): number {
    return this.limit;
  }

  isUsed(slot: number): boolean {
    return slot < this.limit && this.inUse[slot] === 1;
  }

  /** A slot for a row, which is to be written before it is read. */
  allocate(): number {
    const slot = this.freeCount > 0 ? this.free[--this.freeCount]! : this.limit++;
    if (slot >= this.capacity) this.grow(slot + 1);
    this.inUse[slot] = 1;
    for (const column of this.stored) if (column.kind === 'bytes') column.length[slot] = 0;
    return slot;
  }

  /** The row is not needed any more. */
  release(slot: number): void {
    for (const [index, column] of this.stored.entries()) {
      if (column.kind === 'bytes') {
        this.usedBytes[index] = this.usedBytes[index]! - column.length[slot]!;
      }
      column.failures?.delete(slot);
    }
    this.inUse[slot] = 0;
    this.free[this.freeCount++] = slot;
  }

  /** Copies rows of a batch with these columns to slots that were allocated. */
  write(columns: readonly Column[], moves: RowMoves): void {
    if (moves.count === 0) return;
    for (const [index, source] of columns.entries()) {
      if (source.kind === 'bytes') this.writeBytes(index, source, moves);
      else scatterColumn(source, moves, this.stored[index]!);
    }
  }

  private writeBytes(index: number, source: BytesColumn, moves: RowMoves): void {
    const target = this.stored[index] as BytesColumn;
    const { from, to, count } = moves;
    let added = 0;
    let replaced = 0;
    for (let move = 0; move < count; move++) {
      const row = from[move]!;
      if (source.nulls[row] === 0) added += source.length[row]!;
      replaced += target.length[to[move]!]!;
    }
    scatterColumn(source, moves, target);
    const used = this.usedBytes[index]! + added - replaced;
    const written = this.writtenBytes[index]! + added;
    this.usedBytes[index] = used;
    this.writtenBytes[index] = written;
    if (written > used * 2 + COMPACT_BYTES) this.rebuild(index, this.rowsInUse());
  }

  private grow(slotCount: number): void {
    this.capacity = Math.max(slotCount, this.capacity * 2);
    const all = this.rowsInUse();
    const inUse = new Uint8Array(this.capacity);
    inUse.set(this.inUse);
    this.inUse = inUse;
    const free = new Int32Array(this.capacity);
    free.set(this.free.subarray(0, this.freeCount));
    this.free = free;
    for (const index of this.stored.keys()) this.rebuild(index, all);
  }

  /** Copies what is in use of a column to a new one. */
  private rebuild(index: number, all: RowMoves): void {
    const old = this.stored[index]!;
    const column = createColumn(old.type, this.capacity);
    scatterColumn(old, all, column);
    this.stored[index] = column;
    this.writtenBytes[index] = this.usedBytes[index]!;
  }

  private rowsInUse(): RowMoves {
    const slots = new Int32Array(this.limit);
    let count = 0;
    for (let slot = 0; slot < this.limit; slot++) {
      if (this.inUse[slot] === 1) slots[count++] = slot;
    }
    return { from: slots, to: slots, count };
  }
}
