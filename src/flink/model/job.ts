/** Jobs as /jobs/overview and /jobs/:id show them. */
import { Fields } from './fields.ts';
import { requiredJobId, vertexIdOf, type JobId, type VertexId } from './identifiers.ts';
import { readablePlan } from './job-plan.ts';
import type { JobStatus } from './job-status.ts';

export interface JobSummary {
  readonly jobId: JobId;
  readonly name: string;
  readonly state: JobStatus;
  readonly startedAtMs: number | null;
  /** Null while the job has not ended. */
  readonly endedAtMs: number | null;
  readonly durationMs: number | null;
  readonly lastModifiedAtMs: number | null;
  /** Subtasks by state, in lower case, and `total`. */
  readonly tasks: Readonly<Record<string, number>>;
  /** STREAMING or BATCH; since 2.3. */
  readonly jobType: string | null;
  /** Default, Adaptive, AdaptiveBatch; since 2.3. */
  readonly schedulerType: string | null;
}

export interface VertexSummary {
  readonly vertexId: VertexId;
  readonly name: string;
  readonly parallelism: number | null;
  readonly maxParallelism: number | null;
  readonly state: string;
  readonly startedAtMs: number | null;
  readonly durationMs: number | null;
  readonly tasks: Readonly<Record<string, number>>;
  readonly readRecords: number | null;
  readonly writtenRecords: number | null;
  readonly readBytes: number | null;
  readonly writtenBytes: number | null;
  /** Milliseconds over all subtasks since the vertex started. */
  readonly backPressuredMs: number | null;
  readonly busyMs: number | null;
  readonly idleMs: number | null;
}

export interface JobDetails {
  readonly jobId: JobId;
  readonly name: string;
  readonly state: JobStatus;
  readonly startedAtMs: number | null;
  readonly endedAtMs: number | null;
  readonly durationMs: number | null;
  /** Clock of the JobManager when it answered, or put the answer into its cache. */
  readonly nowAtMs: number | null;
  readonly maxParallelism: number | null;
  readonly jobType: string | null;
  readonly schedulerType: string | null;
  /** When the job came into each state; only those it was in. */
  readonly stateChangedAtMs: Readonly<Record<string, number>>;
  readonly vertices: readonly VertexSummary[];
  /** The plan, as planOf reads it; null when it is missing or cannot be read. */
  readonly plan: Fields | null;
}

/** Of /jobs/overview. */
export function decodeJobs(answer: unknown): readonly JobSummary[] {
  return Fields.of(answer).requiredObjects('jobs').map(decodeJobSummary);
}

/** Of /jobs/:id. */
export function decodeJobDetails(answer: unknown): JobDetails {
  const job = Fields.of(answer);
  return {
    jobId: requiredJobId(job, 'jid'),
    name: job.text('name') ?? '',
    state: job.requiredText('state'),
    startedAtMs: job.measure('start-time'),
    endedAtMs: job.measure('end-time'),
    durationMs: job.measure('duration'),
    nowAtMs: job.measure('now'),
    maxParallelism: job.measure('maxParallelism'),
    jobType: job.text('job-type'),
    schedulerType: job.text('schedulerType'),
    stateChangedAtMs: Object.fromEntries(
      [...job.counts('timestamps')].filter(([, atMs]) => atMs > 0),
    ),
    vertices: job.objects('vertices').map(decodeVertexSummary),
    plan: readablePlan(job.object('plan')),
  };
}

/** Of /jobs/:id/status. */
export function decodeJobStatus(answer: unknown): JobStatus {
  return Fields.of(answer).requiredText('status');
}

function decodeJobSummary(job: Fields): JobSummary {
  return {
    jobId: requiredJobId(job, 'jid'),
    name: job.text('name') ?? '',
    state: job.requiredText('state'),
    startedAtMs: job.measure('start-time'),
    endedAtMs: job.measure('end-time'),
    durationMs: job.measure('duration'),
    lastModifiedAtMs: job.measure('last-modification'),
    tasks: taskCounts(job),
    jobType: job.text('jobType'),
    schedulerType: job.text('schedulerType'),
  };
}

function decodeVertexSummary(vertex: Fields): VertexSummary {
  const metrics = vertex.object('metrics');
  return {
    vertexId: vertexIdOf(vertex.requiredText('id')),
    name: vertex.text('name') ?? '',
    parallelism: vertex.measure('parallelism'),
    maxParallelism: vertex.measure('maxParallelism'),
    state: vertex.text('status') ?? '',
    startedAtMs: vertex.measure('start-time'),
    durationMs: vertex.measure('duration'),
    tasks: taskCounts(vertex),
    readRecords: metrics?.measure('read-records') ?? null,
    writtenRecords: metrics?.measure('write-records') ?? null,
    readBytes: metrics?.measure('read-bytes') ?? null,
    writtenBytes: metrics?.measure('write-bytes') ?? null,
    backPressuredMs: metrics?.measure('accumulated-backpressured-time') ?? null,
    busyMs: metrics?.measure('accumulated-busy-time') ?? null,
    idleMs: metrics?.measure('accumulated-idle-time') ?? null,
  };
}

/** Only what occurs, and the total. A vertex has states in capitals and no total. */
function taskCounts(fields: Fields): Readonly<Record<string, number>> {
  const counts = [...fields.counts('tasks')].map(
    ([state, count]) => [state.toLowerCase(), count] as const,
  );
  const states = counts.filter(([state]) => state !== 'total');
  const total = states.reduce((sum, [, count]) => sum + count, 0);
  const occurring = states.filter(([, count]) => count > 0);
  return Object.fromEntries([['total', total], ...occurring]);
}
