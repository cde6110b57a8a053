/**
 * Deletes a snapshot so that it is whole or none at any moment: first its manifest stops to count,
 * durably, then the bytes go, last the record of what they were.
 * Invariant: nothing is deleted while the manifest may still be read as complete; only files that
 * drey makes are deleted, by name, never through a link and never a folder with anything else in it.
 */
import { join } from 'node:path';
import { DreyError } from '../../../errors/drey-error.ts';
import type { Files } from '../../../platform/files.ts';
import { snapshotForeign } from './snapshot-error.ts';
import {
  isSnapshotFile,
  MANIFEST_NAME,
  MANIFEST_OLD_NAME,
  MARKER_NAME,
  MARKER_NEW_NAME,
} from './snapshot-layout.ts';
import { namesIn } from './survey.ts';

/**
 * From now on it is not complete. The new name keeps the record until all else is gone: who comes
 * after a crash sees what was being deleted.
 */
export async function invalidateSnapshot(files: Files, location: string): Promise<void> {
  try {
    await files.rename(join(location, MANIFEST_NAME), join(location, MANIFEST_OLD_NAME));
  } catch (error) {
    // Never completed, or renamed before: then it may not be durable yet, so the sync is needed.
    if (!(error instanceof DreyError) || error.code !== 'DREY_FILE_NOT_FOUND') throw error;
  }
  if ((await files.status(location)) === null) return;
  await files.syncFolder(location);
}

/** Of a snapshot that was invalidated: its own files, then the record, then the folder. */
export async function removeSnapshotFiles(files: Files, location: string): Promise<void> {
  await refuseForeignFiles(files, location);
  await removeStateFiles(files, location);
  await removeRecord(files, location);
}

/** A folder with anything but what drey makes in it is not emptied. */
export async function refuseForeignFiles(files: Files, location: string): Promise<void> {
  const foreign = (await namesIn(files, location)).find((name) => !isSnapshotFile(name));
  if (foreign === undefined) return;
  throw snapshotForeign(join(location, foreign), 'it lies in a snapshot and is none of its files');
}

/** All but what says that drey made the folder, and what was in it. */
export async function removeStateFiles(files: Files, location: string): Promise<void> {
  for (const name of await namesIn(files, location)) {
    if (!RECORDS.includes(name)) await files.remove(join(location, name));
  }
}

export async function removeRecord(files: Files, location: string): Promise<void> {
  for (const name of RECORDS) await files.remove(join(location, name));
  await files.remove(location);
}

/** In the order in which they go. */
const RECORDS = [MANIFEST_OLD_NAME, MARKER_NEW_NAME, MARKER_NAME];

/** Refuses what is a link: what lies behind it is not known to be drey's. */
export async function refuseLinks(files: Files, paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    if (await files.isLink(path)) throw snapshotForeign(path, 'it is a symbolic link');
  }
}
