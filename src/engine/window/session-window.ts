/**
 * The window aggregate over sessions: the rows of a key that follow each other within a gap. A
 * session fires when the watermark passes the gap behind its last row.
 * A row is late when its own session would have fired and no open one takes it in.
 */
import { assert } from '../../errors/assert.ts';
import { WATERMARK_MIN, type Batch } from '../batch/batch.ts';
import { BATCH_ROWS } from '../batch/column.ts';
import type { Operator, Output, Outputs } from '../operator/contract.ts';
import type { NodeCounters } from '../operator/node-counters.ts';
import type { TaskContext } from '../operator/task-context.ts';
import type { RestoredState, SnapshotWriter } from '../state/operator-snapshot.ts';
import { KeyedAggregation, type IdHolder } from './keyed-aggregation.ts';
import type { HeldSection, HeldState } from './held-state.ts';

import { LateOutput } from './late-output.ts';
import { NO_SESSION, OpenSessions } from './open-sessions.ts';
import { readProgress, writeProgress } from './progress.ts';
import { RowTimes } from './row-times.ts';
import { RowWatermarks } from './row-watermarks.ts';
import { SessionEmission } from './session-emission.ts';
import { SessionGroups } from './session-groups.ts';
import { SliceClock } from './slice-clock.ts';
import { SlotHolds } from './slot-holds.ts';
import type { SessionWindowSpec } from './window-spec.ts';

export class SessionWindowOperator implements Operator {
  private readonly spec: SessionWindowSpec;
  private readonly counters: NodeCounters;
  private readonly aggregation: KeyedAggregation;
  private readonly emission: SessionEmission;
  private readonly groups: SessionGroups;
  private readonly sessions: OpenSessions;
  /** Snapshots that still write sessions. */
  private readonly holds = new SlotHolds();
  private readonly times: RowTimes;
  private readonly rowWatermarks = new RowWatermarks();
  /** Rows of the batch that belong to a session, and the slot of each by row number. */
  private readonly rows: Int32Array;
  private readonly slots: Int32Array;
  private readonly lateRows = new Int32Array(BATCH_ROWS);
  private main: Output | null = null;
  private late: LateOutput | null = null;
  private watermarkMs = WATERMARK_MIN;

  constructor(spec: SessionWindowSpec, context: TaskContext, counters: NodeCounters) {
    const { memory } = context;
    this.spec = spec;
    this.counters = counters;
    this.aggregation = new KeyedAggregation(spec, context);
    this.emission = new SessionEmission(spec, this.aggregation.keys, memory);
    this.groups = new SessionGroups(this.aggregation.makeSlotAccumulators());
    this.times = new RowTimes(spec);
    this.rows = memory.int32Array(BATCH_ROWS);
    this.slots = memory.int32Array(BATCH_ROWS);
    const { gapMs } = spec.window;
    const clock = new SliceClock({ sliceMs: gapMs, offsetMs: 0, zone: spec.zone });
    this.sessions = new OpenSessions({ gapMs, triggerOf: (endMs) => clock.triggerOf(endMs) });
  }

  open(outputs: Outputs): void {
    this.main = outputs.main;
    const side = outputs.side('late');
    this.late = side === null ? null : new LateOutput(side, this.spec.inputSchema);
  }

  processBatch(batch: Batch): boolean {
    if (this.late?.isPending === true) return this.late.flush();
    this.aggregation.evaluate(batch);
    const { taken, lateCount } = this.assign(batch);
    this.groups.ensureSlots(this.sessions.slotCount);
    const selected = { rows: this.rows, count: taken, slots: this.slots };
    this.aggregation.accumulate(this.groups.accumulators, selected);
    for (const { fromSlot, toSlot } of this.sessions.merges) this.groups.merge(fromSlot, toSlot);
    this.sessions.merges.length = 0;
    this.counters.lateRecords += lateCount;
    if (lateCount === 0 || this.late === null) return true;
    this.late.take(batch, this.lateRows, lateCount);
    return this.late.flush();
  }

  processWatermark(watermarkMs: number): boolean {
    const output = this.main!;
    if (!this.emission.continue(output, this.watermarkMs)) return false;
    if (this.sessions.nextTriggerMs <= watermarkMs) {
      this.fire(watermarkMs);
      if (!this.emission.continue(output, this.watermarkMs)) return false;
    }
    if (watermarkMs > this.watermarkMs) {
      this.watermarkMs = watermarkMs;
      this.rowWatermarks.advance(watermarkMs);
      output.emitWatermark(watermarkMs);
      this.aggregation.sweep(() => [this.idHolder()]);
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
    this.aggregation.writeState(snapshot, this.keyedState());
  }

  restoreState(restored: RestoredState): void {
    const progress = readProgress(restored);
    if (progress === null) return;
    this.watermarkMs = progress.watermarkMs;
    this.rowWatermarks.judgedMs = progress.judgedMs;
    this.counters.lateRecords = progress.lateRecords;
    this.aggregation.readParts(restored, this.keyedState());
  }

  close(): void {
    // What is open goes with the memory of the job.
  }

  /** Finds the session of each row. */
  private assign(batch: Batch): { readonly taken: number; readonly lateCount: number } {
    const { sessions, rows, slots, lateRows } = this;
    const localMs = this.times.read(batch);
    const keyIds = this.aggregation.keyIds[0]!;
    const watermarks = this.rowWatermarks.of(batch);
    if (!this.holds.isEmpty) {
      const open = sessions.slotsOf(keyIds.subarray(0, batch.rowCount));
      this.holds.beforeChange(open, open.length);
    }
    let taken = 0;
    let lateCount = 0;
    for (let row = 0; row < batch.rowCount; row++) {
      const watermarkMs = watermarks === null ? WATERMARK_MIN : watermarks[row]!;
      const slot = sessions.slotOf(keyIds[row]!, localMs[row]!, watermarkMs);
      if (slot === NO_SESSION) {
        lateRows[lateCount++] = row;
        continue;
      }
      slots[row] = slot;
      rows[taken++] = row;
    }
    this.rowWatermarks.judged(batch);
    return { taken, lateCount };
  }

  /** All sessions are one section. */
  private keyedState(): HeldState {
    const { sessions, groups, holds } = this;
    const keys = sessions.keysBySlot();
    const section: HeldSection = {
      keys: () => keys,
      holds,
      write: (part, slots) => {
        sessions.writeSlots(part, slots);
        groups.writeSlots(part, slots);
      },
    };
    return {
      sections: () => [section],
      readSection: (part) => {
        const slots = sessions.readSlots(part);
        groups.readSlots(part, slots, sessions.slotCount);
      },
    };
  }

  private idHolder(): IdHolder {
    return {
      accumulators: this.groups.accumulators,
      markKeys: (used) => {
        for (const { key } of this.sessions.all()) used[key] = 1;
      },
    };
  }

  private fire(watermarkMs: number): void {
    const due = this.sessions.takeDue(watermarkMs);
    if (!this.holds.isEmpty) {
      this.holds.beforeChange(
        Int32Array.from(due, ({ slot }) => slot),
        due.length,
      );
    }
    this.emission.start(due, this.groups);
    for (const { slot } of due) {
      this.groups.drop(slot);
      this.sessions.release(slot);
    }
  }
}
