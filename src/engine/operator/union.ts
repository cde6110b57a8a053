/**
 * Passes the rows of several inputs on as one stream, each with the columns in the order of the
 * output. The watermark of the output is the lowest of the inputs' that are not idle; a row is judged
 * by the one that held before it.
 */
import { Batch, type RowSchema } from '../batch/batch.ts';
import { BATCH_ROWS } from '../batch/column.ts';
import type { RestoredState, SnapshotWriter } from '../state/operator-snapshot.ts';
import { WatermarkValve } from '../time/watermark-valve.ts';
import type { Operator, Output, Outputs } from './contract.ts';
import { readValve, writeValve } from './valve-state.ts';

export interface UnionSpec {
  readonly outputSchema: RowSchema;
  /** For each input, the position of each output column in it. */
  readonly columns: readonly (readonly number[])[];
}

export class UnionOperator implements Operator {
  private readonly spec: UnionSpec;
  private readonly valve: WatermarkValve;
  private readonly watermarks = new Float64Array(BATCH_ROWS);
  private output: Output | null = null;

  constructor(spec: UnionSpec) {
    this.spec = spec;
    this.valve = new WatermarkValve(spec.columns.length);
  }

  open(outputs: Outputs): void {
    this.output = outputs.main;
  }

  processBatch(batch: Batch, input: number): boolean {
    const output = this.output!;
    if (output.isFull) return false;
    output.emit(this.viewOf(batch, input));
    return true;
  }

  processWatermark(watermarkMs: number, input: number): boolean {
    const wasIdle = this.valve.isIdle;
    this.passOn(this.valve.advance(input, watermarkMs), wasIdle);
    return true;
  }

  processIdleness(isIdle: boolean, input: number): boolean {
    const wasIdle = this.valve.isIdle;
    this.passOn(this.valve.setIdle(input, isIdle), wasIdle);
    return true;
  }

  endInput(): boolean {
    return true;
  }

  snapshotState(snapshot: SnapshotWriter): void {
    writeValve(snapshot, this.valve);
  }

  restoreState(restored: RestoredState): void {
    readValve(restored, this.valve);
  }

  close(): void {
    // Holds nothing.
  }

  private passOn(hasRisen: boolean, wasIdle: boolean): void {
    const { isIdle, watermarkMs } = this.valve;
    const output = this.output!;
    if (wasIdle && !isIdle) output.emitIdleness(false);
    if (hasRisen) output.emitWatermark(watermarkMs);
    if (!wasIdle && isIdle) output.emitIdleness(true);
  }

  /** The batch with its columns in the order of the output; shares them. */
  private viewOf(batch: Batch, input: number): Batch {
    const { outputSchema, columns } = this.spec;
    const view = new Batch(
      outputSchema,
      columns[input]!.map((index) => batch.columns[index]!),
    );
    view.rowCount = batch.rowCount;
    view.kinds = batch.kinds;
    const { rowCount } = batch;
    this.valve.before(input, batch.watermarksBefore, { rowCount, combined: this.watermarks });
    view.watermarksBefore = this.watermarks;
    view.watermarkAfter = this.valve.watermarkMs;
    return view;
  }
}
