/** `checkpoint config`: how a job takes checkpoints. */
import { RefusedError } from '../../errors/drey-error.ts';
import type { CheckpointConfig } from '../../flink/model/checkpoint.ts';
import type { JobId } from '../../flink/model/identifiers.ts';
import { countCell, durationCell, flagCell, textCell, type View } from '../../output/view.ts';
import type { ClusterSession } from '../cluster/cluster-session.ts';
import { ifCheckpointsAreOn } from '../job/if-checkpoints-are-on.ts';
import { resolveJob } from '../job/resolve-job.ts';

export interface CheckpointConfigResult extends CheckpointConfig {
  readonly jobId: JobId;
}

export async function checkpointConfig(
  session: ClusterSession,
  argument: string,
): Promise<CheckpointConfigResult> {
  const { jobId, name } = await resolveJob(session, argument);
  const config = await ifCheckpointsAreOn(session.client.checkpoints.config(jobId));
  if (config !== null) return { jobId, ...config };
  throw new RefusedError('DREY_FLINK_NOT_FOUND', `job ${name} (${jobId}) takes no checkpoints`, {
    hint: 'Set execution.checkpointing.interval for it; savepoints can be taken all the same.',
    details: { jobId },
  });
}

export function checkpointConfigView(config: CheckpointConfigResult): View {
  return {
    sections: [
      {
        kind: 'fields',
        fields: [
          {
            key: 'intervalMs',
            label: 'interval',
            cell: config.intervalMs === null ? textCell('off') : durationCell(config.intervalMs),
          },
          { key: 'mode', label: 'mode', cell: textCell(config.mode) },
          { key: 'timeoutMs', label: 'timeout', cell: durationCell(config.timeoutMs) },
          { key: 'minPauseMs', label: 'min pause', cell: durationCell(config.minPauseMs) },
          {
            key: 'maxConcurrent',
            label: 'at the same time',
            cell: countCell(config.maxConcurrent),
          },
          {
            key: 'tolerableFailed',
            label: 'tolerable failures',
            cell: countCell(config.tolerableFailed),
          },
          { key: 'isUnaligned', label: 'unaligned', cell: flagCell(config.isUnaligned) },
          {
            key: 'alignedTimeoutMs',
            label: 'aligned timeout',
            cell: durationCell(config.alignedTimeoutMs),
          },
          { key: 'stateBackend', label: 'state backend', cell: textCell(config.stateBackend) },
          { key: 'storage', label: 'storage', cell: textCell(config.storage) },
          {
            key: 'isExternalized',
            label: 'kept after the job',
            cell: flagCell(config.isExternalized),
          },
          {
            key: 'deletesOnCancellation',
            label: 'deleted on cancel',
            cell: flagCell(config.deletesOnCancellation),
          },
          {
            key: 'checkpointsAfterTasksFinish',
            label: 'after tasks finish',
            cell: flagCell(config.checkpointsAfterTasksFinish),
          },
          {
            key: 'isChangelogEnabled',
            label: 'changelog',
            cell: flagCell(config.isChangelogEnabled),
          },
        ],
      },
    ],
    names: [config.jobId],
  };
}
