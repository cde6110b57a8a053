/**
 * The first n rows of each window and partition, once, when the window has ended: the watermark has
 * passed its last millisecond. Its input are the final results of windows. As Flink's Window Top-N:
 * the output only appends, and the state goes with the window.
 */
import { WATERMARK_MIN, rowKinds, type Batch } from '../batch/batch.ts';
import { throwFirstFailure } from '../batch/failure.ts';
import type { Operator, Output, Outputs } from '../operator/contract.ts';
import type { NodeCounters } from '../operator/node-counters.ts';
import type { TaskContext } from '../operator/task-context.ts';
import { readProgress, writeProgress } from '../state/subtask-progress.ts';
import type { RestoredState, SnapshotWriter } from '../state/operator-snapshot.ts';
import { ChangeEmission } from './change-emission.ts';
import { OpenWindows } from './open-windows.ts';
import { NO_SLOT } from './rank-tree.ts';
import { RankedRows } from './ranked-rows.ts';
import type { WindowTopNSpec } from './top-n-spec.ts';

export class WindowTopNOperator implements Operator {
  private readonly spec: WindowTopNSpec;
  private readonly counters: NodeCounters;
  private readonly ranked: RankedRows;
  private readonly emission: ChangeEmission;
  private readonly windows: OpenWindows;
  private output: Output | null = null;
  private watermarkMs = WATERMARK_MIN;

  constructor(spec: WindowTopNSpec, context: TaskContext, counters: NodeCounters) {
    this.spec = spec;
    this.counters = counters;
    this.windows = new OpenWindows(spec.window);
    this.ranked = new RankedRows({ ...spec, keepsAll: false }, context, () => undefined);
    const { outputSchema, hasRank } = spec;
    this.emission = new ChangeEmission({ outputSchema, hasRank, isChangelog: false });
  }

  open(outputs: Outputs): void {
    this.output = outputs.main;
  }

  processBatch(batch: Batch): boolean {
    // What the output still holds points to rows that are about to change.
    if (this.output!.isFull) return false;
    const { ranked, spec } = this;
    for (const { index } of spec.orderBy) {
      throwFirstFailure(batch.columns[index]!, batch.rowCount, batch.schema[index]!.name);
    }
    ranked.begin(batch);
    for (let row = 0; row < batch.rowCount; row++) {
      const closeMs = this.windows.closeOf(batch, row);
      if ((batch.watermarksBefore?.[row] ?? WATERMARK_MIN) >= closeMs) {
        this.counters.lateRecords++;
        continue;
      }
      const partition = ranked.partitions.ids[row]!;
      if (ranked.rootOf(partition) === NO_SLOT) this.windows.add(closeMs, partition);
      ranked.add(batch.columns, row);
    }
    ranked.end(batch);
    ranked.settle();
    return true;
  }

  processWatermark(watermarkMs: number): boolean {
    if (!this.emission.isBusy) {
      if (this.output!.isFull) return false;
      const closed = this.windows.takeClosed(watermarkMs);
      this.ranked.beforeRemoveAll(closed);
      for (const partition of closed) this.takeOut(partition);
    }
    if (!this.emission.continue(this.ranked.rows, this.output!, this.watermarkMs)) return false;
    this.ranked.settle();
    this.watermarkMs = watermarkMs;
    this.output!.emitWatermark(watermarkMs);
    return true;
  }

  endInput(): boolean {
    return true;
  }

  snapshotState(snapshot: SnapshotWriter): void {
    const { counters, watermarkMs } = this;
    writeProgress(snapshot, { watermarkMs, lateRecords: counters.lateRecords });
    this.ranked.writeParts(snapshot, () => undefined);
  }

  restoreState(restored: RestoredState): void {
    const { watermarkMs, lateRecords } = readProgress(restored);
    this.watermarkMs = watermarkMs;
    this.counters.lateRecords = lateRecords;
    const take = (batch: Batch, slots: Int32Array): void => {
      for (const [row, slot] of slots.entries()) {
        this.windows.add(this.windows.closeOf(batch, row), this.ranked.partitionOf(slot));
      }
    };
    this.ranked.readParts(restored, take, () => undefined);
  }

  close(): void {
    // What is kept goes with the memory of the job.
  }

  private takeOut(partition: number): void {
    for (const [place, slot] of this.ranked.removeAll(partition).entries()) {
      this.emission.changes.add(slot, rowKinds.insert, place + 1);
    }
  }
}
