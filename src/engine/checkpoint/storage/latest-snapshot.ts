/**
 * Finds what `--restore latest` means: the newest complete checkpoint, or savepoint that lies beside
 * them, of a pipeline, whichever run took it. Newer is what a later run took, or the same run under
 * a higher id; no clock decides.
 * Invariant: a newest one that is damaged is never passed over in silence.
 */
import { basename } from 'node:path';
import { DreyError, VerificationError } from '../../../errors/drey-error.ts';
import type { Files } from '../../../platform/files.ts';
import { CheckpointLock, type LockOptions } from './checkpoint-lock.ts';
import { readMarker } from './job-marker.ts';
import { readLocatedSnapshot, type LocatedSnapshot } from './read-snapshot.ts';
import { snapshotMissing } from './snapshot-error.ts';
import { readStopPointer } from './stop-pointer.ts';
import { checkpointIdOf } from './snapshot-layout.ts';
import { findJobs, findSavepoints, type FoundJob, type FoundSnapshot } from './survey.ts';

export type LatestSnapshot =
  | ({ readonly kind: 'found' } & LocatedSnapshot)
  /** The newest run came to its end and committed all: there is nothing left to do. */
  | { readonly kind: 'finished'; readonly jobId: string }
  | { readonly kind: 'none' };

interface Candidate {
  readonly found: FoundSnapshot;
  /** Where a run says that it stopped with this savepoint, which its user may have moved. */
  readonly toldBy?: string;
  readonly runNumber: number;
  readonly checkpointId: number;
}

/** Verifies what it gives. Throws a VerificationError when the newest one is damaged. */
export async function readLatestSnapshot(
  files: Files,
  directory: string,
  jobName: string,
): Promise<LatestSnapshot> {
  const jobs = (await findJobs(files, directory)).filter((job) => mayBeOf(job, jobName));
  const candidates = [
    ...jobs.flatMap((job) => candidatesOf(job, jobName)),
    ...(await savepointCandidates(files, directory, jobName)),
    ...(await stopCandidates(files, jobs)),
  ].sort(newestFirst);
  const [newest, ...older] = candidates;
  const finished = jobs
    .filter(({ isFinished }) => isFinished)
    .toSorted((a, b) => runNumberOf(b) - runNumberOf(a))[0];
  if (finished !== undefined && runNumberOf(finished) >= (newest?.runNumber ?? 0)) {
    return { kind: 'finished', jobId: finished.jobId };
  }
  if (newest === undefined) return { kind: 'none' };
  try {
    return await read(files, newest);
  } catch (error) {
    if (newest.toldBy !== undefined) throw stoppedWith(newest, newest.toldBy, error);
    if (!(error instanceof VerificationError)) throw error;
    const since = finished === undefined ? 0 : runNumberOf(finished);
    throw await withOlder(
      files,
      error,
      older.filter(({ runNumber }) => runNumber > since),
    );
  }
}

/**
 * The same for a run that is to go on from it: between the look and its start nobody else may go on
 * from it, too, so it takes the lock before it looks and keeps it. Throws DREY_CHECKPOINT_LOCKED.
 */
