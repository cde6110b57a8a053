/**
 * The virtual clock. Monotonic time is the scheduler's; the wall clock runs beside it and can be
 * set forward and back, as an operator or a time service does.
 */
import type { Clock } from '../clock.ts';
import type { Scheduler } from './scheduler.ts';

/** 2026-01-01T00:00:00Z: where the wall clock of a simulated world starts. */
export const WALL_CLOCK_START_MS = 1_767_225_600_000;

export class SimulatedClock implements Clock {
  private readonly scheduler: Scheduler;
  private wallOffsetMs: number;

  constructor(scheduler: Scheduler, wallStartMs = WALL_CLOCK_START_MS) {
    this.scheduler = scheduler;
    this.wallOffsetMs = wallStartMs;
  }

  nowMs(): number {
    return Math.floor(this.scheduler.nowMs + this.wallOffsetMs);
  }

  monotonicMs(): number {
    return this.scheduler.nowMs;
  }

  /** The simulated world lies at Greenwich. */
  zoneOffsetMs(): number {
    return 0;
  }

  /** Sets the wall clock forward (positive) or back; timers and monotonic time do not notice. */
  jumpWall(byMs: number): void {
    this.wallOffsetMs += byMs;
  }
}
