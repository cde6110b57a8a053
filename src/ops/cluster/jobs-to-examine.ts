/**
 * Which jobs say something about the health of a cluster: those that have not ended, and those that
 * failed of late and that nobody has started again, by their names.
 */
import { isTerminal } from '../../flink/model/job-status.ts';
import type { JobSummary } from '../../flink/model/job.ts';

export interface JobChoice {
  /** Those that are in trouble first. */
  readonly chosen: readonly JobSummary[];
  /** How many more there are. */
  readonly skipped: number;
}

/** Of a job that failed longer ago somebody knows. */
const FAILED_LATELY_MS = 24 * 3_600_000;
/** Each one takes a few requests. */
const EXAMINED_MAX = 50;

export function jobsToExamine(jobs: readonly JobSummary[], nowAtMs: number): JobChoice {
  const wanted = jobs
    .filter((job) => !isTerminal(job.state) || isFailedForGood(job, jobs, nowAtMs))
    .toSorted((left, right) => rank(left) - rank(right));
  return {
    chosen: wanted.slice(0, EXAMINED_MAX),
    skipped: Math.max(0, wanted.length - EXAMINED_MAX),
  };
}

function isFailedForGood(job: JobSummary, jobs: readonly JobSummary[], nowAtMs: number): boolean {
  if (job.state !== 'FAILED') return false;
  if (job.endedAtMs !== null && nowAtMs - job.endedAtMs > FAILED_LATELY_MS) return false;
  const startedAtMs = job.startedAtMs ?? 0;
  return !jobs.some((other) => other.name === job.name && (other.startedAtMs ?? 0) > startedAtMs);
}

/** Running ones are the least interesting. */
function rank({ state }: JobSummary): number {
  if (state === 'RUNNING') return 2;
  return state === 'FAILED' ? 1 : 0;
}
