/**
 * `job show`: one job at a glance: its state, why it failed last, how busy its vertices are, which
 * state could be restored, and since when all that is so.
 */
import type { CheckpointEntry, CheckpointOverview } from '../../flink/model/checkpoint.ts';
import type { JobId } from '../../flink/model/identifiers.ts';
import { isTerminal, type JobStatus } from '../../flink/model/job-status.ts';
import type { JobDetails, JobSummary, VertexSummary } from '../../flink/model/job.ts';
import type { SubtaskPressure, VertexPressure } from '../../flink/model/vertex.ts';
import type { ClusterSession } from '../cluster/cluster-session.ts';
import { inParallel } from '../cluster/in-parallel.ts';
import { failureOf, type TaskFailure } from './exceptions-of-job.ts';
import { ifCheckpointsAreOn } from './if-checkpoints-are-on.ts';
import { resolveJob } from './resolve-job.ts';
import { restartsOf } from './restarts-of.ts';

export interface ShownVertex extends VertexSummary {
  /** Of the busiest subtask, and of the one that is held up most, now; between 0 and 1. */
  readonly busyShareMax: number | null;
  readonly backPressuredShareMax: number | null;
}

export interface ShownCheckpoint {
  readonly id: number;
  readonly triggeredAtMs: number | null;
  readonly durationMs: number | null;
  readonly stateSizeBytes: number | null;
  readonly location: string | null;
  readonly failureMessage: string | null;
}

export interface ShownCheckpoints {
  readonly completed: number | null;
  readonly failed: number | null;
  readonly inProgress: number | null;
  /** The newest of those that the cluster still knows, savepoints not among them. */
  readonly latestCompleted: ShownCheckpoint | null;
  readonly latestSavepoint: ShownCheckpoint | null;
  readonly latestFailed: ShownCheckpoint | null;
}

export interface RestoredFrom {
  readonly checkpointId: number | null;
  readonly location: string | null;
  readonly isSavepoint: boolean | null;
  readonly restoredAtMs: number | null;
}

export interface StateChange {
  readonly state: string;
  readonly atMs: number;
}

export type ShownFailure = Omit<TaskFailure, 'stackTrace'>;

export interface JobShowResult {
  readonly jobId: JobId;
  readonly name: string;
  readonly state: JobStatus;
  readonly startedAtMs: number | null;
  readonly endedAtMs: number | null;
  readonly durationMs: number | null;
  readonly jobType: string | null;
  readonly schedulerType: string | null;
  readonly maxParallelism: number | null;
  /** Since its start; null once it has ended. */
  readonly restarts: number | null;
  /** Subtasks by state, and `total`. */
  readonly tasks: Readonly<Record<string, number>>;
  /** When it came into each state last, the oldest first. */
  readonly stateHistory: readonly StateChange[];
  readonly vertices: readonly ShownVertex[];
  /** Null: the job takes none. */
  readonly checkpoints: ShownCheckpoints | null;
  /** Null: it began without state, or takes no checkpoints. */
  readonly restoredFrom: RestoredFrom | null;
  /** The last failure, without the text of its stack. */
  readonly lastException: ShownFailure | null;
  /** The page of the job in the Web UI. */
  readonly webUrl: string;
}

/** One request each; a job with more vertices is looked at with `job bottleneck`. */
const PRESSURE_VERTICES_MAX = 60;

export async function showJob(session: ClusterSession, argument: string): Promise<JobShowResult> {
  const job = await resolveJob(session, argument);
  const { client, target } = session;
  const { jobId, name, state } = job;
  const details = await detailsInState(session, job);
  const [checkpoints, exceptions, restarts] = await Promise.all([
    ifCheckpointsAreOn(client.checkpoints.overview(jobId)),
    client.jobs.exceptions(jobId, 1),
    isTerminal(state) ? null : restartsOf(session, jobId),
  ]);
  const [newest] = exceptions.entries;
  return {
    jobId,
    name,
    state,
    startedAtMs: job.startedAtMs,
    endedAtMs: job.endedAtMs,
    durationMs: job.durationMs,
    jobType: job.jobType ?? details.jobType,
    schedulerType: job.schedulerType ?? details.schedulerType,
    maxParallelism: details.maxParallelism,
    restarts,
    tasks: job.tasks,
    stateHistory: historyOf(details),
    vertices: await withPressures(session, job, details.vertices),
    checkpoints: checkpoints === null ? null : checkpointsOf(checkpoints),
    restoredFrom: checkpoints === null ? null : restoredFromOf(checkpoints),
    lastException: newest === undefined ? null : withoutTrace(failureOf(newest)),
    webUrl: webUrlOf(target.rest.baseUrl, job),
  };
}

