/** `checkpoint list` of a folder: what there is to go on from, with the durations of its runs. */
import { textCell, type View } from '../../output/view.ts';
import type { Platform } from '../../platform/platform.ts';
import {
  checkpointListView,
  durationsOf,
  figuresOf,
  wantedOf,
  type CheckpointFigures,
  type CheckpointRow,
  type WantedCheckpoints,
} from '../checkpoint/checkpoint-list-view.ts';
import { readFolderStatistics, type FolderStatistics } from './folder-statistics.ts';
import { findInFolder, type FoundInFolder, type SnapshotStatus } from './listed-snapshots.ts';
import { statusMood } from './status-mood.ts';

/** `failedOnly`: what cannot be restored, and those that failed when they were taken. */
export interface FolderListRequest extends WantedCheckpoints {
  /** Absolute. */
  readonly directory: string;
}

/** `location` null: nothing of it is left. */
export interface FolderCheckpoint extends CheckpointRow {
  readonly status: SnapshotStatus | 'FAILED';
  readonly jobId: string | null;
  readonly jobName: string | null;
}

export interface FolderListResult {
  readonly directory: string;
  readonly counts: {
    readonly completed: number;
    readonly failed: number;
    readonly restored: number;
  };
  /** Of all runs that have left their statistics here, also of what is gone. */
  readonly figures: CheckpointFigures | null;
  /** Of completed ones, oldest first; the last of them only. */
  readonly durationsMs: readonly number[];
  readonly checkpoints: readonly FolderCheckpoint[];
}

const DURATIONS_MAX = 40;

export async function listFolder(
  { files }: Pick<Platform, 'files'>,
  request: FolderListRequest,
): Promise<FolderListResult> {
  const found = await findInFolder({ files }, request.directory);
  const statistics = await readFolderStatistics(files, request.directory);
  const there = found.map((one) => withDuration(one, statistics));
  const failed = request.failedOnly ? failedOf(statistics) : [];
  const completed = statistics.checkpoints.filter(({ status }) => status === 'COMPLETED');
  // Oldest first within a run.
  const measured = completed.map((one) => ({ ...one, durationMs: durationOf(one) }));
  return {
    directory: request.directory,
    counts: {
      completed: completed.length,
      failed: statistics.checkpoints.length - completed.length,
      restored: statistics.restored,
    },
    figures: figuresOf(measured),
    durationsMs: durationsOf(measured).slice(-DURATIONS_MAX),
    checkpoints: wantedOf([...there, ...failed], request, ({ status }) => status !== 'COMPLETED'),
  };
}

function durationOf({ endToEndMs }: { readonly endToEndMs: number | null }): number | null {
  return endToEndMs === null ? null : Math.round(endToEndMs);
}

function withDuration(one: FoundInFolder, { checkpoints }: FolderStatistics): FolderCheckpoint {
  const known = checkpoints.findLast(
    ({ id, jobId, status }) =>
      id === one.checkpointId && jobId === one.jobId && status === 'COMPLETED',
  );
  const { status, isSavepoint, jobId, jobName, triggeredAtMs, sizeBytes, stateSizeBytes } = one;
  return {
    id: one.checkpointId,
    status,
    isSavepoint,
    jobId,
    jobName,
    triggeredAtMs,
    durationMs: known === undefined ? null : durationOf(known),
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
      durationMs: durationOf(one),
      sizeBytes: one.checkpointedSizeBytes,
      stateSizeBytes: one.stateSizeBytes,
      location: null,
      failureMessage: one.failureMessage,
    }));
}

export function folderListView(result: FolderListResult): View {
  const { checkpoints } = result;
  const table = {
    rows: checkpoints,
    empty: 'no checkpoint or savepoint is there',
    kind: {
      key: 'isSavepoint',
      textOf: ({ isSavepoint }: FolderCheckpoint) => (isSavepoint ? 'savepoint' : 'checkpoint'),
    },
    moodOf: ({ status }: FolderCheckpoint) => statusMood(status),
    isLocationShown: true,
    names: checkpoints.flatMap(({ location }) => (location === null ? [] : [location])),
    more: [
      {
        column: { key: 'jobName', heading: 'PIPELINE' },
        cell: ({ jobName }: FolderCheckpoint) => textCell(jobName),
      },
    ],
  };
  return checkpointListView(table, result);
}
