/**
 * Waits until a job works: it is RUNNING and all its tasks run. While it waits for slots that are
 * not there it says so, for Flink calls the job RUNNING then too.
 */
import { OperationFailedError, RefusedError } from '../../errors/drey-error.ts';
import type { JobId } from '../../flink/model/identifiers.ts';
import type { JobSummary } from '../../flink/model/job.ts';
import { jobOrNone } from '../../flink/rest/run-jar.ts';
import { startProgress } from '../../ops/job/start-progress.ts';
import { commandLine, type ClusterSession } from '../cluster/cluster-session.ts';
import { waitFor } from '../cluster/wait-for.ts';
import { failureOf } from './failure-of-job.ts';

/** Flink gives a job five minutes to get its slots (slot.request.timeout). */
const START_MS = 6 * 60_000;
/** Before that slots are often just being given. */
const SLOTS_PATIENCE_MS = 10_000;

/** The job, which runs or is FINISHED already. Throws when it ended in another way. */
export async function awaitStart(session: ClusterSession, jobId: JobId): Promise<JobSummary> {
  const patience = new SlotPatience(session);
  const job = await waitFor<JobSummary>(session, {
    what: `job ${jobId} to run`,
    notYet: `not all tasks of job ${jobId} run`,
    resume: commandLine(session, 'job', 'wait', jobId, '--for', 'RUNNING'),
    details: { jobId },
    defaultTimeoutMs: START_MS,
    look: async () => {
      const seen = await jobOrNone(session.client, jobId);
      if (seen === undefined) throw forgotten(jobId);
      const progress = startProgress(seen);
      if (progress.kind === 'running' || progress.kind === 'ended') return seen;
      if (progress.kind === 'no-slots') await patience.tell(progress);
      return null;
    },
  });
  if (job.state === 'FAILED') throw await failureOf(session, job);
  if (job.state === 'RUNNING' || job.state === 'FINISHED') return job;
  const message = `job ${job.name} (${jobId}) was cancelled before it ran`;
  const details = { jobId, name: job.name, state: job.state };
  throw new OperationFailedError('DREY_JOB_ENDED', message, { details });
}

/** It was accepted, and is not in the list, which the finished ones are in too. */
export function forgotten(jobId: JobId): RefusedError {
  const message = `the cluster does not know job ${jobId} any more: its JobManager was restarted without high availability`;
  return new RefusedError('DREY_JOB_NOT_FOUND', message, { details: { jobId } });
}

/** Says once that tasks wait for slots. */
class SlotPatience {
  private readonly session: ClusterSession;
  private sinceMs: number | null = null;
  private isTold = false;

  constructor(session: ClusterSession) {
    this.session = session;
  }

  async tell({ waiting, total }: { waiting: number; total: number }): Promise<void> {
    const { client, status } = this.session;
    const nowMs = client.transport.monotonicMs();
    this.sinceMs ??= nowMs;
    if (this.isTold || nowMs - this.sinceMs < SLOTS_PATIENCE_MS) return;
    this.isTold = true;
    const { slotsAvailable, slotsTotal } = await client.clusters.overview();
    status.note(
      `${waiting} of ${total} tasks wait for slots; the cluster has ${slotsAvailable ?? '?'} of ${slotsTotal ?? '?'} free`,
    );
  }
}
