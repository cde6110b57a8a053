/** `cluster overview`: version, slots and jobs of a cluster at one glance. */
import { isTerminal } from '../../flink/model/job-status.ts';
import type { JobSummary } from '../../flink/model/job.ts';
import {
  countCell,
  durationCell,
  textCell,
  timeCell,
  type Field,
  type Section,
  type View,
} from '../../output/view.ts';
import type { ClusterSession } from '../cluster/cluster-session.ts';
import { stateMood } from '../job/state-mood.ts';

export interface OverviewResult {
  readonly url: string;
  readonly context: string | null;
  readonly version: string | null;
  readonly commit: string | null;
  readonly taskManagers: number | null;
  readonly slotsTotal: number | null;
  readonly slotsAvailable: number | null;
  /** How many jobs are in each state; only states that occur. */
  readonly jobsByState: Readonly<Record<string, number>>;
  /** Those that have not ended first, then the newest. */
  readonly jobs: readonly JobSummary[];
}

export async function overviewOfCluster({
  client,
  target,
}: ClusterSession): Promise<OverviewResult> {
  const [overview, jobs] = await Promise.all([client.clusters.overview(), client.jobs.list()]);
  return {
    url: target.rest.baseUrl,
    context: target.contextName,
    version: overview.version,
    commit: overview.commit,
    taskManagers: overview.taskManagers,
    slotsTotal: overview.slotsTotal,
    slotsAvailable: overview.slotsAvailable,
    jobsByState: countStates(jobs),
    jobs: jobs.toSorted(byInterest),
  };
}

export function overviewView(result: OverviewResult): View {
  const shown = shownJobs(result.jobs);
  const hidden = result.jobs.length - shown.length;
  return {
    sections: [
      { kind: 'fields', fields: fieldsOf(result) },
      jobTable(shown),
      ...(hidden === 0 ? [] : [moreJobs(hidden)]),
    ],
    names: shown.map(({ jobId }) => jobId),
  };
}

/** Of the jobs that have ended only the newest are shown. */
const ENDED_SHOWN_MAX = 5;
const ACTIVE_SHOWN_MAX = 50;

function countStates(jobs: readonly JobSummary[]): Readonly<Record<string, number>> {
  const counts = new Map<string, number>();
  for (const { state } of jobs) counts.set(state, (counts.get(state) ?? 0) + 1);
  return Object.fromEntries([...counts].toSorted(([left], [right]) => (left < right ? -1 : 1)));
}

function byInterest(left: JobSummary, right: JobSummary): number {
  const isLeftOver = isTerminal(left.state);
  if (isLeftOver !== isTerminal(right.state)) return isLeftOver ? 1 : -1;
  return (right.startedAtMs ?? 0) - (left.startedAtMs ?? 0);
}

function shownJobs(jobs: readonly JobSummary[]): readonly JobSummary[] {
  const active = jobs.filter(({ state }) => !isTerminal(state));
  const ended = jobs.filter(({ state }) => isTerminal(state));
  return [...active.slice(0, ACTIVE_SHOWN_MAX), ...ended.slice(0, ENDED_SHOWN_MAX)];
}

function fieldsOf(result: OverviewResult): readonly Field[] {
  const { taskManagers, slotsTotal, slotsAvailable } = result;
  const isFull = slotsTotal === 0 || slotsAvailable === 0;
  const states = Object.entries(result.jobsByState).map(([state, count]) => `${count} ${state}`);
  return [
    { key: 'url', label: 'cluster', cell: textCell(result.url) },
    { key: 'context', label: 'context', cell: textCell(result.context), isWide: true },
    { key: 'version', label: 'Flink', cell: textCell(result.version) },
    { key: 'commit', label: 'commit', cell: textCell(result.commit), isWide: true },
    {
      key: 'taskManagers',
      label: 'TaskManagers',
      cell: countCell(taskManagers, taskManagers === 0 ? 'bad' : undefined),
    },
    {
      key: 'slotsAvailable',
      label: 'slots',
      cell: textCell(
        slotsTotal === null ? null : `${slotsAvailable ?? '?'} of ${slotsTotal} free`,
        isFull ? 'doubtful' : undefined,
      ),
    },
    {
      key: 'jobsByState',
      label: 'jobs',
      cell: textCell(states.length === 0 ? 'none' : states.join(', ')),
    },
  ];
}

function jobTable(jobs: readonly JobSummary[]): Section {
  return {
    kind: 'table',
    empty: 'no jobs',
    columns: [
      { key: 'jobId', heading: 'JOB ID' },
      { key: 'name', heading: 'NAME' },
      { key: 'state', heading: 'STATE' },
      { key: 'startedAtMs', heading: 'STARTED' },
      { key: 'durationMs', heading: 'DURATION' },
    ],
    rows: jobs.map(({ jobId, name, state, startedAtMs, durationMs }) => [
      textCell(jobId),
      textCell(name),
      textCell(state, stateMood(state)),
      timeCell(startedAtMs),
      durationCell(durationMs),
    ]),
  };
}

function moreJobs(count: number): Section {
  return { kind: 'text', lines: [`and ${count} more; drey job list shows all`] };
}
