/**
 * MIN and MAX of groups whose rows may be taken back: all values of a group are kept, and when the
 * extreme one has lost its last row, the next one is looked for among them. As Flink's MIN and MAX
 * with retraction.
 */
import { assert } from '../../errors/assert.ts';
import type { LogicalType } from '../../expression/type.ts';
import { isTakenBack } from '../batch/batch.ts';
import { BATCH_ROWS, createColumn, type Column } from '../batch/column.ts';
import { isSameCell } from '../batch/same-cell.ts';
import type { LocalIdReader, LocalIdWriter } from '../state/local-ids.ts';
import type { StateReader } from '../state/state-reader.ts';
import type { StateWriter } from '../state/state-writer.ts';
import type { Operand, RetractableAccumulator, SlottedRows } from './accumulator.ts';
import type { ExtremeAccumulator } from './extreme.ts';
import { ValueCounts } from './value-counts.ts';

export interface ValueSource {
  readonly type: LogicalType;
  /** Values by their ids, at most a batch of them. */
  readonly valuesOf: (ids: Int32Array) => Column;
}

export class RetractableExtremeAccumulator implements RetractableAccumulator {
  private readonly inner: ExtremeAccumulator;
  private readonly source: ValueSource;
  private readonly counts = new ValueCounts();
  private readonly added = new Int32Array(BATCH_ROWS);
  private readonly gone = new Int32Array(BATCH_ROWS);
  /** One row: the extreme value of a group. */
  private readonly extreme: Column;

  constructor(inner: ExtremeAccumulator, source: ValueSource) {
    this.inner = inner;
    this.source = source;
    this.extreme = createColumn(source.type, 1);
  }

  get sizeBytes(): number {
    return this.inner.sizeBytes + this.counts.sizeBytes;
  }

  ensureSlots(slotCount: number): void {
    this.inner.ensureSlots(slotCount);
  }

  update({ rows, count, slots }: SlottedRows, operand: Operand, kinds: Uint8Array): void {
    const { column, ids } = operand;
    assert(column !== null && ids !== null, 'MIN and MAX of updates have an operand with ids');
    const { counts, added, gone } = this;
    let addedCount = 0;
    let goneCount = 0;
    for (let index = 0; index < count; index++) {
      const row = rows[index]!;
      if (column.nulls[row] === 1) continue;
      const slot = slots[row]!;
      if (!isTakenBack(kinds[row]!)) {
        if (counts.add(slot, ids[row]!)) added[addedCount++] = row;
      } else if (counts.takeBack(slot, ids[row]!)) gone[goneCount++] = row;
    }
    this.inner.accumulate({ rows: added, count: addedCount, slots }, operand);
    for (let index = 0; index < goneCount; index++) {
      const row = gone[index]!;
      if (this.isExtreme(slots[row]!, column, row)) this.findAgain(slots[row]!);
    }
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

  writeSlots(writer: StateWriter, slots: Int32Array, ids: LocalIdWriter | null): void {
    assert(ids !== null, 'MIN and MAX of updates have ids');
    this.inner.writeSlots(writer, slots);
    this.counts.writeSlots(writer, slots, ids);
  }

  readSlots(reader: StateReader, slots: Int32Array, ids: LocalIdReader | null): void {
    assert(ids !== null, 'MIN and MAX of updates have ids');
    this.inner.readSlots(reader, slots);
    this.counts.readSlots(reader, slots, ids);
  }

  private isExtreme(slot: number, column: Column, row: number): boolean {
    const { extreme } = this;
    extreme.reset();
    this.inner.emitSlot(slot, extreme, 0);
    return isSameCell(extreme, 0, column, row);
  }

  private findAgain(slot: number): void {
    const ids = this.counts.idsOf(slot);
    this.inner.clearSlot(slot);
    for (let from = 0; from < ids.length; from += BATCH_ROWS) {
      const part = ids.subarray(from, from + BATCH_ROWS);
      this.inner.accumulate(
        {
          rows: Int32Array.from(part, (_id, row) => row),
          count: part.length,
          slots: new Int32Array(part.length).fill(slot),
        },
        { column: this.source.valuesOf(part), filter: null, keys: null, ids: null, idLimit: 0 },
      );
    }
  }
}
