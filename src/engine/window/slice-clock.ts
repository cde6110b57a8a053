/** Where slices of equal length begin and end, and when the watermark has passed a moment. */
import type { ZoneClock } from '../../expression/zone-clock.ts';
import { corruptState } from '../state/corrupt-state.ts';
import type { StateReader } from '../state/state-reader.ts';

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

  /** The start of a slice, as it was written. */
  readStart(reader: StateReader): number {
    const startMs = reader.float64();
    if (this.startOf(startMs) !== startMs || !Number.isSafeInteger(startMs)) {
      throw corruptState(`no window starts at ${startMs}`);
    }
    return startMs;
  }

  /** The watermark, in epoch milliseconds, from which on a window with this end has fired. */
  triggerOf(endMs: number): number {
    return this.zone === null ? endMs - 1 : this.zone.toEpochMs(endMs - 1);
  }
}
