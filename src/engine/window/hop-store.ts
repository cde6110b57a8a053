/**
 * The hopping windows of an operator. They are one queue of slices (hop-windows.ts), but after a
 * restore from several subtasks: their queues may have come to different windows. All rows that
 * follow come after the furthest one, so those behind it fire their windows first, and are then one
 * with it.
 */
import { corruptState } from '../state/corrupt-state.ts';
import type { StateReader } from '../state/state-reader.ts';
import type { StateWriter } from '../state/state-writer.ts';
import { HopWindows, type HopHead, type HopSpec } from './hop-windows.ts';
import type { HeldSection } from './held-state.ts';
import type { PartReader } from './keyed-parts.ts';
import type { OpenWindow } from './open-window.ts';
import type { Firing, Slice, WindowStore } from './window-store.ts';

export class HopStore implements WindowStore {
  readonly firesWithinBatches = true;
  /** All but what slides. */
  readonly isCovered: (aggregateIndex: number) => boolean;
  private readonly spec: HopSpec;
  private main: HopWindows;
  /** Restored ones that have windows to fire before rows come. */
  private readonly behind: HopWindows[] = [];
  /** Windows up to this watermark are over, but for those of `behind`. */
  private settledMs = -Infinity;
  /** While parts are read: the windows of all heads so far, and those of the part at hand. */
  private readonly sources: { readonly head: HopHead; readonly windows: HopWindows }[] = [];
  private sourcesOfPart: readonly HopWindows[] = [];

  constructor(spec: HopSpec) {
    this.spec = spec;
    this.isCovered = (aggregateIndex) => spec.slides[aggregateIndex] !== true;
    this.main = new HopWindows(spec);
  }

  get nextTriggerMs(): number {
    return this.first().nextTriggerMs;
  }

  sliceOf(localMs: number, watermarkMs: number): Slice | null {
    return this.main.sliceOf(localMs, watermarkMs);
  }

  coversOf(slice: Slice): readonly OpenWindow[] {
    return this.main.coversOf(slice);
  }

  fire(): Firing {
    const windows = this.first();
    const firing = windows.fire();
    if (windows === this.main) return firing;
    return {
      ...firing,
      done: () => {
        firing.done();
        this.behind.splice(this.behind.indexOf(windows), 1);
        this.settle(windows);
      },
    };
  }

  *windows(): Iterable<OpenWindow> {
    for (const windows of this.all()) yield* windows.windows();
  }

  writeHead(body: StateWriter): void {
    const all = this.all();
    body.uint32(all.length);
    for (const windows of all) {
      const { lastEndMs, frontEndMs, frontStarts } = windows.head();
      body.float64(lastEndMs);
      body.float64(frontEndMs);
      body.float64Array(Float64Array.from(frontStarts));
    }
  }

  readHead(body: StateReader): void {
    const sources: HopWindows[] = [];
    for (let left = body.uint32(); left > 0; left--) {
      sources.push(
        this.sourceOf({
          lastEndMs: readMoment(body),
          frontEndMs: readMoment(body),
          frontStarts: [...body.float64Array()],
        }),
      );
    }
    this.sourcesOfPart = sources;
  }

  *sections(): Iterable<HeldSection> {
    for (const [index, windows] of this.all().entries()) yield* windows.sections(index);
  }

  readSection(part: PartReader): void {
    const index = part.body.uint32();
    const windows = this.sourcesOfPart[index];
    if (windows === undefined) throw corruptState(`it has no queue of slices ${index}`);
    windows.readSection(part);
  }

  restored(judgedMs: number): void {
    this.settledMs = judgedMs;
    for (const { windows } of this.sources.splice(0)) {
      windows.endRestore();
      this.settle(windows);
    }
    this.sourcesOfPart = [];
  }

  /** The windows of all parts that have this head. */
  private sourceOf(head: HopHead): HopWindows {
    const known = this.sources.find((source) => isSameHead(source.head, head));
    if (known !== undefined) return known.windows;
    const windows = new HopWindows(this.spec);
    windows.beginRestore(head);
    this.sources.push({ head, windows });
    return windows;
  }

  private settle(windows: HopWindows): void {
    if (windows.nextTriggerMs <= this.settledMs) this.behind.push(windows);
    else if (this.main.isEmpty) this.main = windows;
    else this.main.unite(windows);
  }

  private all(): readonly HopWindows[] {
    return [this.main, ...this.behind];
  }

  /** The one that fires first. */
  private first(): HopWindows {
    let first = this.main;
    for (const windows of this.behind)
      if (windows.nextTriggerMs < first.nextTriggerMs) first = windows;
    return first;
  }
}

function isSameHead(left: HopHead, right: HopHead): boolean {
  return (
    left.lastEndMs === right.lastEndMs &&
    left.frontEndMs === right.frontEndMs &&
    left.frontStarts.length === right.frontStarts.length &&
    left.frontStarts.every((startMs, index) => startMs === right.frontStarts[index])
  );
}

function readMoment(body: StateReader): number {
  const moment = body.float64();
  if (moment !== -Infinity && !Number.isSafeInteger(moment)) {
    throw corruptState(`it holds the moment ${moment}`);
  }
  return moment;
}
