/**
 * Whether the checkpoints of a job outlive it: a decision over how it ended and what
 * `execution.checkpointing.externalized-checkpoint-retention` says.
 * A process that dies decides nothing, so its checkpoints stay.
 */
import type { ExternalizedRetention } from './checkpoint-configuration.ts';

/** Flink's terminal states of a job. */
export type JobEnd = 'FINISHED' | 'CANCELED' | 'FAILED';

/** Source: Flink, the constants of CheckpointProperties. */
const keptAt: Readonly<Record<ExternalizedRetention, readonly JobEnd[]>> = {
  DELETE_ON_CANCELLATION: ['FAILED'],
  RETAIN_ON_CANCELLATION: ['CANCELED', 'FAILED'],
  NO_EXTERNALIZED_CHECKPOINTS: [],
};

export function keepsCheckpoints(retention: ExternalizedRetention, end: JobEnd): boolean {
  return keptAt[retention].includes(end);
}
