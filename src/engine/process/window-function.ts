/**
 * A process function over windows: keeps the rows of a key until a window is over and gives the
 * author's function all rows of the window at once. As Flink's ProcessWindowFunction; windows are
 * those of SQL. A row is late for a window that has fired; one that is late for all is counted.
 */
import type { ZoneClock } from '../../expression/zone-clock.ts';
import type { NodeCounters } from '../operator/node-counters.ts';
import { SliceClock } from '../window/slice-clock.ts';
import type {
  Collector,
  ListState,
  MapState,
  OpenContext,
  ProcessContext,
  ProcessFunction,
  Row,
  TimerContext,
  WindowFunction,
} from './process-function.ts';

/** Tumbling where the slide is the size. The size is a whole multiple of the slide. */
export interface ProcessWindow {
  readonly sizeMs: number;
  readonly slideMs: number;
  readonly offsetMs: number;
  /** On whose clocks bounds are; null: UTC, or times that are local already. */
  readonly zone: ZoneClock | null;
}

/** Sets the names of these states apart from those of the author. */
const OWN_STATE_PREFIX = 'drey.';

interface KeptRow {
  /** On the clocks of the bounds. */
  readonly localMs: number;
  readonly row: Row;
}

export class WindowedFunction implements ProcessFunction {
  private readonly inner: WindowFunction;
  private readonly window: ProcessWindow;
  private readonly counters: NodeCounters;
  private readonly clock: SliceClock;
  private rows!: ListState<KeptRow>;
  /** Starts of the open windows of the key that have rows. */
  private starts!: MapState<number, true>;

  constructor(inner: WindowFunction, window: ProcessWindow, counters: NodeCounters) {
    this.inner = inner;
    this.window = window;
    this.counters = counters;
    const { slideMs, offsetMs, zone } = window;
    this.clock = new SliceClock({ sliceMs: slideMs, offsetMs, zone });
  }

  open(context: OpenContext): void {
    this.rows = context.listState(`${OWN_STATE_PREFIX}rows`);
    this.starts = context.mapState(`${OWN_STATE_PREFIX}windows`);
    return this.inner.open?.(context);
  }

  processElement(row: Row, context: ProcessContext): void {
    const { sizeMs, slideMs, zone } = this.window;
    const atMs = context.timestampMs ?? 0;
    const localMs = zone === null ? atMs : zone.toLocalMs(atMs);
    let isLate = true;
    for (
      let startMs = this.clock.startOf(localMs);
      startMs > localMs - sizeMs;
      startMs -= slideMs
    ) {
      const triggerMs = this.triggerOf(startMs);
      if (triggerMs <= context.currentWatermark) break;
      isLate = false;
      this.starts.put(startMs, true);
      context.registerEventTimeTimer(triggerMs);
    }
    if (isLate) this.counters.lateRecords++;
    else this.rows.add({ localMs, row });
  }

  /** Gives out the windows that are over; more than one where clocks are put forward. */
  onTimer(triggerMs: number, context: TimerContext, out: Collector): unknown {
    const { sizeMs } = this.window;
    const isOver = (startMs: number): boolean => this.triggerOf(startMs) <= triggerMs;
    const over = this.starts
      .keys()
      .filter(isOver)
      .sort((a, b) => a - b);
    const rows = this.rows.get();
    for (const startMs of over) {
      const endMs = startMs + sizeMs;
      const inside = rows.filter(({ localMs }) => localMs >= startMs && localMs < endMs);
      this.starts.remove(startMs);
      const window = { startMs, endMs };
      const all = inside.map(({ row }) => row);
      const result: unknown = this.inner.processWindow(window, all, context, out);
      // The runner refuses a promise.
      if (result !== undefined) return result;
    }
    const kept = rows.filter(({ localMs }) => !isOver(this.clock.startOf(localMs)));
    if (kept.length < rows.length) this.rows.update(kept);
    return undefined;
  }

  close(): void {
    this.inner.close?.();
  }

  private triggerOf(startMs: number): number {
    return this.clock.triggerOf(startMs + this.window.sizeMs);
  }
}
