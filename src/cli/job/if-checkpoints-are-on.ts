/** Questions about checkpoints to a job that may take none. */
import { RefusedError } from '../../errors/drey-error.ts';

/**
 * Null where checkpoints are off: Flink answers "not found" then. For a job that was found before,
 * or the answer would be the same for one that is not there.
 */
export async function ifCheckpointsAreOn<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof RefusedError && error.code === 'DREY_FLINK_NOT_FOUND') return null;
    throw error;
  }
}
