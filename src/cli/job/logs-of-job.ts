/**
 * `job logs`: the end of the log of each TaskManager on which the job runs or ran. A TaskManager
 * that is gone is said so, and does not hide the logs of the others.
 */
import { RefusedError } from '../../errors/drey-error.ts';
import { taskManagerIdOf, type JobId, type TaskManagerId } from '../../flink/model/identifiers.ts';
import type { JobStatus } from '../../flink/model/job-status.ts';
import type { LogFile } from '../../flink/model/task-manager.ts';
import type { ClusterSession } from '../cluster/cluster-session.ts';
import { inParallel } from '../cluster/in-parallel.ts';
import { tailOfLog } from '../taskmanager/log-lines.ts';
import { resolveJob } from './resolve-job.ts';

export interface JobLogsRequest {
  readonly job: string;
  /** Null: all on which the job runs. */
  readonly taskManager: string | null;
  /** For each TaskManager. */
  readonly linesMax: number;
  /** Only entries with this text; null: all. */
  readonly grep: string | null;
  /** Only which TaskManagers there are, and their files. */
  readonly listsFiles: boolean;
}

export interface TaskManagerLog {
  readonly taskManagerId: TaskManagerId;
  /** Host and port where the job's subtasks run. */
  readonly endpoint: string | null;
  readonly subtasks: readonly { readonly vertex: string; readonly subtask: number }[];
  readonly files: readonly LogFile[];
  /** The last ones, in the order of the log. */
  readonly lines: readonly string[];
  /** There are earlier ones that would have been wanted. */
  readonly isCut: boolean;
  /** Why there are no lines; null when they could be read. */
  readonly failure: { readonly code: string; readonly message: string } | null;
}

export interface JobLogsResult {
  readonly jobId: JobId;
  readonly name: string;
  readonly state: JobStatus;
  readonly taskManagers: readonly TaskManagerLog[];
}

export async function logsOfJob(
  session: ClusterSession,
  request: JobLogsRequest,
): Promise<JobLogsResult> {
  const { jobId, name, state } = await resolveJob(session, request.job);
  const places = await placesOfJob(session, jobId);
  const chosen = places.filter(({ taskManagerId }) => isChosen(taskManagerId, request.taskManager));
  if (chosen.length === 0) throw noTaskManager(name, places, request.taskManager);
  const taskManagers = await inParallel(chosen, (place) => logOf(session, place, request));
  const [failure] = taskManagers.map((log) => log.failure).filter((reason) => reason !== null);
  if (failure !== undefined && taskManagers.every((log) => log.failure !== null)) {
    throw new RefusedError('DREY_LOG_UNAVAILABLE', `no log of job ${name}: ${failure.message}`, {
      details: { jobId, taskManagers: chosen.map(({ taskManagerId }) => taskManagerId) },
    });
  }
  return { jobId, name, state, taskManagers };
}

type Place = Pick<TaskManagerLog, 'taskManagerId' | 'endpoint' | 'subtasks'>;

/** Flink's text for a subtask that has no slot. */
const UNASSIGNED = '(unassigned)';

async function placesOfJob({ client }: ClusterSession, jobId: JobId): Promise<readonly Place[]> {
  const { vertices } = await client.jobs.details(jobId);
  const details = await inParallel(vertices, ({ vertexId }) =>
    client.vertices.details(jobId, vertexId),
  );
  const places = new Map<string, Place>();
  for (const { name: vertex, subtasks } of details) {
    for (const { taskManagerId, endpoint, index } of subtasks) {
      if (taskManagerId === null || taskManagerId === UNASSIGNED || taskManagerId === '') continue;
      const known = places.get(taskManagerId);
      places.set(taskManagerId, {
        taskManagerId: taskManagerIdOf(taskManagerId),
        endpoint,
        subtasks: [...(known?.subtasks ?? []), { vertex, subtask: index }],
      });
    }
  }
  return [...places.values()];
}

/** By its id, or the beginning of it. */
function isChosen(id: TaskManagerId, argument: string | null): boolean {
  return argument === null || id === argument || id.startsWith(argument);
}

async function logOf(
  { client, status }: ClusterSession,
  place: Place,
  { linesMax, grep, listsFiles }: JobLogsRequest,
): Promise<TaskManagerLog> {
  const { taskManagerId } = place;
  status.show(`reading the log of ${taskManagerId}`);
  const none = { files: [], lines: [], isCut: false, failure: null };
  try {
    const files = await client.taskManagers.logs(taskManagerId);
    if (listsFiles) return { ...place, ...none, files };
    const log = await client.taskManagers.mainLog(taskManagerId);
    return { ...place, files, ...(await tailOfLog(log.chunks, { linesMax, grep })), failure: null };
  } catch (error) {
    // A TaskManager that is gone or logs into no file. Without an answer at all, nothing works.
    if (!(error instanceof RefusedError)) throw error;
    return { ...place, ...none, failure: { code: error.code, message: error.message } };
  }
}

function noTaskManager(
  name: string,
  places: readonly Place[],
  argument: string | null,
): RefusedError {
  const ids = places.map(({ taskManagerId }) => taskManagerId);
  const message =
    argument === null || ids.length === 0
      ? `job ${name} has no subtask on any TaskManager`
      : `job ${name} does not run on TaskManager ${JSON.stringify(argument)}; it runs on ${ids.join(', ')}`;
  return new RefusedError('DREY_LOG_UNAVAILABLE', message, { details: { taskManagers: ids } });
}
