/**
 * The window aggregate with final results: groups the rows of each window by their keys and emits
 * one row a group when the watermark passes the window's end. This is where UV is counted. Which
 * windows there are and when they fire is the store's (window-store.ts); results that are emitted
 * before the end or corrected after it are made by another operator (updating-window.ts).
 * Rows that are late for all their windows are counted, and passed to the side stream `late`.
 */
import { assert } from '../../errors/assert.ts';
import { WATERMARK_MIN, type Batch } from '../batch/batch.ts';
import type { Operator, Output, Outputs } from '../operator/contract.ts';
import type { NodeCounters } from '../operator/node-counters.ts';
import type { TaskContext } from '../operator/task-context.ts';
import type { RestoredState, SnapshotWriter } from '../state/operator-snapshot.ts';
import { createStore } from './create-store.ts';
import { KeyedAggregation } from './keyed-aggregation.ts';
import { LateOutput } from './late-output.ts';
import { readProgress, writeProgress } from './progress.ts';
import { RowTimes } from './row-times.ts';
import { RowWatermarks } from './row-watermarks.ts';
import { WindowEmission } from './window-emission.ts';
import { WindowRows } from './window-rows.ts';
import type { WindowAggregateSpec } from './window-spec.ts';
import type { WindowStore } from './window-store.ts';

export class WindowAggregateOperator implements Operator {
  private readonly spec: WindowAggregateSpec;
  private readonly counters: NodeCounters;
  private readonly aggregation: KeyedAggregation;
  private readonly emission: WindowEmission;
  private readonly store: WindowStore;
  private readonly windowRows: WindowRows;
  private readonly times: RowTimes;
  private readonly rowWatermarks = new RowWatermarks();
  /** Of the current batch. */
  private localMs: Float64Array = new Float64Array(0);
  private watermarks: Float64Array | null = null;
  private isEvaluated = false;
  /** Rows of the current batch that have been taken; 0: it has not been looked at. */
  private taken = 0;
  private main: Output | null = null;
  private late: LateOutput | null = null;
  private watermarkMs = WATERMARK_MIN;

  constructor(spec: WindowAggregateSpec, context: TaskContext, counters: NodeCounters) {
    const { memory } = context;
    this.spec = spec;
    this.counters = counters;
    this.aggregation = new KeyedAggregation(spec, context);
    this.emission = new WindowEmission(spec, this.aggregation.keys, memory);
    this.windowRows = new WindowRows(memory);
    this.times = new RowTimes(spec);
    this.store = createStore(spec, {
      aggregates: this.aggregation.aggregates,
      memory,
      makeWindow: (isAskedOften) => this.aggregation.makeWindow(isAskedOften),
    });
  }

  open(outputs: Outputs): void {
    this.main = outputs.main;
    const side = outputs.side('late');
    this.late = side === null ? null : new LateOutput(side, this.spec.inputSchema);
  }

  processBatch(batch: Batch): boolean {
    if (this.late?.isPending === true && !this.late.flush()) return false;
    if (this.taken === 0) {
      this.localMs = this.times.read(batch);
      this.watermarks = this.rowWatermarks.of(batch);
      this.isEvaluated = false;
    }
    while (this.taken < batch.rowCount) {
      if (this.store.firesWithinBatches) {
        const watermarkMs = this.watermarks?.[this.taken] ?? WATERMARK_MIN;
        if (!this.fireUntil(watermarkMs)) return false;
      }
      if (!this.takeRows(batch)) return false;
    }
    this.taken = 0;
    this.rowWatermarks.judged(batch);
    return true;
  }

  processWatermark(watermarkMs: number): boolean {
    if (!this.fireUntil(watermarkMs)) return false;
    if (watermarkMs > this.watermarkMs) {
      this.watermarkMs = watermarkMs;
      this.rowWatermarks.advance(watermarkMs);
      this.main!.emitWatermark(watermarkMs);
      this.aggregation.sweep(() => this.store.windows());
    }
    return true;
  }

  endInput(): boolean {
    return true;
  }

  snapshotState(snapshot: SnapshotWriter): void {
    assert(!this.emission.isBusy, 'snapshots are taken between calls');
    writeProgress(snapshot, {
      watermarkMs: this.watermarkMs,
      judgedMs: this.rowWatermarks.judgedMs,
      lateRecords: this.counters.lateRecords,
      timerMs: Infinity,
    });
    this.aggregation.writeState(snapshot, this.store);
  }

  restoreState(restored: RestoredState): void {
    const progress = readProgress(restored);
    if (progress === null) return;
    this.watermarkMs = progress.watermarkMs;
    this.rowWatermarks.judgedMs = progress.judgedMs;
    this.counters.lateRecords = progress.lateRecords;
    this.aggregation.readParts(restored, this.store);
    this.store.restored?.(progress.judgedMs);
  }

  close(): void {
    // What is open goes with the memory of the job.
  }

  /** Takes rows of the batch up to where a window fires; false: the late ones found no room. */
  private takeRows(batch: Batch): boolean {
    const { windowRows, localMs, watermarks } = this;
    const { rowCount } = batch;
    this.taken = windowRows.assign({ from: this.taken, rowCount, localMs, watermarks }, this.store);
    const { lateCount, lateRows } = windowRows;
    this.counters.lateRecords += lateCount;
    if (windowRows.slices.length > 0) this.accumulate(batch);
    if (lateCount === 0 || this.late === null) return true;
    this.late.take(batch, lateRows, lateCount);
    return this.late.flush();
  }

  private accumulate(batch: Batch): void {
    const { aggregation, windowRows, store } = this;
    if (!this.isEvaluated) aggregation.evaluate(batch);
    this.isEvaluated = true;
    for (const keyIds of aggregation.keyIds) {
      for (const [index, slice] of windowRows.slices.entries()) {
        const selected = windowRows.rowsOf(index);
        const slots = aggregation.addTo(slice.own, selected, keyIds);
        store.rowsAdded?.(slice, selected, slots);
        for (const cover of store.coversOf(slice)) {
          aggregation.addTo(cover, selected, keyIds, store.isCovered);
        }
      }
    }
  }

  /** Fires the windows that the watermark has reached; false: the output is full. */
  private fireUntil(watermarkMs: number): boolean {
    const output = this.main!;
    // Rows of a window go out under the watermark before, so that a later window takes them.
    for (;;) {
      if (!this.emission.continue(output, this.watermarkMs)) return false;
      const { nextTriggerMs } = this.store;
      if (nextTriggerMs === Infinity || nextTriggerMs > watermarkMs) return true;
      this.emission.start(this.store.fire());
    }
  }
}
