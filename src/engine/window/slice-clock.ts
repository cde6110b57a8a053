/** Where slices of equal length begin and end, and when the watermark has passed a moment. */
import type { ZoneClock } from '../../expression/zone-clock.ts';

export interface WindowBounds {
  readonly startMs: number;
  readonly endMs: number;
}

export class SliceClock {
  readonly sliceMs: number;
  private readonly offsetMs: number;
  private readonly zone: ZoneClock | null;

  /** `zone`: on whose clocks bounds are; null: UTC, or times that are local already. */
  constructor(spec: {
    readonly sliceMs: number;
    readonly offsetMs: number;
    readonly zone: ZoneClock | null;
  }) {
    this.sliceMs = spec.sliceMs;
    this.offsetMs = spec.offsetMs;
    this.zone = spec.zone;
  }

  /** Start of the slice that holds the local time `localMs`. */
  startOf(localMs: number): number {
    const { sliceMs, offsetMs } = this;
    return Math.floor((localMs - offsetMs) / sliceMs) * sliceMs + offsetMs;
  }

  /** The watermark, in epoch milliseconds, from which on a window with this end has fired. */
  triggerOf(endMs: number): number {
    return this.zone === null ? endMs - 1 : this.zone.toEpochMs(endMs - 1);
  }
}
