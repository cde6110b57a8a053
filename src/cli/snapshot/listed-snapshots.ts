/** What lies in a folder of checkpoints and savepoints, newest first, by the names of the commands. */
import { basename } from 'node:path';
import { listSnapshots, type ListedSnapshot } from '../../engine/snapshots.ts';
import type { DreyError } from '../../errors/drey-error.ts';
import type { Platform } from '../../platform/platform.ts';

export type SnapshotStatus = 'COMPLETED' | 'INCOMPLETE' | 'BROKEN';

export interface FoundInFolder {
  /** Null when its manifest cannot be read. */
  readonly checkpointId: number | null;
  /** Its folder. */
  readonly name: string;
  readonly status: SnapshotStatus;
  readonly isSavepoint: boolean;
  readonly jobId: string | null;
  readonly jobName: string | null;
  readonly triggeredAtMs: number | null;
  readonly completedAtMs: number | null;
  readonly sizeBytes: number | null;
  readonly stateSizeBytes: number | null;
  readonly location: string;
  /** What is wrong with it. */
  readonly problem: string | null;
}

export async function findInFolder(
  { files }: Pick<Platform, 'files'>,
  directory: string,
): Promise<readonly FoundInFolder[]> {
  const listed = await listSnapshots(files, directory);
  return listed
    .map(found)
    .sort((left, right) => (right.completedAtMs ?? 0) - (left.completedAtMs ?? 0));
}

function found({ location, kind, state, manifest, problem }: ListedSnapshot): FoundInFolder {
  const name = basename(location);
  return {
    checkpointId: manifest?.checkpointId ?? idIn(name),
    name,
    status: statusOf(state),
    isSavepoint: kind === 'savepoint',
    jobId: manifest?.jobId ?? null,
    jobName: manifest?.jobName ?? null,
    triggeredAtMs: manifest?.triggeredAtMs ?? null,
    completedAtMs: manifest?.completedAtMs ?? null,
    sizeBytes: manifest?.checkpointedSizeBytes ?? null,
    stateSizeBytes: manifest?.stateSizeBytes ?? null,
    location,
    problem: problemText(state, problem),
  };
}

function statusOf(state: ListedSnapshot['state']): SnapshotStatus {
  switch (state) {
    case 'complete':
      return 'COMPLETED';
    case 'incomplete':
      return 'INCOMPLETE';
    case 'broken':
      return 'BROKEN';
  }
}

function problemText(state: ListedSnapshot['state'], problem: DreyError | null): string | null {
  if (problem !== null) return problem.message;
  return state === 'incomplete' ? 'it was never completed, or is half deleted' : null;
}

function idIn(name: string): number | null {
  const digits = /^chk-(\d{1,15})$/.exec(name)?.[1];
  return digits === undefined ? null : Number(digits);
}
