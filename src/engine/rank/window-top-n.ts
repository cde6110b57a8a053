/**
 * The first n rows of each window and partition, once, when the window has ended: the watermark has
 * passed its last millisecond. Its input are the final results of windows. As Flink's Window Top-N:
 * the output only appends, and the state goes with the window.
 */
import { assert } from '../../errors/assert.ts';
import type { ZoneClock } from '../../expression/zone-clock.ts';
import { WATERMARK_MIN, rowKinds, type Batch } from '../batch/batch.ts';
import { throwFirstFailure } from '../batch/failure.ts';
import type { Operator, Output, Outputs } from '../operator/contract.ts';
import type { NodeCounters } from '../operator/node-counters.ts';
import type { TaskContext } from '../operator/task-context.ts';
import type { StateReader } from '../state/state-reader.ts';
import type { StateWriter } from '../state/state-writer.ts';
import { ChangeEmission } from './change-emission.ts';
import { NO_SLOT } from './rank-tree.ts';
import { RankedRows } from './ranked-rows.ts';
import type { WindowTopNSpec } from './top-n-spec.ts';

export class WindowTopNOperator implements Operator {
  private readonly spec: WindowTopNSpec;
  private readonly counters: NodeCounters;
  private readonly ranked: RankedRows;
  private readonly emission: ChangeEmission;
  /** Partitions with rows, by the watermark at which their window has ended. */
  private readonly openWindows = new Map<number, number[]>();
  private readonly ends: WindowEnds;
  private output: Output | null = null;
  private watermarkMs = WATERMARK_MIN;

  constructor(spec: WindowTopNSpec, { memory }: TaskContext, counters: NodeCounters) {
    this.spec = spec;
    this.counters = counters;
    this.ends = new WindowEnds(spec.zone);
    this.ranked = new RankedRows({ ...spec, keepsAll: false }, memory, () => undefined);
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
    const end = batch.columns[spec.windowEndIndex]!;
    assert(end.kind === 'timestamp', 'the end of a window is a timestamp');
    ranked.begin(batch);
    for (let row = 0; row < batch.rowCount; row++) {
      const triggerMs = this.ends.triggerOf(end.millis[row]!);
      const watermarkMs = batch.watermarksBefore?.[row] ?? WATERMARK_MIN;
      if (watermarkMs >= triggerMs) {
        this.counters.lateRecords++;
        continue;
      }
      this.openPartition(triggerMs, ranked.partitions.ids[row]!);
      ranked.add(batch.columns, row);
    }
    ranked.end(batch);
    ranked.settle();
    return true;
  }

  processWatermark(watermarkMs: number): boolean {
    if (!this.emission.isBusy) {
      if (this.output!.isFull) return false;
      this.fire(watermarkMs);
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

  snapshotState(writer: StateWriter): void {
    writer.float64(this.watermarkMs);
    writer.float64(this.counters.lateRecords);
    this.ranked.snapshotState(writer);
    writer.uint32(this.openWindows.size);
    for (const [triggerMs, partitions] of this.openWindows) {
      writer.float64(triggerMs);
      writer.int32Array(Int32Array.from(partitions));
    }
  }

  restoreState(reader: StateReader): void {
    this.watermarkMs = reader.float64();
    this.counters.lateRecords = reader.float64();
    this.ranked.restoreState(reader);
    const count = reader.uint32();
    for (let index = 0; index < count; index++) {
      this.openWindows.set(reader.float64(), [...reader.int32Array()]);
    }
  }

  close(): void {
    // What is kept goes with the memory of the job.
  }

  private openPartition(triggerMs: number, partition: number): void {
    if (this.ranked.rootOf(partition) !== NO_SLOT) return;
    const partitions = this.openWindows.get(triggerMs);
    if (partitions === undefined) this.openWindows.set(triggerMs, [partition]);
    else partitions.push(partition);
  }

  /** Takes out the rows of the windows that have ended, the earliest window first. */
  private fire(watermarkMs: number): void {
    const due = [...this.openWindows.keys()].filter((triggerMs) => triggerMs <= watermarkMs);
    for (const triggerMs of due.sort((left, right) => left - right)) {
      for (const partition of this.openWindows.get(triggerMs) ?? []) this.takeOut(partition);
      this.openWindows.delete(triggerMs);
    }
  }

  private takeOut(partition: number): void {
    const { ranked, emission } = this;
    const root = ranked.rootOf(partition);
    const slots = new Int32Array(ranked.tree.sizeOf(root));
    ranked.tree.first(root, slots.length, slots, 0);
    for (const [place, slot] of slots.entries()) {
      emission.changes.add(slot, rowKinds.insert, place + 1);
    }
    ranked.removeAll(partition, slots);
  }
}

/** When windows have ended: rows of one window come one after the other. */
class WindowEnds {
  private readonly zone: ZoneClock | null;
  private endMs = NaN;
  private triggerMs = NaN;

  constructor(zone: ZoneClock | null) {
    this.zone = zone;
  }

  /** The watermark, epoch milliseconds, from which on a window with this end has ended. */
  triggerOf(endMs: number): number {
    if (endMs === this.endMs) return this.triggerMs;
    this.endMs = endMs;
    this.triggerMs = this.zone === null ? endMs - 1 : this.zone.toEpochMs(endMs - 1);
    return this.triggerMs;
  }
}
