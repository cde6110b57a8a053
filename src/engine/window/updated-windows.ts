/**
 * Tumbling windows whose results are emitted more than once: before the end (early), at the end,
 * and after it for rows that are late by no more than the allowed lateness. What has been emitted
 * is kept until the window closes.
 */
import type { LogicalType } from '../../expression/type.ts';
import { ChangedSlots } from './changed-slots.ts';
import { EmittedResults } from './emitted-results.ts';
import type { HeldSection, HeldState } from './held-state.ts';
import type { PartReader } from './keyed-parts.ts';
import type { OpenWindow } from './open-window.ts';
import type { SliceClock } from './slice-clock.ts';
import { inOrder, newSlice, type Slice, type WindowMaker } from './window-store.ts';

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

export class UpdatedWindows implements HeldState {
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

  *sections(): Iterable<HeldSection> {
    for (const { startMs, own, changed, emitted } of inOrder(this.windowsByStart.values())) {
      yield {
        keys: () => own.keysOf(0, own.slotCount),
        window: own,
        holds: own.holds,
        write: (part, slots) => {
          part.body.float64(startMs);
          own.writeSlots(part, slots);
          changed.writeSlots(part.body, slots);
          emitted.writeSlots(part.body, slots);
        },
      };
    }
  }

  readSection(part: PartReader): void {
    const startMs = this.spec.clock.readStart(part.body);
    const { own, changed, emitted } = this.windowsByStart.get(startMs) ?? this.open(startMs);
    const slots = own.readSlots(part);
    changed.readSlots(part.body, slots, own.slotCount);
    emitted.readSlots(part.body, slots);
  }

  /** What the operator's watermark makes fire has fired. */
  restored(watermarkMs: number): void {
    for (const window of this.windowsByStart.values()) {
      window.hasFired = window.triggerMs <= watermarkMs;
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
