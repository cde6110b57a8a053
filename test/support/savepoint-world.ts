/**
 * Jobs whose snapshots lie in files of a simulated disk, stopped or killed in the middle of their
 * input: input files are read a little at a time, so that a small input has a middle.
 */
import { readLatestSnapshot } from '../../src/engine/checkpoint/storage/latest-snapshot.ts';
import { readLocatedSnapshot } from '../../src/engine/checkpoint/storage/read-snapshot.ts';
import type {
  CompletedSnapshot,
  JobHandle,
  JobRecovery,
  RestoreFrom,
} from '../../src/engine/minicluster.ts';
import { FileJobStorage } from '../../src/engine/snapshots.ts';
import {
  createSimulatedPlatform,
  type SimulatedPlatform,
  type SimulationOptions,
} from '../../src/platform/simulated/simulated-platform.ts';
import {
  CHECKPOINT_CONFIGURATION_DEFAULT,
  type CheckpointConfiguration,
} from '../../src/engine/checkpoint/checkpoint-configuration.ts';
import { restartAlways } from './checkpointed-job.ts';
import { jobFolder } from './simulated-job.ts';

export const checkpointFolder = '/checkpoints';
export const savepointFolder = '/savepoints';

/** About this many blocks make up an input file. */
const BLOCKS_PER_FILE = 40;

/** A world whose input files are read in small blocks; by path, from `jobFolder` or absolute. */
export function createWorld(
  files: Readonly<Record<string, string | Uint8Array>>,
  options: Omit<SimulationOptions, 'files'>,
): SimulatedPlatform {
  const platform = createSimulatedPlatform({
    workingDirectory: jobFolder,
    ...options,
    files,
  });
  return inSmallBlocks(platform);
}

/** A reader takes blocks no larger than its file was when it was found; it reads on to the end. */
export function inSmallBlocks(platform: SimulatedPlatform): SimulatedPlatform {
  const { files } = platform;
  const status = files.status.bind(files);
  files.status = async (path) => {
    const found = await status(path);
    if (found === null || !/^\/work\/[^/]+\.jsonl$/.test(path)) return found;
    return { ...found, sizeBytes: Math.ceil(found.sizeBytes / BLOCKS_PER_FILE) };
  };
  return platform;
}

export interface SnapshotSettings extends Partial<CheckpointConfiguration> {
  readonly restoreFrom?: RestoreFrom | null;
}

export function recoveryInFiles(
  platform: SimulatedPlatform,
  { restoreFrom = null, ...configuration }: SnapshotSettings = {},
): JobRecovery {
  return {
    configuration: { ...CHECKPOINT_CONFIGURATION_DEFAULT, ...configuration },
    storageOf: (job) =>
      new FileJobStorage(
        {
          platform,
          checkpointDirectory: checkpointFolder,
          savepointDirectory: savepointFolder,
          retention: 'RETAIN_ON_CANCELLATION',
          dreyVersion: '0.0.0',
        },
        job,
      ),
    restart: restartAlways,
    restoreFrom,
  };
}

/** What a job starts from that is restored from this folder. */
export async function restoreFrom(
  platform: SimulatedPlatform,
  location: string,
  options: Partial<Pick<RestoreFrom, 'isOwned' | 'allowNonRestoredState'>> = {},
): Promise<RestoreFrom> {
  const { snapshot, completedAtMs } = await platform.drive(
    readLocatedSnapshot(platform.files, location),
  );
  return {
    snapshot,
    location,
    completedAtMs,
    isOwned: false,
    allowNonRestoredState: false,
    ...options,
  };
}

/** As `--restore latest`; null: there is no checkpoint yet. */
export async function restoreLatest(
  platform: SimulatedPlatform,
  jobName: string,
): Promise<RestoreFrom | null> {
  const latest = await platform.drive(
    readLatestSnapshot(platform.files, checkpointFolder, jobName),
  );
  if (latest.kind === 'none') return null;
  if (latest.kind === 'finished') throw new Error(`${jobName} has finished already`);
  return restoreFrom(platform, latest.location);
}

/** Lets the world go on until `isReached`; throws when the job ends before. */
export async function stepUntil(
  platform: SimulatedPlatform,
  handle: JobHandle,
  isReached: () => boolean,
): Promise<void> {
  const ended: unknown[] = [];
  handle.done.then(
    () => ended.push(new Error('the job has ended before')),
    (failure: unknown) => ended.push(failure),
  );
  while (!isReached()) {
    await platform.scheduler.step();
    if (ended.length > 0) throw ended[0];
  }
}

/** Stops a job with a savepoint. */
export async function stopWithSavepoint(
  platform: SimulatedPlatform,
  handle: JobHandle,
): Promise<CompletedSnapshot> {
  const savepoint = await platform.drive(
    handle.triggerSavepoint({ targetDirectory: savepointFolder, stop: true }),
  );
  await platform.drive(handle.done);
  return savepoint;
}

/** What a reader of the folder sees. */
export function visibleText(platform: SimulatedPlatform, folder: string): string {
  const { disk } = platform;
  return disk
    .list(folder)
    .filter((name) => !name.startsWith('.'))
    .map((name) => {
      const file = disk.find(`${folder}/${name}`);
      return file?.kind === 'file' ? new TextDecoder().decode(disk.content(file)) : '';
    })
    .join('');
}
