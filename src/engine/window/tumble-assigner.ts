/** Which tumbling window a moment belongs to, on the clocks of the operator's zone. */
import type { ZoneClock } from '../../expression/zone-clock.ts';

export interface WindowBounds {
  readonly startMs: number;
  readonly endMs: number;
  readonly triggerMs: number;
}

export class TumbleAssigner {
  private readonly sizeMs: number;
  private readonly offsetMs: number;
  private readonly zone: ZoneClock | null;

  constructor(spec: {
    readonly sizeMs: number;
    readonly offsetMs: number;
    readonly zone: ZoneClock | null;
  }) {
    this.sizeMs = spec.sizeMs;
    this.offsetMs = spec.offsetMs;
    this.zone = spec.zone;
  }

  /** Bounds of the window that holds the local time `localMs`. */
  boundsOf(localMs: number): WindowBounds {
    const startMs =
      Math.floor((localMs - this.offsetMs) / this.sizeMs) * this.sizeMs + this.offsetMs;
    return this.boundsFrom(startMs);
  }

  /** Bounds of the window that starts at the local time `startMs`. */
  boundsFrom(startMs: number): WindowBounds {
    const endMs = startMs + this.sizeMs;
    const triggerMs = this.zone === null ? endMs - 1 : this.zone.toEpochMs(endMs - 1);
    return { startMs, endMs, triggerMs };
  }
}
