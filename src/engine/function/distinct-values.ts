/**
 * SUM(DISTINCT x) and AVG(DISTINCT x): passes each value of a group on to the plain aggregate the
 * first time it comes. Which ones have come is known at once from a set of pairs of slot and id
 * (assembly/pair-set.ts).
 */
import { BATCH_ROWS, type Column } from '../batch/column.ts';
import type { LinearMemory } from '../memory/linear-memory.ts';
import type { StateReader } from '../state/state-reader.ts';
import type { StateWriter } from '../state/state-writer.ts';
import type { Accumulator, Operand, SlottedRows } from './accumulator.ts';
import { pairRowsOf } from './pair-rows.ts';

export class DistinctValuesAccumulator implements Accumulator {
  readonly appliesFilter = false;
  private readonly inner: Accumulator;
  private readonly memory: LinearMemory;
  /** Address of the set. */
  private readonly seen: number;
  /** Rows of a batch whose value is new in its group. */
  private readonly fresh: Int32Array;

  constructor(inner: Accumulator, memory: LinearMemory) {
    this.inner = inner;
    this.memory = memory;
    this.seen = memory.kernels.createPairSet();
    this.fresh = memory.int32Array(BATCH_ROWS);
  }

  get sizeBytes(): number {
    return this.inner.sizeBytes + this.memory.kernels.pairSetSizeBytes(this.seen);
  }

  ensureSlots(slotCount: number): void {
    this.inner.ensureSlots(slotCount);
  }

  accumulate(selected: SlottedRows, operand: Operand): void {
    const { fresh, memory, seen } = this;
    const { count, slots } = selected;
    const pairs = pairRowsOf(memory, selected, operand);
    const freshCount = memory.kernels.addPairs(
      seen,
      pairs.rows,
      count,
      pairs.slots,
      pairs.ids,
      pairs.nulls,
      fresh.byteOffset,
    );
    this.inner.accumulate({ rows: fresh, count: freshCount, slots }, operand);
  }

  emit(from: number, to: number, column: Column): void {
    this.inner.emit(from, to, column);
  }

  markIds(used: Uint8Array): void {
    this.memory.kernels.markPairIds(this.seen, used.byteOffset);
  }

  release(): void {
    this.memory.kernels.releasePairSet(this.seen);
    this.memory.release(this.fresh);
  }

  snapshotState(writer: StateWriter, slotCount: number): void {
    const { kernels } = this.memory;
    this.inner.snapshotState(writer, slotCount);
    const pairs = this.memory.int32Array(kernels.pairSetSize(this.seen) * 2);
    kernels.copyPairs(this.seen, pairs.byteOffset);
    writer.int32Array(pairs);
    this.memory.release(pairs);
  }

  restoreState(reader: StateReader, slotCount: number): void {
    this.inner.restoreState(reader, slotCount);
    const pairs = reader.int32Array();
    for (let at = 0; at < pairs.length; at += 2) {
      this.memory.kernels.addPair(this.seen, pairs[at + 1]! - 1, pairs[at]!);
    }
  }
}
