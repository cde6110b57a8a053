/**
 * Deletes a checkpoint or savepoint for good, at a user's wish or because newer ones subsumed it.
 * Invariant: at every moment it is complete, or no reader takes it for complete; pieces go only when
 * all manifests that may refer to them could be read, and none does.
 */
import { dirname, join } from 'node:path';
import { assert } from '../../../errors/assert.ts';
import { errorCodes } from '../../../errors/codes.ts';
import { OperationFailedError } from '../../../errors/drey-error.ts';
import type { Files } from '../../../platform/files.ts';
import { CheckpointLock, type LockPlatform } from './checkpoint-lock.ts';
import { readMarker } from './job-marker.ts';
import { findReferences } from './piece-references.ts';
import {
  invalidateSnapshot,
  refuseForeignFiles,
  refuseLinks,
  removeRecord,
  removeStateFiles,
} from './remove-snapshot.ts';
import { snapshotForeign } from './snapshot-error.ts';
import { jobFolderOf, MANIFEST_NAME, pathOfFile } from './snapshot-layout.ts';
import { findSnapshot, type FoundSnapshot } from './survey.ts';

/** `removePieces` is called when the snapshot does not count any more. */
export async function removeWhole(
  files: Files,
  location: string,
  removePieces: () => Promise<void>,
): Promise<void> {
  await refuseLinks(files, [location]);
  await refuseForeignFiles(files, location);
  await invalidateSnapshot(files, location);
  await removeStateFiles(files, location);
  await removePieces();
  await removeRecord(files, location);
}

/**
 * Absolute path of the folder. Refuses what drey did not make, what is a link, and checkpoints of a
 * pipeline that runs (DREY_CHECKPOINT_LOCKED).
 */
export async function disposeSnapshot(platform: LockPlatform, location: string): Promise<void> {
  const { files } = platform;
  const found = await findOwn(files, location);
  const jobFolder = jobFolderOf(location);
  if (jobFolder === null) {
    await removeWhole(files, location, () => Promise.resolve());
    return;
  }
  const jobName = await jobNameOf(files, jobFolder, found);
  const directory = dirname(jobFolder);
  const lock = jobName === null ? null : await takeLock({ platform, directory, jobName });
  try {
    await removeWhole(files, location, () => removePieces(files, directory, found));
  } finally {
    await lock?.release();
  }
}

/** Throws when `disposeSnapshot` would refuse it for what it is; whether it is in use is not asked. */
export async function checkDisposable(files: Files, location: string): Promise<void> {
  await findOwn(files, location);
}

function takeLock(options: Parameters<typeof CheckpointLock.acquire>[0]): Promise<CheckpointLock> {
  return CheckpointLock.acquire(options);
}

async function findOwn(files: Files, location: string): Promise<FoundSnapshot> {
  if ((await files.status(location)) === null) {
    throw new OperationFailedError(
      'DREY_SAVEPOINT_NOT_FOUND',
      `there is no checkpoint or savepoint at ${location}`,
      { hint: errorCodes.DREY_SAVEPOINT_NOT_FOUND.next, details: { path: location } },
    );
  }
  const jobFolder = jobFolderOf(location);
  const links = [location, join(location, MANIFEST_NAME)];
  await refuseLinks(files, jobFolder === null ? links : [jobFolder, ...links]);
  const marker = await readMarker(files, jobFolder ?? location);
  const found = await findSnapshot(files, location, marker !== null);
  if (found === null) throw snapshotForeign(location, 'no file in it says that drey made it');
  return found;
}

async function jobNameOf(
  files: Files,
  jobFolder: string,
  { content }: FoundSnapshot,
): Promise<string | null> {
  if (content.kind === 'manifest') return content.manifest.jobName;
  return (await readMarker(files, jobFolder))?.jobName ?? null;
}

/** What a damaged manifest refers to is not known: it is left to the next run of the pipeline. */
async function removePieces(
  files: Files,
  directory: string,
  { location, content }: FoundSnapshot,
): Promise<void> {
  if (content.kind !== 'manifest') return;
  const shared = content.manifest.files.filter(({ place }) => place.kind === 'shared');
  if (shared.length === 0) return;
  const references = await findReferences(files, directory);
  if (references === null) return;
  for (const file of shared) {
    const path = pathOfFile(location, file);
    assert(dirname(dirname(dirname(path))) === directory, 'pieces lie in one directory');
    if (!references.has(path)) await files.remove(path);
  }
}
