/** Flink's keys of checkpoints in a pipeline file as the engine's configuration. */
import {
  CHECKPOINT_CONFIGURATION_DEFAULT as DEFAULTS,
  checkConfiguration,
  checkpointKeys as keys,
  type CheckpointConfiguration,
} from '../../engine/configuration.ts';
import type { ConfiguredValues } from './configured-values.ts';

/**
 * Unlike Flink, where a cluster keeps running that knows of them: the checkpoints of a job that was
 * cancelled or has failed stay, because nobody else could go on from them.
 */
const RETENTION_DEFAULT = 'RETAIN_ON_CANCELLATION';

/** Unlike Flink: only what has changed is written, unless the file says otherwise. */
const INCREMENTAL_DEFAULT = true;

export function readCheckpointing(values: ConfiguredValues): CheckpointConfiguration {
  const intervalMs = values.durationMs(keys.intervalMs);
  const configuration: CheckpointConfiguration = {
    // As Flink: an interval of nothing switches them off.
    intervalMs: intervalMs === 0 ? null : intervalMs,
    mode: values.word(keys.mode, ['EXACTLY_ONCE', 'AT_LEAST_ONCE']) ?? DEFAULTS.mode,
    timeoutMs: values.durationMs(keys.timeoutMs) ?? DEFAULTS.timeoutMs,
    minPauseMs: values.durationMs(keys.minPauseMs) ?? DEFAULTS.minPauseMs,
    maxConcurrent: values.number(keys.maxConcurrent) ?? DEFAULTS.maxConcurrent,
    tolerableFailed: values.number(keys.tolerableFailed) ?? DEFAULTS.tolerableFailed,
    retention:
      values.word(keys.retention, [
        'DELETE_ON_CANCELLATION',
        'RETAIN_ON_CANCELLATION',
        'NO_EXTERNALIZED_CHECKPOINTS',
      ]) ?? RETENTION_DEFAULT,
    isUnaligned: values.flag(keys.isUnaligned) ?? DEFAULTS.isUnaligned,
    alignedTimeoutMs: values.durationMs(keys.alignedTimeoutMs) ?? DEFAULTS.alignedTimeoutMs,
    isTakenAfterTasksFinish:
      values.flag(keys.isTakenAfterTasksFinish) ?? DEFAULTS.isTakenAfterTasksFinish,
    retainedMax: values.number(keys.retainedMax) ?? DEFAULTS.retainedMax,
    directory: values.folder(keys.directory),
    savepointDirectory: values.folder(keys.savepointDirectory),
    isIncremental: values.flag(keys.isIncremental) ?? INCREMENTAL_DEFAULT,
  };
  for (const { severity, field, message } of checkConfiguration(configuration)) {
    values.report(keys[field], severity, message);
  }
  if (configuration.intervalMs !== null && values.nameOf(keys.directory) === null) {
    const message = `Checkpoints are kept in memory, because ${keys.directory.name} is not set: restarts go on from them, but nothing does after the end of the process.`;
    const hint = `Set ${keys.directory.name} to a folder to be able to run with --restore latest.`;
    values.report(keys.intervalMs, 'warning', message, { isEmbedded: true, hint });
  }
  return configuration;
}
