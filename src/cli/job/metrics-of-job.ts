/**
 * `job metrics`: the metrics of a job, or of one of its vertices over all its subtasks or for each.
 * Names are those that the cluster lists; patterns choose among them.
 */
import { RefusedError } from '../../errors/drey-error.ts';
import type { JobId, VertexId } from '../../flink/model/identifiers.ts';
import type { AggregatedMetric, Metric } from '../../flink/model/metric.ts';
import type { ClusterSession } from '../cluster/cluster-session.ts';
import { inParallel } from '../cluster/in-parallel.ts';
import { findVertex } from './find-vertex.ts';
import type { FreshMetrics } from './fresh-metrics.ts';
import { matchNames, unmatchedPatterns } from './match-names.ts';
import { resolveJob } from './resolve-job.ts';

export interface MetricsRequest {
  readonly job: string;
  /** Names and patterns; empty: those that matter most. */
  readonly patterns: readonly string[];
  /** Null: metrics of the job as a whole. */
  readonly vertex: string | null;
  readonly bySubtask: boolean;
  /** Names only. */
  readonly listsNames: boolean;
  /** Of this command, which may ask again and again. */
  readonly fresh: FreshMetrics;
}

export interface JobMetric {
  readonly id: string;
  /** A number where it is one; null when the cluster gives none (NaN). */
  readonly value: number | string | null;
}

export interface SubtaskMetric extends JobMetric {
  readonly subtask: number;
}

export interface MetricsResult {
  readonly jobId: JobId;
  readonly name: string;
  /** Null: of the job as a whole. */
  readonly vertex: { readonly vertexId: VertexId; readonly name: string } | null;
  /** With a value each; with subtask and value; aggregated over the subtasks; or names only. */
  readonly metrics: readonly (JobMetric | SubtaskMetric | AggregatedMetric | MetricName)[];
}

/** Of --list. */
export interface MetricName {
  readonly id: string;
}

/** What one looks at first; the others by name or with `*`. */
const VERTEX_DEFAULTS = [
  'numRecordsIn',
  'numRecordsOut',
  'numRecordsInPerSecond',
  'numRecordsOutPerSecond',
  'numBytesInPerSecond',
  'numBytesOutPerSecond',
  'busyTimeMsPerSecond',
  'backPressuredTimeMsPerSecond',
  'idleTimeMsPerSecond',
  'currentInputWatermark',
  'checkpointStartDelayNanos',
  'buffers.inPoolUsage',
  'buffers.outPoolUsage',
  'mailboxQueueSize',
];
/** A request's first line is refused from 4096 characters on (Netty); an address has its part. */
const QUERY_CHARACTERS_MAX = 2500;

export async function metricsOfJob(
  session: ClusterSession,
  request: MetricsRequest,
): Promise<MetricsResult> {
  const { jobId, name } = await resolveJob(session, request.job);
  if (!request.listsNames) await request.fresh.collect(session, jobId);
  if (request.vertex === null) {
    return { jobId, name, vertex: null, metrics: await jobMetrics(session, jobId, request) };
  }
  const { vertices } = await session.client.jobs.details(jobId);
  const { vertexId, name: vertexName } = findVertex(vertices, request.vertex);
  const metrics = await vertexMetrics(session, { jobId, vertexId }, request);
  return { jobId, name, vertex: { vertexId, name: vertexName }, metrics };
}

async function jobMetrics(
  { client }: ClusterSession,
  jobId: JobId,
  { patterns, listsNames }: MetricsRequest,
): Promise<MetricsResult['metrics']> {
  const all = (await client.jobs.metrics(jobId, [])).map(({ id }) => id);
  const names = wanted(all, patterns);
  if (listsNames) return names.map((id) => ({ id }));
  const answers = await inParallel(chunks(names), (chunk) => client.jobs.metrics(jobId, chunk));
  return answers.flat().map(valueOf);
}

interface Place {
  readonly jobId: JobId;
  readonly vertexId: VertexId;
}

