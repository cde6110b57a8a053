/** Rows of a row store as state: their number, then value by value. */
import { Batch } from '../batch/batch.ts';
import { readValue } from '../batch/read-value.ts';
import type { RowStore } from '../batch/row-store.ts';
import { writeValue } from '../batch/write-value.ts';
import type { StateReader } from './state-reader.ts';
import type { StateWriter } from './state-writer.ts';
import { readStateValue, writeStateValue } from './state-value.ts';

export function writeRowStore(writer: StateWriter, store: RowStore): void {
  writer.uint32(store.rowCount);
  for (let row = 0; row < store.rowCount; row++) {
    for (const column of store.columns) writeStateValue(writer, readValue(column, row));
  }
}

/** Adds the rows that were written to an empty store of the same schema. */
export function readRowStore(reader: StateReader, store: RowStore): void {
  const batch = new Batch(store.schema);
  const first = Int32Array.of(0);
  const rowCount = reader.uint32();
  for (let row = 0; row < rowCount; row++) {
    batch.reset();
    for (const column of batch.columns) writeValue(column, 0, readStateValue(reader));
    batch.rowCount = 1;
    store.append(batch, { rows: first, count: 1 });
  }
}
