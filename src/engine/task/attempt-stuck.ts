/**
 * An attempt that cannot be closed. As Flink, which then ends the process: what hangs might have an
 * effect later, so no further attempt may start beside it.
 */
import { EngineError } from '../../errors/drey-error.ts';

/** Source: Flink, task.cancellation.timeout. */
export const CLOSE_MAX_MS = 180_000;

export class AttemptStuckError extends EngineError {}

/** `failure`: why the attempt ended; undefined: it was at its end. */
export function attemptStuck(failure: unknown): AttemptStuckError {
  const why = failure instanceof Error ? ` after it had failed: ${failure.message}` : '';
  return new AttemptStuckError(
    'DREY_ATTEMPT_STUCK',
    `the job could not be closed within ${CLOSE_MAX_MS / 1_000} s${why}`,
    { cause: failure },
  );
}
