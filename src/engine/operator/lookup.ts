/**
 * The lookup: joins each row with the row of a table that has the same key. The table is broadcast
 * state and comes from input 1. It is read whole before the first row of input 0, and perhaps
 * replaced by a newer one between two batches; or it follows a changelog, and a row meets what the
 * table is when the row comes.
 * A NULL key matches nothing. What happens to rows without a match is said by `missing`.
 */
import { assert } from '../../errors/assert.ts';
import { InputError } from '../../errors/drey-error.ts';
import { Batch, type RowSchema } from '../batch/batch.ts';
import { BATCH_ROWS, type Column } from '../batch/column.ts';
import { NO_ROW } from '../batch/copy-rows.ts';
import { GatheredBatch, gatherRows } from '../batch/gather.ts';
import type { LinearMemory } from '../memory/linear-memory.ts';
import { corruptState } from '../state/corrupt-state.ts';
import type { RestoredState, SnapshotWriter } from '../state/operator-snapshot.ts';
import type { Operator, Output, Outputs } from './contract.ts';
import { FollowedTable } from './followed-table.ts';
import { keyText, LookupTable, type Table, type TableSpec } from './lookup-table.ts';

export interface LookupSpec extends TableSpec {
  readonly inputSchema: RowSchema;
  /** The input's columns, then `tableColumns`. */
  readonly outputSchema: RowSchema;
  /** Positions of the key columns, pair by pair with those of the table. */
  readonly inputKeys: readonly number[];
  /** Positions of the table's columns that are appended. */
  readonly tableColumns: readonly number[];
  readonly missing: 'keep' | 'drop' | 'fail';
  /** The table is a changelog with the key `tableKeys`, and not read whole. */
  readonly follows: boolean;
}

const TABLE_INPUT = 1;
/** Name of the broadcast state. */
const TABLE_STATE = 'table';
/** Of what is kept: the rows of the table. */
const VERSION = 1;

export class LookupOperator implements Operator {
  private readonly spec: LookupSpec;
  private readonly memory: LinearMemory;
  private table: Table;
  private readonly matches = new Int32Array(BATCH_ROWS);
  private readonly kept = new Int32Array(BATCH_ROWS);
  private readonly tableColumns: readonly Column[];
  /** Input columns without the rows that are dropped. */
  private readonly compacted: GatheredBatch;
  private output: Output | null = null;

  constructor(spec: LookupSpec, memory: LinearMemory) {
    this.spec = spec;
    this.memory = memory;
    this.table = spec.follows ? new FollowedTable(spec, memory) : new LookupTable(spec, memory);
    const appended = spec.tableColumns.map((index) => spec.tableSchema[index]!);
    this.tableColumns = new Batch(appended).columns;
    this.compacted = new GatheredBatch(spec.inputSchema);
  }

  open(outputs: Outputs): void {
    this.output = outputs.main;
  }

  processBatch(batch: Batch, input: number): boolean {
    if (input === TABLE_INPUT) {
      this.table.add(batch);
      return true;
    }
    const output = this.output!;
    if (output.isFull) return false;
    const keys = this.spec.inputKeys.map((index) => batch.columns[index]!);
    const missingCount = this.table.find(keys, batch.rowCount, this.matches);
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

  snapshotState(snapshot: SnapshotWriter): void {
    const writer = snapshot.broadcast(TABLE_STATE);
    writer.uint8(VERSION);
    this.table.snapshotState(writer);
  }

  restoreState(restored: RestoredState): void {
    const reader = restored.broadcast(TABLE_STATE);
    if (reader === null) return;
    const version = reader.uint8();
    if (version !== VERSION) throw corruptState(`a table of unknown version ${version}`);
    this.table.restoreState(reader);
    reader.end();
  }

  close(): void {
    // What the table holds goes with the memory of the job.
  }

  /** An empty table of this lookup, to be filled beside the one in use. */
  newTable(): Table {
    assert(!this.spec.follows, 'a changelog is not read again');
    return new LookupTable(this.spec, this.memory);
  }

  /** Uses this table from the next row on; between two calls that said true. */
  replaceTable(table: Table): void {
    this.table.release();
    this.table = table;
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
    assert(row >= 0, 'a row without a match is one of the batch');
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
}
