/** How the tasks of a job keep state and pass rows on, as far as its configuration says so. */
import type { Platform } from '../../platform/platform.ts';
import type { BackendOptions } from '../state/backend/keyed-backend.ts';

export interface JobSettings {
  /** Rows wait no longer for others of their batch; null: until it is full. */
  readonly bufferTimeoutMs: number | null;
  readonly stateBackend: StateBackendSettings;
}

export interface StateBackendSettings {
  /** execution.checkpointing.incremental */
  readonly isIncremental: boolean;
  /** Null: all values stay in memory. */
  readonly disk: DiskSettings | null;
}

export interface DiskSettings {
  /** Absolute; scratch files lie in it. */
  readonly folder: string;
  /** Of one subtask of one operator. */
  readonly memoryBytes: number;
}

/** Source: Flink, execution.buffer-timeout.interval. */
export const BUFFER_TIMEOUT_MS_DEFAULT = 100;

export const JOB_SETTINGS_DEFAULT: JobSettings = {
  bufferTimeoutMs: BUFFER_TIMEOUT_MS_DEFAULT,
  stateBackend: { isIncremental: true, disk: null },
};

export function backendOptionsOf(
  { isIncremental, disk }: StateBackendSettings,
  { scratchFiles }: Pick<Platform, 'scratchFiles'>,
): BackendOptions {
  if (disk === null) return { isIncremental };
  const { folder, memoryBytes } = disk;
  return { isIncremental, spill: { memoryBytes, openScratch: () => scratchFiles.open(folder) } };
}
