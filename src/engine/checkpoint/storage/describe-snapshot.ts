/** One checkpoint or savepoint in detail: its manifest, and what it holds of each operator. */
import { DreyError } from '../../../errors/drey-error.ts';
import type { Files } from '../../../platform/files.ts';
import type { ListedManifest } from './list-snapshots.ts';
import { readLocatedSnapshot, readManifest } from './read-snapshot.ts';
import { folderOfSnapshot } from './snapshot-layout.ts';

export interface DescribedOperator {
  readonly uid: string;
  readonly operatorKind: string;
  readonly parallelism: number;
  readonly maxParallelism: number;
  /** Subtasks that had come to the end of their input. */
  readonly finishedSubtasks: number;
  readonly stateSizeBytes: number;
}

export interface SnapshotDescription {
  readonly location: string;
  readonly manifest: ListedManifest;
  readonly fileCount: number;
  readonly operators: readonly DescribedOperator[];
  /** Of its files, every byte of which has been read; null: all are as they were written. */
  readonly problem: DreyError | null;
}

/** Throws when there is no manifest that can be read. */
export async function describeSnapshot(files: Files, path: string): Promise<SnapshotDescription> {
  const location = folderOfSnapshot(path);
  const { files: manifestFiles, operators, ...manifest } = await readManifest(files, location);
  return {
    location,
    manifest,
    fileCount: manifestFiles.length,
    operators: operators.map(({ uid, operatorKind, parallelism, maxParallelism, subtasks }) => ({
      uid,
      operatorKind,
      parallelism,
      maxParallelism,
      finishedSubtasks: subtasks.filter(({ isFinished }) => isFinished).length,
      stateSizeBytes: subtasks
        .flatMap(({ parts }) => parts)
        .reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    })),
    problem: await problemOf(files, location),
  };
}

async function problemOf(files: Files, location: string): Promise<DreyError | null> {
  try {
    await readLocatedSnapshot(files, location);
    return null;
  } catch (error) {
    if (error instanceof DreyError) return error;
    throw error;
  }
}
