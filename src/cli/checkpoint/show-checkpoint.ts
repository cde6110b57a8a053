/** `checkpoint show`: one checkpoint, by vertex and where asked by subtask. */
import { RefusedError, UsageError } from '../../errors/drey-error.ts';
import type { CheckpointDetails, VertexCheckpoint } from '../../flink/model/checkpoint.ts';
import type { JobId, VertexId } from '../../flink/model/identifiers.ts';
import type { SubtaskCheckpoint } from '../../flink/model/subtask-checkpoint.ts';
import {
  bytesCell,
  countCell,
  durationCell,
  textCell,
  timeCell,
  type Field,
  type Section,
  type View,
} from '../../output/view.ts';
import type { ClusterSession } from '../cluster/cluster-session.ts';
import { inParallel } from '../cluster/in-parallel.ts';
import { resolveJob } from '../job/resolve-job.ts';
import { stateMood } from '../job/state-mood.ts';

export interface ShowRequest {
  readonly job: string;
  /** A number, or `latest`. */
  readonly checkpoint: string;
  readonly withSubtasks: boolean;
}

export interface ShownVertex extends VertexCheckpoint {
  readonly name: string;
  /** Null: not asked for. */
  readonly subtaskList: readonly SubtaskCheckpoint[] | null;
}

export interface CheckpointShowResult extends Omit<CheckpointDetails, 'vertices'> {
  readonly jobId: JobId;
  readonly vertices: readonly ShownVertex[];
}

export async function showCheckpoint(
  session: ClusterSession,
  request: ShowRequest,
): Promise<CheckpointShowResult> {
  const { client } = session;
  const { jobId } = await resolveJob(session, request.job);
  const id = await checkpointId(session, jobId, request.checkpoint);
  const [details, job] = await Promise.all([
    client.checkpoints.details(jobId, id),
    client.jobs.details(jobId),
  ]);
  const names = new Map(job.vertices.map(({ vertexId, name }) => [vertexId, name]));
  const vertices = await inParallel(details.vertices, async (vertex): Promise<ShownVertex> => {
    const subtaskList = request.withSubtasks
      ? await client.checkpoints.subtasks(jobId, id, vertex.vertexId)
      : null;
    return { ...vertex, name: names.get(vertex.vertexId) ?? '', subtaskList };
  });
  return { ...details, jobId, vertices: inJobOrder(vertices, [...names.keys()]) };
}

async function checkpointId(
  { client }: ClusterSession,
  jobId: JobId,
  argument: string,
): Promise<number> {
  if (/^\d{1,15}$/.test(argument)) return Number(argument);
  if (argument !== 'latest') {
    throw new UsageError(
      'DREY_USAGE',
      `${JSON.stringify(argument)} is neither the id of a checkpoint nor latest`,
    );
  }
  const { history } = await client.checkpoints.overview(jobId);
  const latest = history.find(({ status }) => status === 'COMPLETED');
  if (latest !== undefined) return latest.id;
  throw new RefusedError(
    'DREY_FLINK_NOT_FOUND',
    `job ${jobId} has completed no checkpoint that the cluster still shows`,
    {
      details: { jobId },
    },
  );
}

function inJobOrder(
  vertices: readonly ShownVertex[],
  order: readonly VertexId[],
): readonly ShownVertex[] {
  return vertices.toSorted(
    (left, right) => order.indexOf(left.vertexId) - order.indexOf(right.vertexId),
  );
}

export function checkpointShowView(result: CheckpointShowResult): View {
  const sections: readonly Section[] = [
    { kind: 'fields', fields: fieldsOf(result) },
    vertexTable(result.vertices),
    ...result.vertices.flatMap(subtaskSections),
  ];
  return { sections, names: [result.location ?? String(result.id)] };
}

