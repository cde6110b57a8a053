/**
 * Hopping windows, without adding a row once for each window that it is in. Rows are put into
 * slices as long as the slide. Slices whose windows have begun to fire form a queue of two parts:
 * `front`, the older ones, each with all that follows it in this part added to it, and `back`, the
 * newer ones, added up as they come. A window is the oldest of `front` with `back`: two additions
 * of its groups, however many slices it has. When `front` has run out, `back` becomes it.
 * Counts of distinct values are not added up but slide (sliding-distinct.ts).
 */
import { assert } from '../../errors/assert.ts';
import type { Column } from '../batch/column.ts';
import { isPairSource, PairChunk } from '../function/pair-chunk.ts';
import { writeLongs } from '../function/write-result.ts';
import type { LinearMemory } from '../memory/linear-memory.ts';
import type { StateReader } from '../state/state-reader.ts';
import type { StateWriter } from '../state/state-writer.ts';
import type { FiredGroups } from './fired-groups.ts';
import type { OpenWindow } from './open-window.ts';
import type { SliceClock } from './slice-clock.ts';
import { SlidingDistinct } from './sliding-distinct.ts';
import {
  newSlice,
  type Firing,
  type Slice,
  type WindowMaker,
  type WindowStore,
} from './window-store.ts';

export interface HopSpec {
  /** Of the slides. */
  readonly clock: SliceClock;
  readonly sizeMs: number;
  readonly memory: LinearMemory;
  /** By position of the aggregate: whether it slides. */
  readonly slides: readonly boolean[];
  readonly makeWindow: WindowMaker;
}

export class HopStore implements WindowStore {
  readonly firesWithinBatches = true;
  /** All but what slides. */
  readonly isCovered = (aggregateIndex: number): boolean => this.sliding[aggregateIndex] === null;
  nextTriggerMs = Infinity;
  private readonly spec: HopSpec;
  private readonly sliding: readonly (SlidingDistinct | null)[];
  /** Slices of which no window has fired. */
  private readonly pending = new Map<number, Slice>();
  /** Oldest first, as `backSlices`. */
  private front: Slice[] = [];
  private backSlices: Slice[] = [];
  /** All of `backSlices`; null: there are none. */
  private back: OpenWindow | null = null;
  /** Slices that end up to here belong to `front`, those behind it to `back`. */
  private frontEndMs = -Infinity;
  /** End of the last window that has fired, or that would have, had it held anything. */
  private lastEndMs = -Infinity;
  private nextEndMs = Infinity;
  /** Slices that have got rows since their pairs were touched. */
  private readonly untouched = new Set<Slice>();

  constructor(spec: HopSpec) {
    this.spec = spec;
    this.sliding = spec.slides.map((slides) => (slides ? new SlidingDistinct() : null));
  }

  sliceOf(localMs: number, watermarkMs: number): Slice | null {
    const { clock, sizeMs, makeWindow } = this.spec;
    const startMs = clock.startOf(localMs);
    const closeMs = clock.triggerOf(startMs + sizeMs);
    if (watermarkMs >= closeMs) return null;
    const known = this.pending.get(startMs);
    if (known !== undefined) return known;
    const endMs = startMs + clock.sliceMs;
    if (endMs > this.lastEndMs && clock.triggerOf(endMs) > watermarkMs) {
      const slice = newSlice({ startMs, endMs }, closeMs, makeWindow(false));
      this.pending.set(startMs, slice);
      if (endMs < this.nextEndMs) this.fireNextAt(endMs);
      return slice;
    }
    this.passWindows(endMs, watermarkMs);
    return this.lateSlice(startMs, closeMs);
  }

  coversOf({ startMs }: Slice): readonly OpenWindow[] {
    if (this.pending.has(startMs)) return [];
    if (startMs >= this.frontEndMs) return [this.backOf()];
    return this.front.filter((slice) => slice.startMs < startMs).map(({ own }) => own);
  }

