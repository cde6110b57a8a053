/**
 * What lies in a checkpoint directory: job folders, their checkpoints, savepoints beside them. It
 * reads manifests and markers, no state. What is damaged is named with its error, never left out.
 */
import { join } from 'node:path';
import { DreyError, RefusedError } from '../../../errors/drey-error.ts';
import type { Files } from '../../../platform/files.ts';
import { readMarker, type JobMarker } from './job-marker.ts';
import type { Manifest } from './manifest.ts';
import { hasMagic } from './manifest-codec.ts';
import { readManifest } from './read-snapshot.ts';
import {
  checkpointIdOf,
  FINISHED_NAME,
  isJobId,
  isSavepointName,
  MANIFEST_NAME,
} from './snapshot-layout.ts';

export interface FoundSnapshot {
  readonly location: string;
  readonly content:
    | { readonly kind: 'manifest'; readonly manifest: Manifest }
    /** Never completed, or half deleted. */
    | { readonly kind: 'incomplete' }
    | { readonly kind: 'unreadable'; readonly error: DreyError };
}

export interface FoundJob {
  readonly jobId: string;
  readonly folder: string;
  /** Null: not made by drey, or its marker is damaged. */
  readonly marker: JobMarker | null;
  readonly isFinished: boolean;
  /** By ascending id. */
  readonly checkpoints: readonly FoundSnapshot[];
}

/** Source: a run a minute for a week; more means that nobody deletes what is old. */
export const FOLDERS_MAX = 10_000;

/** Empty when the directory is not there. */
export async function findJobs(files: Files, directory: string): Promise<readonly FoundJob[]> {
  const jobs: FoundJob[] = [];
  for (const name of await namesIn(files, directory)) {
    if (!isJobId(name)) continue;
    const folder = join(directory, name);
    // A link may lead to where another drey is the only writer.
    if (await files.isLink(folder)) continue;
    jobs.push(await findJob(files, folder, name));
  }
  return jobs;
}

export async function findJob(files: Files, folder: string, jobId: string): Promise<FoundJob> {
  const marker = await readMarker(files, folder);
  const isFinished = (await files.status(join(folder, FINISHED_NAME))) !== null;
  const ids = (await namesIn(files, folder)).flatMap((name) => {
    const id = checkpointIdOf(name);
    return id === null ? [] : [{ id, name }];
  });
  const checkpoints: FoundSnapshot[] = [];
  for (const { name } of ids.sort((a, b) => a.id - b.id)) {
    const found = await findSnapshot(files, join(folder, name), marker !== null);
    if (found !== null) checkpoints.push(found);
  }
  return { jobId, folder, marker, isFinished, checkpoints };
}

/** Savepoints directly in a directory. */
export async function findSavepoints(
  files: Files,
  directory: string,
): Promise<readonly FoundSnapshot[]> {
  const savepoints: FoundSnapshot[] = [];
  for (const name of await namesIn(files, directory)) {
    if (!isSavepointName(name)) continue;
    const location = join(directory, name);
    const isOurs = (await readMarker(files, location)) !== null;
    const found = await findSnapshot(files, location, isOurs);
    if (found !== null) savepoints.push(found);
  }
  return savepoints;
}

/**
 * Null: it is somebody else's, such as a checkpoint of Flink. Without a marker (`isOurs`) a manifest
 * tells by how it begins.
 */
export async function findSnapshot(
  files: Files,
  location: string,
  isOurs: boolean,
): Promise<FoundSnapshot | null> {
  if ((await files.status(location))?.kind !== 'folder') return null;
  try {
    const manifest = await readManifest(files, location);
    return { location, content: { kind: 'manifest', manifest } };
  } catch (error) {
    if (!(error instanceof DreyError)) throw error;
    if (error.code === 'DREY_SNAPSHOT_INCOMPLETE') {
      return isOurs ? { location, content: { kind: 'incomplete' } } : null;
    }
    if (!isOurs && !(await beginsAsOurs(files, location))) return null;
    return { location, content: { kind: 'unreadable', error } };
  }
}

/** Sorted; empty when there is no such folder. */
export async function namesIn(files: Files, folder: string): Promise<readonly string[]> {
  if ((await files.status(folder))?.kind !== 'folder') return [];
  const names = await files.list(folder);
  if (names.length > FOLDERS_MAX) {
    const message = `${folder} holds ${names.length} names, more than ${FOLDERS_MAX}, the limit`;
    throw new RefusedError('DREY_SNAPSHOT_TOO_LARGE', message, {
      hint: 'Delete runs that are not needed any more: their folders are named by job ids.',
      details: { path: folder, count: names.length, limit: FOLDERS_MAX },
    });
  }
  return names;
}

const MAGIC_BYTES = 8;

/** Who cannot look says yes: it may be ours. */
async function beginsAsOurs(files: Files, location: string): Promise<boolean> {
  const start = new Uint8Array(MAGIC_BYTES);
  try {
    const file = await files.openToRead(join(location, MANIFEST_NAME));
    try {
      await file.read(start, 0, MAGIC_BYTES, 0);
    } finally {
      await file.close();
    }
  } catch (error) {
    if (error instanceof DreyError) return true;
    throw error;
  }
  return hasMagic(start);
}