function fieldsOf(result: CheckpointShowResult): readonly Field[] {
  const slowest = slowestSubtask(result.vertices);
  return [
    { key: 'id', label: 'checkpoint', cell: countCell(result.id) },
    { key: 'status', label: 'status', cell: textCell(result.status, stateMood(result.status)) },
    { key: 'type', label: 'type', cell: textCell(result.type) },
    { key: 'triggeredAtMs', label: 'triggered', cell: timeCell(result.triggeredAtMs) },
    { key: 'durationMs', label: 'duration', cell: durationCell(result.durationMs) },
    {
      key: 'checkpointedSizeBytes',
      label: 'written',
      cell: bytesCell(result.checkpointedSizeBytes),
    },
    { key: 'stateSizeBytes', label: 'state', cell: bytesCell(result.stateSizeBytes) },
    {
      key: 'acknowledgedSubtasks',
      label: 'acknowledged',
      cell: textCell(`${result.acknowledgedSubtasks ?? '-'} of ${result.subtasks ?? '-'} subtasks`),
    },
    ...(result.failureMessage === null
      ? []
      : [{ key: 'failureMessage', label: 'why', cell: textCell(result.failureMessage, 'bad') }]),
    ...(slowest === null ? [] : [{ key: 'slowest', label: 'slowest', cell: textCell(slowest) }]),
    { key: 'location', label: 'location', cell: textCell(result.location) },
  ];
}

function slowestSubtask(vertices: readonly ShownVertex[]): string | null {
  const all = vertices.flatMap(({ name, subtaskList }) =>
    (subtaskList ?? []).map((subtask) => ({ name, subtask })),
  );
  const slowest = all.reduce<(typeof all)[number] | null>(
    (best, next) =>
      (next.subtask.durationMs ?? -1) > (best?.subtask.durationMs ?? -1) ? next : best,
    null,
  );
  if (slowest === null || slowest.subtask.durationMs === null) return null;
  return `subtask ${slowest.subtask.index} of ${slowest.name}`;
}

function vertexTable(vertices: readonly ShownVertex[]): Section {
  return {
    kind: 'table',
    title: 'vertices',
    empty: 'no vertex took part',
    columns: [
      { key: 'vertexId', heading: 'VERTEX ID', isWide: true },
      { key: 'name', heading: 'VERTEX' },
      { key: 'status', heading: 'STATUS' },
      { key: 'durationMs', heading: 'DURATION' },
      { key: 'checkpointedSizeBytes', heading: 'WRITTEN' },
      { key: 'stateSizeBytes', heading: 'STATE' },
      { key: 'acknowledgedSubtasks', heading: 'ACKNOWLEDGED' },
    ],
    rows: vertices.map((vertex) => [
      textCell(vertex.vertexId),
      textCell(vertex.name),
      textCell(vertex.status, stateMood(vertex.status)),
      durationCell(vertex.durationMs),
      bytesCell(vertex.checkpointedSizeBytes),
      bytesCell(vertex.stateSizeBytes),
      textCell(`${vertex.acknowledgedSubtasks ?? '-'} of ${vertex.subtasks ?? '-'}`),
    ]),
  };
}

function subtaskSections({ name, subtaskList }: ShownVertex): readonly Section[] {
  if (subtaskList === null) return [];
  return [
    {
      kind: 'table',
      title: name,
      empty: 'no subtask has acknowledged',
      columns: [
        { key: 'index', heading: 'SUBTASK' },
        { key: 'durationMs', heading: 'DURATION' },
        { key: 'startDelayMs', heading: 'START DELAY' },
        { key: 'alignmentMs', heading: 'ALIGNMENT' },
        { key: 'syncMs', heading: 'SYNC' },
        { key: 'asyncMs', heading: 'ASYNC' },
        { key: 'checkpointedSizeBytes', heading: 'WRITTEN' },
        { key: 'stateSizeBytes', heading: 'STATE' },
      ],
      rows: subtaskList.map((subtask) => [
        countCell(subtask.index),
        durationCell(subtask.durationMs),
        durationCell(subtask.startDelayMs),
        durationCell(subtask.alignmentMs),
        durationCell(subtask.syncMs),
        durationCell(subtask.asyncMs),
        bytesCell(subtask.checkpointedSizeBytes),
        bytesCell(subtask.stateSizeBytes),
      ]),
    },
  ];
}
