/**
 * What a run starts from: what `--restore` or the file names, the beginning, or nothing because the
 * work is done. It reads and verifies the snapshot; the job itself checks whether it fits.
 */
import { isAbsolute, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { JobRecovery } from '../../engine/minicluster.ts';
import {
  lockAndReadLatest,
  noLatestSnapshot,
  readLocatedSnapshot,
  type CheckpointLock,
  type LatestSnapshot,
} from '../../engine/snapshots.ts';
import { UsageError, VerificationError } from '../../errors/drey-error.ts';
import type { Platform } from '../../platform/platform.ts';
import type { ClaimMode, RecoverySettings } from '../recovery/recovery-settings.ts';

export interface RestoreRequest {
  /** `latest` or a path; null: as the file says. */
  readonly restore: string | null;
  readonly allowEmptyState: boolean;
  readonly allowNonRestoredState: boolean;
  /** Null: as the file says. */
  readonly claimMode: ClaimMode | null;
  /** Start from the beginning what has come to its end. */
  readonly again: boolean;
}

export type StartingPoint =
  | { readonly kind: 'beginning'; readonly lock: CheckpointLock | null }
  | {
      readonly kind: 'snapshot';
      readonly restoreFrom: NonNullable<JobRecovery['restoreFrom']>;
      /** Of the checkpoint folder, held since before the look at it; null: not taken yet. */
      readonly lock: CheckpointLock | null;
    }
  /** The latest run came to its end and committed all of it. */
  | { readonly kind: 'finished'; readonly jobId: string; readonly directory: string };

export interface RestoredPipeline {
  readonly name: string;
  readonly settings: RecoverySettings;
}

export async function findStartingPoint(
  request: RestoreRequest,
  { name, settings }: RestoredPipeline,
  platform: Platform,
): Promise<StartingPoint> {
  const { restore } = request;
  if (restore === 'latest') return findLatest(request, { name, settings }, platform);
  const path = restore === null ? settings.restorePath : pathOf(restore, platform.workingDirectory);
  if (path === null) return { kind: 'beginning', lock: null };
  const located = await readLocatedSnapshot(platform.files, path);
  const claimMode = request.claimMode ?? settings.claimMode ?? 'NO_CLAIM';
  return fromSnapshot(located, claimMode, { request, settings, lock: null });
}

async function findLatest(
  request: RestoreRequest,
  { name, settings }: RestoredPipeline,
  platform: Platform,
): Promise<StartingPoint> {
  const { directory } = settings.checkpointing;
  if (directory === null) {
    throw new UsageError(
      'DREY_USAGE',
      `--restore latest: pipeline ${name} names no folder for checkpoints`,
      {
        hint: 'Set execution.checkpointing.dir in pipeline.config, or give --restore the path of a checkpoint.',
      },
    );
  }
  const { latest, lock } = await readLatest(request, { directory, name }, platform);
  try {
    return startingPoint(latest, { request, settings, lock }, directory);
  } finally {
    // Nobody starts.
    if (latest.kind === 'finished' && !request.again) await lock?.release();
  }
}

async function readLatest(
  { allowEmptyState }: RestoreRequest,
  { directory, name }: { readonly directory: string; readonly name: string },
  platform: Platform,
): Promise<{ readonly latest: LatestSnapshot; readonly lock: CheckpointLock | null }> {
  // The lock makes the folder, which a run that is refused should not do.
  const isThere = (await platform.files.status(directory))?.kind === 'folder';
  if (!isThere && !allowEmptyState) throw noLatestSnapshot(directory, name);
  const place = { platform, directory, jobName: name };
  try {
    const found = await lockAndReadLatest(place);
    if (found.latest.kind !== 'none' || allowEmptyState) return found;
    await found.lock.release();
    throw noLatestSnapshot(directory, name);
  } catch (error) {
    if (allowEmptyState && isAllBroken(error)) return { latest: { kind: 'none' }, lock: null };
    throw error;
  }
}

/** Starting without state is then what the user has allowed. */
function isAllBroken(error: unknown): boolean {
  if (!(error instanceof VerificationError)) return false;
  // A savepoint with which a run stopped is only somewhere else, and its output is there.
  return error.details['older'] === null && error.details['jobFolder'] === undefined;
}

interface Chosen {
  readonly request: RestoreRequest;
  readonly settings: RecoverySettings;
  readonly lock: CheckpointLock | null;
}

function startingPoint(latest: LatestSnapshot, chosen: Chosen, directory: string): StartingPoint {
  const { request, settings, lock } = chosen;
  switch (latest.kind) {
    case 'finished':
      if (request.again) return { kind: 'beginning', lock };
      return { ...latest, directory };
    case 'none':
      return { kind: 'beginning', lock };
    case 'found': {
      // The same pipeline goes on, so its own checkpoints are its own again; Flink's jobs go on from
      // theirs in the same way after a failure of the JobManager. Savepoints stay the user's.
      const otherwise = latest.snapshot.kind === 'checkpoint' ? 'CLAIM' : 'NO_CLAIM';
      const claimMode = request.claimMode ?? settings.claimMode ?? otherwise;
      return fromSnapshot(latest, claimMode, chosen);
    }
  }
}

function fromSnapshot(
  located: Awaited<ReturnType<typeof readLocatedSnapshot>>,
  claimMode: ClaimMode,
  { request, settings, lock }: Chosen,
): StartingPoint {
  const { snapshot, location, completedAtMs } = located;
  const restoreFrom = {
    snapshot,
    location,
    completedAtMs,
    isOwned: claimMode === 'CLAIM',
    allowNonRestoredState: request.allowNonRestoredState || settings.allowNonRestoredState,
  };
  return { kind: 'snapshot', restoreFrom, lock };
}

/** Absolute path of what a flag names. */
export function pathOf(text: string, workingDirectory: string): string {
  const scheme = /^([a-zA-Z][a-zA-Z0-9+.-]*):/.exec(text)?.[1]?.toLowerCase();
  if (scheme === undefined || /^[a-zA-Z]:[\\/]/.test(text)) {
    return isAbsolute(text) ? text : join(workingDirectory, text);
  }
  if (scheme === 'file') {
    try {
      return fileURLToPath(text);
    } catch {
      throw new UsageError('DREY_USAGE', `${text} is no local file URL`, {
        hint: 'Write file:///absolute/path, or the path alone.',
      });
    }
  }
  throw new UsageError(
    'DREY_USAGE',
    `${text}: checkpoints and savepoints on ${scheme}: cannot be read`,
    {
      hint: 'Copy it to a local folder and give the path of that.',
    },
  );
}