  fire(): Firing {
    const { clock, sizeMs } = this.spec;
    const endMs = this.nextEndMs;
    const triggerMs = this.nextTriggerMs;
    const entering = this.pending.get(endMs - clock.sliceMs);
    if (entering !== undefined) this.enter(entering);
    for (const slice of this.untouched) this.touch(slice);
    this.untouched.clear();
    this.lastEndMs = endMs;
    this.leaveUntil(endMs - sizeMs);
    const { groups, release } = this.windowGroups();
    return {
      startMs: endMs - sizeMs,
      endMs,
      triggerMs,
      groups,
      done: () => {
        release();
        this.findNext();
      },
    };
  }

  *windows(): Iterable<OpenWindow> {
    for (const { own } of this.pending.values()) yield own;
    for (const { own } of this.front) yield own;
    for (const { own } of this.backSlices) yield own;
  }

  snapshotState(writer: StateWriter): void {
    writer.float64(this.lastEndMs);
    writer.float64(this.frontEndMs);
    for (const slices of [[...this.pending.values()], this.front, this.backSlices]) {
      writer.uint32(slices.length);
      for (const { startMs, own } of slices) {
        writer.float64(startMs);
        own.snapshotState(writer);
      }
    }
  }

  restoreState(reader: StateReader, idLimit: number): void {
    this.lastEndMs = reader.float64();
    this.frontEndMs = reader.float64();
    for (const slice of this.readSlices(reader, idLimit)) this.pending.set(slice.startMs, slice);
    this.front = this.readSlices(reader, idLimit);
    this.backSlices = this.readSlices(reader, idLimit);
    for (const slice of this.front) this.touch(slice);
    for (const slice of this.backSlices) {
      this.backOf().merge(slice.own, this.isCovered);
      this.touch(slice);
    }
    this.findNext();
  }

  private readSlices(reader: StateReader, idLimit: number): Slice[] {
    const { clock, sizeMs, makeWindow } = this.spec;
    return Array.from({ length: reader.uint32() }, () => {
      const startMs = reader.float64();
      const own = makeWindow(false);
      own.restoreState(reader, idLimit);
      const bounds = { startMs, endMs: startMs + clock.sliceMs };
      return newSlice(bounds, clock.triggerOf(startMs + sizeMs), own);
    });
  }

  private backOf(): OpenWindow {
    return (this.back ??= this.spec.makeWindow(false));
  }

  /** The first of its windows fires: the slice joins the queue. */
  private enter(slice: Slice): void {
    this.pending.delete(slice.startMs);
    this.backOf().merge(slice.own, this.isCovered);
    this.backSlices.push(slice);
    this.touch(slice);
  }

  /** Windows up to the watermark are over although none of them had anything to fire. */
  private passWindows(endMs: number, watermarkMs: number): void {
    const { clock, sizeMs } = this.spec;
    let openEndMs = endMs;
    while (clock.triggerOf(openEndMs) <= watermarkMs) openEndMs += clock.sliceMs;
    if (openEndMs - clock.sliceMs <= this.lastEndMs) return;
    this.lastEndMs = openEndMs - clock.sliceMs;
    this.leaveUntil(this.lastEndMs - sizeMs);
  }

  /** A slice of the queue that gets a row; the row goes to all that holds the slice. */
  private lateSlice(startMs: number, closeMs: number): Slice {
    const isFront = startMs < this.frontEndMs;
    const slices = isFront ? this.front : this.backSlices;
    let index = slices.findIndex((slice) => slice.startMs >= startMs);
    if (index < 0) index = slices.length;
    if (slices[index]?.startMs !== startMs) {
      const bounds = { startMs, endMs: startMs + this.spec.clock.sliceMs };
      const own = this.spec.makeWindow(false);
      const next = isFront ? slices[index] : undefined;
      if (next !== undefined) own.merge(next.own, this.isCovered);
      slices.splice(index, 0, newSlice(bounds, closeMs, own));
    }
    const slice = slices[index]!;
    if (!isFront) this.backOf();
    this.untouched.add(slice);
    this.findNext();
    return slice;
  }

