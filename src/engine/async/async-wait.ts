/**
 * Calls to the outside for each row, many at a time: the operator of an `async` node. As Flink's
 * AsyncWaitOperator. At most `capacity` rows are in flight; beyond that it takes none, which holds
 * the job up until an answer comes. Rows in flight are its state: after a restore they are called
 * for again.
 *
 * A row is copied out of its batch value by value, and a promise is made for it. That is not the
 * way of the engine's inner loops, but it is little beside a call to the outside.
 */
import { WATERMARK_MIN, type Batch } from '../batch/batch.ts';
import { throwFirstFailure } from '../batch/failure.ts';
import { readValue } from '../batch/read-value.ts';
import type { Operator, Outputs } from '../operator/contract.ts';
import type { TaskContext } from '../operator/task-context.ts';
import type { RestoredState, SnapshotWriter } from '../state/operator-snapshot.ts';
import type { AsyncWaitSpec } from './async-wait-spec.ts';
import { InFlight } from './in-flight.ts';

export class AsyncWaitOperator implements Operator {
  readonly outside: InFlight;
  /** Where in the batch at hand it stands. */
  private row = 0;

  constructor(spec: AsyncWaitSpec, context: TaskContext) {
    this.outside = new InFlight(spec, context);
  }

  open(outputs: Outputs): void {
    this.outside.open(outputs.main);
  }

  processBatch(batch: Batch): boolean {
    const calls = this.outside;
    if (this.row === 0) {
      for (const [index, column] of batch.columns.entries()) {
        throwFirstFailure(column, batch.rowCount, batch.schema[index]!.name);
      }
    }
    calls.isHeldUp = false;
    while (this.row < batch.rowCount) {
      if (calls.isAtCapacity) {
        if (!calls.advance()) return false;
        if (calls.isAtCapacity) {
          calls.isHeldUp = true;
          return false;
        }
      }
      const { row } = this;
      const values = batch.columns.map((column) => readValue(column, row));
      calls.add(values, batch.watermarksBefore?.[row] ?? WATERMARK_MIN);
      this.row++;
    }
    this.row = 0;
    return true;
  }

  processWatermark(watermarkMs: number): boolean {
    this.outside.addWatermark(watermarkMs);
    return true;
  }

  processIdleness(isIdle: boolean): boolean {
    this.outside.setIdle(isIdle);
    return true;
  }

  endInput(): boolean {
    // The job waits for the rows in flight.
    return true;
  }

  snapshotState(snapshot: SnapshotWriter): void {
    this.outside.snapshotState(snapshot);
  }

  restoreState(restored: RestoredState): void {
    this.outside.restoreState(restored);
  }

  close(): void {
    // `outside` is stopped by the job, which is asynchronous.
  }
}
