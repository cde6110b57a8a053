/**
 * Hopping windows, without adding a row once for each window that it is in. Rows are put into
 * slices as long as the slide. Slices whose windows have begun to fire form a queue of two parts:
 * `front`, the older ones, each with all that follows it in this part added to it, and `back`, the
 * newer ones, added up as they come. A window is the oldest of `front` with `back`: two additions
 * of its groups, however many slices it has. When `front` has run out, `back` becomes it.
 * Counts of distinct values are not added up but slide (sliding-distinct.ts).
 */
import { assert } from '../../errors/assert.ts';
import { isPairSource, PairChunk } from '../function/pair-chunk.ts';
import type { LinearMemory } from '../memory/linear-memory.ts';
import { corruptState } from '../state/corrupt-state.ts';
import type { FiredGroups } from './fired-groups.ts';
import type { HeldSection } from './held-state.ts';
import type { PartReader } from './keyed-parts.ts';
import type { OpenWindow } from './open-window.ts';
import type { SliceClock } from './slice-clock.ts';
import { SlidingDistinct } from './sliding-distinct.ts';
import { SlidingGroups } from './sliding-groups.ts';
import { inOrder, newSlice, type Firing, type Slice, type WindowMaker } from './window-store.ts';

export interface HopSpec {
  /** Of the slides. */
  readonly clock: SliceClock;
  readonly sizeMs: number;
  readonly memory: LinearMemory;
  /** By position of the aggregate: whether it slides. */
  readonly slides: readonly boolean[];
  readonly makeWindow: WindowMaker;
}

/** How far a queue of slices has come. */
export interface HopHead {
  readonly lastEndMs: number;
  readonly frontEndMs: number;
  /** Of the slices of `front`, each of which has all that follows it there. */
  readonly frontStarts: readonly number[];
}

/** Where a slice is, in a snapshot. */
const PENDING = 0;
const FRONT = 1;
const BACK = 2;

export class HopWindows {
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
    const { clock, sizeMs } = this.spec;
    const startMs = clock.startOf(localMs);
    if (watermarkMs >= clock.triggerOf(startMs + sizeMs)) return null;
    const known = this.pending.get(startMs);
    if (known !== undefined) return known;
    const endMs = startMs + clock.sliceMs;
    if (endMs > this.lastEndMs && clock.triggerOf(endMs) > watermarkMs) {
      const slice = this.pendingSlice(startMs);
      if (endMs < this.nextEndMs) this.fireNextAt(endMs);
      return slice;
    }
    this.passWindows(endMs, watermarkMs);
    return this.lateSlice(startMs);
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

  /** It holds no row. */
  get isEmpty(): boolean {
    return this.pending.size + this.front.length + this.backSlices.length === 0;
  }

  *windows(): Iterable<OpenWindow> {
    for (const { own } of this.pending.values()) yield own;
    for (const { own } of this.front) yield own;
    for (const { own } of this.backSlices) yield own;
  }

  /** Where the two parts of the queue begin and end. */
  head(): HopHead {
    const { lastEndMs, frontEndMs, front } = this;
    return { lastEndMs, frontEndMs, frontStarts: front.map(({ startMs }) => startMs) };
  }

  /** `source`: says which of several these are. */
  *sections(source: number): Iterable<HeldSection> {
    for (const slice of inOrder(this.pending.values())) yield sectionOf(source, PENDING, slice);
    for (const slice of this.front) yield sectionOf(source, FRONT, slice);
    for (const slice of this.backSlices) yield sectionOf(source, BACK, slice);
  }

  /** Begins to read what others with this head have written. */
  beginRestore({ lastEndMs, frontEndMs }: HopHead): void {
    this.lastEndMs = lastEndMs;
    this.frontEndMs = frontEndMs;
  }

  readSection(part: PartReader): void {
    const place = part.body.uint8();
    const startMs = this.spec.clock.readStart(part.body);
    switch (place) {
      case PENDING:
        this.pendingSlice(startMs).own.readSlots(part);
        return;
      case FRONT:
        this.requireInQueue(startMs);
        this.sliceIn(this.front, startMs).own.readSlots(part);
        return;
      case BACK:
        this.requireInQueue(startMs);
        this.sliceIn(this.backSlices, startMs).own.readSlots(part);
        return;
      default:
        throw corruptState(`it holds a slice in place ${place}`);
    }
  }

  /** A slice of the queue is in the windows that fire next, and has been in one before. */
  private requireInQueue(startMs: number): void {
    const { lastEndMs, spec } = this;
    const isIn = startMs + spec.clock.sliceMs <= lastEndMs && startMs >= lastEndMs - spec.sizeMs;
    if (!isIn)
      throw corruptState(`a slice from ${startMs} on is in no window from ${lastEndMs} on`);
  }

  endRestore(): void {
    for (const slice of this.front) this.touch(slice);
    for (const slice of this.backSlices) {
      this.backOf().merge(slice.own, this.isCovered);
      this.touch(slice);
    }
    this.findNext();
  }

