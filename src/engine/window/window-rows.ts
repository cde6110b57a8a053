/**
 * Sorts the rows of one batch by window, and the late ones out. Almost every batch falls into one
 * or two windows, so the last window found is asked first and a division is rare.
 * Invariant: rows of one window keep their order.
 */
import { BATCH_ROWS } from '../batch/column.ts';
import type { LinearMemory } from '../memory/linear-memory.ts';
import type { OpenWindow } from './open-window.ts';

/** Finds or opens the window of a local time; null: it has fired, the row is late. */
export type WindowFinder = (localMs: number, watermarkMs: number) => OpenWindow | null;

const LATE = -1;

export class WindowRows {
  /** The windows that the batch touches, in order of first touch. */
  readonly windows: OpenWindow[] = [];
  /** Row numbers, those of windows[0] first, then those of windows[1] and so on. */
  readonly rows: Int32Array;
  /** Where the rows of each window end in `rows`. */
  readonly ends: number[] = [];
  readonly lateRows = new Int32Array(BATCH_ROWS);
  lateCount = 0;
  private readonly windowOfRow = new Int32Array(BATCH_ROWS);

  constructor(memory: LinearMemory) {
    this.rows = memory.int32Array(BATCH_ROWS);
  }

  /**
   * @param localMs time of each row on the clocks of the windows' zone
   * @param watermarks watermark before each row; null: nothing is late
   */
  assign(
    rowCount: number,
    localMs: Float64Array,
    watermarks: Float64Array | null,
    find: WindowFinder,
  ): void {
    this.windows.length = 0;
    this.ends.length = 0;
    this.lateCount = 0;
    if (rowCount === 0) return;
    const watermark = watermarks === null ? -Infinity : watermarks[rowCount - 1]!;
    const window = find(localMs[0]!, watermark);
    if (window !== null && isWithin(window, localMs, rowCount)) {
      this.takeAll(window, rowCount);
    } else {
      this.assignEach(rowCount, localMs, watermarks, find);
    }
  }

  /** All rows belong to one window, which stays open until after the last of them. */
  private takeAll(window: OpenWindow, rowCount: number): void {
    this.windows.push(window);
    this.ends.push(rowCount);
    for (let row = 0; row < rowCount; row++) this.rows[row] = row;
  }

  private assignEach(
    rowCount: number,
    localMs: Float64Array,
    watermarks: Float64Array | null,
    find: WindowFinder,
  ): void {
    let window: OpenWindow | null = null;
    for (let row = 0; row < rowCount; row++) {
      const time = localMs[row]!;
      const watermark = watermarks === null ? -Infinity : watermarks[row]!;
      if (
        window === null ||
        time < window.startMs ||
        time >= window.endMs ||
        watermark >= window.triggerMs
      ) {
        window = find(time, watermark);
        if (window !== null && window.batchIndex < 0) {
          window.batchIndex = this.windows.length;
          this.windows.push(window);
        }
      }
      if (window === null) {
        this.windowOfRow[row] = LATE;
        this.lateRows[this.lateCount++] = row;
      } else {
        this.windowOfRow[row] = window.batchIndex;
      }
    }
    this.sort(rowCount);
  }

  /** A stable counting sort of the row numbers by window. */
  private sort(rowCount: number): void {
    const { windows, ends, rows, windowOfRow } = this;
    for (const window of windows) {
      ends.push(0);
      window.batchIndex = -1;
    }
    for (let row = 0; row < rowCount; row++) {
      const index = windowOfRow[row]!;
      if (index !== LATE) ends[index] = ends[index]! + 1;
    }
    let start = 0;
    for (let index = 0; index < ends.length; index++) {
      const count = ends[index]!;
      ends[index] = start;
      start += count;
    }
    for (let row = 0; row < rowCount; row++) {
      const index = windowOfRow[row]!;
      if (index === LATE) continue;
      const at = ends[index]!;
      rows[at] = row;
      ends[index] = at + 1;
    }
  }
}

function isWithin({ startMs, endMs }: OpenWindow, times: Float64Array, rowCount: number): boolean {
  for (let row = 0; row < rowCount; row++) {
    if (times[row]! < startMs || times[row]! >= endMs) return false;
  }
  return true;
}
