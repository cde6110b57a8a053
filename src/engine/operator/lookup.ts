/**
 * The lookup: joins each row with the row of a table that has the same key. The table is broadcast
 * state: read whole from input 1 before the first row of input 0, one row a key.
 * A NULL key matches nothing. What happens to rows without a match is said by `missing`.
 */
import { assert } from '../../errors/assert.ts';
import { InputError } from '../../errors/drey-error.ts';
import { Batch, type RowSchema } from '../batch/batch.ts';
import { BATCH_ROWS, type Column } from '../batch/column.ts';
import { NO_ROW } from '../batch/copy-rows.ts';
import { GatheredBatch, gatherRows } from '../batch/gather.ts';
import { readValue } from '../batch/read-value.ts';
import { RowStore } from '../batch/row-store.ts';
import type { LinearMemory } from '../memory/linear-memory.ts';
import { KeyDictionary } from '../state/key-dictionary.ts';
import { KeyEncoder } from '../state/key-encoder.ts';
import { readRowStore, writeRowStore } from '../state/row-store-state.ts';
import type { StateReader } from '../state/state-reader.ts';
import type { StateWriter } from '../state/state-writer.ts';
import type { Operator, Output, Outputs } from './contract.ts';

export interface LookupSpec {
  /** The node's name, for messages. */
  readonly name: string;
  readonly tableName: string;
  readonly inputSchema: RowSchema;
  readonly tableSchema: RowSchema;
  /** The input's columns, then `tableColumns`. */
  readonly outputSchema: RowSchema;
  /** Positions of the key columns, pair by pair. */
  readonly inputKeys: readonly number[];
  readonly tableKeys: readonly number[];
  /** Positions of the table's columns that are appended. */
  readonly tableColumns: readonly number[];
  readonly missing: 'keep' | 'drop' | 'fail';
}

const TABLE_INPUT = 1;

export class LookupOperator implements Operator {
  private readonly spec: LookupSpec;
  private readonly encoder: KeyEncoder;
  /** Key to row of `table`: ids are given in the order in which rows arrive. */
  private readonly keys: KeyDictionary;
  private readonly table: RowStore;
  private readonly ids: Int32Array;
  private readonly matches = new Int32Array(BATCH_ROWS);
  private readonly kept = new Int32Array(BATCH_ROWS);
  private readonly tableColumns: readonly Column[];
  /** Input columns without the rows that are dropped. */
  private readonly compacted: GatheredBatch;
  private output: Output | null = null;

  constructor(spec: LookupSpec, memory: LinearMemory) {
    this.spec = spec;
    this.encoder = new KeyEncoder(memory);
    this.keys = new KeyDictionary(memory);
    this.ids = memory.int32Array(BATCH_ROWS);
    this.table = new RowStore(spec.tableSchema);
    const appended = spec.tableColumns.map((index) => spec.tableSchema[index]!);
    this.tableColumns = new Batch(appended).columns;
    this.compacted = new GatheredBatch(spec.inputSchema);
  }

  open(outputs: Outputs): void {
    this.output = outputs.main;
  }

  processBatch(batch: Batch, input: number): boolean {
    if (input === TABLE_INPUT) {
      this.addToTable(batch);
      return true;
    }
    const output = this.output!;
    if (output.isFull) return false;
    const missingCount = this.match(batch);
    if (missingCount > 0 && this.spec.missing === 'fail') throw this.missingKey(batch);
    const joined =
      missingCount > 0 && this.spec.missing === 'drop'
        ? this.joinMatched(batch)
        : this.join(batch, batch.rowCount);
    if (joined.rowCount > 0) output.emit(joined);
    return true;
  }

  processWatermark(watermarkMs: number, input: number): boolean {
    if (input !== TABLE_INPUT) this.output!.emitWatermark(watermarkMs);
    return true;
  }

  processIdleness(isIdle: boolean, input: number): boolean {
    if (input !== TABLE_INPUT) this.output!.emitIdleness(isIdle);
    return true;
  }

  endInput(): boolean {
    return true;
  }

  snapshotState(writer: StateWriter): void {
    this.keys.snapshotState(writer);
    writeRowStore(writer, this.table);
  }

  restoreState(reader: StateReader): void {
    this.keys.restoreState(reader);
    readRowStore(reader, this.table);
  }

  close(): void {
    // Holds nothing outside the heap.
  }

  /** Adds the rows that have a key; one with a NULL in it can never be found. */
  private addToTable(batch: Batch): void {
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
      if (this.ids[index] !== before + index) throw this.duplicateKey(batch, this.kept[index]!);
    }
    this.table.append(batch, { rows: this.kept, count });
  }

  /** Writes the table row of each input row into `matches`; returns how many have none. */
  private match(batch: Batch): number {
    const columns = this.spec.inputKeys.map((index) => batch.columns[index]!);
    const keys = this.encoder.encode(columns, batch.rowCount);
    this.keys.findAll(keys, batch.rowCount, this.ids);
    let missingCount = 0;
    for (let row = 0; row < batch.rowCount; row++) {
      let match = this.ids[row]!;
      for (const column of columns) if (column.nulls[row] === 1) match = NO_ROW;
      if (match === NO_ROW) missingCount++;
      this.matches[row] = match;
    }
    return missingCount;
  }

  /** The batch with the table's columns behind its own; they are shared, not copied. */
  private join(batch: Batch, rowCount: number): Batch {
    const sources = this.spec.tableColumns.map((index) => this.table.columns[index]!);
    gatherRows(sources, { rows: this.matches, count: rowCount }, this.tableColumns);
    const joined = new Batch(this.spec.outputSchema, [...batch.columns, ...this.tableColumns]);
    joined.rowCount = rowCount;
    joined.kinds = batch.kinds;
    joined.watermarksBefore = batch.watermarksBefore;
    joined.watermarkAfter = batch.watermarkAfter;
    return joined;
  }

  private joinMatched(batch: Batch): Batch {
    let count = 0;
    for (let row = 0; row < batch.rowCount; row++) {
      const match = this.matches[row]!;
      if (match === NO_ROW) continue;
      this.kept[count] = row;
      this.matches[count] = match;
      count++;
    }
    return this.join(this.compacted.take(batch, { rows: this.kept, count }), count);
  }

  private missingKey(batch: Batch): InputError {
    const row = this.matches.subarray(0, batch.rowCount).indexOf(NO_ROW);
    const key = keyText(batch, this.spec.inputKeys, row);
    return new InputError(
      'DREY_LOOKUP_MISSING',
      `${this.spec.name}: no row of ${this.spec.tableName} has the key ${key}`,
      {
        hint: 'Add the key to the table, or set missing: keep or drop on the lookup.',
        details: { node: this.spec.name, table: this.spec.tableName, key },
      },
    );
  }

  private duplicateKey(batch: Batch, row: number): InputError {
    const key = keyText(batch, this.spec.tableKeys, row);
    return new InputError(
      'DREY_LOOKUP_DUPLICATE_KEY',
      `${this.spec.name}: two rows of ${this.spec.tableName} have the key ${key}`,
      {
        hint: 'Remove one of the rows; a lookup key must be unique.',
        details: { node: this.spec.name, table: this.spec.tableName, key },
      },
    );
  }
}

/** The key of a row for a message: `localId=1101050000012`. */
function keyText(batch: Batch, indexes: readonly number[], row: number): string {
  assert(row >= 0, 'a message is about a row of the batch');
  return indexes
    .map((index) => `${batch.schema[index]!.name}=${String(readValue(batch.columns[index]!, row))}`)
    .join(', ');
}
