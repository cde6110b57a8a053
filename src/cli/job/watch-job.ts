/**
 * `job watch`: what a job does right now, asked again and again: state, records per second, how
 * busy its vertices are, how far its event time is behind, and its last checkpoint.
 */
import { exitCodes } from '../../errors/exit-codes.ts';
import type { CheckpointOverview } from '../../flink/model/checkpoint.ts';
import type { JobId, VertexId } from '../../flink/model/identifiers.ts';
import { planOf } from '../../flink/model/job-plan.ts';
import { isTerminal, type JobStatus } from '../../flink/model/job-status.ts';
import type { JobDetails, VertexSummary } from '../../flink/model/job.ts';
import type { AggregatedMetric } from '../../flink/model/metric.ts';
import { WARM_UP_MS } from '../../ops/bottleneck/job-load.ts';
import type { ClusterSession } from '../cluster/cluster-session.ts';
import { inParallel } from '../cluster/in-parallel.ts';
import { failureOf } from './exceptions-of-job.ts';
import { FreshMetrics } from './fresh-metrics.ts';
import { ifCheckpointsAreOn } from './if-checkpoints-are-on.ts';
import { resolveJob } from './resolve-job.ts';
import { restartsOf } from './restarts-of.ts';
import { leastWatermark } from './watermark-of.ts';
import { CounterRates } from './watch-rates.ts';

export interface WatchedVertex {
  readonly vertexId: VertexId;
  readonly name: string;
  readonly state: string;
  readonly parallelism: number | null;
  /** Null for a source, which reads nothing from the job. */
  readonly recordsInPerSec: number | null;
  /** Null where nothing in the job reads from it. */
  readonly recordsOutPerSec: number | null;
  /** Between 0 and 1, of the busiest and of the most back-pressured subtask. */
  readonly busyShareMax: number | null;
  readonly backPressuredShareMax: number | null;
  readonly watermarkAtMs: number | null;
  /** How far the watermark is behind the clock of the JobManager. */
  readonly watermarkLagMs: number | null;
}

export interface WatchedCheckpoint {
  readonly id: number;
  readonly completedAtMs: number | null;
  readonly ageMs: number | null;
  readonly durationMs: number | null;
  readonly checkpointedSizeBytes: number | null;
  readonly stateSizeBytes: number | null;
}

export interface WatchedJob {
  readonly jobId: JobId;
  readonly name: string;
  readonly state: JobStatus;
  /** By the clock of the JobManager. */
  readonly atMs: number;
  /** Since the start of the job, and since it came into its state. */
  readonly durationMs: number | null;
  readonly stateDurationMs: number | null;
  readonly restarts: number | null;
  readonly vertices: readonly WatchedVertex[];
  /** Null: none yet, or the job takes none. */
  readonly lastCheckpoint: WatchedCheckpoint | null;
  readonly checkpointsFailed: number | null;
  /** The last one; null when there was none. */
  readonly failure: {
    readonly atMs: number | null;
    readonly exception: string | null;
    readonly message: string;
    readonly taskName: string | null;
  } | null;
}

/** Every task has them. A name that a vertex does not have makes Flink answer with nothing. */
const METRICS = [
  'busyTimeMsPerSecond',
  'backPressuredTimeMsPerSecond',
  'numRecordsInPerSecond',
  'numRecordsOutPerSecond',
];

/** Asks for one job, which it finds once: later a new job may have the same name. */
export class JobWatch {
  private readonly argument: string;
  private readonly rates = new CounterRates();
  private readonly metrics = new FreshMetrics();
  private jobId: JobId | null = null;

  constructor(argument: string) {
    this.argument = argument;
  }

  async look(session: ClusterSession): Promise<WatchedJob> {
    const { client, platform } = session;
    this.jobId ??= (await resolveJob(session, this.argument)).jobId;
    const jobId = this.jobId;
    await this.metrics.collect(session, jobId);
    const details = await client.jobs.details(jobId);
    const { name, state, durationMs } = details;
    const atMs = details.nowAtMs ?? platform.clock.nowMs();
    const [checkpoints, restarts, vertices] = await Promise.all([
      ifCheckpointsAreOn(client.checkpoints.overview(jobId)),
      restartsOf(session, jobId),
      this.vertices(session, details, atMs),
    ]);
    const isCalm = restarts === 0 && (state === 'RUNNING' || state === 'FINISHED');
    const stateChangedAtMs = details.stateChangedAtMs[state];
    return {
      jobId,
      name,
      state,
      atMs,
      durationMs,
      stateDurationMs: stateChangedAtMs === undefined ? null : Math.max(0, atMs - stateChangedAtMs),
      restarts,
      vertices,
      lastCheckpoint: lastCheckpointOf(checkpoints, atMs),
      checkpointsFailed: checkpoints?.counts.failed ?? null,
      failure: isCalm ? null : await lastFailure(session, jobId),
    };
  }

