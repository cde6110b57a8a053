/** A checkpoint that has ended, with the keys of `checkpoint list`. */
import type { CheckpointStatistics } from '../../engine/minicluster.ts';

export interface CheckpointLine {
  readonly id: number;
  readonly status: CheckpointStatistics['status'];
  readonly isSavepoint: boolean;
  readonly triggeredAtMs: number;
  readonly durationMs: number | null;
  /** What it wrote itself. */
  readonly sizeBytes: number;
  readonly stateSizeBytes: number;
  readonly location: string | null;
  readonly failureMessage: string | null;
}

export function checkpointLine(checkpoint: CheckpointStatistics): CheckpointLine {
  const { id, status, isSavepoint, triggeredAtMs, location, failureMessage } = checkpoint;
  return {
    id,
    status,
    isSavepoint,
    triggeredAtMs,
    durationMs: checkpoint.endToEndMs === null ? null : Math.round(checkpoint.endToEndMs),
    sizeBytes: checkpoint.checkpointedSizeBytes,
    stateSizeBytes: checkpoint.stateSizeBytes,
    location,
    failureMessage,
  };
}
