/**
 * Which runs of a pipeline have nothing left that counts, and how their folders go: nobody can go on
 * from them, and they do not say that the pipeline has come to its end. The newest of them keep their
 * statistics.
 * Invariant: what `latest` finds is the same before and after, whenever the power fails.
 */
import { join } from 'node:path';
import type { Files } from '../../../platform/files.ts';
import { refuseLinks } from './remove-snapshot.ts';
import {
  FINISHED_NAME,
  FINISHED_NEW_NAME,
  MARKER_NAME,
  MARKER_NEW_NAME,
  SHARED_NAME,
  STATISTICS_NAME,
  STATISTICS_OLD_NAME,
} from './snapshot-layout.ts';
import { namesIn, type FoundJob } from './survey.ts';

/** As many figures as anybody compares; Flink's history of checkpoints has 10 entries as well. */
export const SPENT_RUNS_KEPT = 10;

/** `jobs`: earlier runs of one pipeline. */
export function spentRuns(jobs: readonly FoundJob[]): readonly FoundJob[] {
  const byAge = jobs.toSorted((a, b) => runNumberOf(b) - runNumberOf(a));
  // It says that there is nothing to do, until a later run has a checkpoint or comes to its end.
  const newestFinished = byAge.find(({ isFinished }) => isFinished);
  return byAge
    .filter((job) => job !== newestFinished && !job.checkpoints.some(isThere))
    .slice(SPENT_RUNS_KEPT);
}

/** Leaves a folder with anything else in it, such as the place of a savepoint. */
export async function removeSpentRun(files: Files, { folder }: FoundJob): Promise<void> {
  await removeRunOf(files, folder, [
    STATISTICS_OLD_NAME,
    STATISTICS_NAME,
    FINISHED_NEW_NAME,
    FINISHED_NAME,
  ]);
}

/** A run that died before it had done anything: its marker, and perhaps an empty folder. */
export async function removeEmptyRun(files: Files, { folder }: FoundJob): Promise<void> {
  await removeRunOf(files, folder, []);
}

/** `records`: what may lie there beside the marker, in the order in which it goes. */
async function removeRunOf(
  files: Files,
  folder: string,
  records: readonly string[],
): Promise<void> {
  const sharedFolder = join(folder, SHARED_NAME);
  const known = [...records, MARKER_NAME, MARKER_NEW_NAME, SHARED_NAME];
  const names = await namesIn(files, folder);
  if (names.some((name) => !known.includes(name))) return;
  if ((await namesIn(files, sharedFolder)).length > 0) return;
  await refuseLinks(files, [folder, sharedFolder]);
  await files.remove(sharedFolder);
  // The marker last: a mark of the end without one would be taken for that of the newest run.
  for (const name of [...records, MARKER_NEW_NAME, MARKER_NAME]) {
    await files.remove(join(folder, name));
  }
  await files.remove(folder);
}

/** What was never completed is no checkpoint, and is removed by itself. */
function isThere({ content }: FoundJob['checkpoints'][number]): boolean {
  return content.kind !== 'incomplete';
}

function runNumberOf({ marker }: FoundJob): number {
  return marker?.runNumber ?? 0;
}
