/**
 * Names of the folders and files of checkpoints and savepoints, Flink's where Flink has one:
 *   DIR/JOB_ID/chk-N/_metadata, DIR/JOB_ID/shared/, DIR/savepoint-JOB-RANDOM/_metadata
 * Invariant: what drey made is known by its name and by a marker or manifest, never by name alone.
 */
import { basename, dirname, join } from 'node:path';
import type { FilePlace, ManifestFile } from './manifest.ts';

/** The manifest: a folder holds a complete snapshot if and only if it is there. */
export const MANIFEST_NAME = '_metadata';
/** The manifest before it counts. */
export const MANIFEST_NEW_NAME = '_metadata.new';
/** The manifest after it stopped to count: the record of what is being deleted. */
export const MANIFEST_OLD_NAME = '_metadata.deleted';
/** In each folder of a job or savepoint: made by drey. */
export const MARKER_NAME = '_drey';
export const MARKER_NEW_NAME = '_drey.new';
export const FINISHED_NAME = 'FINISHED';
export const FINISHED_NEW_NAME = 'FINISHED.new';
/** In the folder of a job that stopped with a savepoint elsewhere: where that is. */
export const STOPPED_NAME = 'STOPPED';
export const STOPPED_NEW_NAME = 'STOPPED.new';
export const STATISTICS_NAME = 'stats.jsonl';
export const STATISTICS_OLD_NAME = 'stats.old.jsonl';
export const SHARED_NAME = 'shared';
/** Data files are named `state-0`, `state-1`, ... */
export const STATE_PREFIX = 'state-';

const JOB_ID = /^[0-9a-f]{32}$/;
const CHECKPOINT = /^chk-(0|[1-9][0-9]{0,14})$/;
const SAVEPOINT = /^savepoint-[0-9a-f]{6}-[0-9a-f]{12}$/;
const STATE_FILE = /^state-[0-9]{1,9}$/;
const SHARED_FILE = /^[0-9]{1,15}-[0-9]{1,9}-[0-9a-f]{8}$/;

export function isJobId(name: string): boolean {
  return JOB_ID.test(name);
}

export function isSavepointName(name: string): boolean {
  return SAVEPOINT.test(name);
}

/** A file that a manifest may name. */
export function isFileName(name: string): boolean {
  return STATE_FILE.test(name) || SHARED_FILE.test(name);
}

export function isSharedFileName(name: string): boolean {
  return SHARED_FILE.test(name);
}

/** Whether drey puts a file of this name into the folder of a snapshot. */
export function isSnapshotFile(name: string): boolean {
  return (
    STATE_FILE.test(name) ||
    [MANIFEST_NEW_NAME, MANIFEST_NAME, MANIFEST_OLD_NAME, MARKER_NAME, MARKER_NEW_NAME].includes(
      name,
    )
  );
}

export function checkpointName(checkpointId: number): string {
  return `chk-${checkpointId}`;
}

/** Null when it is the name of something else. */
export function checkpointIdOf(name: string): number | null {
  const digits = CHECKPOINT.exec(name)?.[1];
  return digits === undefined ? null : Number(digits);
}

export function savepointName(jobId: string, random: Uint8Array): string {
  return `savepoint-${jobId.slice(0, 6)}-${hex(random)}`;
}

/** A file of pieces: which checkpoint wrote it, its number there, and what makes it unique. */
export function sharedFileName(checkpointId: number, index: number, random: Uint8Array): string {
  return `${checkpointId}-${index}-${hex(random)}`;
}

export function hex(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += byte.toString(16).padStart(2, '0');
  return text;
}

/** A snapshot is named by its folder; the manifest in it does as well, as with Flink. */
export function folderOfSnapshot(path: string): string {
  return basename(path) === MANIFEST_NAME ? dirname(path) : path;
}

/** Absolute path of a file that the manifest in `location` names. */
export function pathOfFile(location: string, file: ManifestFile): string {
  return join(folderOfPlace(location, file.place), file.name);
}

function folderOfPlace(location: string, place: FilePlace): string {
  if (place.kind === 'own') return location;
  const jobFolder = dirname(location);
  const folder = place.jobId === null ? jobFolder : join(dirname(jobFolder), place.jobId);
  return join(folder, SHARED_NAME);
}

/** The job folder of a checkpoint by its path; null when the path is not that of a checkpoint. */
export function jobFolderOf(location: string): string | null {
  const jobFolder = dirname(location);
  const isCheckpoint = checkpointIdOf(basename(location)) !== null && isJobId(basename(jobFolder));
  return isCheckpoint ? jobFolder : null;
}
