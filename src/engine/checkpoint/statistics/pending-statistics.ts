/**
 * Statistics of a checkpoint that is in progress: collects what subtasks report and gives, at any
 * time, the record as of then.
 */
import type { SubtaskMetrics, SubtaskName, TriggerEffect } from '../coordinator-events.ts';
import { failureReasons, type FailureReason } from '../failure-reason.ts';
import type { CompletedSnapshot } from '../snapshot-storage.ts';
import type {
  CheckpointStatistics,
  CheckpointTotals,
  CheckpointType,
  Moment,
  SubtaskStatistics,
  VertexStatistics,
} from './checkpoint-statistics.ts';

interface Vertex {
  subtaskCount: number;
  readonly reports: Map<number, SubtaskStatistics>;
}

export class PendingStatistics {
  readonly trigger: TriggerEffect;
  readonly #triggered: Moment;
  readonly #vertices = new Map<string, Vertex>();

  constructor(trigger: TriggerEffect, triggered: Moment) {
    this.trigger = trigger;
    this.#triggered = triggered;
    for (const { vertexId } of trigger.subtasks) {
      const vertex = this.#vertices.get(vertexId);
      if (vertex === undefined) {
        this.#vertices.set(vertexId, { subtaskCount: 1, reports: new Map() });
      } else {
        vertex.subtaskCount++;
      }
    }
  }

  /** The first report of a subtask counts. */
  report(
    subtask: SubtaskName,
    metrics: SubtaskMetrics,
    options: { readonly moment: Moment; readonly isAborted: boolean },
  ): void {
    const reports = this.#vertices.get(subtask.vertexId)?.reports;
    if (reports === undefined || reports.has(subtask.subtask)) return;
    const { moment, isAborted } = options;
    const ackAtMs = moment.wallMs;
    const endToEndMs = this.#sinceTriggerMs(moment);
    reports.set(subtask.subtask, {
      index: subtask.subtask,
      ackAtMs,
      endToEndMs,
      ...metrics,
      isAborted,
    });
  }

  inProgress(): CheckpointStatistics {
    const vertices = [...this.#vertices].map(([vertexId, vertex]) => vertexOf(vertexId, vertex));
    const { checkpointId, snapshot, format } = this.trigger;
    return {
      id: checkpointId,
      status: 'IN_PROGRESS',
      type: this.#type(vertices),
      isSavepoint: snapshot === 'savepoint',
      savepointFormat: format,
      triggeredAtMs: this.#triggered.wallMs,
      ...totalsOf(vertices),
      completedAtMs: null,
      location: null,
      isDiscarded: false,
      failedAtMs: null,
      failureReason: null,
      failureMessage: null,
      vertices,
    };
  }

  /** The storage knows the sizes best: it has seen all that was written. */
  completed(snapshot: CompletedSnapshot): CheckpointStatistics {
    return {
      ...this.inProgress(),
      status: 'COMPLETED',
      completedAtMs: snapshot.completedAtMs,
      location: snapshot.location,
      checkpointedSizeBytes: snapshot.checkpointedSizeBytes,
      stateSizeBytes: snapshot.stateSizeBytes,
    };
  }

  failed(reason: FailureReason, message: string, moment: Moment): CheckpointStatistics {
    const { text } = failureReasons[reason];
    return {
      ...this.inProgress(),
      status: 'FAILED',
      endToEndMs: this.#sinceTriggerMs(moment),
      failedAtMs: moment.wallMs,
      failureReason: reason,
      failureMessage: message === '' ? text : `${text} ${message}`,
    };
  }

  #sinceTriggerMs(moment: Moment): number {
    return moment.monotonicMs - this.#triggered.monotonicMs;
  }

  #type(vertices: readonly VertexStatistics[]): CheckpointType {
    if (this.trigger.stop !== 'none') return 'SYNC_SAVEPOINT';
    if (this.trigger.snapshot === 'savepoint') return 'SAVEPOINT';
    const isUnaligned = vertices.some(({ subtasks }) => subtasks.some((one) => one.isUnaligned));
    return isUnaligned ? 'UNALIGNED_CHECKPOINT' : 'CHECKPOINT';
  }
}

function vertexOf(vertexId: string, vertex: Vertex): VertexStatistics {
  const subtasks = [...vertex.reports.values()].toSorted((one, other) => one.index - other.index);
  const acknowledged = subtasks.filter((subtask) => !subtask.isAborted);
  return {
    vertexId,
    latestAckAtMs: latest(acknowledged.map((subtask) => subtask.ackAtMs)),
    endToEndMs: latest(acknowledged.map((subtask) => subtask.endToEndMs)),
    ...sizesOf(acknowledged),
    subtaskCount: vertex.subtaskCount,
    acknowledgedCount: acknowledged.length,
    subtasks,
  };
}

function totalsOf(vertices: readonly VertexStatistics[]): CheckpointTotals {
  return {
    latestAckAtMs: latest(vertices.map((vertex) => vertex.latestAckAtMs)),
    endToEndMs: latest(vertices.map((vertex) => vertex.endToEndMs)),
    ...sizesOf(vertices),
    subtaskCount: sum(vertices.map((vertex) => vertex.subtaskCount)),
    acknowledgedCount: sum(vertices.map((vertex) => vertex.acknowledgedCount)),
  };
}

type Sizes = Pick<
  CheckpointTotals,
  'checkpointedSizeBytes' | 'stateSizeBytes' | 'processedBytes' | 'persistedBytes'
>;

function sizesOf(parts: readonly Sizes[]): Sizes {
  return {
    checkpointedSizeBytes: sum(parts.map((part) => part.checkpointedSizeBytes)),
    stateSizeBytes: sum(parts.map((part) => part.stateSizeBytes)),
    processedBytes: sum(parts.map((part) => part.processedBytes)),
    persistedBytes: sum(parts.map((part) => part.persistedBytes)),
  };
}

function latest(values: readonly (number | null)[]): number | null {
  return values.reduce<number | null>(
    (greatest, value) => (greatest === null || (value ?? greatest) > greatest ? value : greatest),
    null,
  );
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
