/**
 * Flink's configuration as `pipeline.config` takes it: which keys exist, of which type, and which
 * of them the embedded engine of this version honours.
 */
import { clusterControlKeys } from './cluster-control-keys.ts';
import { clusterResourcesKeys } from './cluster-resources-keys.ts';
import type { ConfigurationType } from './configuration-type.ts';
import { executionKeys } from './execution-keys.ts';
import { stateKeys } from './state-keys.ts';
import { tableKeys } from './table-keys.ts';

export const configurationKeys: Readonly<Record<string, ConfigurationType>> = {
  ...executionKeys,
  ...stateKeys,
  ...tableKeys,
  ...clusterControlKeys,
  ...clusterResourcesKeys,
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
  'table.local-time-zone',
  'parallelism.default',
  'table.exec.state.ttl',
  'pipeline.auto-watermark-interval',
]);
/** What the embedded engine will honour one day: state, checkpoints, restarts, time. */
const PLANNED =
  /^(?:execution\.checkpointing\.|execution\.savepoint|execution\.state-recovery\.|state\.|restart-strategy|pipeline\.(?:max-parallelism|name)|table\.exec\.(?:mini-batch|emit|source\.idle-timeout))/;

/** What the embedded engine of this version makes of a key. */
export function embeddedEngineHonours(key: string): Honoured {
  if (HONOURED.has(key)) return { kind: 'yes' };
  return PLANNED.test(key) ? { kind: 'not-yet' } : { kind: 'not-applicable' };
}
