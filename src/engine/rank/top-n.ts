/**
 * The first n rows of each partition, as a changelog: what has changed by a batch of the input is
 * emitted behind it. As Flink's Top-N: an input that only appends costs n rows a partition; of one
 * that takes rows back all are kept, so that another can come in when one goes. Of two rows that are
 * equal in order the earlier comes first.
 *
 * Where partitions belong to windows, their rows are forgotten when nothing can come for the window
 * any more. A row whose time to live is over leaves as if it had been taken back. (Flink drops it without a
 * word, and its ranks are wrong from then on.)
 */
import { WATERMARK_MIN, rowKinds, type Batch } from '../batch/batch.ts';
import { throwFirstFailure } from '../batch/failure.ts';
import type { Operator, Output, Outputs } from '../operator/contract.ts';
import type { TaskContext } from '../operator/task-context.ts';
import { SlotExpiry } from '../state/slot-expiry.ts';
import { readProgress, writeProgress } from '../state/subtask-progress.ts';
import type { RestoredState, SnapshotWriter } from '../state/operator-snapshot.ts';
import { ChangeEmission } from './change-emission.ts';
import { FirstRowsChanges } from './first-rows-changes.ts';
import { OpenWindows } from './open-windows.ts';
import { NO_SLOT } from './rank-tree.ts';
import { RankedRows } from './ranked-rows.ts';
import { RowIdentities } from './row-identities.ts';
import type { TopNSpec } from './top-n-spec.ts';

export class TopNOperator implements Operator {
  private readonly spec: TopNSpec;
  private readonly context: TaskContext;
  private readonly ranked: RankedRows;
  /** Null: the input takes nothing back. */
  private readonly identities: RowIdentities | null;
  /** Null: partitions belong to no windows. */
  private readonly windows: OpenWindows | null;
  private readonly firstRows: FirstRowsChanges;
  private readonly emission: ChangeEmission;
  private readonly expiry: SlotExpiry;
  /** The batch at hand has been added; its changes are on their way out. */
  private isAdded = false;
  private output: Output | null = null;
  private watermarkMs = WATERMARK_MIN;
  private readonly beforeForget = (slots: Int32Array): void => {
    this.ranked.beforeRemove(slots);
  };

  constructor(spec: TopNSpec, context: TaskContext) {
    const { memory } = context;
    const { input, inputSchema, n, hasRank, outputSchema } = spec;
    this.spec = spec;
    this.context = context;
    const identities =
      input === null
        ? null
        : new RowIdentities(input.key ?? inputSchema.map((_field, index) => index), memory);
    this.identities = identities;
    this.windows = spec.window === null ? null : new OpenWindows(spec.window);
    this.firstRows = new FirstRowsChanges({
      n,
      hasRank,
      successorOf: (slot) =>
        identities === null || input?.key == null ? NO_SLOT : identities.successorOf(slot),
    });
    this.ranked = new RankedRows({ ...spec, keepsAll: input !== null }, context, (partition) => {
      this.firstRows.note(partition, this.ranked);
    });
    this.emission = new ChangeEmission({ outputSchema, hasRank, isChangelog: true });
    this.expiry = new SlotExpiry(spec.ttlMs);
  }

  /** When rows expire, processing time. */
  get nextTimerMs(): number {
    return this.expiry.nextExpiryMs;
  }

  open(outputs: Outputs): void {
    this.output = outputs.main;
  }

  processBatch(batch: Batch): boolean {
    if (!this.isAdded) {
      // What the output still holds points to rows that are about to change.
      if (this.output!.isFull) return false;
      this.addAll(batch);
      this.isAdded = true;
    }
    if (!this.emit()) return false;
    this.isAdded = false;
    return true;
  }

  processWatermark(watermarkMs: number): boolean {
    if (this.windows !== null) {
      // What the output still holds points to rows that are about to go.
      if (this.output!.isFull) return false;
      const closed = this.windows.takeClosed(watermarkMs);
      this.ranked.beforeRemoveAll(closed);
      for (const partition of closed) this.forgetAll(partition);
      this.settle();
    }
    this.watermarkMs = watermarkMs;
    this.output!.emitWatermark(watermarkMs);
    return true;
  }

  processTimers(nowMs: number): boolean {
    if (!this.emission.isBusy) {
      if (this.output!.isFull) return false;
      for (const slot of this.expiry.expired(nowMs, this.beforeForget)) this.remove(slot);
      this.firstRows.collect(this.ranked, this.emission.changes);
    }
    return this.emit();
  }

  endInput(): boolean {
    return true;
  }

  snapshotState(snapshot: SnapshotWriter): void {
    writeProgress(snapshot, { watermarkMs: this.watermarkMs, lateRecords: 0 });
    this.ranked.writeParts(snapshot, (writer, slots) => {
      this.expiry.writeTimes(writer, slots);
    });
  }

  restoreState(restored: RestoredState): void {
    this.watermarkMs = readProgress(restored).watermarkMs;
    const take = (batch: Batch, slots: Int32Array): void => {
      this.identities?.addStored(batch, slots);
      if (this.windows === null) return;
      for (const [row, slot] of slots.entries()) {
        this.windows.add(this.windows.closeOf(batch, row), this.ranked.partitionOf(slot));
      }
    };
    this.ranked.readParts(restored, take, (reader, slots) => {
      this.expiry.readTimes(reader, slots);
    });
  }

  close(): void {
    // What is kept goes with the memory of the job.
  }

  private addAll(batch: Batch): void {
    const { ranked, identities } = this;
    for (const { index } of this.spec.orderBy) {
      throwFirstFailure(batch.columns[index]!, batch.rowCount, batch.schema[index]!.name);
    }
    ranked.begin(batch);
    identities?.begin(batch);
    for (let row = 0; row < batch.rowCount; row++) {
      this.openWindow(batch, row);
      if (identities === null) ranked.add(batch.columns, row);
      else this.change(batch, row, identities);
    }
    const added = ranked.addedInBatch();
    this.expiry.touch(added, added.length, this.spec.ttlMs === 0 ? 0 : this.nowMs());
    ranked.end(batch);
    this.firstRows.collect(ranked, this.emission.changes);
  }

  /** Adds a row or takes one back; one with a known key takes the place of the row that had it. */
  private change(batch: Batch, row: number, identities: RowIdentities): void {
    const kind = batch.kinds?.[row] ?? rowKinds.insert;
    const isAdded = kind === rowKinds.insert || kind === rowKinds.updateAfter;
    if (!isAdded || this.spec.input?.key != null) {
      const known = identities.find(row);
      if (known !== NO_SLOT) this.remove(known);
    }
    if (isAdded) identities.add(row, this.ranked.add(batch.columns, row));
  }

  private remove(slot: number): void {
    this.identities?.remove(slot);
    this.ranked.remove(slot);
  }

  private emit(): boolean {
    if (!this.emission.continue(this.ranked.rows, this.output!, this.watermarkMs)) return false;
    this.settle();
    return true;
  }

  private settle(): void {
    this.ranked.settle((slot) => this.expiry.forget(slot));
    this.identities?.sweep();
  }

  private openWindow(batch: Batch, row: number): void {
    if (this.windows === null) return;
    const partition = this.ranked.partitions.ids[row]!;
    if (this.ranked.rootOf(partition) !== NO_SLOT) return;
    this.windows.add(this.windows.closeOf(batch, row), partition);
  }

  /** The window is closed: what was said of it stays. */
  private forgetAll(partition: number): void {
    for (const slot of this.ranked.removeAll(partition)) this.identities?.remove(slot);
  }

  private nowMs(): number {
    return this.context.evaluation.nowMs();
  }
}
