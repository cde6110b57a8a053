/**
 * How a job takes checkpoints: Flink's configuration keys as one typed value, with Flink's defaults,
 * and what in it contradicts itself. It does not read text: whoever does gets the names here.
 * Source: CheckpointingOptions and CheckpointConfig of Flink 2.3.
 */
import { durationText } from '../../errors/duration-text.ts';

export type CheckpointMode = 'EXACTLY_ONCE' | 'AT_LEAST_ONCE';

export type ExternalizedRetention =
  'DELETE_ON_CANCELLATION' | 'RETAIN_ON_CANCELLATION' | 'NO_EXTERNALIZED_CHECKPOINTS';

export interface CheckpointConfiguration {
  /** Null: no periodic checkpoints; savepoints are taken all the same. */
  readonly intervalMs: number | null;
  readonly mode: CheckpointMode;
  /** From the trigger until all subtasks have acknowledged. */
  readonly timeoutMs: number;
  /** From the end of one checkpoint to the trigger of the next periodic one. */
  readonly minPauseMs: number;
  readonly maxConcurrent: number;
  /** Consecutive failures that the job outlives. */
  readonly tolerableFailed: number;
  readonly retention: ExternalizedRetention;
  readonly isUnaligned: boolean;
  /** 0: barriers overtake data from the start. Without effect unless `isUnaligned`. */
  readonly alignedTimeoutMs: number;
  readonly isTakenAfterTasksFinish: boolean;
  readonly retainedMax: number;
  readonly directory: string | null;
  readonly savepointDirectory: string | null;
  readonly isIncremental: boolean;
}

export const CHECKPOINT_CONFIGURATION_DEFAULT: CheckpointConfiguration = {
  intervalMs: null,
  mode: 'EXACTLY_ONCE',
  timeoutMs: 600_000,
  minPauseMs: 0,
  maxConcurrent: 1,
  tolerableFailed: 0,
  retention: 'NO_EXTERNALIZED_CHECKPOINTS',
  isUnaligned: false,
  alignedTimeoutMs: 0,
  isTakenAfterTasksFinish: true,
  retainedMax: 1,
  directory: null,
  savepointDirectory: null,
  isIncremental: false,
};

export interface ConfigurationKey {
  readonly name: string;
  /** Older names that Flink still takes; the first one that is set counts, after `name`. */
  readonly olderNames: readonly string[];
}

export const checkpointKeys: Readonly<Record<keyof CheckpointConfiguration, ConfigurationKey>> = {
  intervalMs: key('execution.checkpointing.interval'),
  mode: key('execution.checkpointing.mode'),
  timeoutMs: key('execution.checkpointing.timeout'),
  minPauseMs: key('execution.checkpointing.min-pause'),
  maxConcurrent: key('execution.checkpointing.max-concurrent-checkpoints'),
  tolerableFailed: key('execution.checkpointing.tolerable-failed-checkpoints'),
  retention: key('execution.checkpointing.externalized-checkpoint-retention'),
  isUnaligned: key(
    'execution.checkpointing.unaligned.enabled',
    'execution.checkpointing.unaligned',
  ),
  alignedTimeoutMs: key(
    'execution.checkpointing.aligned-checkpoint-timeout',
    'execution.checkpointing.alignment-timeout',
  ),
  isTakenAfterTasksFinish: key(
    'execution.checkpointing.checkpoints-after-tasks-finish',
    'execution.checkpointing.checkpoints-after-tasks-finish.enabled',
  ),
  retainedMax: key('execution.checkpointing.num-retained', 'state.checkpoints.num-retained'),
  directory: key(
    'execution.checkpointing.dir',
    'state.checkpoints.dir',
    'state.backend.fs.checkpointdir',
  ),
  savepointDirectory: key('execution.checkpointing.savepoint-dir', 'state.savepoints.dir'),
  isIncremental: key('execution.checkpointing.incremental', 'state.backend.incremental'),
};

/** Source: Flink, CheckpointCoordinatorConfiguration.MINIMAL_CHECKPOINT_TIME. */
const DURATION_MIN_MS = 10;
/** Source: Flink, CheckpointCoordinator, the upper bound of the pause: a year. */
export const MIN_PAUSE_MAX_MS = 365 * 24 * 3_600_000;

export interface ConfigurationProblem {
  /** A warning says what is ignored or changed; the job runs. */
  readonly severity: 'error' | 'warning';
  readonly field: keyof CheckpointConfiguration;
  readonly message: string;
}

