/**
 * What time it is in the cluster. Times in its answers are those of the JobManager's clock, which
 * may differ from ours by more than what they are compared with.
 */
import type { ClusterSession } from '../cluster/cluster-session.ts';

export interface ClusterClock {
  readonly nowAtMs: number;
  /** Whose clock it is; ours where the cluster does not tell. */
  readonly source: 'cluster' | 'own';
  /** How far the cluster's clock is ahead of ours; null where it does not tell. */
  readonly aheadMs: number | null;
}

/** The header has whole seconds, cut off. */
const HALF_A_SECOND_MS = 500;

export async function readClock({ client, platform }: ClusterSession): Promise<ClusterClock> {
  const askedAtMs = platform.clock.nowMs();
  const told = await client.clusters.clockAtMs();
  const answeredAtMs = platform.clock.nowMs();
  if (told === null) return { nowAtMs: answeredAtMs, source: 'own', aheadMs: null };
  const theirs = told + HALF_A_SECOND_MS;
  return {
    nowAtMs: theirs,
    source: 'cluster',
    aheadMs: Math.round(theirs - (askedAtMs + answeredAtMs) / 2),
  };
}

/** How long ago; null for what is not known. Clocks that are cut to seconds make no future. */
export function ageOf(atMs: number | null, { nowAtMs }: ClusterClock): number | null {
  return atMs === null ? null : Math.max(0, nowAtMs - atMs);
}
