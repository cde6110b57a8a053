/**
 * One subtask's share of a checkpoint: what was written at once when the barrier was there, and
 * what is still to be written while rows go on.
 */
import type { SnapshotParts } from '../state/snapshot-parts.ts';
import type { InFlightPart } from './subtask-links.ts';

export interface OperatorSnapshot {
  readonly uid: string;
  readonly written: SnapshotParts;
}

export interface SubtaskSnapshot {
  readonly checkpointId: number;
  readonly subtask: number;
  readonly operators: readonly OperatorSnapshot[];
  /** Resolves when the last barrier has come. */
  readonly inFlight: Promise<readonly InFlightPart[]>;
  readonly isUnaligned: boolean;
  /** Resolves when the output of all sinks up to the barrier is durable. */
  readonly durable: Promise<void>;
  /** All inputs had ended. */
  readonly isFinished: boolean;
  readonly startDelayMs: number;
  /** From the first barrier to the snapshot. */
  readonly alignmentMs: number;
  readonly syncMs: number;
}
