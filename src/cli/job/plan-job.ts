/** `job plan`: the graph of a job. */
import type { JobId } from '../../flink/model/identifiers.ts';
import type { JobPlan } from '../../flink/model/job-plan.ts';
import type { ClusterSession } from '../cluster/cluster-session.ts';
import { resolveJob } from './resolve-job.ts';

export interface JobPlanResult extends JobPlan {
  readonly jobId: JobId;
}

export async function planOfJob(session: ClusterSession, argument: string): Promise<JobPlanResult> {
  const { jobId } = await resolveJob(session, argument);
  return { jobId, ...(await session.client.jobs.plan(jobId)) };
}
