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
import { corruptState } from '../state/corrupt-state.ts';
import type { StateWriter } from '../state/state-writer.ts';
import type { HeldSection } from './held-state.ts';
import type { PartReader } from './keyed-parts.ts';
import type { OpenWindow } from './open-window.ts';
import type { SelectedRows } from './keyed-aggregation.ts';
import type { SliceClock } from './slice-clock.ts';
import { StepChanges } from './step-changes.ts';
import {
  inOrder,
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
  total: OpenWindow;
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
  /** By their start: those that rows are put into. */
  private readonly cumulations = new Map<number, Cumulation>();
  /** Restored ones whose next step is before that of others; rows come after it. */
  private readonly behind: Cumulation[] = [];
  /** Steps up to this watermark are over, but for those of `behind`. */
  private settledMs = -Infinity;

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
    for (const { total, slices } of this.all()) {
      yield total;
      for (const { own } of slices.values()) if (own !== total) yield own;
    }
  }

  *sections(): Iterable<HeldSection> {
    for (const cumulation of inOrder(this.all())) {
      const { total, slices, changes, startMs, nextEndMs } = cumulation;
      const place = { startMs, nextEndMs };
      yield {
        keys: () => total.keysOf(0, total.slotCount),
        window: total,
        holds: total.holds,
        write: (part, slots) => {
          writeHead(part.body, place, null);
          total.writeSlots(part, slots);
          changes?.writeSlots(part.body, slots);
        },
      };
      for (const { startMs: sliceMs, own } of inOrder(slices.values())) {
        if (own === total) continue;
        yield {
          keys: () => own.keysOf(0, own.slotCount),
          window: own,
          holds: own.holds,
          write: (part, slots) => {
            writeHead(part.body, place, sliceMs);
            own.writeSlots(part, slots);
          },
        };
      }
    }
  }

  readSection(part: PartReader): void {
    const startMs = this.windowClock.readStart(part.body);
    const nextEndMs = this.clock.readStart(part.body);
    if (nextEndMs <= startMs || nextEndMs > startMs + this.sizeMs) {
      throw corruptState(`the window from ${startMs} on has no step that ends at ${nextEndMs}`);
    }
    const cumulation = this.restoredOf(startMs, nextEndMs);
    const { total, changes, slices } = cumulation;
    if (part.body.boolean()) {
      const slots = total.readSlots(part);
      changes?.readSlots(part.body, slots, total.slotCount);
      return;
    }
    const sliceMs = this.clock.readStart(part.body);
    if (sliceMs < nextEndMs || sliceMs >= cumulation.endMs) {
      throw corruptState(`no rows from ${sliceMs} on wait for the step after ${nextEndMs}`);
    }
    const slice = slices.get(sliceMs) ?? this.sliceApart(cumulation, sliceMs);
    slice.own.readSlots(part);
  }

  /**
   * Subtasks may have come to different steps. All that follows comes after the furthest one, so
   * windows that are behind it fire their steps up to there before they take rows.
   */
  restored(judgedMs: number): void {
    this.settledMs = judgedMs;
    for (const cumulation of this.behind.splice(0)) this.settle(cumulation);
    this.nextTriggerMs = this.first()?.nextTriggerMs ?? Infinity;
  }

  /** A window with this next step, of those that were read. */
  private restoredOf(startMs: number, nextEndMs: number): Cumulation {
    const known = this.behind.find(
      (each) => each.startMs === startMs && each.nextEndMs === nextEndMs,
    );
    if (known !== undefined) return known;
    const cumulation = this.make(startMs, nextEndMs);
    this.behind.push(cumulation);
    return cumulation;
  }

  /** A window that has come as far as the others is one with that of its time, if there is one. */
  private settle(cumulation: Cumulation): void {
    const { startMs, nextTriggerMs, total, changes, slices } = cumulation;
    if (nextTriggerMs <= this.settledMs) {
      this.behind.push(cumulation);
      return;
    }
    const other = this.cumulations.get(startMs);
    if (other === undefined) {
      this.cumulations.set(startMs, cumulation);
      return;
    }
    const slots = other.total.merge(total);
    if (changes !== null) other.changes?.adopt(changes, slots, other.total.slotCount);
    for (const [sliceMs, { own }] of slices) {
      if (own === total) continue;
      const slice = other.slices.get(sliceMs) ?? this.sliceApart(other, sliceMs);
      slice.own.merge(own);
      own.release();
    }
    total.release();
  }

  private sliceApart({ endMs, slices }: Cumulation, startMs: number): Slice {
    const bounds = { startMs, endMs: startMs + this.clock.sliceMs };
    const slice = newSlice(bounds, this.clock.triggerOf(endMs), this.makeWindow(false));
    slices.set(startMs, slice);
    return slice;
  }

  private *all(): Iterable<Cumulation> {
    yield* this.behind;
    yield* this.cumulations.values();
  }

  private open(startMs: number, watermarkMs: number): Cumulation {
    let nextEndMs = startMs + this.clock.sliceMs;
    while (this.clock.triggerOf(nextEndMs) <= watermarkMs) nextEndMs += this.clock.sliceMs;
    const cumulation = this.make(startMs, nextEndMs);
    this.cumulations.set(startMs, cumulation);
    this.nextTriggerMs = Math.min(this.nextTriggerMs, cumulation.nextTriggerMs);
    return cumulation;
  }

  private make(startMs: number, nextEndMs: number): Cumulation {
    const { unchanged } = this;
    return {
      changes: unchanged.kind === 'kept' ? null : new StepChanges(unchanged.resultTypes),
      startMs,
      endMs: startMs + this.sizeMs,
      total: this.makeWindow(true),
      nextEndMs,
      nextTriggerMs: this.clock.triggerOf(nextEndMs),
      slices: new Map(),
    };
  }

  private first(): Cumulation | null {
    let first: Cumulation | null = null;
    for (const cumulation of this.all()) {
      if (first === null || cumulation.nextTriggerMs < first.nextTriggerMs) first = cumulation;
    }
    return first;
  }

  /** What is known of changes belongs to the total that a snapshot holds, too. */
  private forMerge(cumulation: Cumulation, other: OpenWindow): OpenWindow {
    const { total, changes, slices } = cumulation;
    if (changes !== null) return total;
    const target = total.forMerge(other);
    if (target === total) return total;
    cumulation.total = target;
    for (const slice of slices.values()) if (slice.own === total) slice.own = target;
    return target;
  }

  /** A step has fired: on to the next one, with the rows that waited for it. */
  private step(cumulation: Cumulation): void {
    const { startMs, endMs, nextEndMs, total, slices } = cumulation;
    const behindIndex = this.behind.indexOf(cumulation);
    if (behindIndex >= 0) this.behind.splice(behindIndex, 1);
    if (nextEndMs >= endMs) {
      if (behindIndex < 0) this.cumulations.delete(startMs);
      total.release();
    } else {
      // Slices of steps that have fired are made again when a late row comes.
      slices.delete(nextEndMs - this.clock.sliceMs);
      const waiting = slices.get(nextEndMs);
      cumulation.nextEndMs = nextEndMs + this.clock.sliceMs;
      cumulation.nextTriggerMs = this.clock.triggerOf(cumulation.nextEndMs);
      if (waiting !== undefined && waiting.own !== total) {
        const target = this.forMerge(cumulation, waiting.own);
        const slots = target.merge(waiting.own);
        cumulation.changes?.changed.markAll(slots, target.slotCount);
        waiting.own.release();
        waiting.own = target;
      }
      if (behindIndex >= 0) this.settle(cumulation);
    }
    this.nextTriggerMs = this.first()?.nextTriggerMs ?? Infinity;
  }
}

/** `sliceMs`: start of the slice whose rows wait for their step; null: those of all steps before. */
function writeHead(
  body: StateWriter,
  { startMs, nextEndMs }: Pick<Cumulation, 'startMs' | 'nextEndMs'>,
  sliceMs: number | null,
): void {
  body.float64(startMs);
  body.float64(nextEndMs);
  body.boolean(sliceMs === null);
  if (sliceMs !== null) body.float64(sliceMs);
}
