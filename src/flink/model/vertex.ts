/** One vertex of a job: its subtasks, and how much they are held up. */
import { Fields } from './fields.ts';
import { vertexIdOf, type VertexId } from './identifiers.ts';

export interface Subtask {
  readonly index: number;
  readonly state: string;
  readonly attempt: number | null;
  /** Host and port where it runs. */
  readonly endpoint: string | null;
  readonly taskManagerId: string | null;
  readonly startedAtMs: number | null;
  readonly durationMs: number | null;
  readonly readRecords: number | null;
  readonly writtenRecords: number | null;
}

export interface VertexDetails {
  readonly vertexId: VertexId;
  readonly name: string;
  readonly parallelism: number | null;
  readonly maxParallelism: number | null;
  readonly subtasks: readonly Subtask[];
}

/** Shares of time between 0 and 1. */
export interface SubtaskPressure {
  readonly index: number;
  readonly backPressured: number | null;
  readonly busy: number | null;
  readonly idle: number | null;
}

export interface VertexPressure {
  /** ok, low or high; null while the cluster has no sample. */
  readonly level: string | null;
  readonly sampledAtMs: number | null;
  readonly subtasks: readonly SubtaskPressure[];
}

/** Of /jobs/:id/vertices/:vertexId. */
export function decodeVertex(answer: unknown): VertexDetails {
  const vertex = Fields.of(answer);
  return {
    vertexId: vertexIdOf(vertex.requiredText('id')),
    name: vertex.text('name') ?? '',
    parallelism: vertex.measure('parallelism'),
    maxParallelism: vertex.measure('maxParallelism'),
    subtasks: vertex.requiredObjects('subtasks').map(decodeSubtask),
  };
}

/** Of /jobs/:id/vertices/:vertexId/backpressure. */
export function decodeVertexPressure(answer: unknown): VertexPressure {
  const pressure = Fields.of(answer);
  const isSampled = pressure.text('status') === 'ok';
  return {
    level: isSampled
      ? (pressure.text('backpressureLevel') ?? pressure.text('backpressure-level'))
      : null,
    sampledAtMs: pressure.measure('end-timestamp'),
    subtasks: pressure.objects('subtasks').map((subtask) => ({
      index: subtask.requiredNumber('subtask'),
      backPressured: subtask.measure('ratio'),
      busy: subtask.measure('busyRatio'),
      idle: subtask.measure('idleRatio'),
    })),
  };
}

function decodeSubtask(subtask: Fields): Subtask {
  const metrics = subtask.object('metrics');
  return {
    index: subtask.requiredNumber('subtask'),
    state: subtask.text('status') ?? '',
    attempt: subtask.measure('attempt'),
    // `host` until 1.20, `endpoint` from 1.19 on.
    endpoint: subtask.text('endpoint') ?? subtask.text('host'),
    taskManagerId: subtask.text('taskmanager-id'),
    startedAtMs: subtask.measure('start-time'),
    durationMs: subtask.measure('duration'),
    readRecords: metrics?.measure('read-records') ?? null,
    writtenRecords: metrics?.measure('write-records') ?? null,
  };
}
