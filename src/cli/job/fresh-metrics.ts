/**
 * Metrics that are as new as they can be. The JobManager collects them only when somebody asks, and
 * answers at once with what it has: after an hour without questions that is an hour old.
 */
import type { JobId } from '../../flink/model/identifiers.ts';
import type { ClusterSession } from '../cluster/cluster-session.ts';

/** What the TaskManagers take to answer the JobManager; measured: 50 to 300 ms. */
const COLLECTING_MS = 800;
/** metrics.fetcher.update-interval: who asks as often as that keeps the collecting going. */
const COLLECTED_EVERY_MS = 10_000;

/** Remembers when it asked last; one for as long as a command runs. */
export class FreshMetrics {
  private askedAtMs = Number.NEGATIVE_INFINITY;

  /** Makes the cluster collect and gives it the time, unless it does so anyway. */
  async collect(session: ClusterSession, jobId: JobId): Promise<void> {
    await this.collectBy(session, () => session.client.jobs.metrics(jobId, ['uptime']));
  }

  /** `ask`: any question for metrics, of a job or of a process. */
  async collectBy(
    { client, platform }: ClusterSession,
    ask: () => Promise<unknown>,
  ): Promise<void> {
    const nowMs = platform.clock.monotonicMs();
    const isCollecting = nowMs - this.askedAtMs < COLLECTED_EVERY_MS;
    this.askedAtMs = nowMs;
    if (isCollecting) return;
    await ask();
    await client.transport.pause(COLLECTING_MS);
  }
}
