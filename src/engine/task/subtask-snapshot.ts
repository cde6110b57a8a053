/**
 * One subtask's share of a checkpoint: the order that barriers carry, what was written at once
 * when the barrier was there, and what is still to be written while rows go on.
 */
import type { Alignment, StopMode, SubtaskMetrics } from '../checkpoint/coordinator-events.ts';
import type { SnapshotParts } from '../state/snapshot-parts.ts';
import type { StatePart } from '../state/state-part.ts';

export interface SubtaskOrder {
  readonly checkpointId: number;
  readonly isSavepoint: boolean;
  readonly alignment: Alignment;
  readonly stop: StopMode;
  /** Monotonic clock. */
  readonly triggeredMs: number;
  /** Wall clock, epoch milliseconds. */
  readonly triggeredAtMs: number;
}

export interface OperatorSnapshot {
  readonly uid: string;
  readonly written: SnapshotParts;
}

/** What the barrier of one subtask has found. */
export interface SubtaskSnapshot {
  readonly order: SubtaskOrder;
  readonly subtask: number;
  readonly operators: readonly OperatorSnapshot[];
  /** In-flight data, by the operator that its gate feeds; resolves when the last barrier has come. */
  readonly inFlight: Promise<readonly InFlightPart[]>;
  /** Resolves when the output of all sinks up to the barrier is durable. */
  readonly durable: Promise<void>;
  /** All inputs had ended. */
  readonly isFinished: boolean;
  readonly startDelayMs: number;
  readonly alignmentMs: number;
  readonly syncMs: number;
}

export interface InFlightPart {
  readonly uid: string;
  readonly part: StatePart;
}

/** Of a subtask that declined before it wrote anything. */
export const NO_METRICS: SubtaskMetrics = {
  startDelayMs: 0,
  alignmentMs: 0,
  syncMs: 0,
  asyncMs: 0,
  checkpointedSizeBytes: 0,
  stateSizeBytes: 0,
  processedBytes: 0,
  persistedBytes: 0,
  isUnaligned: false,
};
