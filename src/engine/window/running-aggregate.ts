/**
 * The aggregate without a window: results of each group as they are after each batch of rows, as a
 * changelog keyed by the group columns. As Flink's group aggregation. State is kept by group, for
 * ever or until a group has got no row for the time to live (processing time); nothing is emitted
 * when it goes, and a later row begins the group anew.
 */
import { WATERMARK_MIN, type Batch } from '../batch/batch.ts';
import { BATCH_ROWS } from '../batch/column.ts';
import type { Operator, Output, Outputs } from '../operator/contract.ts';
import type { TaskContext } from '../operator/task-context.ts';
import type { RestoredState, SnapshotWriter } from '../state/operator-snapshot.ts';
import { ChangedSlots } from './changed-slots.ts';
import { KeyedAggregation } from './keyed-aggregation.ts';
import { readProgress, writeProgress } from './progress.ts';
import { RunningEmission } from './running-emission.ts';
import { RunningGroups } from './running-groups.ts';
import type { RunningAggregateSpec } from './window-spec.ts';

export class RunningAggregateOperator implements Operator {
  private readonly context: TaskContext;
  private readonly aggregation: KeyedAggregation;
  private readonly groups: RunningGroups;
  private readonly emission: RunningEmission;
  private readonly touched = new ChangedSlots();
  /** 0, 1, 2, ...: all rows of a batch. */
  private readonly rows: Int32Array;
  /** The batch at hand has been added; its changes are on their way out. */
  private isAdded = false;
  private output: Output | null = null;
  private watermarkMs = WATERMARK_MIN;

  constructor(spec: RunningAggregateSpec, context: TaskContext) {
    const { memory } = context;
    this.context = context;
    this.aggregation = new KeyedAggregation(spec, context, spec.takesUpdates);
    this.groups = new RunningGroups(spec, this.aggregation, context.barrierIdsMax);
    this.emission = new RunningEmission(spec, this.groups, this.aggregation.keys, memory);
    this.rows = memory.int32Array(BATCH_ROWS);
    for (let row = 0; row < BATCH_ROWS; row++) this.rows[row] = row;
  }

  /** When groups are to be forgotten, processing time. */
  get nextTimerMs(): number {
    return this.groups.expiry.nextExpiryMs;
  }

  open(outputs: Outputs): void {
    this.output = outputs.main;
  }

  processBatch(batch: Batch): boolean {
    if (!this.isAdded) this.add(batch);
    this.isAdded = true;
    if (!this.emission.continue(this.output!, this.watermarkMs)) return false;
    this.isAdded = false;
    this.aggregation.sweep(() => [this.groups]);
    return true;
  }

  processWatermark(watermarkMs: number): boolean {
    if (watermarkMs > this.watermarkMs) {
      this.watermarkMs = watermarkMs;
      this.output!.emitWatermark(watermarkMs);
    }
    return true;
  }

  processTimers(nowMs: number): boolean {
    this.groups.expireNext(nowMs);
    return true;
  }

  endInput(): boolean {
    return true;
  }

  snapshotState(snapshot: SnapshotWriter): void {
    const { watermarkMs } = this;
    writeProgress(snapshot, {
      watermarkMs,
      judgedMs: watermarkMs,
      lateRecords: 0,
      timerMs: Infinity,
    });
    this.groups.writeState(snapshot);
  }

  restoreState(restored: RestoredState): void {
    const progress = readProgress(restored);
    if (progress === null) return;
    this.watermarkMs = progress.watermarkMs;
    this.aggregation.readParts(restored, this.groups);
  }

  close(): void {
    // What is held goes with the memory of the job.
  }

  private add(batch: Batch): void {
    const { aggregation, groups, touched, rows } = this;
    const nowMs = this.context.evaluation.nowMs();
    aggregation.evaluate(batch);
    const slotCount = aggregation.keys.idLimit;
    groups.ensureSlots(slotCount);
    for (const [setIndex, keyIds] of aggregation.keyIds.entries()) {
      touched.mark({ rows, count: batch.rowCount }, keyIds, slotCount);
      const slots = touched.take();
      groups.later.beforeChange(slots, slots.length);
      groups.expire(slots, nowMs);
      this.emission.noteBefore(setIndex, slots);
      groups.add(batch, keyIds, rows);
      groups.touch(slots, nowMs);
    }
  }
}