  /**
   * Takes over all that another one holds, of other keys; both have fired the same windows. It is
   * not used any more.
   */
  unite(other: HopWindows): void {
    const lastEndMs = Math.max(this.lastEndMs, other.lastEndMs);
    for (const each of [this, other]) each.passUntil(lastEndMs);
    const frontEndMs = Math.max(this.frontEndMs, other.frontEndMs);
    for (const each of [this, other]) each.extendFront(frontEndMs);
    for (const slice of [...other.front, ...other.backSlices]) this.touch(slice);
    for (const { startMs, own } of other.pending.values()) {
      this.pendingSlice(startMs).own.merge(own);
      own.release();
    }
    this.uniteFront(other.front);
    for (const { startMs, own } of other.backSlices) {
      this.sliceIn(this.backSlices, startMs).own.merge(own);
      own.release();
    }
    if (other.back !== null) {
      this.backOf().merge(other.back, this.isCovered);
      other.back.release();
    }
    this.findNext();
  }

  /** Each slice of the front has all that follows it, whichever of the two it was in. */
  private uniteFront(others: readonly Slice[]): void {
    const own = this.front;
    const starts = new Set([...own, ...others].map(({ startMs }) => startMs));
    this.front = [];
    for (const startMs of [...starts].sort((left, right) => left - right)) {
      const united = this.sliceIn(this.front, startMs).own;
      for (const slices of [own, others]) {
        const next = slices.find((slice) => slice.startMs >= startMs);
        if (next?.startMs === startMs) united.merge(next.own);
        else if (next !== undefined) united.merge(next.own, this.isCovered);
      }
    }
    for (const slice of [...own, ...others]) slice.own.release();
  }

  /** Moves slices of the back that end up to then to the front. */
  private extendFront(frontEndMs: number): void {
    if (frontEndMs <= this.frontEndMs) return;
    this.frontEndMs = frontEndMs;
    const moved = this.backSlices.filter(({ startMs }) => startMs < frontEndMs);
    if (moved.length === 0) return;
    for (let index = moved.length - 2; index >= 0; index--) {
      moved[index]!.own.merge(moved[index + 1]!.own, this.isCovered);
    }
    for (const { own } of this.front) own.merge(moved[0]!.own, this.isCovered);
    this.front.push(...moved);
    this.backSlices = this.backSlices.slice(moved.length);
    this.back?.release();
    this.back = null;
    for (const { own } of this.backSlices) this.backOf().merge(own, this.isCovered);
  }

  private pendingSlice(startMs: number): Slice {
    const known = this.pending.get(startMs);
    if (known !== undefined) return known;
    const slice = this.newSlice(startMs);
    this.pending.set(startMs, slice);
    return slice;
  }

  /** The slice of a list by start, put in its place if need be. */
  private sliceIn(slices: Slice[], startMs: number): Slice {
    let index = slices.findIndex((slice) => slice.startMs >= startMs);
    if (index < 0) index = slices.length;
    if (slices[index]?.startMs !== startMs) slices.splice(index, 0, this.newSlice(startMs));
    return slices[index]!;
  }

  private newSlice(startMs: number): Slice {
    const { clock, sizeMs, makeWindow } = this.spec;
    const bounds = { startMs, endMs: startMs + clock.sliceMs };
    return newSlice(bounds, clock.triggerOf(startMs + sizeMs), makeWindow(false));
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
    const { clock } = this.spec;
    let openEndMs = endMs;
    while (clock.triggerOf(openEndMs) <= watermarkMs) openEndMs += clock.sliceMs;
    this.passUntil(openEndMs - clock.sliceMs);
  }

  /** Windows with an end up to then are over. */
  private passUntil(lastEndMs: number): void {
    if (lastEndMs <= this.lastEndMs) return;
    this.lastEndMs = lastEndMs;
    this.leaveUntil(lastEndMs - this.spec.sizeMs);
  }

  /** A slice of the queue that gets a row; the row goes to all that holds the slice. */
  private lateSlice(startMs: number): Slice {
    const isFront = startMs < this.frontEndMs;
    const slices = isFront ? this.front : this.backSlices;
    const next = slices.find((slice) => slice.startMs >= startMs);
    const slice = this.sliceIn(slices, startMs);
    if (isFront && next !== undefined && next !== slice) slice.own.merge(next.own, this.isCovered);
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
      const [slice, { own }] = [this.front[index]!, this.front[index + 1]!];
      slice.own = slice.own.forMerge(own);
      slice.own.merge(own, this.isCovered);
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

function sectionOf(source: number, place: number, { startMs, own }: Slice): HeldSection {
  return {
    keys: () => own.keysOf(0, own.slotCount),
    window: own,
    holds: own.holds,
    write: (part, slots) => {
      part.body.uint32(source);
      part.body.uint8(place);
      part.body.float64(startMs);
      own.writeSlots(part, slots);
    },
  };
}

const keep = (): void => undefined;
