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
import { LateOutput } from './late-output.ts';
import { NO_SESSION, OpenSessions, type Session } from './open-sessions.ts';
import { RowTimes } from './row-times.ts';
import { SessionEmission } from './session-emission.ts';
import { SessionGroups } from './session-groups.ts';
import { SliceClock } from './slice-clock.ts';
import type { SessionWindowSpec } from './window-spec.ts';

export class SessionWindowOperator implements Operator {
  private readonly spec: SessionWindowSpec;
  private readonly counters: NodeCounters;
  private readonly aggregation: KeyedAggregation;
  private readonly emission: SessionEmission;
  private readonly groups: SessionGroups;
  private readonly sessions: OpenSessions;
  private readonly times: RowTimes;
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
      output.emitWatermark(watermarkMs);
      this.aggregation.sweep(() => [this.idHolder()]);
    }
    return true;
  }

  endInput(): boolean {
    return true;
  }

  snapshotState(snapshot: SnapshotWriter): void {
    const writer = snapshot.subtask();
    assert(!this.emission.isBusy, 'snapshots are taken between calls');
    writer.float64(this.watermarkMs);
    writer.float64(this.counters.lateRecords);
    this.aggregation.snapshotState(writer);
    const sessions = this.sessions.all().sort((a, b) => a.slot - b.slot);
    writer.uint32(sessions.length);
    for (const { slot, key, startMs, endMs } of sessions) {
      writer.uint32(slot);
      writer.uint32(key);
      writer.float64(startMs);
      writer.float64(endMs);
    }
    this.groups.snapshotState(writer, slotCountOf(sessions));
  }

  restoreState(restored: RestoredState): void {
    const reader = restored.ownSubtask();
    if (reader === null) return;
    this.watermarkMs = reader.float64();
    this.counters.lateRecords = reader.float64();
    this.aggregation.restoreState(reader);
    const count = reader.uint32();
    for (let index = 0; index < count; index++) {
      const slot = reader.uint32();
      const key = reader.uint32();
      this.sessions.restore({ slot, key, startMs: reader.float64(), endMs: reader.float64() });
    }
    this.groups.restoreState(reader, this.sessions.slotCount);
  }

  close(): void {
    // What is open goes with the memory of the job.
  }

  /** Finds the session of each row. */
  private assign(batch: Batch): { readonly taken: number; readonly lateCount: number } {
    const { sessions, rows, slots, lateRows } = this;
    const localMs = this.times.read(batch);
    const keyIds = this.aggregation.keyIds[0]!;
    const watermarks = batch.watermarksBefore;
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
    return { taken, lateCount };
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
    this.emission.start(due, this.groups);
    for (const { slot } of due) {
      this.groups.drop(slot);
      this.sessions.release(slot);
    }
  }
}

/** Sessions by ascending slot: those behind the last one are free. */
function slotCountOf(sessions: readonly Session[]): number {
  return (sessions.at(-1)?.slot ?? -1) + 1;
}
