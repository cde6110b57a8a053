/**
 * Partitions by the window that they belong to, and when the watermark has come to where nothing
 * happens to a window any more.
 */
import { assert } from '../../errors/assert.ts';
import type { ZoneClock } from '../../expression/zone-clock.ts';
import type { Batch } from '../batch/batch.ts';
import { growFloat64 } from '../function/accumulator.ts';

export interface WindowColumn {
  /** Position of the window's end. */
  readonly endIndex: number;
  /** On whose clocks it is; null: UTC, or the event time is local itself. */
  readonly zone: ZoneClock | null;
  /** How long behind the end rows still come. */
  readonly latenessMs: number;
}

export class OpenWindows {
  private readonly column: WindowColumn;
  /** By the watermark at which the window closes. */
  private readonly windows = new Map<number, Set<number>>();
  /** By partition: when its window closes. */
  private closeMs: Float64Array = new Float64Array(0);
  /** The end of a window that was asked for last, and when it closes. */
  private lastEndMs = NaN;
  private lastCloseMs = NaN;

  constructor(column: WindowColumn) {
    this.column = column;
  }

  /** The watermark, epoch milliseconds, from which on the window of a row is closed. */
  closeOf(batch: Batch, row: number): number {
    const end = batch.columns[this.column.endIndex]!;
    assert(end.kind === 'timestamp', 'the end of a window is a timestamp');
    const endMs = end.millis[row]!;
    if (endMs === this.lastEndMs) return this.lastCloseMs;
    const { zone, latenessMs } = this.column;
    this.lastEndMs = endMs;
    this.lastCloseMs = (zone === null ? endMs - 1 : zone.toEpochMs(endMs - 1)) + latenessMs;
    return this.lastCloseMs;
  }

  /** A partition has a first row. */
  add(closeMs: number, partition: number): void {
    this.closeMs = growFloat64(this.closeMs, partition + 1);
    this.closeMs[partition] = closeMs;
    const partitions = this.windows.get(closeMs);
    if (partitions === undefined) this.windows.set(closeMs, new Set([partition]));
    else partitions.add(partition);
  }

  /** Takes the partitions of the windows that are closed, the earliest window first. */
  takeClosed(watermarkMs: number): number[] {
    const closed = [...this.windows.keys()].filter((closeMs) => closeMs <= watermarkMs);
    const partitions: number[] = [];
    for (const closeMs of closed.sort((left, right) => left - right)) {
      for (const partition of this.windows.get(closeMs)!) {
        // One that has run empty may have become that of another window.
        if (this.closeMs[partition] === closeMs) partitions.push(partition);
      }
      this.windows.delete(closeMs);
    }
    return partitions;
  }
}
