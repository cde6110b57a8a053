/**
 * The paths of Flink's REST interface, built in one place. What goes into a path is an identifier
 * of a known form or a name that is escaped as a whole, so no answer and no argument can lead to
 * another endpoint.
 */
import type { JarId, JobId, TaskManagerId, TriggerId, VertexId } from '../model/identifiers.ts';

declare const checked: unique symbol;
/** A path below the base address, with its query. Made here only. */
export type RestPath = string & { readonly [checked]: true };

type QueryValue = string | number | boolean | readonly string[];
/** Undefined values are left out; lists are joined by commas, as Flink reads them. */
export type Query = Readonly<Record<string, QueryValue | undefined>>;

type Parts = readonly (string | number)[];

export const paths = {
  /** The page of the Web UI. */
  root: () => path([]),
  overview: () => path(['overview']),
  config: () => path(['config']),
  jobManagerConfig: () => path(['jobmanager', 'config']),
  jobManagerMetrics: (query?: Query) => path(['jobmanager', 'metrics'], query),
  jobManagerLogs: () => path(['jobmanager', 'logs']),
  jobManagerLog: (name: string) => path(['jobmanager', 'logs', name]),
  jobManagerMainLog: () => path(['jobmanager', 'log']),
  jobManagerStdout: () => path(['jobmanager', 'stdout']),
  jobManagerThreads: () => path(['jobmanager', 'thread-dump']),
  taskManagers: () => path(['taskmanagers']),
  taskManager: (id: TaskManagerId) => path(['taskmanagers', id]),
  taskManagerMetrics: (id: TaskManagerId, query?: Query) =>
    path(['taskmanagers', id, 'metrics'], query),
  taskManagerLogs: (id: TaskManagerId) => path(['taskmanagers', id, 'logs']),
  taskManagerLog: (id: TaskManagerId, name: string) => path(['taskmanagers', id, 'logs', name]),
  taskManagerMainLog: (id: TaskManagerId) => path(['taskmanagers', id, 'log']),
  taskManagerStdout: (id: TaskManagerId) => path(['taskmanagers', id, 'stdout']),
  taskManagerThreads: (id: TaskManagerId) => path(['taskmanagers', id, 'thread-dump']),
  jars: () => path(['jars']),
  jarUpload: () => path(['jars', 'upload']),
  jar: (id: JarId) => path(['jars', id]),
  jarRun: (id: JarId) => path(['jars', id, 'run']),
  jarPlan: (id: JarId) => path(['jars', id, 'plan']),
  jobs: () => path(['jobs', 'overview']),
  job: (id: JobId, query?: Query) => path(['jobs', id], query),
  jobStatus: (id: JobId) => path(['jobs', id, 'status']),
  jobConfig: (id: JobId) => path(['jobs', id, 'config']),
  jobPlan: (id: JobId) => path(['jobs', id, 'plan']),
  jobResult: (id: JobId) => path(['jobs', id, 'execution-result']),
  jobExceptions: (id: JobId, query?: Query) => path(['jobs', id, 'exceptions'], query),
  jobMetrics: (id: JobId, query?: Query) => path(['jobs', id, 'metrics'], query),
  jobStop: (id: JobId) => path(['jobs', id, 'stop']),
  jobResources: (id: JobId) => path(['jobs', id, 'resource-requirements']),
  vertex: (job: JobId, id: VertexId) => path(['jobs', job, 'vertices', id]),
  vertexPressure: (job: JobId, id: VertexId) => path(['jobs', job, 'vertices', id, 'backpressure']),
  vertexMetrics: (job: JobId, id: VertexId, query?: Query) =>
    path(['jobs', job, 'vertices', id, 'metrics'], query),
  subtaskMetrics: (job: JobId, id: VertexId, query?: Query) =>
    path(['jobs', job, 'vertices', id, 'subtasks', 'metrics'], query),
  vertexWatermarks: (job: JobId, id: VertexId) => path(['jobs', job, 'vertices', id, 'watermarks']),
  savepoints: (job: JobId) => path(['jobs', job, 'savepoints']),
  savepoint: (job: JobId, id: TriggerId) => path(['jobs', job, 'savepoints', id]),
  checkpoints: (job: JobId) => path(['jobs', job, 'checkpoints']),
  checkpointTrigger: (job: JobId, id: TriggerId) => path(['jobs', job, 'checkpoints', id]),
  checkpointConfig: (job: JobId) => path(['jobs', job, 'checkpoints', 'config']),
  checkpoint: (job: JobId, id: number) => path(['jobs', job, 'checkpoints', 'details', id]),
  subtaskCheckpoints: (job: JobId, id: number, vertex: VertexId) =>
    path(['jobs', job, 'checkpoints', 'details', id, 'subtasks', vertex]),
  disposals: () => path(['savepoint-disposal']),
  disposal: (id: TriggerId) => path(['savepoint-disposal', id]),
} as const;

/** Every part is one segment, whatever is in it. */
export function path(parts: Parts, query: Query = {}): RestPath {
  const segments = parts.map((part) => segment(String(part)));
  const search = Object.entries(query)
    .filter((entry): entry is [string, QueryValue] => entry[1] !== undefined)
    .map(([name, value]) => `${encodeURIComponent(name)}=${queryText(value)}`);
  const suffix = search.length === 0 ? '' : `?${search.join('&')}`;
  return `/${segments.join('/')}${suffix}` as RestPath;
}

/** URL parsers drop segments of dots, also escaped ones; such a name must not reach them. */
function segment(text: string): string {
  const escaped = encodeURIComponent(text.toWellFormed());
  return /^\.{1,2}$/.test(text) ? escaped.replaceAll('.', '%252E') : escaped;
}

function queryText(value: QueryValue): string {
  if (Array.isArray(value)) return value.map((part) => encodeURIComponent(part)).join(',');
  return encodeURIComponent(String(value));
}
