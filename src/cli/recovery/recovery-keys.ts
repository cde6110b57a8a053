/** Keys of Flink, beside those of checkpoints and restarts, that decide how a job keeps its state. */
import { keyNamed } from './configured-values.ts';

export const stateBackendKey = keyNamed('state.backend.type', 'state.backend');
export const localFolderKey = keyNamed('state.backend.rocksdb.localdir');
export const diskMemoryKey = keyNamed('state.backend.rocksdb.memory.fixed-per-slot');
export const bufferTimeoutKey = keyNamed(
  'execution.buffer-timeout.interval',
  'execution.buffer-timeout',
);
export const bufferTimeoutEnabledKey = keyNamed('execution.buffer-timeout.enabled');
export const restorePathKey = keyNamed('execution.state-recovery.path', 'execution.savepoint.path');
export const claimModeKey = keyNamed(
  'execution.state-recovery.claim-mode',
  'execution.savepoint-restore-mode',
);
export const ignoreUnclaimedKey = keyNamed(
  'execution.state-recovery.ignore-unclaimed-state',
  'execution.savepoint.ignore-unclaimed-state',
);

/** Whether a key of the file has anything to do with checkpoints, state or restarts. */
export function isRecoveryKey(name: string): boolean {
  return /^(?:execution\.(?:checkpointing|savepoint|state-recovery|buffer-timeout)|state\.|restart-strategy)/.test(
    name,
  );
}
