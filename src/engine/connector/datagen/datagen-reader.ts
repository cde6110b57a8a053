/** The one split of a datagen source: hands out generated rows at their pace. */
import { assert } from '../../../errors/assert.ts';
import type { Clock } from '../../../platform/clock.ts';
import type { Timer, Timers } from '../../../platform/timers.ts';
import type { Batch } from '../../batch/batch.ts';
import type { StateReader } from '../../state/state-reader.ts';
import type { StateWriter } from '../../state/state-writer.ts';
import type { PollResult, SplitReader } from '../contract.ts';
import { RowGenerator } from './row-generator.ts';
import { RowPacer } from './row-pacer.ts';
import type { GeneratedField } from './value-source.ts';

export interface DatagenReaderOptions {
  readonly fields: readonly GeneratedField[];
  /** Infinity: endless. */
  readonly rowCount: number;
  /** Null: no limit. */
  readonly rowsPerSecond: number | null;
  readonly seed: number;
  /** True: the moments of time fields come from the seed too, not from the clock. */
  readonly isRepeatable: boolean;
}

/**
 * Moment of row 0 under a seed, 2024-01-01 00:00:00 UTC; the others follow at the rate of the
 * source, as if it had started then. Without it a seeded run with time fields could not be repeated.
 */
export const SEEDED_START_MS = 1_704_067_200_000;
/** Rows per second that seeded moments follow when the source has no rate: Flink's default. */
const SEEDED_ROWS_PER_SECOND = 10_000;

export class DatagenReader implements SplitReader {
  readonly name = 'datagen';
  private readonly options: DatagenReaderOptions;
  private readonly clock: Clock;
  private readonly timers: Timers;
  private readonly pacer: RowPacer | null;
  private seed: number;
  private generator: RowGenerator | null = null;
  private nextRow = 0;
  private pause: { readonly over: Promise<void>; readonly end: () => void } | null = null;

  constructor(options: DatagenReaderOptions, clock: Clock, timers: Timers) {
    this.options = options;
    this.clock = clock;
    this.timers = timers;
    this.seed = options.seed;
    const { rowsPerSecond } = options;
    this.pacer = rowsPerSecond === null ? null : new RowPacer(rowsPerSecond, clock);
  }

  poll(batch: Batch): PollResult {
    const { rowCount, fields } = this.options;
    if (this.nextRow >= rowCount) return 'ended';
    this.generator ??= new RowGenerator(fields, this.seed);
    const due = this.pacer?.dueRows(this.nextRow) ?? Infinity;
    const count = Math.min(this.generator.rowsMax, rowCount - this.nextRow, due);
    if (count === 0) return 'waiting';
    const range = { firstRow: this.nextRow, rowCount: count, momentMs: this.moments() };
    this.generator.fill(batch, range);
    this.nextRow += count;
    return 'rows';
  }

  ready(): Promise<void> {
    if (this.pacer === null || this.pacer.dueRows(this.nextRow) > 0) return Promise.resolve();
    this.pause ??= this.startPause(this.pacer.pauseMs(this.nextRow));
    return this.pause.over;
  }

  snapshotState(writer: StateWriter): void {
    writer.float64(this.seed);
    writer.float64(this.nextRow);
  }

  restoreState(reader: StateReader): void {
    assert(this.generator === null, 'a split reader is restored before its first poll');
    this.seed = reader.float64();
    this.nextRow = reader.float64();
  }

  close(): Promise<void> {
    this.pause?.end();
    return Promise.resolve();
  }

  private moments(): (row: number) => number {
    if (!this.options.isRepeatable) {
      const nowMs = Math.floor(this.clock.nowMs());
      return () => nowMs;
    }
    const rowsPerMs = (this.options.rowsPerSecond ?? SEEDED_ROWS_PER_SECOND) / 1000;
    return (row) => SEEDED_START_MS + Math.floor(row / rowsPerMs);
  }

  private startPause(pauseMs: number): { readonly over: Promise<void>; readonly end: () => void } {
    let end = (): void => undefined;
    const over = new Promise<void>((resolve) => {
      const timer: Timer = this.timers.after(pauseMs, () => {
        end();
      });
      end = () => {
        timer.cancel();
        this.pause = null;
        resolve();
      };
    });
    return { over, end };
  }
}
