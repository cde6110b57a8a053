/**
 * Checkpoints of a job: list, details and configuration. Savepoints are checkpoints too and share
 * their sequence of ids. What Flink calls `state_size` is the full size, also for incremental
 * checkpoints; `checkpointed_size` is what this one wrote.
 */
import { Fields, type Long } from './fields.ts';
import { vertexIdOf, type VertexId } from './identifiers.ts';

/** IN_PROGRESS, COMPLETED, FAILED. */
export type CheckpointStatus = string;

export interface CheckpointEntry {
  readonly id: number;
  readonly status: CheckpointStatus;
  readonly isSavepoint: boolean;
  /** CANONICAL or NATIVE; null for what is no savepoint. */
  readonly format: string | null;
  /** CHECKPOINT, UNALIGNED_CHECKPOINT, SAVEPOINT, SYNC_SAVEPOINT. */
  readonly type: string | null;
  readonly triggeredAtMs: number | null;
  readonly latestAckAtMs: number | null;
  /** From the trigger to the last acknowledgement, or to the failure. */
  readonly durationMs: number | null;
  /** Written by this one. */
  readonly checkpointedSizeBytes: number | null;
  /** Of the whole state it refers to. */
  readonly stateSizeBytes: number | null;
  /** In-flight data that went through during the alignment, and that was stored. */
  readonly processedBytes: number | null;
  readonly persistedBytes: number | null;
  readonly subtasks: number | null;
  readonly acknowledgedSubtasks: number | null;
  /** Null while it is in progress, when it failed, and when it has no address. */
  readonly location: string | null;
  /** Its files were deleted because a later one replaced it. */
  readonly isDiscarded: boolean | null;
  readonly failedAtMs: number | null;
  readonly failureMessage: string | null;
}

export interface RestoredCheckpoint {
  readonly id: number | null;
  readonly restoredAtMs: number | null;
  readonly isSavepoint: boolean | null;
  readonly location: string | null;
}

/** Over completed checkpoints and savepoints together; quantiles are null without samples. */
export interface MeasureSummary {
  readonly min: number | null;
  readonly max: number | null;
  readonly avg: number | null;
  readonly p50: number | null;
  readonly p90: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
  readonly p999: number | null;
}

export interface CheckpointCounts {
  readonly restored: number | null;
  /** With the triggers that never became a checkpoint, as `failed` has them. */
  readonly total: number | null;
  readonly inProgress: number | null;
  readonly completed: number | null;
  readonly failed: number | null;
}

export interface CheckpointOverview {
  readonly counts: CheckpointCounts;
  readonly summary: {
    readonly durationMs: MeasureSummary;
    readonly stateSizeBytes: MeasureSummary;
    readonly checkpointedSizeBytes: MeasureSummary;
    readonly processedBytes: MeasureSummary;
    readonly persistedBytes: MeasureSummary;
  };
  readonly latestCompleted: CheckpointEntry | null;
  readonly latestSavepoint: CheckpointEntry | null;
  readonly latestFailed: CheckpointEntry | null;
  readonly latestRestored: RestoredCheckpoint | null;
  /** Newest first, as many as the cluster keeps (10 by default). */
  readonly history: readonly CheckpointEntry[];
}

/** What a vertex did for one checkpoint. */
export interface VertexCheckpoint {
  readonly vertexId: VertexId;
  readonly status: CheckpointStatus;
  readonly latestAckAtMs: number | null;
  readonly durationMs: number | null;
  readonly checkpointedSizeBytes: number | null;
  readonly stateSizeBytes: number | null;
  readonly subtasks: number | null;
  readonly acknowledgedSubtasks: number | null;
}

export interface CheckpointDetails extends CheckpointEntry {
  readonly vertices: readonly VertexCheckpoint[];
}

export interface CheckpointConfig {
  /** exactly_once or at_least_once. */
  readonly mode: string | null;
  /** Null: no periodic checkpoints. */
  readonly intervalMs: number | null;
  readonly timeoutMs: number | null;
  readonly minPauseMs: number | null;
  readonly maxConcurrent: number | null;
  readonly isExternalized: boolean | null;
  readonly deletesOnCancellation: boolean | null;
  readonly stateBackend: string | null;
  readonly storage: string | null;
  readonly isUnaligned: boolean | null;
  readonly alignedTimeoutMs: number | null;
  readonly tolerableFailed: number | null;
  readonly checkpointsAfterTasksFinish: boolean | null;
  readonly isChangelogEnabled: boolean | null;
  readonly changelogStorage: string | null;
  readonly changelogMaterializationIntervalMs: number | null;
}

/** Of /jobs/:id/checkpoints. */
export function decodeCheckpoints(answer: unknown): CheckpointOverview {
  const overview = Fields.of(answer);
  const counts = overview.object('counts');
  const latest = overview.object('latest');
  const summary = overview.object('summary');
  return {
    counts: {
      restored: counts?.measure('restored') ?? null,
      total: counts?.measure('total') ?? null,
      inProgress: counts?.measure('in_progress') ?? null,
      completed: counts?.measure('completed') ?? null,
      failed: counts?.measure('failed') ?? null,
    },
    summary: {
      durationMs: decodeMeasures(summary, 'end_to_end_duration'),
      stateSizeBytes: decodeMeasures(summary, 'state_size'),
      checkpointedSizeBytes: decodeMeasures(summary, 'checkpointed_size'),
      processedBytes: decodeMeasures(summary, 'processed_data'),
      persistedBytes: decodeMeasures(summary, 'persisted_data'),
    },
    latestCompleted: decodeLatest(latest, 'completed'),
    latestSavepoint: decodeLatest(latest, 'savepoint'),
    latestFailed: decodeLatest(latest, 'failed'),
    latestRestored: decodeRestored(latest?.object('restored') ?? null),
    history: overview.requiredObjects('history').map(decodeEntry),
  };
}

