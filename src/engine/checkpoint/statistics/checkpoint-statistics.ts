/**
 * What is known about one checkpoint, as Flink's REST API reports it: by vertex and by subtask, each
 * field with Flink's meaning, its unit in its name. Timestamps are the wall clock's; durations are
 * measured with the monotonic one, so that a jump of the wall clock makes none of them wrong.
 * Source: AbstractCheckpointStats, TaskStateStats and SubtaskStateStats of Flink 2.3.
 */
import type { SavepointFormat } from '../coordinator-events.ts';
import type { FailureReason } from '../failure-reason.ts';

export interface Moment {
  /** Epoch milliseconds. */
  readonly wallMs: number;
  readonly monotonicMs: number;
}

export type CheckpointStatus = 'IN_PROGRESS' | 'COMPLETED' | 'FAILED';

/** SYNC_SAVEPOINT: the one that a job stops with. UNALIGNED: a subtask of it was. */
export type CheckpointType = 'CHECKPOINT' | 'UNALIGNED_CHECKPOINT' | 'SAVEPOINT' | 'SYNC_SAVEPOINT';

/** Flink's `ack_timestamp`, `checkpoint.{sync,async}`, `alignment.{...}`, `start_delay` and so on. */
export interface SubtaskStatistics {
  readonly index: number;
  /** When it acknowledged, or declined. */
  readonly ackAtMs: number;
  readonly endToEndMs: number;
  readonly startDelayMs: number;
  readonly alignmentMs: number;
  readonly syncMs: number;
  readonly asyncMs: number;
  readonly checkpointedSizeBytes: number;
  readonly stateSizeBytes: number;
  readonly processedBytes: number;
  readonly persistedBytes: number;
  readonly isUnaligned: boolean;
  /** It did not come to its end. */
  readonly isAborted: boolean;
}

/** Sums over subtasks, for a vertex and for the checkpoint. */
export interface CheckpointTotals {
  /** Null: nobody has acknowledged. */
  readonly latestAckAtMs: number | null;
  /** From the trigger to the last acknowledgement; of a failed checkpoint to its failure. */
  readonly endToEndMs: number | null;
  readonly checkpointedSizeBytes: number;
  readonly stateSizeBytes: number;
  readonly processedBytes: number;
  readonly persistedBytes: number;
  readonly subtaskCount: number;
  readonly acknowledgedCount: number;
}

export interface VertexStatistics extends CheckpointTotals {
  readonly vertexId: string;
  /** Those that have reported, by index. */
  readonly subtasks: readonly SubtaskStatistics[];
}

export interface CheckpointStatistics extends CheckpointTotals {
  readonly id: number;
  readonly status: CheckpointStatus;
  readonly type: CheckpointType;
  readonly isSavepoint: boolean;
  readonly savepointFormat: SavepointFormat | null;
  readonly triggeredAtMs: number;
  /** With the manifest, which Flink's duration leaves out. */
  readonly completedAtMs: number | null;
  /** Flink: external_path. */
  readonly location: string | null;
  /** A later one has subsumed it. */
  readonly isDiscarded: boolean;
  readonly failedAtMs: number | null;
  readonly failureReason: FailureReason | null;
  /** Flink's text for the reason, then what was wrong. */
  readonly failureMessage: string | null;
  readonly vertices: readonly VertexStatistics[];
}

export interface RestoreStatistics {
  readonly checkpointId: number;
  readonly restoredAtMs: number;
  readonly isSavepoint: boolean;
  readonly location: string;
}
