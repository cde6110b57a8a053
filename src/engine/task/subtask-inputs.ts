/**
 * What joins a subtask to others: the gates that it reads and the channels that it writes. A
 * subtask that has neither is a whole job.
 */
import type { InFlightPart, SubtaskOrder } from './subtask-snapshot.ts';

/** A barrier that has been passed on. */
export interface PassedBarrier {
  /** Monotonic clock. */
  readonly firstBarrierMs: number;
  readonly lastBarrierMs: number;
  /** Resolves when the barriers of all channels have come. */
  readonly inFlight: Promise<readonly InFlightPart[]>;
}

export interface SubtaskInputs {
  /** Barriers begin here: nothing comes from other subtasks. */
  readonly isSource: boolean;
  /** No element waits in a gate, nor in a batch that is not sent yet. */
  readonly isEmpty: boolean;
  /** No rows follow from other subtasks. */
  readonly isEnded: boolean;
  /** Every channel that is written takes more. */
  readonly hasRoom: boolean;
  /** Something is pending for want of room, which a reader of a channel will make. */
  readonly waitsForRoom: boolean;
  /** Processing time at which a barrier or an open batch is due; Infinity: never. */
  readonly nextDueMs: number;
  /** Does what is due, takes the next element; false: there is none that may be taken. */
  read(): boolean;
  /** Nothing is to be read: what waits in open batches may go. */
  rest(): void;
  /** Sends the barrier on; right after the operators have written their state. */
  passBarrier(order: SubtaskOrder, nowMs: number): PassedBarrier;
  /** The subtask has come to the end of its input. */
  passEnd(): void;
  abort(checkpointId: number): void;
}

const nothingInFlight: Promise<readonly InFlightPart[]> = Promise.resolve([]);

/** Of the one subtask of a job. */
export const noInputs: SubtaskInputs = {
  isSource: true,
  isEmpty: true,
  isEnded: true,
  hasRoom: true,
  waitsForRoom: false,
  nextDueMs: Infinity,
  read: () => false,
  rest: () => undefined,
  passBarrier: (_order, nowMs) => ({
    firstBarrierMs: nowMs,
    lastBarrierMs: nowMs,
    inFlight: nothingInFlight,
  }),
  passEnd: () => undefined,
  abort: () => undefined,
};
