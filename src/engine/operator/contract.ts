/**
 * What an operator is: a synchronous consumer of batches and watermarks of one or more inputs that
 * emits batches to one main output and to named side outputs.
 *
 * Backpressure: an output that is full says so; the operator then stops where it is and returns
 * `false`, and the very same call is made again when there is room. An operator therefore keeps
 * its own position in the work of a call. An output accepts a batch even right after it turned
 * full only when `emit` is called; so check `isFull` before each `emit`.
 *
 * Invariant: between two calls that returned `true` an operator's state is complete: that is
 * where snapshots are taken.
 */
import type { Batch } from '../batch/batch.ts';
import type { RestoredState, SnapshotWriter } from '../state/operator-snapshot.ts';
import type { OutsideCalls } from './outside-calls.ts';

/** Where an operator's rows go. The consumer is done with a batch when `emit` returns. */
export interface Output {
  readonly isFull: boolean;
  emit(batch: Batch): void;
  /** The watermark of this output from now on; never falls. */
  emitWatermark(watermarkMs: number): void;
  /** True: no rows are expected for now, and consumers do not wait for this output's watermark. */
  emitIdleness(isIdle: boolean): void;
}

/** The outputs of one operator: `main` and the side streams that have a consumer. */
export interface Outputs {
  readonly main: Output;
  /** The side stream `late`, `dead` or a declared one; null when nobody reads it. */
  side(name: string): Output | null;
}

export interface Operator {
  /** Called once, before any other call but restoreState. */
  open(outputs: Outputs): void;
  /** Takes one batch of the input with this index; false: outputs are full, call again. */
  processBatch(batch: Batch, input: number): boolean;
  /** The input's watermark is now this; called after the batches that it follows. */
  processWatermark(watermarkMs: number, input: number): boolean;
  /**
   * The input has fallen idle or come back; its watermark does not count meanwhile. Absent on
   * operators of one input, which are idle when it is: the edge passes it on.
   */
  processIdleness?(isIdle: boolean, input: number): boolean;
  /** The input has ended; its watermark was WATERMARK_MAX before, if it has event time. */
  endInput(input: number): boolean;
  /**
   * Processing time, epoch milliseconds, at which `processTimers` wants to be called; Infinity:
   * no timer is set. Absent on operators that set none.
   */
  readonly nextTimerMs?: number;
  /**
   * Processing time has come to the timer; called only between calls that returned true. False:
   * outputs are full, call again.
   */
  processTimers?(nowMs: number): boolean;
  /** Present on operators that call to the outside and wait for answers. */
  readonly outside?: OutsideCalls;
  /** Writes all state; operators that read it, at any parallelism, must go on equally. */
  snapshotState(snapshot: SnapshotWriter): void;
  /** Called at most once, before open. */
  restoreState(restored: RestoredState): void;
  /**
   * The checkpoint that `snapshotState` was called for is complete, and will be restored from if
   * need be; not called for savepoints. Checkpoints may end in any order, or never.
   */
  checkpointCompleted?(checkpointId: number): void;
  /** Releases what the operator holds; called once, also after a failure. */
  close(): void;
}
