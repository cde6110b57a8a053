/** Reads the records of `stats.jsonl` from their JSON fields, name by name. */
import type { CheckpointConfiguration } from '../checkpoint-configuration.ts';
import { failureReasons, type FailureReason } from '../failure-reason.ts';
import type {
  CheckpointStatistics,
  CheckpointTotals,
  RestoreStatistics,
  SubtaskStatistics,
  VertexStatistics,
} from './checkpoint-statistics.ts';
import type { StrictFields } from './strict-fields.ts';

export function readConfiguration(fields: StrictFields): CheckpointConfiguration {
  return {
    intervalMs: fields.orNull('intervalMs', (name) => fields.whole(name)),
    mode: fields.oneOf('mode', ['EXACTLY_ONCE', 'AT_LEAST_ONCE']),
    timeoutMs: fields.whole('timeoutMs'),
    minPauseMs: fields.whole('minPauseMs'),
    maxConcurrent: fields.whole('maxConcurrent'),
    tolerableFailed: fields.whole('tolerableFailed'),
    retention: fields.oneOf('retention', [
      'DELETE_ON_CANCELLATION',
      'RETAIN_ON_CANCELLATION',
      'NO_EXTERNALIZED_CHECKPOINTS',
    ]),
    isUnaligned: fields.flag('isUnaligned'),
    alignedTimeoutMs: fields.whole('alignedTimeoutMs'),
    isTakenAfterTasksFinish: fields.flag('isTakenAfterTasksFinish'),
    retainedMax: fields.whole('retainedMax'),
    directory: fields.orNull('directory', (name) => fields.text(name)),
    savepointDirectory: fields.orNull('savepointDirectory', (name) => fields.text(name)),
    isIncremental: fields.flag('isIncremental'),
  };
}

export function readRestore(fields: StrictFields): RestoreStatistics {
  return {
    checkpointId: fields.whole('checkpointId'),
    restoredAtMs: fields.whole('restoredAtMs'),
    isSavepoint: fields.flag('isSavepoint'),
    location: fields.text('location'),
  };
}

export function readCheckpoint(fields: StrictFields): CheckpointStatistics {
  return {
    id: fields.whole('id'),
    status: fields.oneOf('status', ['IN_PROGRESS', 'COMPLETED', 'FAILED']),
    type: fields.oneOf('type', [
      'CHECKPOINT',
      'UNALIGNED_CHECKPOINT',
      'SAVEPOINT',
      'SYNC_SAVEPOINT',
    ]),
    isSavepoint: fields.flag('isSavepoint'),
    savepointFormat: fields.orNull('savepointFormat', (name) =>
      fields.oneOf(name, ['CANONICAL', 'NATIVE']),
    ),
    triggeredAtMs: fields.whole('triggeredAtMs'),
    ...readTotals(fields),
    completedAtMs: fields.orNull('completedAtMs', (name) => fields.whole(name)),
    location: fields.orNull('location', (name) => fields.text(name)),
    isDiscarded: fields.flag('isDiscarded'),
    failedAtMs: fields.orNull('failedAtMs', (name) => fields.whole(name)),
    failureReason: fields.orNull('failureReason', (name) => fields.oneOf(name, reasons())),
    failureMessage: fields.orNull('failureMessage', (name) => fields.text(name)),
    vertices: fields.list('vertices', readVertex),
  };
}

function readVertex(fields: StrictFields): VertexStatistics {
  return {
    vertexId: fields.text('vertexId'),
    ...readTotals(fields),
    subtasks: fields.list('subtasks', readSubtask),
  };
}

function readTotals(fields: StrictFields): CheckpointTotals {
  return {
    latestAckAtMs: fields.orNull('latestAckAtMs', (name) => fields.whole(name)),
    endToEndMs: fields.orNull('endToEndMs', (name) => fields.duration(name)),
    checkpointedSizeBytes: fields.whole('checkpointedSizeBytes'),
    stateSizeBytes: fields.whole('stateSizeBytes'),
    processedBytes: fields.whole('processedBytes'),
    persistedBytes: fields.whole('persistedBytes'),
    subtaskCount: fields.whole('subtaskCount'),
    acknowledgedCount: fields.whole('acknowledgedCount'),
  };
}

function readSubtask(fields: StrictFields): SubtaskStatistics {
  return {
    index: fields.whole('index'),
    ackAtMs: fields.whole('ackAtMs'),
    endToEndMs: fields.duration('endToEndMs'),
    startDelayMs: fields.duration('startDelayMs'),
    alignmentMs: fields.duration('alignmentMs'),
    syncMs: fields.duration('syncMs'),
    asyncMs: fields.duration('asyncMs'),
    checkpointedSizeBytes: fields.whole('checkpointedSizeBytes'),
    stateSizeBytes: fields.whole('stateSizeBytes'),
    processedBytes: fields.whole('processedBytes'),
    persistedBytes: fields.whole('persistedBytes'),
    isUnaligned: fields.flag('isUnaligned'),
    isAborted: fields.flag('isAborted'),
  };
}

function reasons(): readonly FailureReason[] {
  return Object.keys(failureReasons).filter(isReason);
}

function isReason(word: string): word is FailureReason {
  return Object.hasOwn(failureReasons, word);
}
