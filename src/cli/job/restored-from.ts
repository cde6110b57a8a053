/** The proof that a job has the state of the savepoint it was started from. */
import { OperationFailedError } from '../../errors/drey-error.ts';
import type { JobSummary } from '../../flink/model/job.ts';
import { commandLine, type ClusterSession } from '../cluster/cluster-session.ts';
import { ifCheckpointsAreOn } from './if-checkpoints-are-on.ts';

/** The cluster answers from a cache of up to 3 s (web.refresh-interval). */
const LOOKS_MAX = 9;
const PAUSE_MS = 450;

/**
 * Where the state came from, as the cluster says it. Null with a note: the job takes no
 * checkpoints, and so the cluster keeps no record of it. Throws when the job began without state.
 */
export async function restoredFrom(
  session: ClusterSession,
  { jobId, name }: Pick<JobSummary, 'jobId' | 'name'>,
  savepointPath: string,
): Promise<string | null> {
  const { client, status } = session;
  for (let looks = 0; looks < LOOKS_MAX; looks++) {
    const overview = await ifCheckpointsAreOn(client.checkpoints.overview(jobId));
    if (overview === null) {
      status.note(
        `job ${jobId} takes no checkpoints, so the cluster does not say what it was restored from`,
      );
      return null;
    }
    const location = overview.latestRestored?.location ?? null;
    if (location !== null) return location;
    status.show('reading what the job was restored from');
    await client.transport.pause(PAUSE_MS);
  }
  const message = `job ${name} (${jobId}) runs, but the cluster does not say that it was restored from ${savepointPath}`;
  throw new OperationFailedError('DREY_JOB_NOT_RESTORED', message, {
    hint: `It may have begun without state. Look at it with: ${commandLine(session, 'job', 'show', jobId)}`,
    details: { jobId, name, savepointPath },
  });
}
