/**
 * The window aggregate whose output is a changelog: results of a tumbling window before its end,
 * refreshed after a delay of processing time for the groups that have changed; at its end; and
 * afterwards for each batch of rows that are late by no more than the allowed lateness. The output
 * is keyed by the window bounds and the group columns.
 * As Flink's early and late firing of GROUP BY TUMBLE; its delay is counted for each group, here
 * for all groups of the operator together, from the first change on.
 */
import { assert } from '../../errors/assert.ts';
import { WATERMARK_MIN, type Batch } from '../batch/batch.ts';
import type { Operator, Output, Outputs } from '../operator/contract.ts';
import type { NodeCounters } from '../operator/node-counters.ts';
import type { TaskContext } from '../operator/task-context.ts';
import type { RestoredState, SnapshotWriter } from '../state/operator-snapshot.ts';
import { KeyedAggregation } from './keyed-aggregation.ts';
import { LateOutput } from './late-output.ts';
import { readProgress, writeProgress } from './progress.ts';
import { RowTimes } from './row-times.ts';
import { RowWatermarks } from './row-watermarks.ts';
import { SliceClock } from './slice-clock.ts';
import { UpdateEmission } from './update-emission.ts';
import { UpdatedWindows, type UpdatedWindow } from './updated-windows.ts';
import { WindowRows } from './window-rows.ts';
import type { UpdatingWindowSpec } from './window-spec.ts';

export class UpdatingWindowOperator implements Operator {
  /** When results before the end are due, processing time; Infinity: nothing has changed. */
  nextTimerMs = Infinity;
  private readonly spec: UpdatingWindowSpec;
  private readonly context: TaskContext;
  private readonly counters: NodeCounters;
  private readonly aggregation: KeyedAggregation;
  private readonly emission: UpdateEmission;
  private readonly windows: UpdatedWindows;
  private readonly windowRows: WindowRows<UpdatedWindow>;
  private readonly times: RowTimes;
  private readonly rowWatermarks = new RowWatermarks();
  /** The batch at hand has been added; its late rows or its changes are on their way out. */
  private isAdded = false;
  private main: Output | null = null;
  private late: LateOutput | null = null;
  private watermarkMs = WATERMARK_MIN;

  constructor(spec: UpdatingWindowSpec, context: TaskContext, counters: NodeCounters) {
    const { memory } = context;
    this.spec = spec;
    this.context = context;
    this.counters = counters;
    this.aggregation = new KeyedAggregation(spec, context);
    this.emission = new UpdateEmission(spec, this.aggregation.keys, memory);
    this.windowRows = new WindowRows(memory);
    this.times = new RowTimes(spec);
    const { sizeMs, offsetMs } = spec.window;
    this.windows = new UpdatedWindows({
      clock: new SliceClock({ sliceMs: sizeMs, offsetMs, zone: spec.zone }),
      allowedLatenessMs: spec.emit.allowedLatenessMs,
      makeWindow: (isAskedOften) => this.aggregation.makeWindow(isAskedOften),
      resultTypes: this.aggregation.aggregates.map(({ type }) => type),
    });
  }

  open(outputs: Outputs): void {
    this.main = outputs.main;
    const side = outputs.side('late');
    this.late = side === null ? null : new LateOutput(side, this.spec.inputSchema);
  }

  processBatch(batch: Batch): boolean {
    if (!this.isAdded) this.add(batch);
    this.isAdded = true;
    if (this.late?.isPending === true && !this.late.flush()) return false;
    if (!this.emission.continue(this.main!, this.watermarkMs)) return false;
    this.isAdded = false;
    return true;
  }

  processWatermark(watermarkMs: number): boolean {
    for (const window of this.windows.fire(watermarkMs)) this.emission.add(window);
    if (!this.emission.continue(this.main!, this.watermarkMs)) return false;
    if (watermarkMs > this.watermarkMs) {
      this.watermarkMs = watermarkMs;
      this.rowWatermarks.advance(watermarkMs);
      this.windows.closeUntil(watermarkMs);
      this.main!.emitWatermark(watermarkMs);
      this.aggregation.sweep(() => this.windows.windows());
    }
    return true;
  }

  /** Results before the end, of what has changed. */
  processTimers(): boolean {
    if (!this.emission.isBusy) {
      for (const window of this.windows.all()) if (!window.hasFired) this.emission.add(window);
    }
    if (!this.emission.continue(this.main!, this.watermarkMs)) return false;
    this.nextTimerMs = Infinity;
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
      timerMs: this.nextTimerMs,
    });
    this.aggregation.writeState(snapshot, this.windows);
  }

  restoreState(restored: RestoredState): void {
    const progress = readProgress(restored);
    if (progress === null) return;
    this.watermarkMs = progress.watermarkMs;
    this.rowWatermarks.judgedMs = progress.judgedMs;
    this.counters.lateRecords = progress.lateRecords;
    this.nextTimerMs = progress.timerMs;
    this.aggregation.readParts(restored, this.windows);
    this.windows.restored(progress.watermarkMs);
  }

  close(): void {
    // What is open goes with the memory of the job.
  }

  /** Adds all rows of the batch; those too late go to the side stream. */
  private add(batch: Batch): void {
    const { aggregation, windowRows, windows } = this;
    const { rowCount } = batch;
    const localMs = this.times.read(batch);
    const watermarks = this.rowWatermarks.of(batch);
    windowRows.assign({ from: 0, rowCount, localMs, watermarks }, windows);
    this.rowWatermarks.judged(batch);
    const { slices, lateCount, lateRows } = windowRows;
    this.counters.lateRecords += lateCount;
    if (lateCount > 0) this.late?.take(batch, lateRows, lateCount);
    if (slices.length === 0) return;
    aggregation.evaluate(batch);
    for (const keyIds of aggregation.keyIds) {
      for (const [index, { own, changed }] of slices.entries()) {
        const selected = windowRows.rowsOf(index);
        const slots = aggregation.addTo(own, selected, keyIds);
        changed.mark(selected, slots, own.slotCount);
      }
    }
    // A late row may have opened a window whose end is past.
    for (const window of windows.fire(this.watermarkMs)) this.emission.add(window);
    for (const window of slices) {
      if (window.hasFired) this.emission.add(window);
      else this.setTimer();
    }
  }

  private setTimer(): void {
    const { earlyMs } = this.spec.emit;
    if (earlyMs === null || this.nextTimerMs !== Infinity) return;
    this.nextTimerMs = this.context.evaluation.nowMs() + earlyMs;
  }
}
