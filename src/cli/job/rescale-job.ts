/**
 * `job rescale`: other bounds for the parallelism of a running job, which keeps its state, and the
 * waiting until it runs so. Without a wish it only says what the bounds are.
 */
import { OperationFailedError, UsageError } from '../../errors/drey-error.ts';
import type { JobId, VertexId } from '../../flink/model/identifiers.ts';
import type { ResourceRequirement } from '../../flink/model/job-config.ts';
import type { JobSummary, VertexSummary } from '../../flink/model/job.ts';
import { changeOnce } from '../../flink/rest/idempotent-change.ts';
import { jobOrNone } from '../../flink/rest/run-jar.ts';
import {
  areInForce,
  isChange,
  planRescale,
  type Bounds,
  type RescaleStep,
  type RescaleWish,
} from '../../ops/job/plan-rescale.ts';
import { startProgress } from '../../ops/job/start-progress.ts';
import { commandLine, refuseIfReadOnly, type ClusterSession } from '../cluster/cluster-session.ts';
import { waitFor } from '../cluster/wait-for.ts';
import { findVertex } from './find-vertex.ts';
import { forgotten } from './await-start.ts';
import { failureOf } from './failure-of-job.ts';
import { refuseUnlessAdaptive } from './refuse-unless-adaptive.ts';
import { resolveJob } from './resolve-job.ts';

export interface RescaleRequest {
  readonly job: string;
  /** Of all vertices; null: not asked for. */
  readonly parallelism: number | null;
  /** `VERTEX=UPPER` or `VERTEX=LOWER:UPPER`. */
  readonly vertices: readonly string[];
  readonly detach: boolean;
  readonly isDryRun: boolean;
}

export interface RescaledVertex {
  readonly vertexId: VertexId;
  readonly name: string;
  /** Of now. */
  readonly parallelism: number | null;
  readonly maxParallelism: number | null;
  readonly lowerBound: number;
  readonly upperBound: number;
  readonly previousLowerBound: number;
  readonly previousUpperBound: number;
}

export interface RescaleResult {
  readonly jobId: JobId;
  readonly name: string;
  readonly vertices: readonly RescaledVertex[];
  /** The bounds are others than before. */
  readonly changed: boolean;
  readonly dryRun: boolean;
}

/** Above the stabilisation time-outs of the adaptive scheduler, which are up to a minute each. */
const RESCALE_MS = 5 * 60_000;
const SLOTS_PATIENCE_MS = 15_000;

export async function rescaleJob(
  session: ClusterSession,
  request: RescaleRequest,
): Promise<RescaleResult> {
  const { client } = session;
  const job = await resolveJob(session, request.job);
  await refuseUnlessAdaptive(session, job);
  const [{ vertices }, requirements] = await Promise.all([
    client.jobs.details(job.jobId),
    client.jobs.resourceRequirements(job.jobId),
  ]);
  const wish = wishOf(request, vertices);
  const steps = wish === null ? requirements.map(unchanged) : planRescale(requirements, wish);
  const before = resultOf(job, steps, vertices);
  if (wish === null) return before;
  if (request.isDryRun) return { ...before, dryRun: true };
  refuseIfReadOnly(session, 'change the parallelism of a job');
  if (before.changed) await setBounds(session, job, steps);
  if (request.detach) return before;
  return resultOf(job, steps, await awaitParallelism(session, { job, steps, request }));
}

function unchanged(before: ResourceRequirement): RescaleStep {
  return { before, after: before };
}

function wishOf(
  { parallelism, vertices: wishes }: RescaleRequest,
  vertices: readonly VertexSummary[],
): RescaleWish | null {
  if (parallelism !== null) return { kind: 'all', parallelism };
  if (wishes.length === 0) return null;
  const bounds = new Map<VertexId, Bounds>();
  for (const wish of wishes) {
    const match = /^(.+)=(?:(\d{1,5}):)?(\d{1,5})$/s.exec(wish);
    const upper = Number(match?.[3]);
    const lower = match?.[2] === undefined ? null : Number(match[2]);
    if (match?.[1] === undefined || upper < 1 || (lower !== null && (lower < 1 || lower > upper))) {
      const message = `--vertex ${JSON.stringify(wish)} is not of the form VERTEX=UPPER or VERTEX=LOWER:UPPER, with 1 <= LOWER <= UPPER`;
      throw new UsageError('DREY_USAGE', message);
    }
    bounds.set(findVertex(vertices, match[1]).vertexId, { lower, upper });
  }
  return { kind: 'vertices', bounds };
}