/** Names of a vertex come with the subtask in front: `0.numRecordsIn`. */
async function vertexMetrics(
  { client }: ClusterSession,
  { jobId, vertexId }: Place,
  { patterns, bySubtask, listsNames }: MetricsRequest,
): Promise<MetricsResult['metrics']> {
  const perSubtask = (await client.vertices.metrics(jobId, vertexId, [])).flatMap(subtaskNameOf);
  const all = [...new Set(perSubtask.map(({ id }) => id))].toSorted();
  const isDefault = patterns.length === 0 && !listsNames;
  const names = isDefault
    ? VERTEX_DEFAULTS.filter((name) => all.includes(name))
    : wanted(all, patterns);
  if (listsNames) return names.map((id) => ({ id }));
  if (!bySubtask) {
    const answers = await inParallel(chunks(names), (chunk) =>
      client.vertices.aggregatedMetrics(jobId, vertexId, chunk),
    );
    return withMissing(names, answers.flat());
  }
  const chosen = new Set(names);
  const full = perSubtask.filter(({ id }) => chosen.has(id));
  const answers = await inParallel(chunks(full.map(({ fullName }) => fullName)), (chunk) =>
    client.vertices.metrics(jobId, vertexId, chunk),
  );
  return answers.flat().flatMap(subtaskMetricOf).toSorted(byNameAndSubtask);
}

/** What is no number (`isBackPressured`) is left out by the cluster, and shown as not known. */
function withMissing(
  names: readonly string[],
  metrics: readonly AggregatedMetric[],
): readonly AggregatedMetric[] {
  const known = new Map(metrics.map((metric) => [metric.id, metric]));
  return names.map((id) => known.get(id) ?? { id, min: null, avg: null, max: null, sum: null });
}

/** A name that is nowhere is a mistake; a cluster that has no metrics yet has no names at all. */
function wanted(all: readonly string[], patterns: readonly string[]): readonly string[] {
  const [missing] = all.length === 0 ? [] : unmatchedPatterns(all, patterns);
  if (missing === undefined) return matchNames(all, patterns);
  const message = `no metric is called ${JSON.stringify(missing)}; there are ${all.length}`;
  throw new RefusedError('DREY_METRIC_NOT_FOUND', message, {
    details: { name: missing, metrics: all },
  });
}

/** Names for one request each. */
export function chunks(names: readonly string[]): readonly (readonly string[])[] {
  const all: string[][] = [];
  let length = QUERY_CHARACTERS_MAX;
  for (const name of names) {
    const size = encodeURIComponent(name).length + 1;
    if (length + size > QUERY_CHARACTERS_MAX) {
      all.push([]);
      length = 0;
    }
    all.at(-1)?.push(name);
    length += size;
  }
  return all;
}

function subtaskNameOf({ id: fullName }: Metric) {
  const match = /^(\d+)\.(.+)$/s.exec(fullName);
  if (match === null) return [];
  return [{ fullName, subtask: Number(match[1]), id: match[2] ?? '' }];
}

function subtaskMetricOf(metric: Metric): readonly SubtaskMetric[] {
  return subtaskNameOf(metric).map(({ id, subtask }) => ({
    id,
    subtask,
    value: valueOf(metric).value,
  }));
}

export function valueOf({ id, value }: Metric): JobMetric {
  if (value === null || value === 'NaN') return { id, value: null };
  const number = Number(value);
  const isExact = Number.isFinite(number) && value.trim() !== '' && !isTooLong(value, number);
  return { id, value: isExact ? number : value };
}

/** A whole number that a float does not hold exactly stays text. */
function isTooLong(text: string, number: number): boolean {
  return /^-?\d+$/.test(text) && !Number.isSafeInteger(number);
}

function byNameAndSubtask(left: SubtaskMetric, right: SubtaskMetric): number {
  if (left.id !== right.id) return left.id < right.id ? -1 : 1;
  return left.subtask - right.subtask;
}
