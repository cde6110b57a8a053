/**
 * SUM(DISTINCT x) and AVG(DISTINCT x): passes each value of a group on to the plain aggregate the
 * first time it comes. What was seen is kept as for COUNT(DISTINCT x).
 */
import { assert } from '../../errors/assert.ts';
import type { Column } from '../batch/column.ts';
import { BATCH_ROWS } from '../batch/column.ts';
import type { StateReader } from '../state/state-reader.ts';
import type { StateWriter } from '../state/state-writer.ts';
import type { TablePool } from '../state/table-pool.ts';
import type { Accumulator, Operand, SlottedRows } from './accumulator.ts';
import { DistinctCountAccumulator } from './distinct-count.ts';

export class DistinctValuesAccumulator implements Accumulator {
  readonly appliesFilter = false;
  private readonly inner: Accumulator;
  private readonly seen: DistinctCountAccumulator;
  private readonly fresh = new Int32Array(BATCH_ROWS);
  private readonly single = new Int32Array(1);

  constructor(inner: Accumulator, pool: TablePool, expectedPairs: number) {
    this.inner = inner;
    this.seen = new DistinctCountAccumulator(pool, expectedPairs);
  }

  get sizeBytes(): number {
    return this.inner.sizeBytes + this.seen.sizeBytes;
  }

  /** Pairs of group and value that were seen. */
  get pairsHeld(): number {
    return this.seen.pairsHeld;
  }

  ensureSlots(slotCount: number): void {
    this.inner.ensureSlots(slotCount);
    this.seen.ensureSlots(slotCount);
  }

  accumulate(selected: SlottedRows, operand: Operand): void {
    assert(operand.column !== null, 'a distinct aggregate has an operand');
    const { rows, count, slots } = selected;
    let freshCount = 0;
    for (let index = 0; index < count; index++) {
      const row = rows[index]!;
      const slot = slots[row]!;
      const before = this.seen.countOf(slot);
      this.single[0] = row;
      this.seen.accumulate({ rows: this.single, count: 1, slots }, operand);
      if (this.seen.countOf(slot) > before) this.fresh[freshCount++] = row;
    }
    this.inner.accumulate({ rows: this.fresh, count: freshCount, slots }, operand);
  }

  emit(slot: number, column: Column, row: number): void {
    this.inner.emit(slot, column, row);
  }

  markIds(used: Uint8Array): void {
    this.seen.markIds(used);
  }

  release(): void {
    this.seen.release();
  }

  snapshotState(writer: StateWriter, slotCount: number): void {
    this.inner.snapshotState(writer, slotCount);
    this.seen.snapshotState(writer, slotCount);
  }

  restoreState(reader: StateReader, slotCount: number): void {
    this.inner.restoreState(reader, slotCount);
    this.seen.restoreState(reader, slotCount);
  }
}
