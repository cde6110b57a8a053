/** The statistics that runs have left beside their checkpoints, as far as they can be read. */
import { join } from 'node:path';
import type { CheckpointStatistics } from '../../engine/minicluster.ts';
import { parseStatisticsLine } from '../../engine/snapshots.ts';
import { DreyError } from '../../errors/drey-error.ts';
import type { Files } from '../../platform/files.ts';

/** Two files of a run, each of the size at which the engine begins the next, with some room. */
const STATISTICS_BYTES_MAX = 10 * 1024 * 1024;
const NAMES = ['stats.old.jsonl', 'stats.jsonl'];
const JOB_ID = /^[0-9a-f]{32}$/;

export interface FolderStatistics {
  /** Of all runs, each in its order. */
  readonly checkpoints: readonly (CheckpointStatistics & { readonly jobId: string })[];
  readonly restored: number;
}

/** `directory`: of checkpoints, or of one job. Lines that are none are left out. */
export async function readFolderStatistics(
  files: Files,
  directory: string,
): Promise<FolderStatistics> {
  const checkpoints: (CheckpointStatistics & { readonly jobId: string })[] = [];
  let restored = 0;
  const jobs = (await files.list(directory)).filter((name) => JOB_ID.test(name));
  for (const folder of [directory, ...jobs.map((name) => join(directory, name))]) {
    let jobId = '';
    for (const line of await linesIn(files, folder)) {
      const record = parseStatisticsLine(line);
      if (record.kind === 'run') jobId = record.jobId;
      if (record.kind === 'restore') restored++;
      if (record.kind === 'checkpoint') checkpoints.push({ ...record, jobId });
    }
  }
  return { checkpoints, restored };
}

async function linesIn(files: Files, folder: string): Promise<readonly string[]> {
  const lines: string[] = [];
  for (const name of NAMES) {
    try {
      const bytes = await files.readAll(join(folder, name), STATISTICS_BYTES_MAX);
      lines.push(...new TextDecoder().decode(bytes).split('\n'));
    } catch (error) {
      // Statistics are extra: a run need not have any, and what is there is listed without them.
      if (!(error instanceof DreyError)) throw error;
    }
  }
  return lines.filter((line) => line !== '');
}
