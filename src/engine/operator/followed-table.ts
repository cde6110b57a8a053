/**
 * The table of a lookup that follows a changelog: the current row of each key. An insert or an
 * update puts a row in the place of the one with its key, a delete takes it away; what an update
 * says about the row before is not needed. Rows are kept in the order in which they came; once
 * most have been replaced the rest moves together, and keys without a row are forgotten.
 */
import { Batch, rowKinds } from '../batch/batch.ts';
import { BATCH_ROWS, type Column } from '../batch/column.ts';
import { NO_ROW } from '../batch/copy-rows.ts';
import { RowStore } from '../batch/row-store.ts';
import type { LinearMemory } from '../memory/linear-memory.ts';
import { corruptState } from '../state/corrupt-state.ts';
import { DictionarySweep } from '../state/dictionary-sweep.ts';
import { KeyDictionary } from '../state/key-dictionary.ts';
import { KeyEncoder } from '../state/key-encoder.ts';
import { RowReader, writeRows } from '../state/row-values.ts';
import type { StateReader } from '../state/state-reader.ts';
import type { StateWriter } from '../state/state-writer.ts';
import type { Table, TableSpec } from './lookup-table.ts';

/** Fewer rows than this are not worth moving together. */
const COMPACT_MIN_ROWS = 4 * BATCH_ROWS;
const INITIAL_KEYS = 1024;

export class FollowedTable implements Table {
  private readonly spec: TableSpec;
  private readonly memory: LinearMemory;
  private readonly encoder: KeyEncoder;
  private readonly keys: KeyDictionary;
  private readonly sweep: DictionarySweep;
  private readonly ids: Int32Array;
  private readonly kept = new Int32Array(BATCH_ROWS);
  private rows: RowStore;
  /** By key: its row, NO_ROW when it has none. */
  private rowOf = new Int32Array(INITIAL_KEYS).fill(NO_ROW);
  /** Keys with a row. */
  private currentCount = 0;

  constructor(spec: TableSpec, memory: LinearMemory) {
    this.spec = spec;
    this.memory = memory;
    this.encoder = new KeyEncoder(memory);
    this.keys = new KeyDictionary(memory);
    this.sweep = new DictionarySweep(this.keys, memory);
    this.ids = memory.int32Array(BATCH_ROWS);
    this.rows = new RowStore(spec.tableSchema);
  }

  get columns(): readonly Column[] {
    return this.rows.columns;
  }

  add(batch: Batch): void {
    const { rowCount, kinds } = batch;
    this.tidyUp();
    const columns = this.spec.tableKeys.map((index) => batch.columns[index]!);
    this.keys.internAll(this.encoder.encode(columns, rowCount), rowCount, this.ids);
    this.reserveKeys(this.keys.idLimit);
    const from = this.rows.rowCount;
    let count = 0;
    for (let row = 0; row < rowCount; row++) {
      const kind = kinds === null ? rowKinds.insert : kinds[row]!;
      if (kind === rowKinds.updateBefore || hasNull(columns, row)) continue;
      const id = this.ids[row]!;
      const isDelete = kind === rowKinds.delete;
      if (this.rowOf[id] !== NO_ROW) this.currentCount--;
      if (!isDelete) this.currentCount++;
      this.rowOf[id] = isDelete ? NO_ROW : from + count;
      if (!isDelete) this.kept[count++] = row;
    }
    this.rows.append(batch, { rows: this.kept, count });
  }

  find(columns: readonly Column[], rowCount: number, matches: Int32Array): number {
    this.keys.findAll(this.encoder.encode(columns, rowCount), rowCount, this.ids);
    let missingCount = 0;
    for (let row = 0; row < rowCount; row++) {
      const id = this.ids[row]!;
      const match = id < 0 || hasNull(columns, row) ? NO_ROW : this.rowOf[id]!;
      if (match === NO_ROW) missingCount++;
      matches[row] = match;
    }
    return missingCount;
  }

  snapshotState(writer: StateWriter): void {
    const rows = this.rowOf.filter((row) => row !== NO_ROW).sort();
    writer.uint32(rows.length);
    writeRows(writer, this.rows.columns, rows);
  }

  /** Into an empty table. */
  restoreState(reader: StateReader): void {
    const { tableSchema } = this.spec;
    const rowCount = reader.count(tableSchema.length);
    new RowReader(tableSchema).read(reader, rowCount, (batch) => {
      this.add(batch);
    });
    if (this.currentCount !== rowCount) throw corruptState('a key is there twice, or none');
  }

  release(): void {
    this.keys.release();
    this.encoder.release();
    this.memory.release(this.ids);
  }

  private tidyUp(): void {
    this.sweep.runWhenDue((used) => {
      for (let id = 0; id < used.length && id < this.rowOf.length; id++) {
        if (this.rowOf[id] !== NO_ROW) used[id] = 1;
      }
    });
    const { rowCount, schema, columns } = this.rows;
    if (rowCount < COMPACT_MIN_ROWS || this.currentCount * 2 > rowCount) return;
    const rows = new Int32Array(this.currentCount);
    let count = 0;
    for (let id = 0; id < this.rowOf.length; id++) {
      if (this.rowOf[id] === NO_ROW) continue;
      rows[count] = this.rowOf[id]!;
      this.rowOf[id] = count++;
    }
    this.rows = new RowStore(schema, Math.max(2 * count, BATCH_ROWS));
    this.rows.append(new Batch(schema, columns), { rows, count });
  }

  private reserveKeys(keyLimit: number): void {
    if (keyLimit <= this.rowOf.length) return;
    const grown = new Int32Array(Math.max(keyLimit, this.rowOf.length * 2)).fill(NO_ROW);
    grown.set(this.rowOf);
    this.rowOf = grown;
  }
}

function hasNull(columns: readonly Column[], row: number): boolean {
  for (const column of columns) if (column.nulls[row] === 1) return true;
  return false;
}
