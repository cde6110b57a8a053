/** Rows by slot as state: each with its slot, value by value, so that others may refer to slots. */
import { Batch } from '../batch/batch.ts';
import { readValue } from '../batch/read-value.ts';
import type { SlotRows } from '../batch/slot-rows.ts';
import { writeValue } from '../batch/write-value.ts';
import type { StateReader } from './state-reader.ts';
import { readStateValue, writeStateValue } from './state-value.ts';
import type { StateWriter } from './state-writer.ts';

export function writeSlotRows(writer: StateWriter, rows: SlotRows): void {
  writer.uint32(rows.rowCount);
  for (let slot = 0; slot < rows.slotLimit; slot++) {
    if (!rows.isUsed(slot)) continue;
    writer.uint32(slot);
    for (const column of rows.columns) writeStateValue(writer, readValue(column, slot));
  }
}

/** Adds the rows that were written, under their slots, to an empty store of the same schema. */
export function readSlotRows(reader: StateReader, rows: SlotRows): void {
  const batch = new Batch(rows.schema);
  const from = Int32Array.of(0);
  const to = Int32Array.of(0);
  const rowCount = reader.uint32();
  for (let row = 0; row < rowCount; row++) {
    batch.reset();
    to[0] = reader.uint32();
    for (const column of batch.columns) writeValue(column, 0, readStateValue(reader));
    rows.allocateAt(to[0]);
    rows.write(batch.columns, { from, to, count: 1 });
  }
}
