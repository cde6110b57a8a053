/**
 * How busy the vertices of a job are, asked of the cluster. Metrics come some seconds after the
 * start of a job, and older versions sample only when asked: so it asks again for a while.
 */
import type { JobId, VertexId } from '../../flink/model/identifiers.ts';
import { planOf, type PlanNode } from '../../flink/model/job-plan.ts';
import type { JobDetails, VertexSummary } from '../../flink/model/job.ts';
import type { AggregatedMetric } from '../../flink/model/metric.ts';
import type { SubtaskPressure, VertexPressure } from '../../flink/model/vertex.ts';
import { poll } from '../../flink/rest/poll.ts';
import type { JobLoad, SubtaskLoad, VertexLoad } from '../../ops/bottleneck/job-load.ts';
import type { ClusterSession } from '../cluster/cluster-session.ts';
import { inParallel } from '../cluster/in-parallel.ts';
import { FreshMetrics } from './fresh-metrics.ts';
import { restartsOf } from './restarts-of.ts';
import { watermarkOf } from './watermark-of.ts';

/** The JobManager collects metrics every 10 s (metrics.fetcher.update-interval). */
const SAMPLES_WAIT_MS = 15_000;
const NANOS_PER_MS = 1e6;
/** Every task has them. A name that a vertex does not have makes Flink answer with nothing. */
const RATES = ['numRecordsInPerSecond', 'numRecordsOutPerSecond'];
/** Sources of the old kind have none. */
const START_DELAY = ['checkpointStartDelayNanos'];

type Pressures = ReadonlyMap<VertexId, VertexPressure>;

export async function readJobLoad(session: ClusterSession, details: JobDetails): Promise<JobLoad> {
  const { client } = session;
  const { jobId, vertices } = details;
  await new FreshMetrics().collect(session, jobId);
  const pressures = await waitForSamples(session, jobId, vertices);
  const plan = details.plan === null ? await client.jobs.plan(jobId) : planOf(details.plan);
  const [{ slotsAvailable }, restarts] = await Promise.all([
    client.clusters.overview(),
    restartsOf(session, jobId),
  ]);
  const inputs = new Map(plan.nodes.map((node) => [node.vertexId, node]));
  const order = plan.nodes.map(({ vertexId }) => vertexId);
  const loads = await inParallel(vertices, (vertex) =>
    readVertex(session, { jobId, vertex, node: inputs.get(vertex.vertexId), pressures }),
  );
  const durations = vertices.map(({ durationMs }) => durationMs ?? 0);
  return {
    vertices: loads
      .toSorted((left, right) => order.indexOf(left.id) - order.indexOf(right.id))
      .map(({ load }) => load),
    runningMs: durations.length === 0 ? null : Math.min(...durations),
    restarts,
    slotsFree: slotsAvailable,
  };
}

/** What is there when the waiting is over, complete or not. */
async function waitForSamples(
  { client, status }: ClusterSession,
  jobId: JobId,
  vertices: readonly VertexSummary[],
): Promise<Pressures> {
  const pressures = new Map<VertexId, VertexPressure>();
  await poll(
    client.transport,
    async () => {
      const missing = vertices.filter(({ vertexId }) => !isSampled(pressures.get(vertexId)));
      await inParallel(missing, async ({ vertexId }) => {
        pressures.set(vertexId, await client.vertices.pressure(jobId, vertexId));
      });
      return vertices.every(({ vertexId }) => isSampled(pressures.get(vertexId))) ? true : null;
    },
    {
      timeoutMs: SAMPLES_WAIT_MS,
      onWait: () => status.show('waiting until the cluster has samples of all vertices'),
    },
  );
  return pressures;
}

function isSampled(pressure: VertexPressure | undefined): boolean {
  return pressure !== undefined && pressure.level !== null;
}

interface VertexQuestion {
  readonly jobId: JobId;
  readonly vertex: VertexSummary;
  readonly node: PlanNode | undefined;
  readonly pressures: Pressures;
}

async function readVertex(
  { client }: ClusterSession,
  { jobId, vertex, node, pressures }: VertexQuestion,
): Promise<{ readonly id: VertexId; readonly load: VertexLoad }> {
  const { vertexId } = vertex;
  const isSource = node === undefined || node.inputs.length === 0;
  const [details, rates, [startDelay], watermarks] = await Promise.all([
    client.vertices.details(jobId, vertexId),
    client.vertices.aggregatedMetrics(jobId, vertexId, RATES),
    client.vertices.aggregatedMetrics(jobId, vertexId, START_DELAY),
    isSource ? [] : client.vertices.watermarks(jobId, vertexId),
  ]);
  const pressure = pressures.get(vertexId);
  const subtasks = new Map(details.subtasks.map((subtask) => [subtask.index, subtask]));
  const startDelayNanos = startDelay?.max ?? null;
  return {
    id: vertexId,
    load: {
      vertexId,
      name: vertex.name,
      operators: node?.operators ?? [],
      parallelism: vertex.parallelism ?? details.subtasks.length,
      maxParallelism: vertex.maxParallelism ?? details.maxParallelism,
      inputs: node?.inputs ?? [],
      subtasks: isSampled(pressure)
        ? (pressure?.subtasks ?? []).map((sample) => loadOf(sample, subtasks))
        : [],
      recordsInPerSec: valueOf(rates, 'numRecordsInPerSecond')?.sum ?? null,
      recordsOutPerSec: valueOf(rates, 'numRecordsOutPerSecond')?.sum ?? null,
      startDelayMs: startDelayNanos === null ? null : startDelayNanos / NANOS_PER_MS,
      watermarksAtMs: watermarks.map(watermarkOf),
    },
  };
}

function loadOf(
  { index, busy, backPressured, idle }: SubtaskPressure,
  subtasks: ReadonlyMap<
    number,
    { readonly readRecords: number | null; readonly taskManagerId: string | null }
  >,
): SubtaskLoad {
  const subtask = subtasks.get(index);
  return {
    index,
    busy,
    backPressured,
    idle,
    readRecords: subtask?.readRecords ?? null,
    taskManagerId: subtask?.taskManagerId ?? null,
  };
}

function valueOf(metrics: readonly AggregatedMetric[], name: string): AggregatedMetric | undefined {
  return metrics.find(({ id }) => id === name);
}
