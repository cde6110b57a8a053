/** A job argument -> the job, asked of the cluster. */
import type { JobSummary } from '../../flink/model/job.ts';
import type { ClusterSession } from '../cluster/cluster-session.ts';
import { findJob } from './find-job.ts';

export async function resolveJob(session: ClusterSession, argument: string): Promise<JobSummary> {
  const jobs = await session.client.jobs.list();
  return findJob(jobs, argument, new URL(session.target.rest.baseUrl).host);
}