/** Everything that is out of bounds or contradicts itself; empty when all is well. */
export function checkConfiguration(
  configuration: CheckpointConfiguration,
): readonly ConfigurationProblem[] {
  return [...outOfBounds(configuration), ...contradictions(configuration)];
}

/**
 * What is in force, as Flink: a pause longer than the interval makes the interval longer, and with
 * at-least-once barriers are never aligned, so that unaligned checkpoints have no meaning.
 */
export function effectiveConfiguration(
  configuration: CheckpointConfiguration,
): CheckpointConfiguration {
  const { intervalMs, minPauseMs, mode, isUnaligned } = configuration;
  return {
    ...configuration,
    intervalMs: intervalMs === null ? null : Math.max(intervalMs, minPauseMs),
    isUnaligned: isUnaligned && mode === 'EXACTLY_ONCE',
  };
}

function outOfBounds(configuration: CheckpointConfiguration): readonly ConfigurationProblem[] {
  const { intervalMs, timeoutMs, minPauseMs, maxConcurrent } = configuration;
  const { tolerableFailed, retainedMax, alignedTimeoutMs } = configuration;
  return [
    ...(intervalMs === null ? [] : atLeast('intervalMs', intervalMs, DURATION_MIN_MS)),
    ...atLeast('timeoutMs', timeoutMs, DURATION_MIN_MS),
    ...atLeast('minPauseMs', minPauseMs, 0),
    ...(minPauseMs <= MIN_PAUSE_MAX_MS
      ? []
      : [problem('error', 'minPauseMs', `must be at most ${durationText(MIN_PAUSE_MAX_MS)}`)]),
    ...atLeast('alignedTimeoutMs', alignedTimeoutMs, 0),
    ...atLeast('maxConcurrent', maxConcurrent, 1),
    ...atLeast('tolerableFailed', tolerableFailed, 0),
    ...atLeast('retainedMax', retainedMax, 1),
  ];
}

function contradictions(configuration: CheckpointConfiguration): readonly ConfigurationProblem[] {
  const { intervalMs, minPauseMs, mode, maxConcurrent } = configuration;
  const { isUnaligned, alignedTimeoutMs, timeoutMs } = configuration;
  const found: ConfigurationProblem[] = [];
  // As Flink, CheckpointCoordinatorConfiguration: barriers that overtake each other are not told apart.
  if (isUnaligned && maxConcurrent > 1 && mode === 'EXACTLY_ONCE') {
    found.push(
      problem(
        'error',
        'maxConcurrent',
        `is ${maxConcurrent}; it must be 1 with ${checkpointKeys.isUnaligned.name}`,
      ),
    );
  }
  if (isUnaligned && mode === 'AT_LEAST_ONCE') {
    const other = `${checkpointKeys.mode.name}: AT_LEAST_ONCE`;
    found.push(problem('warning', 'isUnaligned', `is ignored with ${other}`));
  }
  if (!isUnaligned && alignedTimeoutMs > 0) {
    const other = checkpointKeys.isUnaligned.name;
    found.push(problem('warning', 'alignedTimeoutMs', `is ignored without ${other}`));
  }
  if (isUnaligned && alignedTimeoutMs >= timeoutMs) {
    const other = `${checkpointKeys.timeoutMs.name} (${durationText(timeoutMs)})`;
    found.push(
      problem('warning', 'alignedTimeoutMs', `is ignored: it is not shorter than ${other}`),
    );
  }
  if (intervalMs !== null && minPauseMs > intervalMs) {
    const other = `${checkpointKeys.minPauseMs.name} (${durationText(minPauseMs)})`;
    found.push(
      problem('warning', 'intervalMs', `is ${durationText(intervalMs)} and is raised to ${other}`),
    );
  }
  return found;
}

function atLeast(
  field: keyof CheckpointConfiguration,
  value: number,
  min: number,
): readonly ConfigurationProblem[] {
  if (value >= min) return [];
  const text = (number: number) => (field.endsWith('Ms') ? durationText(number) : String(number));
  return [problem('error', field, `is ${text(value)}; it must be at least ${text(min)}`)];
}

function problem(
  severity: ConfigurationProblem['severity'],
  field: keyof CheckpointConfiguration,
  predicate: string,
): ConfigurationProblem {
  return { severity, field, message: `${checkpointKeys[field].name} ${predicate}.` };
}

function key(name: string, ...olderNames: readonly string[]): ConfigurationKey {
  return { name, olderNames };
}
