/**
 * Flink's configuration as `pipeline.config` takes it: which keys exist, of which type, and which
 * of them the embedded engine of this version honours.
 */
import { clusterControlKeys } from './cluster-control-keys.ts';
import { clusterResourcesKeys } from './cluster-resources-keys.ts';
import type { ConfigurationType } from './configuration-type.ts';
import { dreyKeys } from './drey-keys.ts';
import { executionKeys } from './execution-keys.ts';
import { stateKeys } from './state-keys.ts';
import { tableKeys } from './table-keys.ts';

export const configurationKeys: Readonly<Record<string, ConfigurationType>> = {
  ...executionKeys,
  ...stateKeys,
  ...tableKeys,
  ...clusterControlKeys,
  ...clusterResourcesKeys,
  ...dreyKeys,
};

/** Keys whose rest is chosen by the user or belongs to another program. */
const OPEN_PREFIXES: readonly string[] = [
  'containerized.master.env.',
  'containerized.taskmanager.env.',
  'env.',
  'events.reporter.',
  'external-resource.',
  'flink.hadoop.',
  'fs.',
  'kubernetes.',
  'metrics.reporter.',
  'metrics.scope.variables.',
  'pipeline.global-job-parameters.',
  's3.',
  'sql-client.',
  'sql-gateway.',
  'traces.reporter.',
  'yarn.',
];

/** Null when Flink has no such key. Keys under an open prefix are texts. */
export function configurationType(key: string): ConfigurationType | null {
  if (Object.hasOwn(configurationKeys, key)) return configurationKeys[key] ?? null;
  const isOpen = OPEN_PREFIXES.some(
    (prefix) => key.startsWith(prefix) && key.length > prefix.length,
  );
  return isOpen ? 'text' : null;
}

export type Honoured =
  | { readonly kind: 'yes' }
  /** Accepted, without effect in this version. */
  | { readonly kind: 'not-yet' }
  /** Has no meaning for an engine in one process. */
  | { readonly kind: 'not-applicable' };

const HONOURED: ReadonlySet<string> = new Set([
  'drey.hdfs.http-address',
  'drey.hdfs.user',
  'table.local-time-zone',
  'parallelism.default',
  'table.exec.state.ttl',
  'pipeline.auto-watermark-interval',
  'pipeline.max-parallelism',
  'execution.buffer-timeout',
  'execution.buffer-timeout.enabled',
  'execution.buffer-timeout.interval',
  'execution.checkpointing.aligned-checkpoint-timeout',
  'execution.checkpointing.alignment-timeout',
  'execution.checkpointing.checkpoints-after-tasks-finish',
  'execution.checkpointing.checkpoints-after-tasks-finish.enabled',
  'execution.checkpointing.dir',
  'execution.checkpointing.externalized-checkpoint-retention',
  'execution.checkpointing.incremental',
  'execution.checkpointing.interval',
  'execution.checkpointing.max-concurrent-checkpoints',
  'execution.checkpointing.min-pause',
  'execution.checkpointing.mode',
  'execution.checkpointing.num-retained',
  'execution.checkpointing.savepoint-dir',
  'execution.checkpointing.timeout',
  'execution.checkpointing.tolerable-failed-checkpoints',
  'execution.checkpointing.unaligned',
  'execution.checkpointing.unaligned.enabled',
  'execution.savepoint-restore-mode',
  'execution.savepoint.ignore-unclaimed-state',
  'execution.savepoint.path',
  'execution.state-recovery.claim-mode',
  'execution.state-recovery.ignore-unclaimed-state',
  'execution.state-recovery.path',
  'restart-strategy.exponential-delay.attempts-before-reset-backoff',
  'restart-strategy.exponential-delay.backoff-multiplier',
  'restart-strategy.exponential-delay.initial-backoff',
  'restart-strategy.exponential-delay.jitter-factor',
  'restart-strategy.exponential-delay.max-backoff',
  'restart-strategy.exponential-delay.reset-backoff-threshold',
  'restart-strategy.failure-rate.delay',
  'restart-strategy.failure-rate.failure-rate-interval',
  'restart-strategy.failure-rate.max-failures-per-interval',
  'restart-strategy.fixed-delay.attempts',
  'restart-strategy.fixed-delay.delay',
  'restart-strategy.type',
  'state.backend',
  'state.backend.fs.checkpointdir',
  'state.backend.incremental',
  'state.backend.rocksdb.localdir',
  'state.backend.rocksdb.memory.fixed-per-slot',
  'state.backend.type',
  'state.checkpoints.dir',
  'state.checkpoints.num-retained',
  'state.savepoints.dir',
]);
/** What the embedded engine will honour one day. */
const PLANNED =
  /^(?:execution\.checkpointing\.|execution\.savepoint|execution\.state-recovery\.|state\.|restart-strategy|pipeline\.name|table\.exec\.(?:mini-batch|emit|source\.idle-timeout))/;

/** What the embedded engine of this version makes of a key. */
export function embeddedEngineHonours(key: string): Honoured {
  if (HONOURED.has(key)) return { kind: 'yes' };
  return PLANNED.test(key) ? { kind: 'not-yet' } : { kind: 'not-applicable' };
}
