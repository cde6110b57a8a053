/** The end of a chain: passes batches on to a sink as long as its buffer has room. */
import { Batch, type RowSchema } from '../batch/batch.ts';
import type { Sink } from '../connector/contract.ts';
import type { Operator } from '../operator/contract.ts';
import type { RestoredState, SnapshotWriter } from '../state/operator-snapshot.ts';
import { NODE_COUNTERS, type NodeCounters } from '../operator/node-counters.ts';

export class SinkOperator implements Operator {
  readonly sink: Sink;
  private readonly counters: NodeCounters;
  private readonly columns: readonly number[];
  private readonly schema: RowSchema;

  /** `columns`: positions in the input that are written; `schema`: their names and types. */
  constructor(
    sink: Sink,
    target: { readonly columns: readonly number[]; readonly schema: RowSchema },
    counters: NodeCounters,
  ) {
    this.sink = sink;
    this.columns = target.columns;
    this.schema = target.schema;
    this.counters = counters;
  }

  open(): void {
    // Has no outputs.
  }

  processBatch(batch: Batch): boolean {
    if (this.sink.isFull) return false;
    this.sink.write(this.viewOf(batch));
    this.counters.recordsIn += batch.rowCount;
    return true;
  }

  processWatermark(): boolean {
    return true;
  }

  endInput(): boolean {
    return true;
  }

  /** The sink has been flushed before. */
  snapshotState(snapshot: SnapshotWriter): void {
    this.sink.recovery?.snapshotState(snapshot);
    this.counters.snapshotState(snapshot.list(NODE_COUNTERS));
  }

  restoreState(restored: RestoredState): void {
    this.sink.recovery?.restoreState(restored);
    for (const reader of restored.list(NODE_COUNTERS)) this.counters.restoreState(reader);
  }

  close(): void {
    // The job closes the sink, which is asynchronous.
  }

  /** The batch with only the columns that are written; shares them. */
  private viewOf(batch: Batch): Batch {
    const view = new Batch(
      this.schema,
      this.columns.map((index) => batch.columns[index]!),
    );
    view.rowCount = batch.rowCount;
    view.kinds = batch.kinds;
    return view;
  }
}
