/**
 * Which of the waiting requests becomes a checkpoint now, if any, and how its barriers go.
 * As Flink, CheckpointRequestDecider: savepoints before checkpoints that someone asked for, those
 * before periodic ones; only periodic ones keep the pause.
 */
import type { CheckpointConfiguration } from './checkpoint-configuration.ts';
import type { Alignment } from './coordinator-events.ts';
import type { SnapshotKind } from './job-snapshot.ts';

export type TriggerSource = 'savepoint' | 'checkpoint' | 'periodic';

export type TriggerDecision =
  | { readonly kind: 'trigger'; readonly source: TriggerSource }
  /** The periodic one comes back when the pause is over. */
  | { readonly kind: 'postpone'; readonly untilMs: number }
  | { readonly kind: 'wait' };

export interface TriggerFacts {
  readonly hasSavepointRequest: boolean;
  readonly hasCheckpointRequest: boolean;
  readonly isPeriodicDue: boolean;
  /** Savepoints among them: as Flink, they hold periodic ones back. */
  readonly pendingCount: number;
  /** -Infinity: none has been completed. */
  readonly lastCompletedAtMs: number;
}

export function decideTrigger(
  facts: TriggerFacts,
  configuration: CheckpointConfiguration,
  nowMs: number,
): TriggerDecision {
  const isFull = facts.pendingCount >= configuration.maxConcurrent;
  if (facts.hasSavepointRequest) {
    // As Flink: with aligned checkpoints a savepoint may start although the concurrency limit is
    // reached (CheckpointProperties.forSavepoint forces it unless unaligned ones are on).
    const isForced = !configuration.isUnaligned;
    return isFull && !isForced ? { kind: 'wait' } : { kind: 'trigger', source: 'savepoint' };
  }
  if (isFull) return { kind: 'wait' };
  if (facts.hasCheckpointRequest) return { kind: 'trigger', source: 'checkpoint' };
  if (!facts.isPeriodicDue) return { kind: 'wait' };
  const pauseEndsAtMs = facts.lastCompletedAtMs + configuration.minPauseMs;
  if (pauseEndsAtMs > nowMs) return { kind: 'postpone', untilMs: pauseEndsAtMs };
  return { kind: 'trigger', source: 'periodic' };
}

/** Source: Flink, CheckpointOptions.forConfig: savepoints are always aligned. */
export function decideAlignment(
  configuration: CheckpointConfiguration,
  snapshot: SnapshotKind,
): Alignment {
  if (configuration.mode === 'AT_LEAST_ONCE') return { kind: 'none' };
  if (snapshot === 'savepoint' || !configuration.isUnaligned) return { kind: 'aligned' };
  const timeoutMs = configuration.alignedTimeoutMs;
  return timeoutMs === 0 ? { kind: 'unaligned' } : { kind: 'aligned-until', timeoutMs };
}
