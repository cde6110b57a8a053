/**
 * The dictionary: appends to each row a dense integer for the value of one of its columns, for
 * bitmaps and for everything else that counts integers faster than texts. Rows keep their kinds: an
 * update is taken back under the number that it was sent with.
 */
import { Batch, type RowSchema } from '../batch/batch.ts';
import { IntColumn } from '../batch/column.ts';
import { throwFirstFailure } from '../batch/failure.ts';
import type { LinearMemory } from '../memory/linear-memory.ts';
import type { StateReader } from '../state/state-reader.ts';
import type { StateWriter } from '../state/state-writer.ts';
import { ValueNumbers } from '../state/value-numbers.ts';
import type { Operator, Output, Outputs } from './contract.ts';

export interface DictionarySpec {
  /** Position of the column whose values get numbers. */
  readonly columnIndex: number;
  /** The input's columns, then the one of the numbers, INT. */
  readonly outputSchema: RowSchema;
}

export class DictionaryOperator implements Operator {
  private readonly spec: DictionarySpec;
  private readonly numbers: ValueNumbers;
  private readonly numberColumn: IntColumn;
  private output: Output | null = null;

  constructor(spec: DictionarySpec, memory: LinearMemory) {
    this.spec = spec;
    this.numbers = new ValueNumbers(memory);
    this.numberColumn = new IntColumn(spec.outputSchema.at(-1)!.type);
  }

  open(outputs: Outputs): void {
    this.output = outputs.main;
  }

  processBatch(batch: Batch): boolean {
    const output = this.output!;
    if (output.isFull) return false;
    const column = batch.columns[this.spec.columnIndex]!;
    throwFirstFailure(column, batch.rowCount, batch.schema[this.spec.columnIndex]!.name);
    this.numberColumn.reset();
    this.numbers.numberRows(column, batch.rowCount, this.numberColumn);
    output.emit(this.numbered(batch));
    return true;
  }

  processWatermark(watermarkMs: number): boolean {
    this.output!.emitWatermark(watermarkMs);
    return true;
  }

  endInput(): boolean {
    return true;
  }

  snapshotState(writer: StateWriter): void {
    this.numbers.snapshotState(writer);
  }

  restoreState(reader: StateReader): void {
    this.numbers.restoreState(reader);
  }

  close(): void {
    this.numbers.release();
  }

  /** The batch with the numbers behind its columns; shares them. */
  private numbered(batch: Batch): Batch {
    const view = new Batch(this.spec.outputSchema, [...batch.columns, this.numberColumn]);
    view.rowCount = batch.rowCount;
    view.kinds = batch.kinds;
    view.watermarksBefore = batch.watermarksBefore;
    view.watermarkAfter = batch.watermarkAfter;
    return view;
  }
}
