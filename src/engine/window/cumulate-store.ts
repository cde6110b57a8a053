/**
 * Cumulating windows: a window fires at the end of each of its steps with all that it holds so
 * far. What belongs to the step that fires next is added to the window at once; rows of later
 * steps wait in slices of their own until it is their turn. Each row is thus added once or twice,
 * however many steps a window has.
 * As Flink: from a key's first row on each step has a row for it, whether anything came or not; a
 * row that is late for some steps counts from the next one on.
 */
import { assert } from '../../errors/assert.ts';
import type { LogicalType } from '../../expression/type.ts';
import type { StateReader } from '../state/state-reader.ts';
import type { StateWriter } from '../state/state-writer.ts';
import type { OpenWindow } from './open-window.ts';
import type { SelectedRows } from './keyed-aggregation.ts';
import type { SliceClock } from './slice-clock.ts';
import { StepChanges } from './step-changes.ts';
import {
  newSlice,
  type Firing,
  type Slice,
  type WindowMaker,
  type WindowStore,
} from './window-store.ts';

interface Cumulation {
  /** Null: each group has a row at each step. */
  readonly changes: StepChanges | null;
  readonly startMs: number;
  readonly endMs: number;
  /** All rows of the steps up to `nextEndMs`. */
  readonly total: OpenWindow;
  /** The end of the step that fires next. */
  nextEndMs: number;
  nextTriggerMs: number;
  /** By their start; those behind `nextEndMs` have rows of their own. */
  readonly slices: Map<number, Slice>;
}

export interface CumulateSpec {
  /** Of the steps, and of the whole windows. */
  readonly steps: SliceClock;
  readonly windows: SliceClock;
  readonly makeWindow: WindowMaker;
  readonly unchanged: UnchangedSpec;
}

/** What becomes of groups whose results are those of the step before. */
export type UnchangedSpec =
  | { readonly kind: 'kept' }
  | { readonly kind: 'left-out'; readonly resultTypes: readonly LogicalType[] };

export class CumulateStore implements WindowStore {
  readonly firesWithinBatches = true;
  readonly isCovered = (): boolean => false;
  nextTriggerMs = Infinity;
  private readonly sizeMs: number;
  /** Of the steps. */
  private readonly clock: SliceClock;
  /** Of the whole windows. */
  private readonly windowClock: SliceClock;
  private readonly makeWindow: WindowMaker;
  private readonly unchanged: UnchangedSpec;
  private readonly cumulations = new Map<number, Cumulation>();

  constructor({ steps, windows, makeWindow, unchanged }: CumulateSpec) {
    this.clock = steps;
    this.windowClock = windows;
    this.sizeMs = windows.sliceMs;
    this.makeWindow = makeWindow;
    this.unchanged = unchanged;
  }

  sliceOf(localMs: number, watermarkMs: number): Slice | null {
    const windowStartMs = this.windowClock.startOf(localMs);
    const known = this.cumulations.get(windowStartMs);
    const closeMs = this.clock.triggerOf(windowStartMs + this.sizeMs);
    if (watermarkMs >= closeMs) return null;
    const cumulation = known ?? this.open(windowStartMs, watermarkMs);
    const startMs = this.clock.startOf(localMs);
    const slice = cumulation.slices.get(startMs);
    if (slice !== undefined) return slice;
    const endMs = startMs + this.clock.sliceMs;
    const own = endMs <= cumulation.nextEndMs ? cumulation.total : this.makeWindow(false);
    const opened = newSlice({ startMs, endMs }, closeMs, own);
    cumulation.slices.set(startMs, opened);
    return opened;
  }

  coversOf(): readonly OpenWindow[] {
    return [];
  }

  fire(): Firing {
    const cumulation = this.first();
    assert(cumulation !== null, 'a window fires that is open');
    const { startMs, nextEndMs, nextTriggerMs, total } = cumulation;
    return {
      startMs,
      endMs: nextEndMs,
      triggerMs: nextTriggerMs,
      groups: cumulation.changes?.take(total) ?? total,
      done: () => {
        this.step(cumulation);
      },
    };
  }