function resultOf(
  { jobId, name }: JobSummary,
  steps: readonly RescaleStep[],
  vertices: readonly VertexSummary[],
): RescaleResult {
  const known = new Map(vertices.map((vertex) => [vertex.vertexId, vertex]));
  return {
    jobId,
    name,
    vertices: steps.map(({ before, after }) => {
      const vertex = known.get(before.vertexId);
      return {
        vertexId: before.vertexId,
        name: vertex?.name ?? '',
        parallelism: vertex?.parallelism ?? null,
        maxParallelism: vertex?.maxParallelism ?? null,
        lowerBound: after.lowerBound,
        upperBound: after.upperBound,
        previousLowerBound: before.lowerBound,
        previousUpperBound: before.upperBound,
      };
    }),
    changed: steps.some(isChange),
    dryRun: false,
  };
}

/** The bounds are all there is of the change, so a lost answer is found out by reading them. */
async function setBounds(
  session: ClusterSession,
  { jobId, name }: JobSummary,
  steps: readonly RescaleStep[],
): Promise<void> {
  const { client } = session;
  const wanted = steps.map(({ after }) => after);
  await changeOnce<void>(client.transport, {
    what: `the new parallelism of job ${name} (${jobId})`,
    send: () => client.jobs.setResourceRequirements(jobId, wanted),
    find: async () =>
      areInForce(await client.jobs.resourceRequirements(jobId), wanted)
        ? { kind: 'found', value: undefined }
        : { kind: 'absent' },
    unknown: {
      hint: `Find out with: ${commandLine(session, 'job', 'rescale', jobId)}`,
      details: { jobId },
    },
  });
}

interface Rescaling {
  readonly job: JobSummary;
  readonly steps: readonly RescaleStep[];
  readonly request: RescaleRequest;
}

/** The vertices as they run then. */
async function awaitParallelism(
  session: ClusterSession,
  { job, steps, request }: Rescaling,
): Promise<readonly VertexSummary[]> {
  const { jobId, name } = job;
  const { client } = session;
  const wanted = new Map(steps.map(({ after }) => [after.vertexId, after.upperBound]));
  const tellOfSlots = slotTeller(session);
  const flags = [
    ...(request.parallelism === null ? [] : ['--parallelism', String(request.parallelism)]),
    ...request.vertices.flatMap((vertex) => ['--vertex', vertex]),
  ];
  const seen = await waitFor<readonly VertexSummary[] | 'failed'>(session, {
    what: `job ${name} to run with its new parallelism`,
    notYet: `job ${name} (${jobId}) does not run with its new parallelism`,
    resume: commandLine(session, 'job', 'rescale', jobId, ...flags),
    details: { jobId },
    defaultTimeoutMs: RESCALE_MS,
    look: async () => {
      const now = await jobOrNone(client, jobId);
      if (now === undefined) throw forgotten(jobId);
      const progress = startProgress(now);
      if (progress.kind === 'ended') return endOf(now);
      const { vertices } = await client.jobs.details(jobId);
      const isThere = vertices.every(
        ({ vertexId, parallelism }) => parallelism === (wanted.get(vertexId) ?? parallelism),
      );
      if (progress.kind === 'running' && isThere) return vertices;
      await tellOfSlots();
      return null;
    },
  });
  if (seen === 'failed') throw await failureOf(session, job);
  return seen;
}

function endOf({ jobId, name, state }: JobSummary): 'failed' {
  if (state === 'FAILED') return 'failed';
  const message = `job ${name} (${jobId}) is ${state}; it ended before it ran with its new parallelism`;
  throw new OperationFailedError('DREY_JOB_ENDED', message, { details: { jobId, name, state } });
}

/** Says once what the job probably waits for. */
function slotTeller({ client, status }: ClusterSession): () => Promise<void> {
  const startMs = client.transport.monotonicMs();
  let isTold = false;
  return async () => {
    if (isTold || client.transport.monotonicMs() - startMs < SLOTS_PATIENCE_MS) return;
    isTold = true;
    const { slotsAvailable, slotsTotal } = await client.clusters.overview();
    status.note(
      `the cluster has ${slotsAvailable ?? '?'} of ${slotsTotal ?? '?'} slots free; the job gets its new parallelism when there are enough and its scheduler has calmed down`,
    );
  };
}
