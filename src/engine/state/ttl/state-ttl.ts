/**
 * How long a value of a state lives, as Flink's StateTtlConfig: part of the public API of process
 * functions. Time is processing time.
 */

/** Which accesses start the life of a value anew. */
export type TtlUpdate = 'onCreateAndWrite' | 'onReadAndWrite';

/** What a read gives of a value that has expired and is still there. */
export type TtlVisibility = 'neverReturnExpired' | 'returnExpiredIfNotCleanedUp';

/**
 * What removes expired values that nobody reads. A value that is read after its end is removed by
 * the read, whatever is said here.
 */
export interface TtlCleanup {
  /** Snapshots leave out what has expired; the running job keeps it. */
  readonly fullSnapshot?: boolean;
  /** Each access to the state, and each row if `perRow`, looks at some more keys in turn. */
  readonly incremental?: {
    /** Keys that are looked at each time; 5 when left out. */
    readonly keys?: number;
    /** Look after each row too; false when left out. */
    readonly perRow?: boolean;
  };
  /**
   * The whole state is looked through now and then: whenever as many values were written as it had
   * at the last pass.
   */
  readonly compaction?: {
    /** The clock is asked again after so many values of a pass; 1,000 when left out. */
    readonly queryTimeAfterEntries?: number;
  };
}

export interface StateTtl {
  /** Milliseconds that a value lives. It has expired once this much time is over. */
  readonly ttlMs: number;
  /** `onCreateAndWrite` when left out. */
  readonly update?: TtlUpdate;
  /** `neverReturnExpired` when left out. */
  readonly visibility?: TtlVisibility;
  /** `{ incremental: {} }` when left out. */
  readonly cleanup?: TtlCleanup;
}
