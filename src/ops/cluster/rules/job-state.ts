/** Jobs that fail, restart, or have failed of late. */
import type { Finding } from '../../finding.ts';
import { jobTitle, type ClusterFacts, type JobFacts } from '../cluster-facts.ts';
import { formatDuration } from '../duration-text.ts';

/** How far back restarts are counted, and how many are many. */
const RESTARTS_WITHIN_MS = 3_600_000;
const RESTARTS_MANY = 3;
const RESTARTS_VERY_MANY = 10;
/** The cluster keeps 16 failures of a job (web.exception-history-size); over its life count these. */
const RESTARTS_IN_LIFE_MANY = 100;

const UNSTABLE = new Set<string>(['RESTARTING', 'FAILING']);

export function restartingJobs({ jobs, time }: ClusterFacts): readonly Finding[] {
  return jobs
    .filter(({ state }) => UNSTABLE.has(state))
    .map((job) => {
      const sinceMs = job.stateSinceAtMs === null ? null : time.nowAtMs - job.stateSinceAtMs;
      const since = sinceMs === null || sinceMs < 0 ? '' : ` for ${formatDuration(sinceMs)}`;
      return {
        rule: 'job-restarting',
        severity: 'critical' as const,
        title: `${jobTitle(job)} is ${job.state}${since}${causeText(job)}`,
        evidence: { ...evidenceOf(job), stateSinceMs: sinceMs },
        advice: [
          { text: `see why: drey job exceptions ${job.jobId}` },
          {
            text: 'without free slots or TaskManagers it stays like this: look at the other findings',
          },
        ],
        confidence: 'high' as const,
      };
    });
}

/** Those that nobody has started again; see jobsToExamine. */
export function failedJobs({ jobs, time }: ClusterFacts): readonly Finding[] {
  return jobs
    .filter(({ state }) => state === 'FAILED')
    .map((job) => ({
      rule: 'job-failed',
      // A batch job is started by somebody who waits for it.
      severity: job.jobType === 'BATCH' ? ('warning' as const) : ('critical' as const),
      title: `${jobTitle(job)} has FAILED${agoText(job, time.nowAtMs)}, and no job of this name was started after it${causeText(job)}`,
      evidence: { ...evidenceOf(job), endedAtMs: job.endedAtMs },
      advice: [
        { text: `see why: drey job exceptions ${job.jobId}` },
        {
          text: `find the state to start again from: drey checkpoint list ${job.jobId}, then drey job run JAR --from-savepoint LOCATION`,
        },
      ],
      confidence: 'high' as const,
    }));
}

export function restartsOften({ jobs, time }: ClusterFacts): readonly Finding[] {
  return jobs.flatMap((job) => {
    if (job.state === 'FAILED' || UNSTABLE.has(job.state)) return [];
    const recent = job.failuresAtMs.filter((atMs) => time.nowAtMs - atMs < RESTARTS_WITHIN_MS);
    const isOften = recent.length >= RESTARTS_MANY;
    if (!isOften && (job.restarts ?? 0) < RESTARTS_IN_LIFE_MANY) return [];
    const title = isOften
      ? `${jobTitle(job)} runs, but failed ${recent.length} times within the last hour${causeText(job)}`
      : `${jobTitle(job)} runs, but was restarted ${job.restarts} times since it was started${causeText(job)}`;
    return [
      {
        rule: 'restarts-often',
        severity:
          recent.length >= RESTARTS_VERY_MANY ? ('critical' as const) : ('warning' as const),
        title,
        evidence: { ...evidenceOf(job), failuresLastHour: recent.length },
        advice: [
          { text: `see the causes: drey job exceptions ${job.jobId}` },
          {
            text: 'each restart goes back to the last checkpoint: records are read again, results come late',
          },
        ],
        confidence: 'high' as const,
      },
    ];
  });
}

/** What could not be looked at is not well because of that. */
export function unreadableParts({ jobs, taskManagers }: ClusterFacts): readonly Finding[] {
  const parts = [
    ...jobs.map((job) => ({
      title: jobTitle(job),
      evidence: { jobId: job.jobId, reason: job.unreadable },
    })),
    ...taskManagers.map(({ taskManagerId, unreadable }) => ({
      title: `TaskManager ${taskManagerId}`,
      evidence: { taskManagerId, reason: unreadable },
    })),
  ];
  return parts
    .filter(({ evidence }) => evidence.reason !== null)
    .map(({ title, evidence }) => ({
      rule: 'not-readable',
      severity: 'warning',
      title: `${title} could not be looked at: ${evidence.reason}`,
      evidence,
      advice: [{ text: 'run the command again; when it stays so, see the log of the JobManager' }],
      confidence: 'high',
    }));
}

export function skippedJobs({ jobs, jobsSkipped }: ClusterFacts): readonly Finding[] {
  if (jobsSkipped === 0) return [];
  return [
    {
      rule: 'jobs-not-examined',
      severity: 'info',
      title: `${jobsSkipped} further jobs were not looked at closely: restarts and checkpoints of ${jobs.length} were`,
      evidence: { jobsExamined: jobs.length, jobsSkipped },
      advice: [{ text: 'look at one of them with drey job show' }],
      confidence: 'high',
    },
  ];
}

function evidenceOf({ jobId, state, restarts, failureCause }: JobFacts): Finding['evidence'] {
  return { jobId, state, restarts, failureCause };
}

function causeText({ failureCause }: JobFacts): string {
  return failureCause === null ? '' : `: ${failureCause}`;
}

function agoText({ endedAtMs }: JobFacts, nowAtMs: number): string {
  if (endedAtMs === null || endedAtMs > nowAtMs) return '';
  return ` ${formatDuration(nowAtMs - endedAtMs)} ago`;
}
