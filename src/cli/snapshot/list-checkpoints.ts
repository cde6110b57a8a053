/** `checkpoint list` of a folder: what there is to go on from, with the durations of its runs. */
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
import type { Platform } from '../../platform/platform.ts';
import { readFolderStatistics, type FolderStatistics } from './folder-statistics.ts';
import { findInFolder, type FoundInFolder, type SnapshotStatus } from './listed-snapshots.ts';
import { statusMood } from './status-mood.ts';

export interface FolderListRequest {
  /** Absolute. */
  readonly directory: string;
  readonly kind: 'all' | 'checkpoints' | 'savepoints';
  /** Only what cannot be restored, and those that failed when they were taken. */
  readonly failedOnly: boolean;
  readonly limit: number | null;
}

export interface FolderCheckpoint {
  readonly id: number | null;
  readonly status: SnapshotStatus | 'FAILED';
  readonly isSavepoint: boolean;
  readonly jobId: string | null;
  readonly jobName: string | null;
  readonly triggeredAtMs: number | null;
  readonly durationMs: number | null;
  readonly sizeBytes: number | null;
  readonly stateSizeBytes: number | null;
  /** Null: nothing of it is left. */
  readonly location: string | null;
  readonly failureMessage: string | null;
}

export interface FolderListResult {
  readonly directory: string;
  readonly counts: {
    readonly completed: number;
    readonly failed: number;
    readonly restored: number;
  };
  /** Of completed ones, oldest first; the last of them only. */
  readonly durationsMs: readonly number[];
  readonly checkpoints: readonly FolderCheckpoint[];
}

const SPARKLINE_WIDTH = 40;

export async function listFolder(
  { files }: Pick<Platform, 'files'>,
  request: FolderListRequest,
): Promise<FolderListResult> {
  const found = await findInFolder({ files }, request.directory);
  const statistics = await readFolderStatistics(files, request.directory);
  const there = found.map((one) => withDuration(one, statistics));
  const failed = request.failedOnly ? failedOf(statistics) : [];
  const wanted = [...there, ...failed].filter((one) => isWanted(one, request));
  const completed = statistics.checkpoints.filter(({ status }) => status === 'COMPLETED');
  return {
    directory: request.directory,
    counts: {
      completed: completed.length,
      failed: statistics.checkpoints.length - completed.length,
      restored: statistics.restored,
    },
    durationsMs: completed
      .filter(({ isSavepoint }) => !isSavepoint)
      .flatMap(({ endToEndMs }) => (endToEndMs === null ? [] : [Math.round(endToEndMs)]))
      .slice(-SPARKLINE_WIDTH),
    checkpoints: wanted.slice(0, request.limit ?? undefined),
  };
}

function isWanted({ isSavepoint, status }: FolderCheckpoint, request: FolderListRequest): boolean {
  if (request.failedOnly && status === 'COMPLETED') return false;
  return request.kind === 'all' || (request.kind === 'savepoints') === isSavepoint;
}

function withDuration(one: FoundInFolder, { checkpoints }: FolderStatistics): FolderCheckpoint {
  const known = checkpoints.findLast(
    ({ id, jobId, status }) =>
      id === one.checkpointId && jobId === one.jobId && status === 'COMPLETED',
  );
  const { status, isSavepoint, jobId, jobName, triggeredAtMs, sizeBytes, stateSizeBytes } = one;
  const durationMs = known?.endToEndMs ?? null;
  return {
    id: one.checkpointId,
    status,
    isSavepoint,
    jobId,
    jobName,
    triggeredAtMs,
    durationMs: durationMs === null ? null : Math.round(durationMs),
    sizeBytes,
    stateSizeBytes,
    location: one.location,
    failureMessage: one.problem,
  };
}

function failedOf({ checkpoints }: FolderStatistics): readonly FolderCheckpoint[] {
  return checkpoints
    .filter(({ status }) => status === 'FAILED')
    .toReversed()
    .map((one) => ({
      id: one.id,
      status: 'FAILED',
      isSavepoint: one.isSavepoint,
      jobId: one.jobId,
      jobName: null,
      triggeredAtMs: one.triggeredAtMs,
      durationMs: one.endToEndMs === null ? null : Math.round(one.endToEndMs),
      sizeBytes: one.checkpointedSizeBytes,
      stateSizeBytes: one.stateSizeBytes,
      location: null,
      failureMessage: one.failureMessage,
    }));
}

export function folderListView(result: FolderListResult): View {
  const { checkpoints } = result;
  const table: Section = {
    kind: 'table',
    empty: 'no checkpoint or savepoint is there',
    columns: [
      { key: 'id', heading: 'ID' },
      { key: 'status', heading: 'STATUS' },
      { key: 'isSavepoint', heading: 'KIND' },
      { key: 'jobName', heading: 'PIPELINE' },
      { key: 'triggeredAtMs', heading: 'TRIGGERED' },
      { key: 'durationMs', heading: 'DURATION' },
      { key: 'sizeBytes', heading: 'WRITTEN' },
      { key: 'stateSizeBytes', heading: 'STATE' },
      { key: 'location', heading: 'LOCATION' },
      { key: 'failureMessage', heading: 'WHY', isWide: true },
    ],
    rows: checkpoints.map((one) => [
      countCell(one.id),
      textCell(one.status, statusMood(one.status)),
      textCell(one.isSavepoint ? 'savepoint' : 'checkpoint'),
      textCell(one.jobName),
      timeCell(one.triggeredAtMs),
      durationCell(one.durationMs),
      bytesCell(one.sizeBytes),
      bytesCell(one.stateSizeBytes),
      textCell(one.location),
      textCell(one.failureMessage),
    ]),
  };
  return {
    sections: [table, { kind: 'fields', fields: fieldsOf(result) }],
    names: checkpoints.flatMap(({ location }) => (location === null ? [] : [location])),
  };
}

function fieldsOf({ counts, durationsMs }: FolderListResult): readonly Field[] {
  const failed = counts.failed > 0 ? 'doubtful' : undefined;
  const fields: Field[] = [
    { key: 'counts.completed', label: 'completed', cell: countCell(counts.completed) },
    { key: 'counts.failed', label: 'failed', cell: countCell(counts.failed, failed) },
    { key: 'counts.restored', label: 'restored', cell: countCell(counts.restored) },
  ];
  if (durationsMs.length === 0) return fields;
  const line = sparkline(durationsMs, SPARKLINE_WIDTH);
  return [...fields, { key: 'durationsMs', label: 'durations', cell: textCell(line) }];
}
