/**
 * Tumbling windows whose results are emitted more than once: before the end (early), at the end,
 * and after it for rows that are late by no more than the allowed lateness. What has been emitted
 * is kept until the window closes.
 */
import type { LogicalType } from '../../expression/type.ts';
import type { StateReader } from '../state/state-reader.ts';
import type { StateWriter } from '../state/state-writer.ts';
import { ChangedSlots } from './changed-slots.ts';
import { EmittedResults } from './emitted-results.ts';
import type { OpenWindow } from './open-window.ts';
import type { SliceClock } from './slice-clock.ts';
import { newSlice, type Slice, type WindowMaker } from './window-store.ts';

export interface UpdatedWindow extends Slice {
  readonly triggerMs: number;
  readonly changed: ChangedSlots;
  readonly emitted: EmittedResults;
  /** Its end has passed: changes go out at once. */
  hasFired: boolean;
}

export interface UpdatedWindowsSpec {
  readonly clock: SliceClock;
  readonly allowedLatenessMs: number;
  readonly makeWindow: WindowMaker;
  /** Of the aggregates. */
  readonly resultTypes: readonly LogicalType[];
}

export class UpdatedWindows {
  /** All rows are taken as they come: a row that is late is either corrected for or dropped. */
  readonly firesWithinBatches = false;
  nextTriggerMs = Infinity;
  private readonly spec: UpdatedWindowsSpec;
  private readonly windowsByStart = new Map<number, UpdatedWindow>();

  constructor(spec: UpdatedWindowsSpec) {
    this.spec = spec;
  }

  /** Null: the row is late by more than is allowed. */
  sliceOf(localMs: number, watermarkMs: number): UpdatedWindow | null {
    const startMs = this.spec.clock.startOf(localMs);
    const known = this.windowsByStart.get(startMs);
    if (known !== undefined) return watermarkMs >= known.closeMs ? null : known;
    return watermarkMs >= this.closeOf(startMs) ? null : this.open(startMs);
  }

  /** In the order in which they end. */
  all(): readonly UpdatedWindow[] {
    return [...this.windowsByStart.values()].sort((a, b) => a.triggerMs - b.triggerMs);
  }

  /** Those whose end the watermark has reached, and that have not fired before. */
  fire(watermarkMs: number): readonly UpdatedWindow[] {
    if (this.nextTriggerMs > watermarkMs) return [];
    const fired = this.all().filter(
      (window) => !window.hasFired && window.triggerMs <= watermarkMs,
    );
    for (const window of fired) window.hasFired = true;
    this.findNext();
    return fired;
  }

  /** Drops windows that no row can reach any more; all that was in them is out. */
  closeUntil(watermarkMs: number): void {
    for (const window of this.windowsByStart.values()) {
      if (!window.hasFired || window.closeMs > watermarkMs) continue;
      this.windowsByStart.delete(window.startMs);
      window.own.release();
    }
  }

  *windows(): Iterable<OpenWindow> {
    for (const { own } of this.windowsByStart.values()) yield own;
  }

  snapshotState(writer: StateWriter): void {
    writer.uint32(this.windowsByStart.size);
    for (const { startMs, own, changed, emitted, hasFired } of this.windowsByStart.values()) {
      writer.float64(startMs);
      writer.boolean(hasFired);
      own.snapshotState(writer);
      writer.int32Array(changed.all());
      emitted.snapshotState(writer, own.slotCount);
    }
  }

  restoreState(reader: StateReader, idLimit: number): void {
    const count = reader.uint32();
    for (let index = 0; index < count; index++) {
      const window = this.open(reader.float64());
      window.hasFired = reader.boolean();
      window.own.restoreState(reader, idLimit);
      window.changed.restore(reader.int32Array(), window.own.slotCount);
      window.emitted.restoreState(reader, window.own.slotCount);
    }
    this.findNext();
  }

  private open(startMs: number): UpdatedWindow {
    const { clock, makeWindow, resultTypes } = this.spec;
    const endMs = startMs + clock.sliceMs;
    const window: UpdatedWindow = {
      ...newSlice({ startMs, endMs }, this.closeOf(startMs), makeWindow(true)),
      triggerMs: clock.triggerOf(endMs),
      changed: new ChangedSlots(),
      emitted: new EmittedResults(resultTypes),
      hasFired: false,
    };
    this.windowsByStart.set(startMs, window);
    this.nextTriggerMs = Math.min(this.nextTriggerMs, window.triggerMs);
    return window;
  }

  /** As Flink: the lateness counts from the last moment of the window. */
  private closeOf(startMs: number): number {
    const { clock, allowedLatenessMs } = this.spec;
    return clock.triggerOf(startMs + clock.sliceMs) + allowedLatenessMs;
  }

  private findNext(): void {
    this.nextTriggerMs = Infinity;
    for (const { hasFired, triggerMs } of this.windowsByStart.values()) {
      if (!hasFired) this.nextTriggerMs = Math.min(this.nextTriggerMs, triggerMs);
    }
  }
}
