/** Puts together how a job survives failures: its settings, where its snapshots go, what it starts from. */
import type {
  BackendOptions,
  CheckpointStatistics,
  JobRecovery,
} from '../../engine/minicluster.ts';
import type { CheckpointLock } from '../../engine/snapshots.ts';
import { UsageError } from '../../errors/drey-error.ts';
import type { LogicalPlan } from '../../pipeline/plan/logical-plan.ts';
import type { Platform } from '../../platform/platform.ts';
import { PipelineError } from '../pipeline-error.ts';
import { readRecoverySettings, type RecoverySettings } from '../recovery/recovery-settings.ts';

export interface RecoveryRequest {
  readonly savepointOnStop: boolean;
  readonly dreyVersion: string;
}

/** Throws a PipelineError for what the embedded engine cannot do. */
export function settingsOfRun(
  plan: LogicalPlan,
  { file, text }: { readonly file: string; readonly text: string },
  { environment }: Platform,
): RecoverySettings {
  const settings = readRecoverySettings(plan, file, environment['TMPDIR']);
  const errors = settings.embeddedFindings.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) throw new PipelineError(file, text, errors);
  return settings;
}

/**
 * Undefined: the job ends with its first failure, and nothing of it is kept. Where snapshots go is
 * loaded for a job that takes some.
 */
export async function recoveryOfRun(
  settings: RecoverySettings,
  restoreFrom: JobRecovery['restoreFrom'],
  run: {
    readonly request: RecoveryRequest;
    readonly platform: Platform;
    readonly lock: CheckpointLock | null;
    readonly ended: (checkpoint: CheckpointStatistics) => void;
  },
): Promise<JobRecovery | undefined> {
  const { checkpointing, restart } = settings;
  const { platform, request, ended, lock } = run;
  const directory = storageFolderOf(settings);
  const needsNone = checkpointing.intervalMs === null && restart.kind === 'none';
  if (directory === null && needsNone && restoreFrom === null) return undefined;
  const { FileJobStorage, MemoryJobStorage } = await import('../../engine/snapshots.ts');
  return {
    configuration: checkpointing,
    restart,
    restoreFrom,
    // The process is the cluster: who stops it goes on later.
    stopIs: 'suspended',
    ended,
    storageOf: (job) =>
      directory === null
        ? new MemoryJobStorage(platform, job)
        : new FileJobStorage(
            {
              platform,
              checkpointDirectory: directory,
              savepointDirectory: checkpointing.savepointDirectory ?? directory,
              retention: checkpointing.retention,
              dreyVersion: request.dreyVersion,
              lock: lock ?? undefined,
            },
            job,
          ),
  };
}

/** How keyed state is kept. */
export function backendOf(
  { checkpointing: { isIncremental }, disk }: RecoverySettings,
  { scratchFiles }: Platform,
): BackendOptions {
  if (disk === null) return { isIncremental };
  const { folder, memoryBytes } = disk;
  return { isIncremental, spill: { memoryBytes, openScratch: () => scratchFiles.open(folder) } };
}

/** Where the savepoint of a stop goes; null: none was asked for. */
export function stopFolderOf(settings: RecoverySettings, request: RecoveryRequest): string | null {
  if (!request.savepointOnStop) return null;
  const folder = storageFolderOf(settings);
  if (folder !== null) return settings.checkpointing.savepointDirectory ?? folder;
  throw new UsageError('DREY_USAGE', '--savepoint-on-stop: the pipeline names no folder for it', {
    hint: 'Set execution.checkpointing.dir in pipeline.config.',
  });
}

/** Null: in memory. A job without periodic checkpoints may have a folder for savepoints alone. */
function storageFolderOf({ checkpointing }: RecoverySettings): string | null {
  const { directory, savepointDirectory, intervalMs } = checkpointing;
  return directory ?? (intervalMs === null ? savepointDirectory : null);
}
