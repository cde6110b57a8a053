/** `job config`: how a job runs: execution, checkpoints, and what its program published. */
import type { CheckpointConfig } from '../../flink/model/checkpoint.ts';
import type { JobId } from '../../flink/model/identifiers.ts';
import {
  countCell,
  durationCell,
  flagCell,
  textCell,
  type Cell,
  type Field,
  type View,
} from '../../output/view.ts';
import type { ClusterSession } from '../cluster/cluster-session.ts';
import { ifCheckpointsAreOn } from './if-checkpoints-are-on.ts';
import { resolveJob } from './resolve-job.ts';

export interface JobConfigResult {
  readonly jobId: JobId;
  readonly name: string;
  readonly execution: {
    readonly restartStrategy: string | null;
    readonly parallelism: number | null;
    readonly maxParallelism: number | null;
    readonly objectReuse: boolean | null;
    /** Up to 1.20. */
    readonly executionMode: string | null;
    readonly jobType: string | null;
    readonly schedulerType: string | null;
  };
  /** Null: the job takes no checkpoints. */
  readonly checkpoints: CheckpointConfig | null;
  /** Parameters that the program made global. */
  readonly userConfig: Readonly<Record<string, string>>;
}

export async function configOfJob(
  session: ClusterSession,
  argument: string,
): Promise<JobConfigResult> {
  const { jobId, name } = await resolveJob(session, argument);
  const { jobs } = session.client;
  const [config, details, checkpoints] = await Promise.all([
    jobs.config(jobId),
    jobs.details(jobId),
    ifCheckpointsAreOn(session.client.checkpoints.config(jobId)),
  ]);
  const { restartStrategy, parallelism, objectReuse, executionMode, userConfig } = config;
  const { maxParallelism, jobType, schedulerType } = details;
  return {
    jobId,
    name,
    execution: {
      restartStrategy,
      parallelism,
      maxParallelism,
      objectReuse,
      executionMode,
      jobType,
      schedulerType,
    },
    checkpoints,
    userConfig,
  };
}

export function jobConfigView(result: JobConfigResult): View {
  const { checkpoints } = result;
  return {
    sections: [
      { kind: 'fields', title: 'execution', fields: executionFields(result) },
      checkpoints === null
        ? { kind: 'text', title: 'checkpoints', lines: ['The job takes no checkpoints.'] }
        : { kind: 'fields', title: 'checkpoints', fields: checkpointFields(checkpoints) },
      {
        kind: 'table',
        title: 'global parameters',
        empty: 'the program sets none',
        columns: [
          { key: 'key', heading: 'KEY' },
          { key: 'value', heading: 'VALUE' },
        ],
        rows: Object.entries(result.userConfig)
          .toSorted(([left], [right]) => (left < right ? -1 : 1))
          .map(([key, value]) => [textCell(key), textCell(value)]),
      },
    ],
    names: [result.jobId],
  };
}

function executionFields({ jobId, name, execution }: JobConfigResult): readonly Field[] {
  return [
    field('jobId', 'job', textCell(jobId)),
    field('name', 'name', textCell(name)),
    field('restartStrategy', 'restart strategy', textCell(execution.restartStrategy)),
    field('parallelism', 'parallelism', countCell(execution.parallelism)),
    field('maxParallelism', 'max parallelism', countCell(execution.maxParallelism)),
    field('objectReuse', 'object reuse', flagCell(execution.objectReuse)),
    field('jobType', 'type', textCell(execution.jobType ?? execution.executionMode)),
    field('schedulerType', 'scheduler', textCell(execution.schedulerType)),
  ];
}

function checkpointFields(config: CheckpointConfig): readonly Field[] {
  const interval =
    config.intervalMs === null ? textCell('only on demand') : durationCell(config.intervalMs);
  return [
    field('intervalMs', 'interval', interval),
    field('mode', 'mode', textCell(config.mode)),
    field('timeoutMs', 'timeout', durationCell(config.timeoutMs)),
    field('minPauseMs', 'min pause', durationCell(config.minPauseMs)),
    field('maxConcurrent', 'at the same time', countCell(config.maxConcurrent)),
    field('tolerableFailed', 'tolerable failures', countCell(config.tolerableFailed)),
    field('isUnaligned', 'unaligned', flagCell(config.isUnaligned)),
    field('alignedTimeoutMs', 'aligned timeout', durationCell(config.alignedTimeoutMs)),
    field('stateBackend', 'state backend', textCell(config.stateBackend)),
    field('storage', 'storage', textCell(config.storage)),
    field('isExternalized', 'kept after the job', textCell(retentionText(config))),
    field('isChangelogEnabled', 'changelog', flagCell(config.isChangelogEnabled)),
    field('afterFinish', 'after tasks finish', flagCell(config.checkpointsAfterTasksFinish)),
  ];
}

function retentionText(config: CheckpointConfig): string | null {
  const { isExternalized, deletesOnCancellation } = config;
  if (isExternalized === null) return null;
  if (!isExternalized) return 'no';
  return deletesOnCancellation === true ? 'when it fails, not when it is cancelled' : 'yes';
}

function field(key: string, label: string, cell: Cell): Field {
  return { key, label, cell };
}
