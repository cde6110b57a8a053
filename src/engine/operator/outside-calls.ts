/**
 * What an operator has besides its contract when it calls to the outside and waits for answers. An
 * answer comes at any time between two steps of the job; it is only noted then, and `wake` ends the
 * job's sleep. The operator takes it in when the job calls `advance`.
 */
export interface OutsideCalls {
  /**
   * Called once, before the operator's `open`: opens what is called. `wake` may be called at any
   * time: an answer has come, the job is to call `advance` soon. Rejects with DreyErrors.
   */
  start(wake: () => void): Promise<void>;
  /**
   * Takes in answers and what is due by the clock, and emits what may go; false: the outputs are
   * full, call again. Called also while a call of the operator is pending. Throws DreyErrors.
   */
  advance(): boolean;
  /** Rows that were taken and have not left yet. */
  readonly rowsInFlight: number;
  /** Those of them for which an answer may come at any time; others pause before a retry. */
  readonly callsUnderWay: number;
  /** The operator said false for want of an answer, not of room in its outputs. */
  readonly isHeldUp: boolean;
  /** Processing time at which `advance` has something to do without an answer; Infinity: never. */
  readonly nextDueMs: number;
  /** Called once when `start` has resolved, before the operator's `close`, also after a failure. */
  stop(): Promise<void>;
}
