/**
 * How finely the work of a job is cut: batches between subtasks, and steps between two turns of the
 * event loop. Both cost time for each piece, so a fast job has large ones; small ones let barriers
 * and failures meet rows in more places.
 */

export interface ExecutionGrain {
  /** Rows of a batch between subtasks; left out: as many as suit the number of consumers. */
  readonly transferRows?: number;
  /** After so many steps the event loop gets its turn. */
  readonly stepsPerTurn?: number;
}

/** Some tens of milliseconds of work. */
export const STEPS_PER_TURN = 16;
