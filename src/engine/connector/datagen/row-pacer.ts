/** Decides when generated rows are due: row n at n / rate after the start, on the given clock. */
import type { Clock } from '../../../platform/clock.ts';

/** Shortest pause, so that a high rate does not mean batches of single rows. */
const PAUSE_MS_MIN = 10;
/** Rows that were due while nobody polled come at once, up to this many seconds' worth. */
const CATCH_UP_S_MAX = 1;

export class RowPacer {
  private readonly rowsPerMs: number;
  private readonly clock: Clock;
  /** When row 0 was due; set at the first call, moved when too much was missed. */
  private startedAtMs: number | null = null;

  constructor(rowsPerSecond: number, clock: Clock) {
    this.rowsPerMs = rowsPerSecond / 1000;
    this.clock = clock;
  }

  /** How many rows from `nextRow` on are due. */
  dueRows(nextRow: number): number {
    const nowMs = this.clock.monotonicMs();
    const earliestMs = nowMs - nextRow / this.rowsPerMs - CATCH_UP_S_MAX * 1000;
    this.startedAtMs ??= nowMs - nextRow / this.rowsPerMs;
    this.startedAtMs = Math.max(this.startedAtMs, earliestMs);
    const due = Math.floor((nowMs - this.startedAtMs) * this.rowsPerMs + ROUNDING) + 1;
    return Math.max(0, due - nextRow);
  }

  /** Milliseconds until it is worth asking again. */
  pauseMs(nextRow: number): number {
    const nowMs = this.clock.monotonicMs();
    const dueAtMs = (this.startedAtMs ?? nowMs) + nextRow / this.rowsPerMs;
    return Math.max(PAUSE_MS_MIN, Math.ceil(dueAtMs - nowMs));
  }
}

/** A row counts as due when only the rounding of a fraction keeps it from it. */
const ROUNDING = 1e-6;
