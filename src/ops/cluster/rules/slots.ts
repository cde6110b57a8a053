/** Where jobs can run: TaskManagers, their slots, and jobs that wait for some. */
import { isTerminal } from '../../../flink/model/job-status.ts';
import type { Finding } from '../../finding.ts';
import { jobTitle, type ClusterFacts, type JobFacts } from '../cluster-facts.ts';

/** A job gets its slots within seconds; new TaskManagers of Kubernetes or YARN take longer. */
const SLOT_WAIT_MS = 60_000;

/** Without jobs it may be as it should: Kubernetes and YARN start TaskManagers on demand. */
export function noTaskManagers({ taskManagers, jobs }: ClusterFacts): readonly Finding[] {
  if (taskManagers.length > 0) return [];
  const active = jobs.filter(({ state }) => !isTerminal(state)).length;
  return [
    {
      rule: 'no-task-managers',
      severity: active > 0 ? 'critical' : 'warning',
      title:
        active > 0
          ? `no TaskManager is registered, and ${active} active ${active === 1 ? 'job needs' : 'jobs need'} them`
          : 'no TaskManager is registered: no job can run',
      evidence: { taskManagers: 0, activeJobs: active },
      advice: [
        {
          text: 'look whether their processes run (pods, containers), and what the end of their logs says: most often they cannot reach or resolve the JobManager',
        },
        { key: 'jobmanager.rpc.address', text: 'must be reachable from the TaskManagers' },
        {
          text: 'a session on Kubernetes or YARN starts them when a job needs slots: then look at quotas and at what the resource manager logs (drey taskmanager logs --jobmanager --log)',
        },
      ],
      confidence: active > 0 ? 'high' : 'medium',
    },
  ];
}

/** Subtasks that are scheduled and have no place. */
export function waitingForSlots({ jobs, time, ...facts }: ClusterFacts): readonly Finding[] {
  if (facts.slotsAvailable !== 0) return [];
  return jobs
    .filter((job) => waits(job, time.nowAtMs))
    .map((job) => ({
      rule: 'waiting-for-slots',
      severity: 'critical',
      title: `${jobTitle(job)} waits for slots, and none is free`,
      evidence: {
        jobId: job.jobId,
        state: job.state,
        subtasksWaiting: waiting(job),
        slotsTotal: facts.slotsTotal,
        slotsAvailable: facts.slotsAvailable,
      },
      advice: [
        { text: 'add TaskManagers, or slots for each (taskmanager.numberOfTaskSlots)' },
        { text: 'or stop a job that is not needed: drey job list --active' },
        {
          text: `or give the job less parallelism; it needs as many slots as its widest vertex has subtasks`,
        },
      ],
      confidence: 'high',
      ...(facts.taskManagers.length === 0 ? { explainedBy: 'no-task-managers' } : {}),
    }));
}

/** All taken is how a cluster for one job looks; then a lost TaskManager cannot be made up for. */
export function noFreeSlots(facts: ClusterFacts): readonly Finding[] {
  const { slotsTotal, slotsAvailable, taskManagers } = facts;
  if (slotsAvailable !== 0 || slotsTotal === null || slotsTotal === 0) return [];
  return [
    {
      rule: 'no-free-slots',
      severity: 'info',
      title: `all ${slotsTotal} slots are taken: no further job can start, and the loss of a TaskManager stops jobs until it is back`,
      evidence: { slotsTotal, slotsAvailable, taskManagers: taskManagers.length },
      advice: [{ text: 'keep the slots of one TaskManager free where jobs must survive its loss' }],
      confidence: 'high',
    },
  ];
}

function waits(job: JobFacts, nowAtMs: number): boolean {
  if (isTerminal(job.state) || waiting(job) === 0) return false;
  return job.stateSinceAtMs === null || nowAtMs - job.stateSinceAtMs > SLOT_WAIT_MS;
}

function waiting({ tasks }: JobFacts): number {
  return tasks['scheduled'] ?? 0;
}