  rowsAdded(slice: Slice, selected: SelectedRows, slots: Int32Array): void {
    const cumulation = this.cumulations.get(this.windowClock.startOf(slice.startMs));
    if (cumulation === undefined || slice.own !== cumulation.total) return;
    cumulation.changes?.changed.mark(selected, slots, cumulation.total.slotCount);
  }

  *windows(): Iterable<OpenWindow> {
    for (const { total, slices } of this.cumulations.values()) {
      yield total;
      for (const { own } of slices.values()) if (own !== total) yield own;
    }
  }

  snapshotState(writer: StateWriter): void {
    writer.uint32(this.cumulations.size);
    for (const { startMs, nextEndMs, total, slices, changes } of this.cumulations.values()) {
      writer.float64(startMs);
      writer.float64(nextEndMs);
      total.snapshotState(writer);
      changes?.snapshotState(writer, total.slotCount);
      const apart = Array.from(slices.values()).filter(({ own }) => own !== total);
      writer.uint32(apart.length);
      for (const slice of apart) {
        writer.float64(slice.startMs);
        slice.own.snapshotState(writer);
      }
    }
  }

  restoreState(reader: StateReader, idLimit: number): void {
    const count = reader.uint32();
    for (let index = 0; index < count; index++) {
      const cumulation = this.add(reader.float64(), reader.float64());
      const { total, changes } = cumulation;
      total.restoreState(reader, idLimit);
      changes?.restoreState(reader, total.slotCount);
      const sliceCount = reader.uint32();
      for (let at = 0; at < sliceCount; at++) {
        const startMs = reader.float64();
        const own = this.makeWindow(false);
        own.restoreState(reader, idLimit);
        const bounds = { startMs, endMs: startMs + this.clock.sliceMs };
        const closeMs = this.clock.triggerOf(cumulation.endMs);
        cumulation.slices.set(startMs, newSlice(bounds, closeMs, own));
      }
    }
  }

  private open(startMs: number, watermarkMs: number): Cumulation {
    let nextEndMs = startMs + this.clock.sliceMs;
    while (this.clock.triggerOf(nextEndMs) <= watermarkMs) nextEndMs += this.clock.sliceMs;
    return this.add(startMs, nextEndMs);
  }

  private add(startMs: number, nextEndMs: number): Cumulation {
    const { unchanged } = this;
    const cumulation: Cumulation = {
      changes: unchanged.kind === 'kept' ? null : new StepChanges(unchanged.resultTypes),
      startMs,
      endMs: startMs + this.sizeMs,
      total: this.makeWindow(true),
      nextEndMs,
      nextTriggerMs: this.clock.triggerOf(nextEndMs),
      slices: new Map(),
    };
    this.cumulations.set(startMs, cumulation);
    this.nextTriggerMs = Math.min(this.nextTriggerMs, cumulation.nextTriggerMs);
    return cumulation;
  }

  private first(): Cumulation | null {
    let first: Cumulation | null = null;
    for (const cumulation of this.cumulations.values()) {
      if (first === null || cumulation.nextTriggerMs < first.nextTriggerMs) first = cumulation;
    }
    return first;
  }

  /** A step has fired: on to the next one, with the rows that waited for it. */
  private step(cumulation: Cumulation): void {
    const { startMs, endMs, nextEndMs, total, slices } = cumulation;
    if (nextEndMs >= endMs) {
      this.cumulations.delete(startMs);
      total.release();
    } else {
      // Slices of steps that have fired are made again when a late row comes.
      slices.delete(nextEndMs - this.clock.sliceMs);
      const waiting = slices.get(nextEndMs);
      cumulation.nextEndMs = nextEndMs + this.clock.sliceMs;
      cumulation.nextTriggerMs = this.clock.triggerOf(cumulation.nextEndMs);
      if (waiting !== undefined && waiting.own !== total) {
        const slots = total.merge(waiting.own);
        cumulation.changes?.changed.markAll(slots, total.slotCount);
        waiting.own.release();
        waiting.own = total;
      }
    }
    this.nextTriggerMs = this.first()?.nextTriggerMs ?? Infinity;
  }
}