  private vertices(
    { client }: ClusterSession,
    details: JobDetails,
    atMs: number,
  ): Promise<readonly WatchedVertex[]> {
    const { jobId, state, vertices, plan } = details;
    const nodes = plan === null ? [] : planOf(plan).nodes;
    const order = nodes.map(({ vertexId }) => vertexId);
    const sources = new Set(nodes.filter(({ inputs }) => inputs.length === 0).map(idOf));
    const read = new Set(nodes.flatMap(({ inputs }) => inputs.map(idOf)));
    const sorted = vertices.toSorted(
      (left, right) => order.indexOf(left.vertexId) - order.indexOf(right.vertexId),
    );
    return inParallel(sorted, async (vertex) => {
      const { vertexId } = vertex;
      const isSource = sources.has(vertexId);
      const [metrics, watermarks] = isTerminal(state)
        ? [[], []]
        : await Promise.all([
            client.vertices.aggregatedMetrics(jobId, vertexId, METRICS),
            isSource ? [] : client.vertices.watermarks(jobId, vertexId),
          ]);
      const rates = this.ratesOf(vertex, metrics, atMs);
      const watermarkAtMs = leastWatermark(watermarks);
      return {
        ...describe(vertex, metrics),
        watermarkAtMs,
        watermarkLagMs: watermarkAtMs === null ? null : Math.max(0, atMs - watermarkAtMs),
        recordsInPerSec: isSource ? null : rates.in,
        recordsOutPerSec: read.has(vertexId) ? rates.out : null,
      };
    });
  }

  /** Of the counters; until they have changed once, what Flink says of the last minute. */
  private ratesOf(
    { vertexId, readRecords, writtenRecords }: VertexSummary,
    metrics: readonly AggregatedMetric[],
    atMs: number,
  ): { readonly in: number | null; readonly out: number | null } {
    const meter = (name: string): number | null =>
      metrics.find(({ id }) => id === name)?.sum ?? null;
    return {
      in: this.rates.add(`${vertexId} in`, readRecords, atMs) ?? meter('numRecordsInPerSecond'),
      out:
        this.rates.add(`${vertexId} out`, writtenRecords, atMs) ?? meter('numRecordsOutPerSecond'),
    };
  }
}

/** The watching ends with a job that does not run again. */
export function isOver({ state }: WatchedJob): boolean {
  return isTerminal(state);
}

export function watchExitStatus({ state }: WatchedJob): number {
  return state === 'FAILED' ? exitCodes.operationFailed : 0;
}

function idOf({ vertexId }: { readonly vertexId: VertexId }): VertexId {
  return vertexId;
}

const MS_PER_SECOND = 1000;

function describe(
  { vertexId, name, state, parallelism, durationMs }: VertexSummary,
  metrics: readonly AggregatedMetric[],
): Pick<
  WatchedVertex,
  'vertexId' | 'name' | 'state' | 'parallelism' | 'busyShareMax' | 'backPressuredShareMax'
> {
  const share = (wanted: string): number | null => {
    const max = metrics.find(({ id }) => id === wanted)?.max ?? null;
    // The first figures of a vertex are wrong: it looks 100 % busy.
    const isWrong = (durationMs ?? 0) < WARM_UP_MS;
    return max === null || isWrong ? null : Math.min(1, max / MS_PER_SECOND);
  };
  return {
    vertexId,
    name,
    state,
    parallelism,
    busyShareMax: share('busyTimeMsPerSecond'),
    backPressuredShareMax: share('backPressuredTimeMsPerSecond'),
  };
}

function lastCheckpointOf(
  checkpoints: CheckpointOverview | null,
  atMs: number,
): WatchedCheckpoint | null {
  const latest = checkpoints?.latestCompleted ?? null;
  if (latest === null) return null;
  const completedAtMs = latest.latestAckAtMs;
  return {
    id: latest.id,
    completedAtMs,
    ageMs: completedAtMs === null ? null : Math.max(0, atMs - completedAtMs),
    durationMs: latest.durationMs,
    checkpointedSizeBytes: latest.checkpointedSizeBytes,
    stateSizeBytes: latest.stateSizeBytes,
  };
}

async function lastFailure(
  { client }: ClusterSession,
  jobId: JobId,
): Promise<WatchedJob['failure']> {
  const [entry] = (await client.jobs.exceptions(jobId, 1)).entries;
  if (entry === undefined) return null;
  const { atMs, exception, message, taskName } = failureOf(entry);
  return { atMs, exception, message, taskName };
}
