/**
 * All checkpoints and savepoints below a directory, as a table shows them. Files are looked at, not
 * read: what is `complete` here has all its files in their lengths.
 */
import { basename } from 'node:path';
import { DreyError } from '../../../errors/drey-error.ts';
import type { Files } from '../../../platform/files.ts';
import type { SnapshotKind } from '../job-snapshot.ts';
import type { Manifest } from './manifest.ts';
import { checkFileSizes } from './read-snapshot.ts';
import { snapshotMissing } from './snapshot-error.ts';
import { checkpointIdOf } from './snapshot-layout.ts';
import { findJob, findJobs, findSavepoints, type FoundSnapshot } from './survey.ts';

export type ListedManifest = Omit<Manifest, 'files' | 'operators'>;

export interface ListedSnapshot {
  readonly location: string;
  readonly kind: SnapshotKind;
  /** Incomplete: never completed, or half deleted. */
  readonly state: 'complete' | 'incomplete' | 'broken';
  /** Null when it cannot be read. */
  readonly manifest: ListedManifest | null;
  /** What is wrong with a broken one. */
  readonly problem: DreyError | null;
}

/** `directory`: a checkpoint directory, the folder of one job in it, or one of savepoints. */
export async function listSnapshots(
  files: Files,
  directory: string,
): Promise<readonly ListedSnapshot[]> {
  if ((await files.status(directory))?.kind !== 'folder') {
    const hint = 'Check the path: it is what execution.checkpointing.dir of the pipeline names.';
    throw snapshotMissing(`there is no folder ${directory}`, { path: directory }, hint);
  }
  const own = await findJob(files, directory, basename(directory));
  const jobs = [own, ...(await findJobs(files, directory))];
  const savepoints = await findSavepoints(files, directory);
  const listed: ListedSnapshot[] = [];
  for (const found of [...jobs.flatMap(({ checkpoints }) => checkpoints), ...savepoints]) {
    listed.push(await listOne(files, found));
  }
  return listed;
}

async function listOne(
  files: Files,
  { location, content }: FoundSnapshot,
): Promise<ListedSnapshot> {
  const named = checkpointIdOf(basename(location)) === null ? 'savepoint' : 'checkpoint';
  switch (content.kind) {
    case 'incomplete':
      return { location, kind: named, state: 'incomplete', manifest: null, problem: null };
    case 'unreadable':
      return { location, kind: named, state: 'broken', manifest: null, problem: content.error };
    case 'manifest': {
      const { files: _, operators: __, ...manifest } = content.manifest;
      const problem = await problemOf(files, location, content.manifest);
      const state = problem === null ? 'complete' : 'broken';
      return { location, kind: manifest.kind, state, manifest, problem };
    }
  }
}

async function problemOf(
  files: Files,
  location: string,
  manifest: Manifest,
): Promise<DreyError | null> {
  try {
    await checkFileSizes(files, location, manifest);
    return null;
  } catch (error) {
    if (error instanceof DreyError) return error;
    throw error;
  }
}
