/** `cluster health`: what is wrong with a cluster and its jobs, the worst first. */
import { exitCodes } from '../../errors/exit-codes.ts';
import { reaches, severities, type Finding, type Severity } from '../../ops/finding.ts';
import { assessCluster } from '../../ops/cluster/assess-cluster.ts';
import type { ClusterFacts } from '../../ops/cluster/cluster-facts.ts';
import { countCell, textCell, type Mood, type Section, type View } from '../../output/view.ts';
import type { ClusterSession } from '../cluster/cluster-session.ts';
import type { FreshMetrics } from '../job/fresh-metrics.ts';
import { findingSection } from '../job/bottleneck-view.ts';
import { readClusterFacts } from './read-cluster-facts.ts';

export interface HealthResult {
  readonly url: string;
  readonly version: string | null;
  /** The worst of the findings; `healthy` when none is more than information. */
  readonly status: 'critical' | 'warning' | 'healthy';
  readonly taskManagers: number;
  readonly slotsTotal: number | null;
  readonly slotsAvailable: number | null;
  /** How many were looked at. */
  readonly jobsExamined: number;
  /** How far the clock of the JobManager is ahead of ours; null: it does not tell. */
  readonly clockAheadMs: number | null;
  readonly findings: readonly Finding[];
}

/** `fresh`: of the command, which may look again and again. */
export async function healthOfCluster(
  session: ClusterSession,
  fresh: FreshMetrics,
): Promise<HealthResult> {
  const facts = await readClusterFacts(session, fresh);
  return healthOf(session.target.rest.baseUrl, facts);
}

function healthOf(url: string, facts: ClusterFacts): HealthResult {
  const findings = assessCluster(facts);
  const worst = severities.find((severity) => findings.some((one) => one.severity === severity));
  return {
    url,
    version: facts.versionText,
    status: worst === undefined || worst === 'info' ? 'healthy' : worst,
    taskManagers: facts.taskManagers.length,
    slotsTotal: facts.slotsTotal,
    slotsAvailable: facts.slotsAvailable,
    jobsExamined: facts.jobs.length,
    clockAheadMs: facts.time.aheadMs,
    findings,
  };
}

/** `failOn`: null: findings are no failure. */
export function healthExitStatus(failOn: Severity | null): (result: HealthResult) => number {
  return ({ findings }) =>
    failOn !== null && reaches(findings, failOn) ? exitCodes.findings : exitCodes.done;
}

const statusMoods: Readonly<Record<HealthResult['status'], Mood>> = {
  critical: 'bad',
  warning: 'doubtful',
  healthy: 'good',
};

export function healthView(result: HealthResult): View {
  return {
    sections: [summary(result), ...result.findings.map(findingSection)],
    names: result.findings.map(({ rule }) => rule),
  };
}

function summary(result: HealthResult): Section {
  const { slotsTotal, slotsAvailable } = result;
  const slots = slotsTotal === null ? null : `${slotsAvailable ?? '?'} of ${slotsTotal} free`;
  return {
    kind: 'fields',
    fields: [
      { key: 'url', label: 'cluster', cell: textCell(result.url) },
      {
        key: 'status',
        label: 'health',
        cell: textCell(result.status, statusMoods[result.status]),
      },
      { key: 'version', label: 'Flink', cell: textCell(result.version) },
      { key: 'taskManagers', label: 'TaskManagers', cell: countCell(result.taskManagers) },
      { key: 'slotsAvailable', label: 'slots', cell: textCell(slots) },
      { key: 'jobsExamined', label: 'jobs examined', cell: countCell(result.jobsExamined) },
    ],
  };
}
