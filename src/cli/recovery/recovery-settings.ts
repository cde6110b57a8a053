/**
 * What a pipeline file says about checkpoints, restarts, state and restoring, as one value, with all
 * that is wrong in it. The engine is loaded for it, so who needs none of it does not ask.
 */
import {
  BUFFER_TIMEOUT_MS,
  type CheckpointConfiguration,
  type RestartStrategy,
} from '../../engine/configuration.ts';
import type { Finding } from '../../errors/finding.ts';
import type { LogicalPlan } from '../../pipeline/plan/logical-plan.ts';
import { ConfiguredValues } from './configured-values.ts';
import { readCheckpointing } from './read-checkpointing.ts';
import { readRestartStrategy } from './read-restart-strategy.ts';
import {
  bufferTimeoutEnabledKey,
  bufferTimeoutKey,
  claimModeKey,
  diskMemoryKey,
  ignoreUnclaimedKey,
  localFolderKey,
  restorePathKey,
  stateBackendKey,
} from './recovery-keys.ts';

export type ClaimMode = 'CLAIM' | 'NO_CLAIM';

export interface DiskSettings {
  /** Absolute; scratch files lie in it. */
  readonly folder: string;
  /** Of one subtask of one operator. */
  readonly memoryBytes: number;
}

export interface RecoverySettings {
  readonly checkpointing: CheckpointConfiguration;
  readonly restart: RestartStrategy;
  /** Null: rows wait until their batch is full. */
  readonly bufferTimeoutMs: number | null;
  /** Null: all state stays in memory. */
  readonly disk: DiskSettings | null;
  /** Absolute path of a snapshot to start from; null: none is named. */
  readonly restorePath: string | null;
  /** Null: not said. */
  readonly claimMode: ClaimMode | null;
  readonly allowNonRestoredState: boolean;
  readonly findings: readonly Finding[];
  /** See ConfiguredValues. */
  readonly embeddedFindings: readonly Finding[];
}

/** Where values go that do not fit into memory. */
const LOCAL_FOLDER_DEFAULT = '/tmp';
/** Of one subtask of one operator. Source: Flink's managed memory of a slot, 512 MB halved. */
const DISK_MEMORY_BYTES = 256 * 1024 * 1024;

/** `file`: as it stands in findings. `temporaryFolder`: undefined where the system names none. */
export function readRecoverySettings(
  plan: LogicalPlan,
  file: string,
  temporaryFolder: string | undefined,
): RecoverySettings {
  const values = new ConfiguredValues(plan, file);
  const checkpointing = readCheckpointing(values);
  const restart = readRestartStrategy(values, checkpointing.intervalMs !== null);
  return {
    checkpointing,
    restart,
    bufferTimeoutMs: readBufferTimeout(values),
    disk: readDisk(values, temporaryFolder ?? LOCAL_FOLDER_DEFAULT),
    restorePath: values.folder(restorePathKey),
    claimMode: readClaimMode(values),
    allowNonRestoredState: values.flag(ignoreUnclaimedKey) ?? false,
    findings: values.findings,
    embeddedFindings: values.embeddedFindings,
  };
}

function readDisk(values: ConfiguredValues, temporaryFolder: string): DiskSettings | null {
  const text = values.text(stateBackendKey) ?? 'hashmap';
  switch (text.toLowerCase()) {
    // Older names of Flink for the same.
    case 'hashmap':
    case 'jobmanager':
    case 'filesystem':
      return null;
    case 'rocksdb':
      return {
        folder: values.folder(localFolderKey) ?? temporaryFolder,
        memoryBytes: values.sizeBytes(diskMemoryKey) ?? DISK_MEMORY_BYTES,
      };
    default: {
      const name = values.nameOf(stateBackendKey) ?? stateBackendKey.name;
      const message = `${name} is ${text}, which the embedded engine does not have.`;
      values.report(stateBackendKey, 'error', message, {
        isEmbedded: true,
        hint: 'Write hashmap (all in memory) or rocksdb (values on disk).',
      });
      return null;
    }
  }
}

function readBufferTimeout(values: ConfiguredValues): number | null {
  if (values.flag(bufferTimeoutEnabledKey) === false) return null;
  return values.durationMs(bufferTimeoutKey) ?? BUFFER_TIMEOUT_MS;
}

function readClaimMode(values: ConfiguredValues): ClaimMode | null {
  const mode = values.word(claimModeKey, ['CLAIM', 'NO_CLAIM', 'LEGACY']);
  if (mode !== 'LEGACY') return mode;
  // As Flink since 2.0, which has no LEGACY any more.
  values.report(
    claimModeKey,
    'error',
    `${claimModeKey.name} is LEGACY, which is no longer there.`,
    {
      hint: 'Write CLAIM or NO_CLAIM.',
    },
  );
  return null;
}
