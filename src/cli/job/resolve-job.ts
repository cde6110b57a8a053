/** A job argument -> the job, asked of the cluster. */
import { Args } from '@oclif/core';
import type { JobSummary } from '../../flink/model/job.ts';
import type { ClusterSession } from '../cluster/cluster-session.ts';
import { findJob } from './find-job.ts';

export const jobArgument = Args.string({
  required: true,
  description: 'Id, prefix of an id (6 or more), name, or address in the Web UI of the job.',
});

export async function resolveJob(session: ClusterSession, argument: string): Promise<JobSummary> {
  const jobs = await session.client.jobs.list();
  return findJob(jobs, argument, new URL(session.target.rest.baseUrl).host);
}
