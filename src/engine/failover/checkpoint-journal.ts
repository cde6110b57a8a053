/**
 * The statistics of a job's checkpoints: kept for readers while it runs, and a line in the storage
 * for each that has ended.
 */
import type { Platform } from '../../platform/platform.ts';
import type { CoordinatorEffect, CoordinatorEvent } from '../checkpoint/coordinator-events.ts';
import type { CompletedSnapshot } from '../checkpoint/snapshot-storage.ts';
import { statisticsLine, type StatisticsRecord } from '../checkpoint/statistics/statistics-line.ts';
import {
  StatisticsTracker,
  type CheckpointOverview,
} from '../checkpoint/statistics/statistics-tracker.ts';
import type { JobIdentity, JobRecovery, JobStorage } from './job-recovery.ts';

export interface CheckpointJournalOptions {
  readonly recovery: JobRecovery;
  readonly storage: JobStorage;
  readonly job: JobIdentity;
  readonly platform: Pick<Platform, 'clock'>;
}

export class CheckpointJournal {
  private readonly options: CheckpointJournalOptions;
  private readonly tracker = new StatisticsTracker();

  constructor(options: CheckpointJournalOptions) {
    this.options = options;
  }

  get overview(): CheckpointOverview {
    return this.tracker.overview();
  }

  start(): void {
    const { job, recovery, platform } = this.options;
    const { configuration } = recovery;
    this.write({ kind: 'run', ...job, startedAtMs: platform.clock.nowMs(), configuration });
  }

  /** An attempt starts from this one. */
  restored({ checkpointId, kind, location }: CompletedSnapshot): void {
    const restoredAtMs = this.options.platform.clock.nowMs();
    const record = { checkpointId, restoredAtMs, isSavepoint: kind === 'savepoint', location };
    this.tracker.restored(record);
    this.write({ kind: 'restore', ...record });
  }

  follow(
    event: CoordinatorEvent,
    effects: readonly CoordinatorEffect[],
    monotonicMs: number,
  ): void {
    const moment = { wallMs: this.options.platform.clock.nowMs(), monotonicMs };
    for (const ended of this.tracker.follow(event, effects, moment)) {
      this.write({ kind: 'checkpoint', ...ended });
      this.options.recovery.ended?.(ended);
    }
  }

  private write(record: StatisticsRecord): void {
    this.options.storage.appendStatistics?.(statisticsLine(record));
  }
}
