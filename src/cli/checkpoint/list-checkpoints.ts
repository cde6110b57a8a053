/**
 * `checkpoint list`: the history that the cluster keeps of a job, newest first. Savepoints share
 * the ids and are marked; the summary is of checkpoints alone, because Flink's own mixes the two.
 */
import type { CheckpointCounts, CheckpointEntry } from '../../flink/model/checkpoint.ts';
import type { JobId } from '../../flink/model/identifiers.ts';
import { sparkline } from '../../output/sparkline.ts';
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
import { resolveJob } from '../job/resolve-job.ts';
import { stateMood } from '../job/state-mood.ts';

export interface ListRequest {
  readonly job: string;
  readonly kind: 'all' | 'checkpoints' | 'savepoints';
  readonly failedOnly: boolean;
  /** Null: all that the cluster keeps. */
  readonly limit: number | null;
}

export interface ListedCheckpoint {
  readonly id: number;
  readonly status: string;
  readonly isSavepoint: boolean;
  readonly type: string | null;
  readonly triggeredAtMs: number | null;
  readonly durationMs: number | null;
  /** What this one wrote. */
  readonly sizeBytes: number | null;
  /** Of the whole state. */
  readonly stateSizeBytes: number | null;
  readonly location: string | null;
  readonly failureMessage: string | null;
}

/** Of the completed ones among those shown that are no savepoints; null without any. */
export interface CheckpointFigures {
  readonly completed: number;
  readonly medianDurationMs: number | null;
  readonly maxDurationMs: number | null;
  readonly medianStateSizeBytes: number | null;
}

export interface CheckpointListResult {
  readonly jobId: JobId;
  readonly name: string;
  readonly counts: CheckpointCounts;
  readonly figures: CheckpointFigures | null;
  readonly checkpoints: readonly ListedCheckpoint[];
}

export async function listCheckpoints(
  session: ClusterSession,
  request: ListRequest,
): Promise<CheckpointListResult> {
  const { jobId, name } = await resolveJob(session, request.job);
  const { counts, history } = await session.client.checkpoints.overview(jobId);
  const wanted = history.filter((entry) => isWanted(entry, request));
  const checkpoints = wanted.slice(0, request.limit ?? undefined).map(listed);
  return { jobId, name, counts, figures: figuresOf(checkpoints), checkpoints };
}

function isWanted({ isSavepoint, status }: CheckpointEntry, request: ListRequest): boolean {
  if (request.failedOnly && status !== 'FAILED') return false;
  return request.kind === 'all' || (request.kind === 'savepoints') === isSavepoint;
}

export function listed(entry: CheckpointEntry): ListedCheckpoint {
  return {
    id: entry.id,
    status: entry.status,
    isSavepoint: entry.isSavepoint,
    type: entry.type,
    triggeredAtMs: entry.triggeredAtMs,
    durationMs: entry.durationMs,
    sizeBytes: entry.checkpointedSizeBytes,
    stateSizeBytes: entry.stateSizeBytes,
    location: entry.location,
    failureMessage: entry.failureMessage,
  };
}

export function figuresOf(checkpoints: readonly ListedCheckpoint[]): CheckpointFigures | null {
  const completed = checkpoints.filter(
    ({ status, isSavepoint }) => status === 'COMPLETED' && !isSavepoint,
  );
  if (completed.length === 0) return null;
  const durations = known(completed.map(({ durationMs }) => durationMs));
  return {
    completed: completed.length,
    medianDurationMs: medianOf(durations),
    maxDurationMs: durations.length === 0 ? null : Math.max(...durations),
    medianStateSizeBytes: medianOf(known(completed.map(({ stateSizeBytes }) => stateSizeBytes))),
  };
}

function known(values: readonly (number | null)[]): readonly number[] {
  return values.filter((value) => value !== null);
}

function medianOf(values: readonly number[]): number | null {
  const sorted = values.toSorted((left, right) => left - right);
  const upper = sorted[Math.floor(sorted.length / 2)];
  if (upper === undefined) return null;
  return sorted.length % 2 === 1 ? upper : ((sorted[sorted.length / 2 - 1] ?? upper) + upper) / 2;
}

export function checkpointListView({ checkpoints, counts, figures }: CheckpointListResult): View {
  const table: Section = {
    kind: 'table',
    empty: 'no checkpoints yet',
    columns: [
      { key: 'id', heading: 'ID' },
      { key: 'status', heading: 'STATUS' },
      { key: 'type', heading: 'KIND' },
      { key: 'triggeredAtMs', heading: 'TRIGGERED' },
      { key: 'durationMs', heading: 'DURATION' },
      { key: 'sizeBytes', heading: 'WRITTEN' },
      { key: 'stateSizeBytes', heading: 'STATE' },
      { key: 'failureMessage', heading: 'WHY', isWide: true },
      { key: 'location', heading: 'LOCATION', isWide: true },
    ],
    rows: checkpoints.map((entry) => [
      countCell(entry.id),
      textCell(entry.status, stateMood(entry.status)),
      textCell(kindText(entry)),
      timeCell(entry.triggeredAtMs),
      durationCell(entry.durationMs),
      bytesCell(entry.sizeBytes),
      bytesCell(entry.stateSizeBytes),
      textCell(entry.failureMessage),
      textCell(entry.location),
    ]),
  };
  const fields = [...countFields(counts), ...figureFields(checkpoints, figures)];
  return {
    sections: [table, { kind: 'fields', fields }],
    names: checkpoints.map(({ id }) => String(id)),
  };
}

function kindText({ isSavepoint, type }: ListedCheckpoint): string {
  if (!isSavepoint) return type === 'UNALIGNED_CHECKPOINT' ? 'unaligned checkpoint' : 'checkpoint';
  return type === 'SYNC_SAVEPOINT' ? 'savepoint of a stop' : 'savepoint';
}

function countFields(counts: CheckpointCounts): readonly Field[] {
  return [
    { key: 'counts.completed', label: 'completed', cell: countCell(counts.completed) },
    {
      key: 'counts.failed',
      label: 'failed',
      cell: countCell(counts.failed, (counts.failed ?? 0) > 0 ? 'doubtful' : undefined),
    },
    { key: 'counts.restored', label: 'restored', cell: countCell(counts.restored) },
  ];
}

/** How the durations went, the oldest first. */
function figureFields(
  checkpoints: readonly ListedCheckpoint[],
  figures: CheckpointFigures | null,
): readonly Field[] {
  if (figures === null) return [];
  const durations = checkpoints
    .filter(({ status, isSavepoint }) => status === 'COMPLETED' && !isSavepoint)
    .map(({ durationMs }) => durationMs)
    .toReversed();
  return [
    {
      key: 'figures.medianDurationMs',
      label: 'median duration',
      cell: durationCell(figures.medianDurationMs),
    },
    {
      key: 'figures.maxDurationMs',
      label: 'longest',
      cell: durationCell(figures.maxDurationMs),
    },
    {
      key: 'figures.medianStateSizeBytes',
      label: 'median state',
      cell: bytesCell(figures.medianStateSizeBytes),
    },
    {
      key: 'figures.durations',
      label: 'durations',
      cell: textCell(sparkline(durations, SPARKLINE_WIDTH)),
    },
  ];
}

const SPARKLINE_WIDTH = 40;
