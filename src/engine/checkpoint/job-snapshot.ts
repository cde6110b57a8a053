/**
 * A checkpoint or savepoint as data: what the subtasks of a job have acknowledged, and what a job
 * is restored from. How it lies on disk is the storage's.
 */
import type { SubtaskState } from '../state/state-part.ts';
import type { StateSchema } from '../state/state-schema.ts';

export type SnapshotKind = 'checkpoint' | 'savepoint';

/** What one subtask of one operator has written. */
export interface OperatorSubtaskState extends SubtaskState {
  /** The subtask had come to the end of its input before. */
  readonly isFinished: boolean;
}

export interface OperatorState {
  readonly uid: string;
  /** What the operator is (`window-aggregate`, `source`): state of another kind does not fit. */
  readonly operatorKind: string;
  readonly parallelism: number;
  readonly maxParallelism: number;
  /** What the state means; none: not known, as the snapshot is older than that. */
  readonly stateSchema: StateSchema;
  /** In the order of their index. */
  readonly subtasks: readonly OperatorSubtaskState[];
}

export interface JobSnapshot {
  readonly kind: SnapshotKind;
  readonly checkpointId: number;
  /** 32 hexadecimal digits, of the job that took it. */
  readonly jobId: string;
  readonly jobName: string;
  /** Wall clock when it was triggered, epoch milliseconds. */
  readonly triggeredAtMs: number;
  readonly operators: readonly OperatorState[];
}
