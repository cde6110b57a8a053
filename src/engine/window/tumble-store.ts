/** Tumbling windows: each slice is a window, which fires once. */
import { assert } from '../../errors/assert.ts';
import type { HeldSection } from './held-state.ts';
import type { PartReader } from './keyed-parts.ts';
import type { OpenWindow } from './open-window.ts';
import type { SliceClock } from './slice-clock.ts';
import {
  inOrder,
  newSlice,
  type Firing,
  type Slice,
  type WindowMaker,
  type WindowStore,
} from './window-store.ts';

export class TumbleStore implements WindowStore {
  /** A row that is late for its window is late for all. */
  readonly firesWithinBatches = false;
  readonly isCovered = (): boolean => false;
  nextTriggerMs = Infinity;
  private readonly clock: SliceClock;
  private readonly makeWindow: WindowMaker;
  private readonly slices = new Map<number, Slice>();

  constructor(clock: SliceClock, makeWindow: WindowMaker) {
    this.clock = clock;
    this.makeWindow = makeWindow;
  }

  sliceOf(localMs: number, watermarkMs: number): Slice | null {
    const startMs = this.clock.startOf(localMs);
    const known = this.slices.get(startMs);
    if (known !== undefined) return watermarkMs >= known.closeMs ? null : known;
    if (watermarkMs >= this.clock.triggerOf(startMs + this.clock.sliceMs)) return null;
    return this.open(startMs);
  }

  coversOf(): readonly OpenWindow[] {
    return [];
  }

  fire(): Firing {
    let first: Slice | null = null;
    let nextTriggerMs = Infinity;
    for (const slice of this.slices.values()) {
      if (first === null || slice.closeMs < first.closeMs) {
        nextTriggerMs = first?.closeMs ?? Infinity;
        first = slice;
      } else if (slice.closeMs < nextTriggerMs) {
        nextTriggerMs = slice.closeMs;
      }
    }
    assert(first !== null, 'a window fires that is open');
    this.nextTriggerMs = nextTriggerMs;
    this.slices.delete(first.startMs);
    const { startMs, endMs, closeMs, own } = first;
    return { startMs, endMs, triggerMs: closeMs, groups: own, done: () => own.release() };
  }

  *windows(): Iterable<OpenWindow> {
    for (const { own } of this.slices.values()) yield own;
  }

  *sections(): Iterable<HeldSection> {
    for (const { startMs, own } of inOrder(this.slices.values())) {
      yield {
        keys: () => own.keysOf(0, own.slotCount),
        window: own,
        holds: own.holds,
        write: (part, slots) => {
          part.body.float64(startMs);
          own.writeSlots(part, slots);
        },
      };
    }
  }

  readSection(part: PartReader): void {
    const startMs = this.clock.readStart(part.body);
    const slice = this.slices.get(startMs) ?? this.open(startMs);
    slice.own.readSlots(part);
  }

  private open(startMs: number): Slice {
    const { clock } = this;
    const endMs = startMs + clock.sliceMs;
    const slice = newSlice({ startMs, endMs }, clock.triggerOf(endMs), this.makeWindow(false));
    this.slices.set(startMs, slice);
    this.nextTriggerMs = Math.min(this.nextTriggerMs, slice.closeMs);
    return slice;
  }
}
