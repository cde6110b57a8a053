/**
 * The dictionary: appends to each row a dense integer for the value of one of its columns, for
 * bitmaps and for everything else that counts integers faster than texts. Rows keep their kinds: an
 * update is taken back under the number that it was sent with.
 */
import type { RedisAddress } from '../../platform/redis.ts';
import { Batch, type RowSchema } from '../batch/batch.ts';
import { IntColumn } from '../batch/column.ts';
import { throwFirstFailure } from '../batch/failure.ts';
import { MAX_PARALLELISM_DEFAULT } from '../state/key-groups.ts';
import type { RestoredState, SnapshotWriter } from '../state/operator-snapshot.ts';
import { NUMBERS_MAX, ValueNumbers } from '../state/value-numbers.ts';
import type { Operator, Output, Outputs } from './contract.ts';
import type { TaskContext } from './task-context.ts';

export interface DictionarySpec {
  /** Position of the column whose values get numbers. */
  readonly columnIndex: number;
  /** The input's columns, then the one of the numbers, INT. */
  readonly outputSchema: RowSchema;
  /** A value that did not occur for so long gets a new number, processing time; 0: never. */
  readonly ttlMs: number;
  /** Where numbers are shared with others; absent: they are the job's own. */
  readonly store?: SharedStoreSpec;
}

export interface SharedStoreSpec {
  /** Of the node. */
  readonly name: string;
  readonly address: RedisAddress;
  /** Under which the numbers lie. */
  readonly key: string;
}

export class DictionaryOperator implements Operator {
  private readonly spec: DictionarySpec;
  private readonly context: TaskContext;
  private readonly numbers: ValueNumbers;
  private readonly numberColumn: IntColumn;
  private output: Output | null = null;

  constructor(spec: DictionarySpec, context: TaskContext) {
    this.spec = spec;
    this.context = context;
    const { ttlMs } = spec;
    const { barrierIdsMax, maxParallelism = MAX_PARALLELISM_DEFAULT } = context;
    this.numbers = new ValueNumbers(context.memory, {
      ttlMs,
      limit: NUMBERS_MAX,
      maxParallelism,
      ...(barrierIdsMax === undefined ? {} : { barrierIdsMax }),
    });
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
    const nowMs = this.context.evaluation.nowMs();
    this.numbers.numberRows(column, batch.rowCount, this.numberColumn, nowMs);
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

  get nextTimerMs(): number {
    return this.numbers.nextExpiryMs;
  }

  processTimers(nowMs: number): boolean {
    this.numbers.expire(nowMs);
    return true;
  }

  snapshotState(snapshot: SnapshotWriter): void {
    this.numbers.snapshotState(snapshot, this.context.evaluation.nowMs());
  }

  restoreState(restored: RestoredState): void {
    this.numbers.restoreState(restored);
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
