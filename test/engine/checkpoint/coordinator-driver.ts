/** Plays events to a coordinator on a clock of its own and keeps what it answers. */
import {
  CHECKPOINT_CONFIGURATION_DEFAULT,
  type CheckpointConfiguration,
} from '../../../src/engine/checkpoint/checkpoint-configuration.ts';
import type { RestorePoint } from '../../../src/engine/checkpoint/completed-checkpoints.ts';
import type {
  CoordinatorEffect,
  CoordinatorEvent,
  SnapshotRequest,
  StopMode,
  SubtaskMetrics,
  SubtaskName,
  TriggerEffect,
} from '../../../src/engine/checkpoint/coordinator-events.ts';
import { CheckpointCoordinator } from '../../../src/engine/checkpoint/coordinator.ts';
import type { SnapshotKind } from '../../../src/engine/checkpoint/job-snapshot.ts';
import type { CompletedSnapshot } from '../../../src/engine/checkpoint/snapshot-storage.ts';

export const SUBTASKS: readonly SubtaskName[] = [
  { vertexId: 'source', subtask: 0 },
  { vertexId: 'source', subtask: 1 },
  { vertexId: 'sink', subtask: 0 },
];

export const METRICS: SubtaskMetrics = {
  startDelayMs: 1,
  alignmentMs: 2,
  syncMs: 3,
  asyncMs: 4,
  checkpointedSizeBytes: 100,
  stateSizeBytes: 200,
  processedBytes: 10,
  persistedBytes: 0,
  isUnaligned: false,
};

export function snapshotOf(
  checkpointId: number,
  kind: SnapshotKind = 'checkpoint',
): CompletedSnapshot {
  return {
    kind,
    checkpointId,
    location: `/state/${kind}-${checkpointId}`,
    completedAtMs: 0,
    checkpointedSizeBytes: 300,
    stateSizeBytes: 600,
  };
}

export function savepoint(stop: StopMode = 'none'): SnapshotRequest {
  return { kind: 'savepoint', format: 'CANONICAL', targetDirectory: '/savepoints', stop };
}

export class CoordinatorDriver {
  readonly coordinator: CheckpointCoordinator;
  nowMs = 0;

  constructor(
    configuration: Partial<CheckpointConfiguration> = {},
    restored: RestorePoint | null = null,
  ) {
    this.coordinator = new CheckpointCoordinator({
      configuration: { ...CHECKPOINT_CONFIGURATION_DEFAULT, intervalMs: 100, ...configuration },
      restored,
    });
  }

  send(event: CoordinatorEvent): readonly CoordinatorEffect[] {
    return this.coordinator.on(event, this.nowMs);
  }

  /** The first periodic trigger comes after a whole interval. */
  run(): this {
    this.send({ kind: 'tasks-running', subtasks: SUBTASKS, random: 0.999_999 });
    return this;
  }

  passTo(nowMs: number): readonly CoordinatorEffect[] {
    this.nowMs = nowMs;
    return this.send({ kind: 'time-passed' });
  }

  request(requestId: string, request: SnapshotRequest): readonly CoordinatorEffect[] {
    return this.send({ kind: 'snapshot-requested', requestId, request });
  }

  acknowledge(checkpointId: number, subtask: SubtaskName): readonly CoordinatorEffect[] {
    return this.send({ kind: 'subtask-acknowledged', checkpointId, subtask, metrics: METRICS });
  }

  acknowledgeAll(checkpointId: number): readonly CoordinatorEffect[] {
    return SUBTASKS.flatMap((subtask) => [...this.acknowledge(checkpointId, subtask)]);
  }

  store(checkpointId: number, kind: SnapshotKind = 'checkpoint'): readonly CoordinatorEffect[] {
    const snapshot = snapshotOf(checkpointId, kind);
    return this.send({ kind: 'storage-completed', checkpointId, snapshot });
  }

  /** All subtasks acknowledge and the storage completes it. */
  complete(checkpointId: number, kind: SnapshotKind = 'checkpoint'): readonly CoordinatorEffect[] {
    this.acknowledgeAll(checkpointId);
    return this.store(checkpointId, kind);
  }

  decline(
    checkpointId: number,
    reason: 'declined' | 'async-failed' | 'task-not-ready' = 'declined',
  ): readonly CoordinatorEffect[] {
    const subtask = { vertexId: 'sink', subtask: 0 };
    const message = 'no space left';
    return this.send({
      kind: 'subtask-declined',
      checkpointId,
      subtask,
      reason,
      message,
      metrics: null,
    });
  }
}

/** Effects as short words, in their order: `trigger 1`, `abort 1 expired`. */
export function words(effects: readonly CoordinatorEffect[]): readonly string[] {
  return effects.map((effect) => {
    switch (effect.kind) {
      case 'trigger':
        return `trigger ${effect.checkpointId}`;
      case 'abort':
        return `abort ${effect.checkpointId} ${effect.reason}`;
      case 'complete':
      case 'notify-complete':
        return `${effect.kind} ${effect.checkpointId}`;
      case 'discard':
        return `discard ${effect.snapshot.checkpointId}`;
      case 'trigger-refused':
        return `trigger-refused ${effect.reason}`;
      case 'request-completed':
        return `request-completed ${effect.requestId}`;
      case 'request-failed':
        return `request-failed ${effect.requestId} ${effect.reason}`;
      case 'fail-job':
        return effect.isRestartable ? 'fail-job' : 'fail-job for good';
    }
  });
}

export function triggerOf(effects: readonly CoordinatorEffect[]): TriggerEffect {
  const found = effects.find((effect) => effect.kind === 'trigger');
  if (found === undefined) throw new Error(`nothing was triggered: ${words(effects).join(', ')}`);
  return found;
}
