/** What each subtask of a vertex did for one checkpoint: the five times and the sizes. */
import { Fields } from './fields.ts';

export interface SubtaskCheckpoint {
  readonly index: number;
  /** False: it has not acknowledged, and all its measures are null. */
  readonly isCompleted: boolean;
  readonly ackAtMs: number | null;
  readonly durationMs: number | null;
  readonly checkpointedSizeBytes: number | null;
  readonly stateSizeBytes: number | null;
  readonly syncMs: number | null;
  readonly asyncMs: number | null;
  readonly alignmentMs: number | null;
  readonly startDelayMs: number | null;
  readonly processedBytes: number | null;
  readonly persistedBytes: number | null;
  readonly isUnaligned: boolean | null;
  readonly isAborted: boolean | null;
}

/** Of /jobs/:id/checkpoints/details/:checkpointId/subtasks/:vertexId. */
export function decodeSubtaskCheckpoints(answer: unknown): readonly SubtaskCheckpoint[] {
  return Fields.of(answer).requiredObjects('subtasks').map(decodeSubtask);
}

function decodeSubtask(subtask: Fields): SubtaskCheckpoint {
  const checkpoint = subtask.object('checkpoint');
  const alignment = subtask.object('alignment');
  return {
    index: subtask.requiredNumber('index'),
    isCompleted: subtask.text('status') === 'completed',
    ackAtMs: subtask.measure('ack_timestamp'),
    durationMs: subtask.measure('end_to_end_duration'),
    checkpointedSizeBytes: subtask.measure('checkpointed_size'),
    stateSizeBytes: subtask.measure('state_size'),
    syncMs: checkpoint?.measure('sync') ?? null,
    asyncMs: checkpoint?.measure('async') ?? null,
    alignmentMs: alignment?.measure('duration') ?? null,
    startDelayMs: subtask.measure('start_delay'),
    processedBytes: alignment?.measure('processed') ?? null,
    persistedBytes: alignment?.measure('persisted') ?? null,
    isUnaligned: subtask.flag('unaligned_checkpoint'),
    isAborted: subtask.flag('aborted'),
  };
}
