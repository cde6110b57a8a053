/**
 * COUNT, SUM and AVG of the distinct values of groups whose rows may be taken back: the plain
 * aggregate gets a value when it comes for the first time, and loses it when its last row goes.
 */
import { assert } from '../../errors/assert.ts';
import { isTakenBack } from '../batch/batch.ts';
import { BATCH_ROWS, type Column } from '../batch/column.ts';
import type { LocalIdReader, LocalIdWriter } from '../state/local-ids.ts';
import type { StateReader } from '../state/state-reader.ts';
import type { StateWriter } from '../state/state-writer.ts';
import type { Operand, RetractableAccumulator, SlottedRows } from './accumulator.ts';
import { ValueCounts } from './value-counts.ts';

export class RetractableDistinctAccumulator implements RetractableAccumulator {
  private readonly inner: RetractableAccumulator;
  private readonly counts = new ValueCounts();
  /** Rows that bring or take a value. */
  private readonly turning = new Int32Array(BATCH_ROWS);

  constructor(inner: RetractableAccumulator) {
    this.inner = inner;
  }

  get sizeBytes(): number {
    return this.inner.sizeBytes + this.counts.sizeBytes;
  }

  ensureSlots(slotCount: number): void {
    this.inner.ensureSlots(slotCount);
  }

  update({ rows, count, slots }: SlottedRows, operand: Operand, kinds: Uint8Array): void {
    const { column, ids } = operand;
    assert(column !== null && ids !== null, 'a distinct aggregate has an operand with ids');
    const { counts, turning } = this;
    let turningCount = 0;
    for (let index = 0; index < count; index++) {
      const row = rows[index]!;
      if (column.nulls[row] === 1) continue;
      const slot = slots[row]!;
      const isTurning = isTakenBack(kinds[row]!)
        ? counts.takeBack(slot, ids[row]!)
        : counts.add(slot, ids[row]!);
      if (isTurning) turning[turningCount++] = row;
    }
    this.inner.update({ rows: turning, count: turningCount, slots }, operand, kinds);
  }

  emitSlot(slot: number, column: Column, row: number): void {
    this.inner.emitSlot(slot, column, row);
  }

  clearSlot(slot: number): void {
    this.inner.clearSlot(slot);
    this.counts.clearSlot(slot);
  }

  markIds(used: Uint8Array): void {
    this.counts.markIds(used);
  }

  release(): void {
    this.inner.release?.();
  }

  writeSlots(writer: StateWriter, slots: Int32Array, ids: LocalIdWriter | null): void {
    assert(ids !== null, 'a distinct aggregate has ids');
    this.inner.writeSlots(writer, slots, null);
    this.counts.writeSlots(writer, slots, ids);
  }

  readSlots(reader: StateReader, slots: Int32Array, ids: LocalIdReader | null): void {
    assert(ids !== null, 'a distinct aggregate has ids');
    this.inner.readSlots(reader, slots, null);
    this.counts.readSlots(reader, slots, ids);
  }
}