  /** Slices that start before are in no window any more. */
  private leaveUntil(startMs: number): void {
    while (this.front.length > 0 && this.front[0]!.startMs < startMs) {
      this.leave(this.front.shift()!);
    }
    if (this.front.length > 0 || (this.backSlices[0]?.startMs ?? Infinity) >= startMs) return;
    while (this.backSlices.length > 0 && this.backSlices[0]!.startMs < startMs) {
      this.leave(this.backSlices.shift()!);
    }
    this.back?.release();
    this.back = null;
    this.front = this.backSlices;
    this.backSlices = [];
    this.frontEndMs = this.lastEndMs;
    for (let index = this.front.length - 2; index >= 0; index--) {
      this.front[index]!.own.merge(this.front[index + 1]!.own, this.isCovered);
    }
  }

  /** The window that the queue makes now, and what is to be done with it when its rows are out. */
  private windowGroups(): { readonly groups: FiredGroups; readonly release: () => void } {
    const oldest = this.front[0]?.own ?? null;
    const only = oldest === null ? this.back : this.back === null ? oldest : null;
    if (only !== null) return { groups: new SlidingGroups(only, this.sliding), release: keep };
    const window = this.spec.makeWindow(false);
    if (oldest !== null) window.merge(oldest, this.isCovered);
    if (this.back !== null) window.merge(this.back, this.isCovered);
    const release = (): void => {
      window.release();
    };
    return { groups: new SlidingGroups(window, this.sliding), release };
  }

  private touch({ startMs, own }: Slice): void {
    this.eachPair(own, (sliding, key, id) => {
      sliding.touch(key, id, startMs);
    });
  }

  private leave(slice: Slice): void {
    this.untouched.delete(slice);
    this.eachPair(slice.own, (sliding, key, id) => {
      sliding.leave(key, id, slice.startMs);
    });
    slice.own.release();
  }

  private eachPair(
    own: OpenWindow,
    visit: (sliding: SlidingDistinct, key: number, id: number) => void,
  ): void {
    for (const [index, sliding] of this.sliding.entries()) {
      if (sliding === null) continue;
      const pairs = own.accumulators[index]!;
      assert(isPairSource(pairs), 'what slides is a count of distinct values');
      const chunk = new PairChunk(this.spec.memory, ({ count, slots }, { ids }) => {
        for (let row = 0; row < count; row++) visit(sliding, slots[row]!, ids[row]!);
      });
      pairs.givePairs(own.keysOf(0, own.slotCount), chunk);
      chunk.finish();
    }
  }

  private findNext(): void {
    const { clock } = this.spec;
    let endMs = Infinity;
    if (this.front.length + this.backSlices.length > 0) {
      endMs = this.lastEndMs + clock.sliceMs;
    } else {
      for (const slice of this.pending.values()) endMs = Math.min(endMs, slice.endMs);
    }
    this.fireNextAt(endMs);
  }

  private fireNextAt(endMs: number): void {
    this.nextEndMs = endMs;
    this.nextTriggerMs = endMs === Infinity ? Infinity : this.spec.clock.triggerOf(endMs);
  }
}

/** Groups whose counts of distinct values are looked up by their key. */
class SlidingGroups implements FiredGroups {
  private readonly window: OpenWindow;
  private readonly sliding: readonly (SlidingDistinct | null)[];

  constructor(window: OpenWindow, sliding: readonly (SlidingDistinct | null)[]) {
    this.window = window;
    this.sliding = sliding;
  }

  get slotCount(): number {
    return this.window.slotCount;
  }

  keysOf(from: number, to: number): Int32Array {
    return this.window.keysOf(from, to);
  }

  writeResult(aggregateIndex: number, from: number, to: number, column: Column): void {
    const sliding = this.sliding[aggregateIndex] ?? null;
    if (sliding === null) {
      this.window.writeResult(aggregateIndex, from, to, column);
      return;
    }
    const keys = this.window.keysOf(from, to);
    writeLongs(
      column,
      keys.map((key) => sliding.countOf(key)),
    );
  }
}

const keep = (): void => undefined;
