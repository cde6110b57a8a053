/**
 * `taskmanager list`: who works for the cluster, with how many slots, how much memory, and since
 * when nothing was heard of it.
 */
import { RefusedError } from '../../errors/drey-error.ts';
import type { JobId, TaskManagerId } from '../../flink/model/identifiers.ts';
import type { JobSummary } from '../../flink/model/job.ts';
import type { TaskManagerDetails, TaskManagerSummary } from '../../flink/model/task-manager.ts';
import { ageOf, readClock, type ClusterClock } from '../cluster-status/cluster-clock.ts';
import type { ClusterSession } from '../cluster/cluster-session.ts';
import { inParallel } from '../cluster/in-parallel.ts';

/** Slots of one job in a TaskManager. */
export interface JobSlots {
  readonly jobId: JobId;
  /** Null: a job that the cluster does not list. */
  readonly name: string | null;
  readonly slots: number;
}

export interface TaskManagerEntry {
  readonly taskManagerId: TaskManagerId;
  readonly slots: number | null;
  readonly freeSlots: number | null;
  /** The heap and the jobs are null where the TaskManager gave no details. */
  readonly heapUsedBytes: number | null;
  readonly heapMaxBytes: number | null;
  readonly processMemoryBytes: number | null;
  readonly managedMemoryBytes: number | null;
  readonly cpuCores: number | null;
  /** Clock of the JobManager. */
  readonly lastHeartbeatAtMs: number | null;
  readonly heartbeatAgeMs: number | null;
  readonly jobs: readonly JobSlots[] | null;
  readonly path: string | null;
  readonly dataPort: number | null;
}

export interface TaskManagerListResult {
  readonly taskManagers: readonly TaskManagerEntry[];
  readonly slots: number;
  readonly freeSlots: number;
  /** The ages of heartbeats are by this clock. */
  readonly clock: ClusterClock['source'];
}

/** Each one is a request; a cluster with more of them is looked at as a whole. */
export const DETAILS_MAX = 300;

export async function listTaskManagers(session: ClusterSession): Promise<TaskManagerListResult> {
  const { client, status } = session;
  const [all, jobs, clock] = await Promise.all([
    client.taskManagers.list(),
    client.jobs.list(),
    readClock(session),
  ]);
  if (all.length > DETAILS_MAX) {
    status.note(`${all.length} TaskManagers: heap and jobs are shown of ${DETAILS_MAX} only`);
  }
  const sorted = all.toSorted((left, right) => (left.taskManagerId < right.taskManagerId ? -1 : 1));
  const details = await inParallel(sorted.slice(0, DETAILS_MAX), ({ taskManagerId }) =>
    detailsIfThere(session, taskManagerId),
  );
  return {
    taskManagers: sorted.map((summary, index) =>
      entryOf(summary, details[index] ?? null, { jobs, clock }),
    ),
    slots: sum(all.map(({ slots }) => slots)),
    freeSlots: sum(all.map(({ freeSlots }) => freeSlots)),
    clock: clock.source,
  };
}

/** Null for one that left meanwhile, which Flink refuses with an inner error. */
async function detailsIfThere(
  { client }: ClusterSession,
  id: TaskManagerId,
): Promise<TaskManagerDetails | null> {
  try {
    return await client.taskManagers.details(id);
  } catch (error) {
    if (error instanceof RefusedError) return null;
    throw error;
  }
}

interface Surroundings {
  readonly jobs: readonly JobSummary[];
  readonly clock: ClusterClock;
}

function entryOf(
  summary: TaskManagerSummary,
  details: TaskManagerDetails | null,
  { jobs, clock }: Surroundings,
): TaskManagerEntry {
  const { taskManagerId, slots, freeSlots, cpuCores, lastHeartbeatAtMs } = summary;
  return {
    taskManagerId,
    slots,
    freeSlots,
    heapUsedBytes: details?.heapUsedBytes ?? null,
    heapMaxBytes: details?.heapMaxBytes ?? null,
    processMemoryBytes: summary.totalProcessMemoryBytes,
    managedMemoryBytes: summary.managedMemoryBytes,
    cpuCores,
    lastHeartbeatAtMs,
    heartbeatAgeMs: ageOf(lastHeartbeatAtMs, clock),
    jobs: details === null ? null : jobSlots(details.slotJobIds, jobs),
    path: summary.path,
    dataPort: summary.dataPort,
  };
}

/** `ids`: of a job as often as it has slots. */
export function jobSlots(ids: readonly JobId[], jobs: readonly JobSummary[]): readonly JobSlots[] {
  const counts = new Map<JobId, number>();
  for (const id of ids) counts.set(id, (counts.get(id) ?? 0) + 1);
  const names = new Map(jobs.map(({ jobId, name }) => [jobId, name]));
  return [...counts].map(([jobId, slots]) => ({ jobId, name: names.get(jobId) ?? null, slots }));
}

function sum(counts: readonly (number | null)[]): number {
  return counts.reduce<number>((total, count) => total + (count ?? 0), 0);
}