/** The cluster answers from a cache of up to 3 s (web.refresh-interval). */
const LOOKS_MAX = 8;
const PAUSE_MS = 450;

/** The list of jobs is live: tasks that run in a job that has ended would not fit together. */
async function detailsInState(
  { client, status }: ClusterSession,
  { jobId, state }: JobSummary,
): Promise<JobDetails> {
  let details = await client.jobs.details(jobId);
  for (let looks = 1; looks < LOOKS_MAX && details.state !== state; looks++) {
    if (client.transport.remainingMs() < PAUSE_MS) return details;
    status.show('waiting for news of the vertices');
    await client.transport.pause(PAUSE_MS);
    details = await client.jobs.details(jobId);
  }
  return details;
}

function historyOf({ stateChangedAtMs }: JobDetails): readonly StateChange[] {
  return Object.entries(stateChangedAtMs)
    .map(([state, atMs]) => ({ state, atMs }))
    .toSorted((left, right) => left.atMs - right.atMs);
}

async function withPressures(
  { client }: ClusterSession,
  { jobId, state }: JobSummary,
  vertices: readonly VertexSummary[],
): Promise<readonly ShownVertex[]> {
  const isSampled = state === 'RUNNING' && vertices.length <= PRESSURE_VERTICES_MAX;
  return inParallel(vertices, async (vertex) => {
    const pressure = isSampled ? await client.vertices.pressure(jobId, vertex.vertexId) : null;
    return {
      ...vertex,
      busyShareMax: largest(pressure, ({ busy }) => busy),
      backPressuredShareMax: largest(pressure, ({ backPressured }) => backPressured),
    };
  });
}

function largest(
  pressure: VertexPressure | null,
  shareOf: (subtask: SubtaskPressure) => number | null,
): number | null {
  const shares = (pressure?.subtasks ?? []).map(shareOf).filter((share) => share !== null);
  return shares.length === 0 ? null : Math.max(...shares);
}

function checkpointsOf(overview: CheckpointOverview): ShownCheckpoints {
  const { counts, latestSavepoint, latestFailed } = overview;
  return {
    completed: counts.completed,
    failed: counts.failed,
    inProgress: counts.inProgress,
    latestCompleted: shown(latestCheckpointOf(overview)),
    latestSavepoint: shown(latestSavepoint),
    latestFailed: shown(latestFailed),
  };
}

/** What Flink calls the latest completed may be a savepoint. */
function latestCheckpointOf({
  latestCompleted,
  history,
}: CheckpointOverview): CheckpointEntry | null {
  if (latestCompleted?.isSavepoint === false) return latestCompleted;
  return history.find(({ status, isSavepoint }) => status === 'COMPLETED' && !isSavepoint) ?? null;
}

function shown(entry: CheckpointEntry | null): ShownCheckpoint | null {
  if (entry === null) return null;
  const { id, triggeredAtMs, durationMs, stateSizeBytes, location, failureMessage } = entry;
  return { id, triggeredAtMs, durationMs, stateSizeBytes, location, failureMessage };
}

function restoredFromOf({ latestRestored }: CheckpointOverview): RestoredFrom | null {
  if (latestRestored === null) return null;
  const { id, location, isSavepoint, restoredAtMs } = latestRestored;
  return { checkpointId: id, location, isSavepoint, restoredAtMs };
}

function withoutTrace(failure: TaskFailure): ShownFailure {
  const { atMs, taskName, taskManagerId, endpoint, exception, message, chain, labels } = failure;
  return { atMs, taskName, taskManagerId, endpoint, exception, message, chain, labels };
}

function webUrlOf(baseUrl: string, { jobId, state }: JobSummary): string {
  return `${baseUrl}/#/job/${isTerminal(state) ? 'completed' : 'running'}/${jobId}/overview`;
}
