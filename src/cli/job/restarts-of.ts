/** How often a job was restarted. */
import type { JobId } from '../../flink/model/identifiers.ts';
import type { ClusterSession } from '../cluster/cluster-session.ts';

/** Null for a job that is over, whose metrics are gone. */
export async function restartsOf({ client }: ClusterSession, jobId: JobId): Promise<number | null> {
  const [metric] = await client.jobs.metrics(jobId, ['numRestarts']);
  const restarts = Number(metric?.value ?? Number.NaN);
  return Number.isFinite(restarts) ? restarts : null;
}
