/** The clock that everything outside this folder gets passed in. */
export interface Clock {
  /** Wall clock, epoch milliseconds; may jump. */
  nowMs(): number;
  /** Milliseconds since some fixed moment; never falls. For durations and timeouts. */
  monotonicMs(): number;
}