/** Of /jobs/:id/checkpoints/details/:checkpointId. */
export function decodeCheckpointDetails(answer: unknown): CheckpointDetails {
  const details = Fields.of(answer);
  const tasks = details.object('tasks');
  return {
    ...decodeEntry(details),
    vertices: (tasks?.names ?? []).flatMap((name) => {
      const vertex = tasks?.object(name) ?? null;
      return vertex === null ? [] : [decodeVertex(vertexIdOf(name), vertex)];
    }),
  };
}

/** Of /jobs/:id/checkpoints/config. */
export function decodeCheckpointConfig(answer: unknown): CheckpointConfig {
  const config = Fields.of(answer);
  const externalization = config.object('externalization');
  return {
    mode: config.text('mode'),
    intervalMs: intervalOf(config.long('interval')),
    timeoutMs: config.measure('timeout'),
    minPauseMs: config.measure('min_pause'),
    maxConcurrent: config.measure('max_concurrent'),
    isExternalized: externalization?.flag('enabled') ?? null,
    deletesOnCancellation: externalization?.flag('delete_on_cancellation') ?? null,
    stateBackend: config.text('state_backend'),
    storage: config.text('checkpoint_storage'),
    isUnaligned: config.flag('unaligned_checkpoints'),
    alignedTimeoutMs: config.measure('aligned_checkpoint_timeout'),
    tolerableFailed: config.measure('tolerable_failed_checkpoints'),
    checkpointsAfterTasksFinish: config.flag('checkpoints_after_tasks_finish'),
    isChangelogEnabled: config.flag('state_changelog_enabled'),
    changelogStorage: config.text('changelog_storage'),
    changelogMaterializationIntervalMs: config.measure(
      'changelog_periodic_materialization_interval',
    ),
  };
}

/** Flink's text for a checkpoint that lies in the JobManager's memory. */
const NOT_ADDRESSABLE = '<checkpoint-not-externally-addressable>';
/** Of Java: stands for a checkpoint interval that is off. */
const LONG_MAX = 9_223_372_036_854_775_807n;

function intervalOf(interval: Long | null): number | null {
  if (interval === null || interval === LONG_MAX || interval < 0) return null;
  return Number(interval);
}

function decodeLatest(latest: Fields | null, name: string): CheckpointEntry | null {
  const entry = latest?.object(name) ?? null;
  return entry === null ? null : decodeEntry(entry);
}

function decodeEntry(entry: Fields): CheckpointEntry {
  const location = entry.text('external_path');
  return {
    id: entry.requiredNumber('id'),
    status: entry.requiredText('status'),
    isSavepoint: entry.flag('is_savepoint') ?? false,
    format: entry.text('savepointFormat'),
    type: entry.text('checkpoint_type'),
    triggeredAtMs: entry.measure('trigger_timestamp'),
    latestAckAtMs: entry.measure('latest_ack_timestamp'),
    durationMs: entry.measure('end_to_end_duration'),
    checkpointedSizeBytes: entry.measure('checkpointed_size'),
    stateSizeBytes: entry.measure('state_size'),
    processedBytes: entry.measure('processed_data'),
    persistedBytes: entry.measure('persisted_data'),
    subtasks: entry.measure('num_subtasks'),
    acknowledgedSubtasks: entry.measure('num_acknowledged_subtasks'),
    location: location === NOT_ADDRESSABLE ? null : location,
    isDiscarded: entry.flag('discarded'),
    failedAtMs: entry.measure('failure_timestamp'),
    failureMessage: entry.text('failure_message'),
  };
}

function decodeVertex(vertexId: VertexId, vertex: Fields): VertexCheckpoint {
  return {
    vertexId,
    status: vertex.text('status') ?? '',
    latestAckAtMs: vertex.measure('latest_ack_timestamp'),
    durationMs: vertex.measure('end_to_end_duration'),
    checkpointedSizeBytes: vertex.measure('checkpointed_size'),
    stateSizeBytes: vertex.measure('state_size'),
    subtasks: vertex.measure('num_subtasks'),
    acknowledgedSubtasks: vertex.measure('num_acknowledged_subtasks'),
  };
}

function decodeRestored(restored: Fields | null): RestoredCheckpoint | null {
  if (restored === null) return null;
  return {
    id: restored.measure('id'),
    restoredAtMs: restored.measure('restore_timestamp'),
    isSavepoint: restored.flag('is_savepoint'),
    location: restored.text('external_path'),
  };
}

/** Of a group of minimum, maximum, mean and quantiles; "NaN" stands for no sample. */
export function decodeMeasures(groups: Fields | null, name: string): MeasureSummary {
  const group = groups?.object(name) ?? null;
  return {
    min: group?.measure('min') ?? null,
    max: group?.measure('max') ?? null,
    avg: group?.measure('avg') ?? null,
    p50: group?.measure('p50') ?? null,
    p90: group?.measure('p90') ?? null,
    p95: group?.measure('p95') ?? null,
    p99: group?.measure('p99') ?? null,
    p999: group?.measure('p999') ?? null,
  };
}
