/**
 * Statistics of the checkpoints of a job, for readers: counts, summary, the latest of each kind and a
 * bounded history. It learns all from the events and effects of the coordinator.
 * Source: DefaultCheckpointStatsTracker and CheckpointStatsHistory of Flink 2.3.
 */
import type { CoordinatorEffect, CoordinatorEvent } from '../coordinator-events.ts';
import type { CheckpointStatistics, Moment, RestoreStatistics } from './checkpoint-statistics.ts';
import { Measure, type MeasureSummary } from './measure-summary.ts';
import { PendingStatistics } from './pending-statistics.ts';

/** Source: Flink, `web.checkpoints.history`. */
export const HISTORY_MAX_DEFAULT = 10;

export interface CheckpointCounts {
  readonly restored: number;
  /** With triggers that never became a checkpoint, as `failed` has them. */
  readonly total: number;
  readonly inProgress: number;
  readonly completed: number;
  readonly failed: number;
}

const measured = [
  'endToEndMs',
  'checkpointedSizeBytes',
  'stateSizeBytes',
  'processedBytes',
  'persistedBytes',
] as const satisfies readonly (keyof CheckpointStatistics)[];

/** Over complete checkpoints and savepoints together; null while there is none. */
export type CheckpointSummary = Readonly<Record<(typeof measured)[number], MeasureSummary | null>>;

export interface CheckpointOverview {
  readonly counts: CheckpointCounts;
  readonly summary: CheckpointSummary;
  /** No savepoint. */
  readonly latestCompleted: CheckpointStatistics | null;
  readonly latestSavepoint: CheckpointStatistics | null;
  readonly latestFailed: CheckpointStatistics | null;
  readonly latestRestored: RestoreStatistics | null;
  /** Newest first. */
  readonly history: readonly CheckpointStatistics[];
}

export class StatisticsTracker {
  readonly #historyMax: number;
  readonly #pending = new Map<number, PendingStatistics>();
  /** By id, oldest first; those in progress among them. */
  readonly #history = new Map<number, CheckpointStatistics | PendingStatistics>();
  readonly #measures = new Map(measured.map((name) => [name, new Measure()]));
  #restored = 0;
  #refused = 0;
  #completed = 0;
  #failed = 0;
  #latestCompleted: CheckpointStatistics | null = null;
  #latestSavepoint: CheckpointStatistics | null = null;
  #latestFailed: CheckpointStatistics | null = null;
  #latestRestored: RestoreStatistics | null = null;

  constructor(historyMax = HISTORY_MAX_DEFAULT) {
    this.#historyMax = historyMax;
  }

  /** Gives the records of checkpoints that have ended with this event, in their order. */
  follow(
    event: CoordinatorEvent,
    effects: readonly CoordinatorEffect[],
    moment: Moment,
  ): readonly CheckpointStatistics[] {
    const ended: CheckpointStatistics[] = [];
    const asked = new Set([...this.#pending.values()].map(({ trigger }) => trigger.requestId));
    this.#report(event, moment);
    if (event.kind === 'storage-completed') {
      const record = this.#pending.get(event.checkpointId)?.completed(event.snapshot);
      if (record !== undefined) ended.push(this.#end(record));
    }
    for (const effect of effects) {
      if (effect.kind === 'trigger') this.#begin(new PendingStatistics(effect, moment));
      if (effect.kind === 'discard') this.#markDiscarded(effect.snapshot.checkpointId);
      if (effect.kind === 'trigger-refused') this.#refused++;
      if (effect.kind === 'request-failed' && !asked.has(effect.requestId)) this.#refused++;
      if (effect.kind !== 'abort') continue;
      const pending = this.#pending.get(effect.checkpointId);
      if (pending === undefined) continue;
      ended.push(this.#end(pending.failed(effect.reason, effect.message, moment)));
    }
    return ended;
  }

  /** An attempt has started from a snapshot. */
  restored(restored: RestoreStatistics): void {
    this.#restored++;
    this.#latestRestored = restored;
  }

  /** Null: it is not in the history any more. */
  checkpoint(id: number): CheckpointStatistics | null {
    const entry = this.#history.get(id);
    return entry === undefined ? null : asOfNow(entry);
  }

  overview(): CheckpointOverview {
    const failed = this.#failed + this.#refused;
    const inProgress = this.#pending.size;
    return {
      counts: {
        restored: this.#restored,
        total: this.#completed + failed + inProgress,
        inProgress,
        completed: this.#completed,
        failed,
      },
      summary: this.#summary(),
      latestCompleted: this.#latestCompleted,
      latestSavepoint: this.#latestSavepoint,
      latestFailed: this.#latestFailed,
      latestRestored: this.#latestRestored,
      history: [...this.#history.values()].toReversed().map(asOfNow),
    };
  }

  #begin(pending: PendingStatistics): void {
    const id = pending.trigger.checkpointId;
    this.#pending.set(id, pending);
    this.#history.set(id, pending);
    if (this.#history.size <= this.#historyMax) return;
    const [oldest] = this.#history.keys();
    if (oldest !== undefined) this.#history.delete(oldest);
  }

  #report(event: CoordinatorEvent, moment: Moment): void {
    if (event.kind !== 'subtask-acknowledged' && event.kind !== 'subtask-declined') return;
    const { checkpointId, subtask, metrics } = event;
    if (metrics === null) return;
    const isAborted = event.kind === 'subtask-declined';
    this.#pending.get(checkpointId)?.report(subtask, metrics, { moment, isAborted });
  }

  #end(record: CheckpointStatistics): CheckpointStatistics {
    this.#pending.delete(record.id);
    if (this.#history.has(record.id)) this.#history.set(record.id, record);
    if (record.status === 'FAILED') {
      this.#failed++;
      this.#latestFailed = record;
      return record;
    }
    this.#completed++;
    if (record.isSavepoint) this.#latestSavepoint = record;
    else if (record.id > (this.#latestCompleted?.id ?? 0)) this.#latestCompleted = record;
    for (const [name, measure] of this.#measures) measure.add(record[name] ?? 0);
    return record;
  }

  #markDiscarded(id: number): void {
    const entry = this.#history.get(id);
    if (entry === undefined || entry instanceof PendingStatistics) return;
    this.#history.set(id, { ...entry, isDiscarded: true });
  }

  #summary(): CheckpointSummary {
    const of = (name: (typeof measured)[number]): MeasureSummary | null =>
      this.#measures.get(name)?.summary() ?? null;
    return {
      endToEndMs: of('endToEndMs'),
      checkpointedSizeBytes: of('checkpointedSizeBytes'),
      stateSizeBytes: of('stateSizeBytes'),
      processedBytes: of('processedBytes'),
      persistedBytes: of('persistedBytes'),
    };
  }
}

function asOfNow(entry: CheckpointStatistics | PendingStatistics): CheckpointStatistics {
  return entry instanceof PendingStatistics ? entry.inProgress() : entry;
}
