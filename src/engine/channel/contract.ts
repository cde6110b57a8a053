/**
 * What flows between subtasks, and what a subtask is told about barriers. A channel goes from one
 * producing subtask to one consuming subtask of the same thread.
 * Invariant: per channel, elements arrive in the order in which they were sent; only an unaligned
 * barrier overtakes, and what it has overtaken is persisted by the consumer.
 */
import type { Output } from '../operator/contract.ts';

/** Makes the cut of one checkpoint; sent on by each subtask that has taken its snapshot. */
export interface CheckpointBarrier {
  readonly checkpointId: number;
  readonly isSavepoint: boolean;
  /** Wall clock, epoch milliseconds: when the checkpoint was triggered. */
  readonly triggeredAtMs: number;
  /** At-least-once: inputs are not blocked while others have not delivered the barrier. */
  readonly isExactlyOnce: boolean;
  /**
   * How long after the trigger an aligned checkpoint turns unaligned; 0: it is unaligned from the
   * start; Infinity: it stays aligned, as a savepoint does. As Flink's aligned-checkpoint-timeout.
   */
  readonly alignedTimeoutMs: number;
}

/**
 * Who takes the rows of a stream: an operator of the same subtask, or a channel to others. What is
 * emitted is copied or processed when the call returns.
 */
export interface StreamConsumer extends Output {
  /** No rows follow. */
  end(): void;
  /** Repeats what is pending; true when nothing is left. A record writer never has anything pending. */
  drain(): boolean;
}

/** What a subtask has to do for a checkpoint, in order, before anything else. */
export type BarrierAction =
  /**
   * Write the state of all operators, sources and sinks, and send the barrier on to all outputs:
   * `sendBarrier(barrier, isUnaligned)`. The cut is now.
   */
  | {
      readonly kind: 'snapshot';
      readonly barrier: CheckpointBarrier;
      /** Rows in flight belong to it, too: `in-flight-complete` follows, at once or later. */
      readonly isUnaligned: boolean;
      /** From the trigger to the first barrier that came, milliseconds. Flink: start_delay. */
      readonly startDelayMs: number;
      /** From the first barrier that came to now, milliseconds. Flink: alignment duration. */
      readonly alignmentMs: number;
    }
  /** All rows in flight of an unaligned snapshot are recorded: see `takeInFlight`. */
  | {
      readonly kind: 'in-flight-complete';
      readonly checkpointId: number;
      /** From the first barrier that came to the last, milliseconds. */
      readonly alignmentMs: number;
    }
  /** This subtask gives the checkpoint up, before or after its snapshot: decline it. */
  | {
      readonly kind: 'aborted';
      readonly checkpointId: number;
      readonly because: 'newer-barrier';
    };
