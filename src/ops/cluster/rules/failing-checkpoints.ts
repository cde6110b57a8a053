/** Jobs whose last checkpoints failed: a restart would throw away all work since the last good one. */
import type { Finding } from '../../finding.ts';
import {
  jobTitle,
  type CheckpointFacts,
  type ClusterFacts,
  type JobFacts,
} from '../cluster-facts.ts';
import { formatDuration } from '../duration-text.ts';

/** One may fail by chance; from so many in a row on it is no chance. */
const FAILED_IN_A_ROW_BAD = 3;
/** Right after its start a job declines a checkpoint, which counts as failed and has no entry. */
const FAILED_WITHOUT_ENTRY_NORMAL = 3;

export function failingCheckpoints({ jobs, time }: ClusterFacts): readonly Finding[] {
  return jobs.flatMap((job) => {
    if (job.checkpoints === null || job.state !== 'RUNNING') return [];
    const finding = assess(job, job.checkpoints, time.nowAtMs);
    return finding === null ? [] : [finding];
  });
}

function assess(job: JobFacts, checkpoints: CheckpointFacts, nowAtMs: number): Finding | null {
  const { outcomes, completed, failed } = checkpoints;
  const firstGood = outcomes.findIndex(({ isCompleted }) => isCompleted);
  const inARow = firstGood === -1 ? outcomes.length : firstGood;
  const [last] = outcomes;
  const neverCompleted = completed === 0 && failed > FAILED_WITHOUT_ENTRY_NORMAL;
  if (inARow === 0 && !neverCompleted) return null;
  const good = outcomes[firstGood];
  const sinceMs = good?.atMs === null || good === undefined ? null : nowAtMs - good.atMs;
  const reason = last?.failureMessage ?? null;
  return {
    rule: 'failing-checkpoints',
    severity: inARow >= FAILED_IN_A_ROW_BAD || neverCompleted ? 'critical' : 'warning',
    title: `${jobTitle(job)}: ${whatOf(inARow, neverCompleted)}${goodText(sinceMs)}${reason === null ? '' : `: ${reason}`}`,
    evidence: {
      jobId: job.jobId,
      failedInARow: inARow,
      completed,
      failed,
      sinceLastCompletedMs: sinceMs,
      failureMessage: reason,
    },
    advice: [
      {
        text: `look at them: drey checkpoint list ${job.jobId}, then drey checkpoint show ${job.jobId} ID`,
      },
      {
        text: 'do not stop or restart the job before there is a savepoint: it would lose its work since the last good checkpoint',
      },
    ],
    confidence: 'high',
  };
}

function whatOf(inARow: number, neverCompleted: boolean): string {
  if (neverCompleted) return 'no checkpoint was ever completed';
  return inARow === 1 ? 'its last checkpoint failed' : `its last ${inARow} checkpoints failed`;
}

function goodText(sinceMs: number | null): string {
  return sinceMs === null || sinceMs < 0
    ? ''
    : `, the last good one is ${formatDuration(sinceMs)} old`;
}
