/**
 * How long to wait for a savepoint when nobody says: as long as the job itself gives a checkpoint,
 * which is when Flink gives it up, and a little more to hear of it.
 */
import { DreyError } from '../../errors/drey-error.ts';
import type { JobId } from '../../flink/model/identifiers.ts';
import type { ClusterSession } from '../cluster/cluster-session.ts';

/** Flink's default of execution.checkpointing.timeout. */
const CHECKPOINT_TIMEOUT_MS = 600_000;
const GRACE_MS = 30_000;

export async function savepointTimeoutMs(session: ClusterSession, jobId: JobId): Promise<number> {
  if (session.timeoutMs !== null) return session.timeoutMs;
  try {
    const { timeoutMs } = await session.client.checkpoints.config(jobId);
    return (timeoutMs ?? CHECKPOINT_TIMEOUT_MS) + GRACE_MS;
  } catch (error) {
    // Checkpoints are off: the default holds for savepoints too.
    if (error instanceof DreyError) return CHECKPOINT_TIMEOUT_MS + GRACE_MS;
    throw error;
  }
}
