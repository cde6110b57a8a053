/** --wait: until the job that a statement submitted has ended. */
import { OperationFailedError } from '../../errors/drey-error.ts';
import type { JobId } from '../../flink/model/identifiers.ts';
import { isTerminal, type JobStatus } from '../../flink/model/job-status.ts';
import { commandLine } from '../cluster/cluster-session.ts';
import { waitFor } from '../cluster/wait-for.ts';
import { failureOf } from '../job/failure-of-job.ts';
import type { SqlSession } from './sql-session.ts';
import type { Submission } from './submit-statement.ts';

/** Resolves to FINISHED; throws an OperationFailedError when it ended otherwise. */
export async function awaitStatementJob(
  { cluster }: SqlSession,
  jobId: JobId,
  { label }: Submission,
): Promise<JobStatus> {
  const state = await waitFor<JobStatus>(cluster, {
    what: `job ${jobId} of ${label}`,
    resume: commandLine(cluster, 'job', 'wait', jobId),
    details: { jobId },
    defaultTimeoutMs: Infinity,
    look: async (budgetMs) => {
      const seen = await cluster.client.jobs.status(jobId, { budgetMs });
      return isTerminal(seen) ? seen : null;
    },
  });
  if (state === 'FINISHED') return state;
  if (state === 'FAILED') {
    const { name } = await cluster.client.jobs.details(jobId);
    throw await failureOf(cluster, { jobId, name });
  }
  const message = `its job ${jobId} ended ${state}`;
  throw new OperationFailedError('DREY_JOB_FAILED', message, {
    details: { jobId, state, exception: null, reasons: [message] },
  });
}
