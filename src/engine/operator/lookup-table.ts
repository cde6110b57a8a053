/**
 * The table of a lookup that is read whole: its rows, one a key, found by their keys. A row with a
 * NULL in its key is left out, since it is never found.
 * Invariant: the id of a key is the number of its row, because ids are given in the order in which
 * rows arrive.
 */
import { InputError } from '../../errors/drey-error.ts';
import type { Batch, RowSchema } from '../batch/batch.ts';
import { BATCH_ROWS, type Column } from '../batch/column.ts';
import { NO_ROW } from '../batch/copy-rows.ts';
import { readValue } from '../batch/read-value.ts';
import { RowStore } from '../batch/row-store.ts';
import type { LinearMemory } from '../memory/linear-memory.ts';
import { KeyDictionary } from '../state/key-dictionary.ts';
import { KeyEncoder } from '../state/key-encoder.ts';
import { corruptState } from '../state/corrupt-state.ts';
import { RowReader, writeRows } from '../state/row-values.ts';
import { StateReader } from '../state/state-reader.ts';
import { StateWriter } from '../state/state-writer.ts';

/** What a table is made of; part of the lookup's spec. */
export interface TableSpec {
  /** The lookup's node, for messages. */
  readonly name: string;
  readonly tableName: string;
  readonly tableSchema: RowSchema;
  /** Positions of the key columns. */
  readonly tableKeys: readonly number[];
}

/** What a lookup asks of its table. */
export interface Table {
  /** By row number; other arrays after rows were added. */
  readonly columns: readonly Column[];
  /** Rows of the table, or changes to it. */
  add(batch: Batch): void;
  /**
   * Writes the row with the key of each row into `matches`, NO_ROW where there is none; returns
   * how many have none. `keys`: the key columns, in the order of the table's.
   */
  find(keys: readonly Column[], rowCount: number, matches: Int32Array): number;
  snapshotState(writer: StateWriter): void;
  restoreState(reader: StateReader): void;
  /** Gives up what is in linear memory; nothing else is called afterwards. */
  release(): void;
}

export class LookupTable implements Table {
  private readonly spec: TableSpec;
  private readonly memory: LinearMemory;
  private readonly encoder: KeyEncoder;
  private readonly keys: KeyDictionary;
  private readonly rows: RowStore;
  private readonly ids: Int32Array;
  private readonly kept = new Int32Array(BATCH_ROWS);
  /** The table as state, once it was asked for: it is written again for each checkpoint. */
  private written: Uint8Array | null = null;

  constructor(spec: TableSpec, memory: LinearMemory) {
    this.spec = spec;
    this.memory = memory;
    this.encoder = new KeyEncoder(memory);
    this.keys = new KeyDictionary(memory);
    this.ids = memory.int32Array(BATCH_ROWS);
    this.rows = new RowStore(spec.tableSchema);
  }

  get columns(): readonly Column[] {
    return this.rows.columns;
  }

  /** Adds the rows that have a key. Throws an InputError when one is there already. */
  add(batch: Batch): void {
    this.written = null;
    const twice = this.append(batch);
    if (twice !== NO_ROW) throw this.duplicateKey(batch, twice);
  }

  find(columns: readonly Column[], rowCount: number, matches: Int32Array): number {
    this.keys.findAll(this.encoder.encode(columns, rowCount), rowCount, this.ids);
    let missingCount = 0;
    for (let row = 0; row < rowCount; row++) {
      let match = this.ids[row]!;
      for (const column of columns) if (column.nulls[row] === 1) match = NO_ROW;
      if (match === NO_ROW) missingCount++;
      matches[row] = match;
    }
    return missingCount;
  }

  snapshotState(writer: StateWriter): void {
    this.written ??= this.write();
    writer.bytes(this.written);
  }

  restoreState(reader: StateReader): void {
    const rows = new StateReader(reader.bytesInPlace());
    const rowCount = rows.count(this.spec.tableSchema.length);
    new RowReader(this.spec.tableSchema).read(rows, rowCount, (batch) => {
      if (this.append(batch) !== NO_ROW) throw corruptState('a key is there twice');
    });
    rows.end();
    if (this.rows.rowCount !== rowCount) throw corruptState('a row of the table has no key');
  }

  release(): void {
    this.keys.release();
    this.encoder.release();
    this.memory.release(this.ids);
  }

  /** Adds rows; returns one whose key is there already, NO_ROW when there is none. */
  private append(batch: Batch): number {
    const columns = this.spec.tableKeys.map((index) => batch.columns[index]!);
    const keys = this.encoder.encode(columns, batch.rowCount);
    const start = new Int32Array(batch.rowCount);
    const length = new Int32Array(batch.rowCount);
    let count = 0;
    for (let row = 0; row < batch.rowCount; row++) {
      if (columns.some((column) => column.nulls[row] === 1)) continue;
      start[count] = keys.start[row]!;
      length[count] = keys.length[row]!;
      this.kept[count++] = row;
    }
    const before = this.keys.size;
    this.keys.internAll({ block: keys.block, start, length }, count, this.ids);
    for (let index = 0; index < count; index++) {
      if (this.ids[index] !== before + index) return this.kept[index]!;
    }
    this.rows.append(batch, { rows: this.kept, count });
    return NO_ROW;
  }

  private write(): Uint8Array {
    const writer = new StateWriter();
    const { rowCount, columns } = this.rows;
    writer.uint32(rowCount);
    writeRows(
      writer,
      columns,
      Int32Array.from({ length: rowCount }, (_, row) => row),
    );
    return writer.finish();
  }

  private duplicateKey(batch: Batch, row: number): InputError {
    const { name, tableName, tableKeys } = this.spec;
    const key = keyText(batch, tableKeys, row);
    return new InputError(
      'DREY_LOOKUP_DUPLICATE_KEY',
      `${name}: two rows of ${tableName} have the key ${key}`,
      {
        hint: 'Remove one of the rows; a lookup key must be unique.',
        details: { node: name, table: tableName, key },
      },
    );
  }
}

/** The key of a row for a message: `localId=1101050000012`. */
export function keyText(batch: Batch, indexes: readonly number[], row: number): string {
  return indexes
    .map((index) => `${batch.schema[index]!.name}=${String(readValue(batch.columns[index]!, row))}`)
    .join(', ');
}
