/** What a job that has ended could be restored from. */
import type { JobSummary } from '../../flink/model/job.ts';
import type { ClusterSession } from '../cluster/cluster-session.ts';
import { ifCheckpointsAreOn } from './if-checkpoints-are-on.ts';

/** Flink's default of web.refresh-interval: how old an answer about checkpoints may be. */
const REFRESH_MS = 3000;

/**
 * Null: there is none, or none with an address. Whether its files are still there is not known, but
 * the checkpoints of a job that FINISHED are deleted; only its savepoints stay.
 */
export async function lastSnapshotOf(
  { client, platform }: ClusterSession,
  { jobId, state, endedAtMs }: JobSummary,
): Promise<string | null> {
  const { refreshIntervalMs } = await client.clusters.config();
  const freshInMs = (endedAtMs ?? 0) + (refreshIntervalMs ?? REFRESH_MS) - platform.clock.nowMs();
  // An answer from before its end would not have the savepoint that it was stopped with.
  if (freshInMs > 0) await client.transport.pause(Math.min(freshInMs, REFRESH_MS));
  const overview = await ifCheckpointsAreOn(client.checkpoints.overview(jobId));
  if (overview === null) return null;
  const { latestSavepoint, latestCompleted } = overview;
  if (state === 'FINISHED') return latestSavepoint?.location ?? null;
  const isSavepointNewer = (latestSavepoint?.id ?? -1) > (latestCompleted?.id ?? -1);
  return (isSavepointNewer ? latestSavepoint : latestCompleted)?.location ?? null;
}
