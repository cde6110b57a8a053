/** Only the adaptive scheduler changes the parallelism of a running job; others fail inside. */
import { RefusedError } from '../../errors/drey-error.ts';
import type { JobSummary } from '../../flink/model/job.ts';
import { isTerminal } from '../../flink/model/job-status.ts';
import { commandLine, type ClusterSession } from '../cluster/cluster-session.ts';

export async function refuseUnlessAdaptive(
  session: ClusterSession,
  { jobId, name, state, schedulerType }: JobSummary,
): Promise<void> {
  const { clusters } = session.client;
  const details = { jobId, name, state, schedulerType };
  if (isTerminal(state)) {
    const message = `job ${name} (${jobId}) is ${state} and has no parallelism any more`;
    throw new RefusedError('DREY_JOB_STATE', message, { details });
  }
  const [{ versionText, features }, capabilities] = await Promise.all([
    clusters.config(),
    clusters.capabilities(),
  ]);
  if (!capabilities.resourceRequirements) {
    const message = `Flink ${versionText ?? ''} cannot change the parallelism of a running job; 1.18 and later can`;
    throw new RefusedError('DREY_FLINK_UNSUPPORTED', message, { hint: otherWay(session), details });
  }
  // Up to 2.2 jobs do not say who schedules them, but the cluster says whether rescaling is there.
  const isAdaptive = schedulerType === null ? features.webRescale : schedulerType === 'Adaptive';
  if (isAdaptive !== false) return;
  const by = schedulerType === null ? 'not scheduled adaptively' : `scheduled by ${schedulerType}`;
  throw new RefusedError(
    'DREY_FLINK_UNSUPPORTED',
    `job ${name} (${jobId}) is ${by}; only the adaptive scheduler changes the parallelism of a running job`,
    { hint: otherWay(session), details },
  );

  function otherWay(of: ClusterSession): string {
    const stop = commandLine(of, 'job', 'stop', jobId);
    return `Set jobmanager.scheduler: adaptive in the cluster; or stop the job with a savepoint (${stop}) and run it from there with another --parallelism.`;
  }
}
