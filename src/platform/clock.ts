/** The clock that everything outside this folder gets passed in. */
export interface Clock {
  /** Wall clock, epoch milliseconds; may jump. */
  nowMs(): number;
  /** How far the local time zone is ahead of UTC at a moment, in milliseconds. For tables only. */
  zoneOffsetMs(epochMs: number): number;
  /** Milliseconds since some fixed moment; never falls. For durations and timeouts. */
  monotonicMs(): number;
}
