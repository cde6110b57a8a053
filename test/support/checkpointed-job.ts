/** Jobs that take checkpoints, with a storage in memory: short intervals, restarts without delay. */
import {
  CHECKPOINT_CONFIGURATION_DEFAULT,
  type CheckpointConfiguration,
} from '../../src/engine/checkpoint/checkpoint-configuration.ts';
import type { RestartStrategy } from '../../src/engine/failover/restart-strategy.ts';
import type { JobRecovery } from '../../src/engine/minicluster.ts';
import type { MemoryStorage } from './memory-storage.ts';

export interface RecoveryParts extends Partial<CheckpointConfiguration> {
  readonly restart?: RestartStrategy;
  readonly restoreFrom?: JobRecovery['restoreFrom'];
  readonly observe?: JobRecovery['observe'];
}

/** Restarts at once, as often as it takes. */
export const restartAlways: RestartStrategy = {
  kind: 'fixed-delay',
  attemptsMax: 1_000,
  delayMs: 0,
};

export function recoveryWith(storage: MemoryStorage, parts: RecoveryParts = {}): JobRecovery {
  const { restart = restartAlways, restoreFrom = null, observe, ...configuration } = parts;
  return {
    configuration: {
      ...CHECKPOINT_CONFIGURATION_DEFAULT,
      intervalMs: 100,
      retainedMax: 1_000,
      ...configuration,
    },
    storageOf: storage.of,
    restart,
    restoreFrom,
    ...(observe !== undefined && { observe }),
  };
}
