/** `job list`: the jobs of the cluster, the newest first. */
import { isTerminal } from '../../flink/model/job-status.ts';
import type { JobSummary } from '../../flink/model/job.ts';
import { durationCell, textCell, timeCell, type View } from '../../output/view.ts';
import type { ClusterSession } from '../cluster/cluster-session.ts';
import { stateMood } from './state-mood.ts';

export interface JobListRequest {
  /** Empty: all. */
  readonly states: readonly string[];
  /** Only jobs that have not ended. */
  readonly activeOnly: boolean;
  /** Exact; null: all. */
  readonly name: string | null;
}

export interface JobListResult {
  readonly jobs: readonly JobSummary[];
}

export async function listJobs(
  { client }: ClusterSession,
  request: JobListRequest,
): Promise<JobListResult> {
  const all = await client.jobs.list();
  return { jobs: newestFirst(all.filter((job) => isWanted(job, request))) };
}

export function jobListView({ jobs }: JobListResult): View {
  return {
    sections: [
      {
        kind: 'table',
        empty: 'no jobs',
        columns: [
          { key: 'jobId', heading: 'JOB ID' },
          { key: 'name', heading: 'NAME' },
          { key: 'state', heading: 'STATE' },
          { key: 'startedAtMs', heading: 'STARTED' },
          { key: 'durationMs', heading: 'DURATION' },
          { key: 'tasks', heading: 'TASKS' },
          { key: 'jobType', heading: 'TYPE', isWide: true },
          { key: 'schedulerType', heading: 'SCHEDULER', isWide: true },
          { key: 'lastModifiedAtMs', heading: 'CHANGED', isWide: true },
        ],
        rows: jobs.map((job) => [
          textCell(job.jobId),
          textCell(job.name),
          textCell(job.state, stateMood(job.state)),
          timeCell(job.startedAtMs),
          durationCell(job.durationMs),
          textCell(tasksText(job)),
          textCell(job.jobType),
          textCell(job.schedulerType),
          timeCell(job.lastModifiedAtMs),
        ]),
      },
    ],
    names: jobs.map(({ jobId }) => jobId),
  };
}

function isWanted({ state, name }: JobSummary, request: JobListRequest): boolean {
  if (request.activeOnly && isTerminal(state)) return false;
  if (request.name !== null && name !== request.name) return false;
  return request.states.length === 0 || request.states.includes(state);
}

function newestFirst(jobs: readonly JobSummary[]): readonly JobSummary[] {
  return jobs.toSorted((left, right) => (right.startedAtMs ?? 0) - (left.startedAtMs ?? 0));
}

/** `4 running`, `1 failed, 3 canceled`. */
function tasksText({ tasks }: JobSummary): string {
  const states = Object.entries(tasks).filter(([state]) => state !== 'total');
  return states.map(([state, count]) => `${count} ${state}`).join(', ');
}
