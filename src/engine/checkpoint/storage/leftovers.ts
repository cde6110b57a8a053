/**
 * Finds and removes what earlier runs have left: checkpoints never completed or half deleted, pieces
 * that no manifest refers to, folders in which nothing came about, and those of many old runs. The
 * caller holds the lock of the pipeline, so none of its runs is at work.
 * Invariant: only folders with a readable marker of this pipeline are touched.
 */
import { join } from 'node:path';
import { DreyError } from '../../../errors/drey-error.ts';
import type { Files } from '../../../platform/files.ts';
import { referencesOf } from './piece-references.ts';
import { invalidateSnapshot, refuseLinks, removeSnapshotFiles } from './remove-snapshot.ts';
import { isSharedFileName, MANIFEST_NEW_NAME, SHARED_NAME } from './snapshot-layout.ts';
import { removeEmptyRun, removeSpentRun, spentRuns } from './spent-runs.ts';
import { namesIn, type FoundJob } from './survey.ts';

/** One more than that of any run of the pipeline that left a trace. */
export function nextRunNumber(jobs: readonly FoundJob[], jobName: string): number {
  let highest = 0;
  for (const { marker, checkpoints } of jobs) {
    if (marker?.jobName === jobName) highest = Math.max(highest, marker.runNumber);
    for (const { content } of checkpoints) {
      if (content.kind !== 'manifest' || content.manifest.jobName !== jobName) continue;
      highest = Math.max(highest, content.manifest.runNumber);
    }
  }
  return highest + 1;
}

/** `jobs`: all of the directory. What cannot be removed stays; the run that starts is not held up by it. */
export async function removeLeftovers(
  files: Files,
  jobs: readonly FoundJob[],
  run: { readonly jobName: string; readonly jobId: string },
): Promise<void> {
  const ours = jobs.filter(({ marker }) => marker?.jobName === run.jobName);
  for (const job of ours) {
    for (const { location, content } of job.checkpoints) {
      if (content.kind === 'incomplete') await tried(() => removeIncomplete(files, location));
    }
  }
  const references = referencesOf(jobs);
  for (const job of references === null ? [] : ours) {
    await tried(() => removeOrphans(files, job, references ?? new Set()));
  }
  const earlier = ours.filter(({ jobId }) => jobId !== run.jobId);
  for (const job of earlier) await tried(() => removeEmptyRun(files, job));
  for (const job of spentRuns(earlier)) await tried(() => removeSpentRun(files, job));
}

async function removeIncomplete(files: Files, location: string): Promise<void> {
  await refuseLinks(files, [location]);
  // First: a run that was taken over between asking and renaming it finds nothing to rename.
  await files.remove(join(location, MANIFEST_NEW_NAME));
  await invalidateSnapshot(files, location);
  await removeSnapshotFiles(files, location);
}

async function removeOrphans(
  files: Files,
  { folder }: FoundJob,
  references: ReadonlySet<string>,
): Promise<void> {
  const sharedFolder = join(folder, SHARED_NAME);
  await refuseLinks(files, [sharedFolder]);
  for (const name of await namesIn(files, sharedFolder)) {
    const path = join(sharedFolder, name);
    if (isSharedFileName(name) && !references.has(path)) await files.remove(path);
  }
}

async function tried(removal: () => Promise<void>): Promise<void> {
  try {
    await removal();
  } catch (error) {
    if (!(error instanceof DreyError)) throw error;
  }
}
