/**
 * `job exceptions`: why a job failed or restarted, the newest first, each with its deepest cause
 * and the exceptions around it.
 */
import type { JobId } from '../../flink/model/identifiers.ts';
import type { JobException, TaskException } from '../../flink/model/job-exceptions.ts';
import type { JobStatus } from '../../flink/model/job-status.ts';
import type { ClusterSession } from '../cluster/cluster-session.ts';
import { resolveJob } from './resolve-job.ts';

export interface ExceptionsRequest {
  readonly job: string;
  readonly entriesMax: number;
}

export interface TaskFailure {
  readonly atMs: number | null;
  /** `count -> Sink (1/2) - execution #0`; null when it is not a task's. */
  readonly taskName: string | null;
  readonly taskManagerId: string | null;
  /** Host and port of the TaskManager. */
  readonly endpoint: string | null;
  /** Of the deepest cause: its class without the package, and its message. */
  readonly exception: string | null;
  readonly message: string;
  /** Messages from the outside in. */
  readonly chain: readonly string[];
  /** What failure enrichers of the cluster said of it. */
  readonly labels: Readonly<Record<string, string>>;
  readonly stackTrace: string;
}

export interface JobFailure extends TaskFailure {
  /** Other tasks that failed along with it. */
  readonly concurrent: readonly TaskFailure[];
}

export interface ExceptionsResult {
  readonly jobId: JobId;
  readonly name: string;
  readonly state: JobStatus;
  readonly exceptions: readonly JobFailure[];
  /** The cluster has older ones. */
  readonly isTruncated: boolean;
}

export async function exceptionsOfJob(
  session: ClusterSession,
  { job: argument, entriesMax }: ExceptionsRequest,
): Promise<ExceptionsResult> {
  const { jobId, name, state } = await resolveJob(session, argument);
  const { entries, isTruncated } = await session.client.jobs.exceptions(jobId, entriesMax);
  return {
    jobId,
    name,
    state,
    // A server of an unknown version may send more, and in another order.
    exceptions: entries
      .map(failureOf)
      .toSorted((left, right) => (right.atMs ?? 0) - (left.atMs ?? 0))
      .slice(0, entriesMax),
    isTruncated: isTruncated || entries.length > entriesMax,
  };
}

/** The time is that of the job's failure; the place is that of the task that caused it. */
export function failureOf(entry: JobException): JobFailure {
  const { root } = entry;
  const culprit = root.taskName === null ? (entry.concurrent.find(isSameAs(root)) ?? root) : root;
  const others = entry.concurrent.filter((other) => other !== root && other !== culprit);
  return {
    ...taskFailureOf(root),
    atMs: entry.atMs ?? root.atMs,
    taskName: culprit.taskName,
    taskManagerId: culprit.taskManagerId,
    endpoint: culprit.endpoint,
    labels: { ...root.labels, ...entry.labels },
    concurrent: others.map(taskFailureOf),
  };
}

/** The job's own exception wraps that of the task, and names no place. */
function isSameAs({ cause }: TaskException): (other: TaskException) => boolean {
  return (other) =>
    other.cause.exception === cause.exception && other.cause.message === cause.message;
}

function taskFailureOf(exception: TaskException): TaskFailure {
  const { atMs, taskName, taskManagerId, endpoint, cause, labels, stackTrace } = exception;
  return {
    atMs,
    taskName,
    taskManagerId,
    endpoint,
    exception: cause.exception,
    message: cause.message,
    chain: cause.chain,
    labels,
    stackTrace,
  };
}
