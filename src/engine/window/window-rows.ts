/**
 * Sorts the rows of a batch by slice, and the late ones out. Almost every batch falls into one or
 * two slices, so the last one found is asked first and a division is rare.
 * Invariant: rows of one slice keep their order.
 */
import { BATCH_ROWS } from '../batch/column.ts';
import type { LinearMemory } from '../memory/linear-memory.ts';
import type { SelectedRows } from './keyed-aggregation.ts';
import type { Slice, WindowStore } from './window-store.ts';

/** The rows of a batch to sort, and what lateness depends on. */
export interface TimedRows {
  /** The first row; those before it have been taken. */
  readonly from: number;
  readonly rowCount: number;
  /** Time of each row on the clocks of the windows' zone. */
  readonly localMs: Float64Array;
  /** Watermark before each row; null: nothing is late. */
  readonly watermarks: Float64Array | null;
}

/** What finds the slices of rows; the part of a window store that is needed here. */
export interface SliceFinder<S extends Slice> extends Pick<
  WindowStore,
  'firesWithinBatches' | 'nextTriggerMs'
> {
  sliceOf(localMs: number, watermarkMs: number): S | null;
}

const LATE = -1;

export class WindowRows<S extends Slice = Slice> {
  /** The slices that the rows touch, in order of first touch. */
  readonly slices: S[] = [];
  /** Row numbers, those of slices[0] first, then those of slices[1] and so on. */
  readonly rows: Int32Array;
  /** Where the rows of each slice end in `rows`. */
  readonly ends: number[] = [];
  readonly lateRows = new Int32Array(BATCH_ROWS);
  lateCount = 0;
  private readonly sliceOfRow = new Int32Array(BATCH_ROWS);

  constructor(memory: LinearMemory) {
    this.rows = memory.int32Array(BATCH_ROWS);
  }

  /**
   * Takes rows up to the first before which a window fires, where that matters for it; all of
   * them otherwise. Returns the number of the first row that was not taken.
   */
  assign(batch: TimedRows, store: SliceFinder<S>): number {
    this.slices.length = 0;
    this.ends.length = 0;
    this.lateCount = 0;
    const { from, rowCount, localMs, watermarks } = batch;
    if (from >= rowCount) return rowCount;
    const last = watermarks === null ? -Infinity : watermarks[rowCount - 1]!;
    const slice = store.sliceOf(
      localMs[from]!,
      watermarks === null ? -Infinity : watermarks[from]!,
    );
    const isOpen = slice !== null && last < slice.closeMs;
    const isQuiet = !store.firesWithinBatches || last < store.nextTriggerMs;
    if (isOpen && isQuiet && isWithin(slice, batch)) {
      this.takeAll(slice, from, rowCount);
      return rowCount;
    }
    return this.assignEach(batch, store);
  }

  /** The rows of the slice at this position. */
  rowsOf(index: number): SelectedRows {
    const start = index === 0 ? 0 : this.ends[index - 1]!;
    const rows = start === 0 ? this.rows : this.rows.subarray(start, this.ends[index]);
    return { rows, count: this.ends[index]! - start };
  }

  /** All rows belong to one slice, which stays open until after the last of them. */
  private takeAll(slice: S, from: number, rowCount: number): void {
    this.slices.push(slice);
    this.ends.push(rowCount - from);
    for (let row = from; row < rowCount; row++) this.rows[row - from] = row;
  }

  private assignEach(batch: TimedRows, store: SliceFinder<S>): number {
    const { from, rowCount, localMs, watermarks } = batch;
    const { firesWithinBatches } = store;
    let slice: S | null = null;
    let row = from;
    for (; row < rowCount; row++) {
      const time = localMs[row]!;
      const watermark = watermarks === null ? -Infinity : watermarks[row]!;
      const { nextTriggerMs } = store;
      // When the last watermark of all has come no window is left to fire.
      if (firesWithinBatches && nextTriggerMs !== Infinity && watermark >= nextTriggerMs) break;
      if (
        slice === null ||
        time < slice.startMs ||
        time >= slice.endMs ||
        watermark >= slice.closeMs
      ) {
        slice = store.sliceOf(time, watermark);
        if (slice !== null && slice.batchIndex < 0) {
          slice.batchIndex = this.slices.length;
          this.slices.push(slice);
        }
      }
      if (slice === null) {
        this.sliceOfRow[row] = LATE;
        this.lateRows[this.lateCount++] = row;
      } else {
        this.sliceOfRow[row] = slice.batchIndex;
      }
    }
    this.sort(from, row);
    return row;
  }

  /** A stable counting sort of the row numbers by slice. */
  private sort(from: number, to: number): void {
    const { slices, ends, rows, sliceOfRow } = this;
    for (const slice of slices) {
      ends.push(0);
      slice.batchIndex = -1;
    }
    for (let row = from; row < to; row++) {
      const index = sliceOfRow[row]!;
      if (index !== LATE) ends[index] = ends[index]! + 1;
    }
    let start = 0;
    for (let index = 0; index < ends.length; index++) {
      const count = ends[index]!;
      ends[index] = start;
      start += count;
    }
    for (let row = from; row < to; row++) {
      const index = sliceOfRow[row]!;
      if (index === LATE) continue;
      const at = ends[index]!;
      rows[at] = row;
      ends[index] = at + 1;
    }
  }
}

function isWithin({ startMs, endMs }: Slice, { from, rowCount, localMs }: TimedRows): boolean {
  for (let row = from; row < rowCount; row++) {
    if (localMs[row]! < startMs || localMs[row]! >= endMs) return false;
  }
  return true;
}
