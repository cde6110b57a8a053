/**
 * Whether the checkpoints of a job stay when it ends. As Flink's CheckpointProperties for
 * execution.checkpointing.externalized-checkpoint-retention.
 */
import type { ExternalizedRetention } from '../checkpoint-configuration.ts';

/** How a job ended; `suspended`: the process was told to stop, the job is to go on later. */
export type JobEnd = 'finished' | 'canceled' | 'failed' | 'suspended';

const kept: Readonly<Record<ExternalizedRetention, readonly JobEnd[]>> = {
  // Unlike Flink: suspended in all of them. There the checkpoints of a suspended job are found
  // through high availability services, here only by their folder.
  RETAIN_ON_CANCELLATION: ['canceled', 'failed', 'suspended'],
  DELETE_ON_CANCELLATION: ['failed', 'suspended'],
  NO_EXTERNALIZED_CHECKPOINTS: ['suspended'],
};

export function isRetained(retention: ExternalizedRetention, end: JobEnd): boolean {
  return kept[retention].includes(end);
}