export async function lockAndReadLatest(
  options: LockOptions,
): Promise<{ readonly latest: LatestSnapshot; readonly lock: CheckpointLock }> {
  const { platform, directory, jobName } = options;
  const lock = await CheckpointLock.acquire(options);
  try {
    return { latest: await readLatestSnapshot(platform.files, directory, jobName), lock };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

/** The error of a restore that finds nothing, exit status 5. */
export function noLatestSnapshot(directory: string, jobName: string): DreyError {
  return snapshotMissing(`there is no complete checkpoint of pipeline ${jobName} in ${directory}`, {
    path: directory,
    jobName,
  });
}

async function read(
  files: Files,
  { found }: Candidate,
): Promise<LatestSnapshot & { readonly kind: 'found' }> {
  const { location, content } = found;
  if (content.kind === 'unreadable') throw content.error;
  return { kind: 'found', ...(await readLocatedSnapshot(files, location)) };
}

/** The same error, with what could be restored instead, or what else is damaged. */
async function withOlder(
  files: Files,
  error: VerificationError,
  older: readonly Candidate[],
): Promise<VerificationError> {
  const broken: string[] = [error.message];
  for (const candidate of older) {
    try {
      const { location } = await read(files, candidate);
      const hint = `The next older one is whole: --restore ${location}`;
      const details = { ...error.details, older: location };
      return new VerificationError(error.code, broken.join('; '), { hint, details, cause: error });
    } catch (other) {
      if (!(other instanceof DreyError)) throw other;
      broken.push(other.message);
    }
  }
  return new VerificationError(error.code, broken.join('; '), {
    hint: 'There is no older one. --allow-empty-state starts without state.',
    details: { ...error.details, older: null },
    cause: error,
  });
}

/** A folder whose name nobody can tell any more may be that of the pipeline. */
function mayBeOf(job: FoundJob, jobName: string): boolean {
  const name = job.marker?.jobName ?? manifestOf(job)?.jobName ?? jobName;
  return name === jobName;
}

function runNumberOf(job: FoundJob): number {
  // Unknown: it may be the newest.
  return job.marker?.runNumber ?? manifestOf(job)?.runNumber ?? Number.MAX_SAFE_INTEGER;
}

function manifestOf({
  checkpoints,
}: FoundJob): { readonly jobName: string; readonly runNumber: number } | null {
  for (const { content } of checkpoints) {
    if (content.kind === 'manifest') return content.manifest;
  }
  return null;
}

function candidatesOf(job: FoundJob, jobName: string): readonly Candidate[] {
  return job.checkpoints.flatMap((found): readonly Candidate[] => {
    const { content } = found;
    if (content.kind === 'incomplete') return [];
    if (content.kind === 'unreadable') {
      const checkpointId = checkpointIdOf(basename(found.location)) ?? 0;
      return [{ found, runNumber: runNumberOf(job), checkpointId }];
    }
    const { runNumber, checkpointId } = content.manifest;
    return content.manifest.jobName === jobName ? [{ found, runNumber, checkpointId }] : [];
  });
}

async function savepointCandidates(
  files: Files,
  directory: string,
  jobName: string,
): Promise<readonly Candidate[]> {
  const candidates: Candidate[] = [];
  for (const found of await findSavepoints(files, directory)) {
    const { content, location } = found;
    if (content.kind === 'incomplete') continue;
    const known =
      content.kind === 'manifest' ? content.manifest : await readMarker(files, location);
    if ((known?.jobName ?? jobName) !== jobName) continue;
    const runNumber = known?.runNumber ?? Number.MAX_SAFE_INTEGER;
    const checkpointId = known?.checkpointId ?? Number.MAX_SAFE_INTEGER;
    candidates.push({ found, runNumber, checkpointId });
  }
  return candidates;
}

/** Savepoints elsewhere with which runs have stopped. */
async function stopCandidates(
  files: Files,
  jobs: readonly FoundJob[],
): Promise<readonly Candidate[]> {
  const candidates: Candidate[] = [];
  for (const job of jobs) {
    const pointer = await readStopPointer(files, job.folder);
    if (pointer === null) continue;
    const { location, checkpointId } = pointer;
    // Whatever is there now is read as what the pointer names, and refused when it is not.
    const content = { kind: 'incomplete' } as const;
    const found = { location, content };
    candidates.push({ found, runNumber: runNumberOf(job), checkpointId, toldBy: job.folder });
  }
  return candidates;
}

/** What is older must not be offered: the output up to the savepoint is there already. */
function stoppedWith({ found }: Candidate, jobFolder: string, error: unknown): unknown {
  if (!(error instanceof DreyError)) return error;
  const { location } = found;
  const message = `the last run stopped with the savepoint ${location}, which cannot be read: ${error.message}`;
  return new VerificationError('DREY_SNAPSHOT_INCOMPLETE', message, {
    hint: 'If it was moved, give its place with --restore PATH. From an older checkpoint rows would be written twice.',
    details: { path: location, jobFolder, older: null },
    cause: error,
  });
}

function newestFirst(a: Candidate, b: Candidate): number {
  return b.runNumber - a.runNumber || b.checkpointId - a.checkpointId;
}
