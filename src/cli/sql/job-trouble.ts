/**
 * Why a query brings no rows: a job that fails is started again and again by default, and the
 * gateway says nothing of it. Looks at the job now and then; what cannot be seen is no trouble.
 */
import { DreyError } from '../../errors/drey-error.ts';
import type { JobId } from '../../flink/model/identifiers.ts';
import { FlinkClient } from '../../flink/rest/flink-client.ts';
import { commandLine, type ClusterSession } from '../cluster/cluster-session.ts';

/** Before that, rows are only slow. */
const IDLE_MS = 4000;
const LOOK_EVERY_MS = 5000;
/** An extra: nobody waits for it long. */
const LOOK_BUDGET_MS = 2000;

export class JobTrouble {
  private readonly cluster: ClusterSession;
  private readonly client: FlinkClient;
  private nextLookMs = IDLE_MS;
  private lastNote = '';

  constructor(cluster: ClusterSession) {
    this.cluster = cluster;
    // Without a word about its own retries.
    this.client = new FlinkClient(cluster.target.rest, cluster.platform, {
      budgetMs: LOOK_BUDGET_MS,
    });
  }

  /** `idleMs`: since the last row, or since the statement was sent. */
  lookWhenIdle(jobId: JobId | null, idleMs: number): void {
    if (jobId === null || idleMs < IDLE_MS) {
      this.nextLookMs = IDLE_MS;
      return;
    }
    if (idleMs < this.nextLookMs) return;
    this.nextLookMs = idleMs + LOOK_EVERY_MS;
    this.look(jobId).catch((error: unknown) => {
      if (!(error instanceof DreyError)) throw error;
    });
  }

  private async look(jobId: JobId): Promise<void> {
    const { entries } = await this.client.jobs.exceptions(jobId, 1);
    const [newest] = entries;
    if (newest === undefined) return;
    const state = await this.client.jobs.status(jobId);
    const { message } = newest.root.cause;
    if (message === this.lastNote) return;
    this.lastNote = message;
    const more = commandLine(this.cluster, 'job', 'exceptions', jobId);
    this.cluster.status.note(
      `the job of the query failed and is ${state}: ${message}; see ${more}`,
    );
  }
}
