/** The error for a job that FAILED: why, from the newest entry of its exceptions. */
import { DreyError, OperationFailedError } from '../../errors/drey-error.ts';
import type { JobId } from '../../flink/model/identifiers.ts';
import { commandLine, type ClusterSession } from '../cluster/cluster-session.ts';
import { failureOf as describeException, type JobFailure } from './exceptions-of-job.ts';
import { causeText } from './exceptions-view.ts';

export interface FailedJob {
  readonly jobId: JobId;
  readonly name: string;
}

/** The cluster answers from a cache of up to 3 s (web.refresh-interval). */
const LOOKS_MAX = 8;
const PAUSE_MS = 450;

export async function failureOf(
  session: ClusterSession,
  { jobId, name }: FailedJob,
): Promise<OperationFailedError> {
  const failure = await newestFailure(session, jobId, () => true);
  const because = failure === null ? '' : `: ${causeText(failure)}`;
  const where = failure === null || failure.taskName === null ? '' : ` (in ${failure.taskName})`;
  return new OperationFailedError(
    'DREY_JOB_FAILED',
    `job ${name} (${jobId}) FAILED${because}${where}`,
    {
      hint: await hintOf(session, jobId, failure?.exception ?? null),
      details: {
        jobId,
        name,
        state: 'FAILED',
        exception: failure?.exception ?? null,
        reasons: failure?.chain ?? [],
        taskName: failure?.taskName ?? null,
        endpoint: failure?.endpoint ?? null,
      },
    },
  );
}

/** A job that got no slots is asked about the cluster, not about the job. */
async function hintOf(
  session: ClusterSession,
  jobId: JobId,
  exception: string | null,
): Promise<string> {
  if (exception === 'NoResourceAvailableException') {
    const { slotsAvailable, slotsTotal } = await session.client.clusters.overview();
    return `The cluster has ${slotsAvailable ?? '?'} of ${slotsTotal ?? '?'} slots free: lower --parallelism, end other jobs, or start TaskManagers.`;
  }
  return `See all of it with: ${commandLine(session, 'job', 'exceptions', jobId)}`;
}

/**
 * The newest failure of a job that has one: looks again until the cluster shows it and `isWanted`.
 * Null when it does not, or cannot be asked.
 */
export async function newestFailure(
  { client, status }: ClusterSession,
  jobId: JobId,
  isWanted: (failure: JobFailure) => boolean,
): Promise<JobFailure | null> {
  for (let looks = 0; looks < LOOKS_MAX; looks++) {
    try {
      const [newest] = (await client.jobs.exceptions(jobId, 1)).entries;
      const failure = newest === undefined ? null : describeException(newest);
      if (failure !== null && isWanted(failure)) return failure;
    } catch (error) {
      // That the job failed is known, and worth telling without the reason.
      if (!(error instanceof DreyError)) throw error;
      status.note(`the reason of the failure cannot be read: ${error.message}`);
      return null;
    }
    if (client.transport.remainingMs() < PAUSE_MS) return null;
    status.show('reading the reason of the failure');
    await client.transport.pause(PAUSE_MS);
  }
  return null;
}
